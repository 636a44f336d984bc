#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test-clang-format.sh CLANG_FORMAT SOURCE_ROOT: that every C file stands as .clang-format lays it out.
set -u
cd "$2" || exit 1
echo "1..1"
found=$(find protocol runtime observer ui tests -name '*.[ch]' -exec "$1" --dry-run {} + 2>&1 | grep 'clang-formatted')
if [ -z "$found" ]; then
  echo "ok 1 /support/clang-format"
else
  echo "not ok 1 /support/clang-format"
  echo "$found" | sed 's/^/# /'
fi
