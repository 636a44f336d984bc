#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-readme.sh SOURCE_ROOT: that the program in README.md is one: taken from the page as it stands,
# built as the page says, and seen by an observer under the name it gives itself.
set -u
root=$1
scratch=$(mktemp -d)
program=
finish ()
{
  [ -n "$program" ] && kill -KILL "$program" 2>/dev/null
  rm -rf "$scratch"
}
trap finish EXIT

block () # LANGUAGE: the first code block in it
{
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$root/README.md" | sed '1d;/^```$/,$d'
}

n=0
check ()
{
  n=$((n + 1))
  if [ "$2" = 0 ]; then
    echo "ok $n /support/readme/$1"
  else
    echo "not ok $n /support/readme/$1"
    sed 's/^/# /' "$scratch/log"
    exit 1
  fi
}

echo "1..3"
mkdir -p "$scratch/ticks/subprojects" "$scratch/run"
chmod 700 "$scratch/run"
ln -s "$root" "$scratch/ticks/subprojects/grove"
block c >"$scratch/ticks/ticks.c"
block meson >"$scratch/ticks/meson.build"
meson setup "$scratch/build" "$scratch/ticks" >"$scratch/log" 2>&1
check configures $?
ninja -C "$scratch/build" >"$scratch/log" 2>&1
check builds $?
XDG_RUNTIME_DIR=$scratch/run "$scratch/build/ticks" >"$scratch/log" 2>&1 &
program=$!
disown
for _ in $(seq 200); do
  [ -S "$scratch/run/grove/ticks.sock" ] && break
  timeout 0.1 tail --pid="$program" -f /dev/null && break
done
[ -S "$scratch/run/grove/ticks.sock" ]
check is-observable $?
