#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-display.sh DISPLAY: that the wrapper passes on what its command says and leaves nothing behind.
set -u
display=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n=0
failed=0

check ()
{
  n=$((n + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $n /support/display/$1"
  else
    failed=1
    echo "not ok $n /support/display/$1"
    printf '# got:  %s\n# want: %s\n' "$2" "$3"
  fi
}

# Gone within half a minute; how many are left else.
left ()
{
  local pid count=0
  for pid in "$@"; do
    timeout 30 tail --pid="$pid" -f /dev/null || count=$((count + 1))
  done
  echo "$count"
}

echo "1..9"
out=$("$display" sh -c 'echo hello; exit 7' 2>"$scratch/err"); status=$?
check exit-status "$status" 7
check quiet "$out$(cat "$scratch/err")" hello
check input "$(echo typed | "$display" cat)" typed
"$display" sh -c 'echo "$XDG_RUNTIME_DIR"; xprop -root _NET_SUPPORTING_WM_CHECK | grep -c "window id"; stat -c %a "$XDG_RUNTIME_DIR"' >"$scratch/inside"
check window-manager "$(sed -n 2,3p "$scratch/inside" | tr '\n' ' ')" "1 700 "
check nothing-stays "$(ls -d "$(dirname "$(sed -n 1p "$scratch/inside")")" 2>/dev/null)" ""

# Told to stop, and killed outright: the command and all that was started for it go too.
for signal in TERM KILL; do
  mkfifo "$scratch/ready-$signal"
  TMPDIR=$scratch "$display" sh -c 'echo $$ $PPID; exec sleep 1000' >"$scratch/ready-$signal" 2>/dev/null &
  wrapper=$!
  read -r command parent <"$scratch/ready-$signal"
  children=$(grep -lE "^PPid:[[:space:]]$parent\$" /proc/[0-9]*/status 2>/dev/null | cut -d/ -f3)
  check "started-$signal" "$(echo "$children" | grep -cv '^$')" 4
  kill -$signal "$wrapper"
  wait "$wrapper" 2>/dev/null
  # shellcheck disable=SC2086
  check "signal-$signal" "$(left $command $children)" 0
done
[ "$failed" = 0 ]
