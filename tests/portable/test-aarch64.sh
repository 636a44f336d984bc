#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-aarch64.sh SOURCE_ROOT: that the runtime builds for 64-bit ARM and works there: the portable
# test, cross-compiled and run by an emulator of that processor.
set -u
root=$1
for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
  if ! command -v "$tool" >/dev/null; then
    echo "1..0 # SKIP $tool is not installed"
    exit 0
  fi
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step () # NAME COMMAND...
{
  local name=$1
  shift
  if ! "$@" >"$scratch/log" 2>&1; then
    echo "1..1"
    echo "not ok 1 /runtime/aarch64/$name"
    sed 's/^/# /' "$scratch/log"
    exit 1
  fi
}

step configures meson setup --cross-file "$root/tests/portable/aarch64-linux-gnu.ini" -Dwerror=true \
  -Dui=disabled -Dexport=disabled -Dbacktrace=disabled -Dtests=true "$scratch/build" "$root"
step builds ninja -C "$scratch/build"
qemu-aarch64 "$scratch/build/tests/portable/test-portable" --prefix /runtime/aarch64
