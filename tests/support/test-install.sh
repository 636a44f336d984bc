#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-install.sh BUILD: that what is installed can be used by somebody who has only that: a program is
# built as pkg-config says, in C and where there is a compiler in C++, and its endless loop is pre-empted,
# which it only is when the flag that counts reductions has come along.
set -u
build=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n=0
check () # NAME STATUS
{
  n=$((n + 1))
  if [ "$2" = 0 ]; then
    echo "ok $n /support/install/$1"
  else
    echo "not ok $n /support/install/$1"
    sed 's/^/# /' "$scratch/log"
  fi
}

cat >"$scratch/program.c" <<'C'
#include <runtime/grove.h>
#include <stdio.h>

static void
spin (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  for (;;)
    n++;
}

static void
first (void *arg)
{
  struct grove_message *message;
  grove_pid             pid = grove_spawn (spin, NULL);
  int                   n = 0;

  (void) arg;
  grove_yield ();
  grove_exit_process (pid, "kill");
  if (grove_is_alive (pid))
    return;
  grove_send (grove_self (), "{pre_empted, ~i}", 42);
  if (grove_receive_pattern (GROVE_FOREVER, &message, "{pre_empted, ~i}", &n) == GROVE_OK)
    printf ("pre-empted %d\n", n);
  grove_message_free (message);
}

int
main (void)
{
  struct grove_options options = { "program", 1 };

  return grove_run (&options, first, NULL) == GROVE_OK ? 0 : 1;
}
C

echo "1..3"
meson install -C "$build" --no-rebuild --destdir "$scratch/root" --tags devel >"$scratch/log" 2>&1
check installs $?
pc=$(find "$scratch/root" -name grove-runtime.pc)
export PKG_CONFIG_SYSROOT_DIR=$scratch/root PKG_CONFIG_PATH=${pc%/*}

try () # COMPILER ARGUMENT...
{
  # One word each, as in a Makefile.
  # shellcheck disable=SC2046
  "$@" -O1 $(pkg-config --cflags grove-runtime) -o "$scratch/program" "$scratch/program.c" -x none \
    $(pkg-config --libs grove-runtime) >"$scratch/log" 2>&1 || return 1
  timeout 60 "$scratch/program" >>"$scratch/log" 2>&1
  grep -qxF 'pre-empted 42' "$scratch/log"
}
try cc
check builds-and-runs $?
if command -v g++ >/dev/null; then
  try g++ -x c++ -Wall -Wextra -Werror -Wno-missing-field-initializers
  check builds-in-c++ $?
else
  echo "ok 3 # SKIP g++ is not installed"
fi
