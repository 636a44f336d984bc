#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-setup.sh SOURCE_ROOT: that the two commands install what is missing and nothing else, mend build
# directories, and that failures are counted for what they are. The package manager is a stand-in.
set -u
root=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bin=$scratch/bin
mkdir "$bin"
n=0
failed=0

check ()
{
  n=$((n + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $n /support/setup/$1"
  else
    failed=1
    echo "not ok $n /support/setup/$1"
    printf 'got:  %s\nwant: %s\n' "$2" "$3" | sed 's/^/# /'
  fi
}

stand_in ()
{
  printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}

# with_setup SCRIPT: runs a script that has sourced setup.sh, seeing only the stand-ins and coreutils.
with_setup ()
{
  PATH=$bin:/usr/bin:/bin CI='' bash -c "program=test; . '$root/tests/support/setup.sh'; $1" 2>&1
}

echo "1..22"

stand_in id 'echo 0'
stand_in dpkg-query 'for p; do case $p in old*) echo "installed $p" ;; gone*) echo "config-files $p" ;; esac; done'
stand_in apt-get "echo \"\$*\" >>'$scratch/apt'"
check nothing-missing "$(with_setup 'install_packages old-a old-b'; cat "$scratch/apt" 2>/dev/null)" ""
check one-line "$(with_setup 'install_packages old-a new-b gone-c')" "test: installing new-b gone-c"
check updates-first "$(sed -n 1p "$scratch/apt")" "-q update"
check only-missing "$(sed -n 2p "$scratch/apt" | grep -o 'install .*')" "install new-b gone-c"
check no-recommends "$(sed -n 2p "$scratch/apt" | grep -c -- --no-install-recommends)" 1

stand_in apt-get 'echo "E: no network"; exit 100'
check apt-fails "$(with_setup 'install_packages new-b || echo stopped')" \
  "test: installing new-b
E: no network
test: could not install: new-b
stopped"

stand_in id 'echo 1000'
stand_in sudo 'echo "sudo $1" >&2; exec "$@"'
stand_in apt-get "echo \"\$*\" >>'$scratch/apt-sudo'"
check sudo "$(with_setup 'install_packages new-b'; grep -c . "$scratch/apt-sudo")" "test: installing new-b
2"

# Not a Debian: what is there is enough, or it is named what is not.
other ()
{
  with_setup "command () { case \$2 in dpkg-query | apt-get) return 1 ;; *) builtin command \"\$@\" ;; esac; }
    can_build_without_packages () { return $1; }
    install_packages gcc meson && echo goes on || echo stops"
}
check other-system-complete "$(other 0)" "goes on"
check other-system-lacking "$(other 1)" \
  "test: this is not a Debian system; please install what Debian calls: gcc meson
stops"

# A build directory that was left half made, or belongs to a source elsewhere, is made anew.
mkdir -p "$scratch/source" "$scratch/half"
echo "project('p', 'c')" >"$scratch/source/meson.build"
touch "$scratch/half/build.ninja" "$scratch/half/junk"
(program=test; CI=''; . "$root/tests/support/setup.sh"; configure "$scratch/source" "$scratch/half")
check half-configured "$(ls "$scratch/half/junk" 2>/dev/null; test -f "$scratch/half/meson-private/coredata.dat" && echo whole)" whole
touch "$scratch/half/kept"
(program=test; CI=''; . "$root/tests/support/setup.sh"; configure "$scratch/source" "$scratch/half" -Dwerror=true)
check configured "$(ls "$scratch/half/kept" >/dev/null 2>&1 && echo kept)" kept
cp -r "$scratch/source" "$scratch/moved"
(program=test; CI=''; . "$root/tests/support/setup.sh"; configure "$scratch/moved" "$scratch/half")
check moved "$(grep -c "\"source\": \"$scratch/moved\"" "$scratch/half/meson-info/meson-info.json")" 1

cat >"$scratch/testlog.json" <<'LOG'
{"name": "good", "result": "OK", "returncode": 0, "stdout": "1..3\nok 1 /a\nok 2 /b # SKIP no network\nok 3 /c\n"}
{"name": "bad", "result": "FAIL", "returncode": 1, "stdout": "TAP version 13\n1..2\nnot ok 1 /d\nok 2 /e\n"}
{"name": "crashed", "result": "ERROR", "returncode": -11, "stdout": "1..4\nok 1 /f\n", "stderr": "Segmentation fault\n"}
{"name": "leaked", "result": "ERROR", "returncode": 66, "stdout": "1..1\nok 1 /g\n"}
{"name": "plain", "result": "OK", "returncode": 0}
{"name": "plain-bad", "result": "TIMEOUT", "returncode": -15}
{"name": "skipped", "result": "SKIP", "returncode": 77}
LOG
check counts "$(python3 "$root/tests/support/summary.py" lane "$scratch/testlog.json" 2>"$scratch/why")" "6 4 2"
check counts-failed "$(python3 "$root/tests/support/summary.py" --failed "$scratch/testlog.json" | tr '\n' ' ')" \
  "bad crashed leaked plain-bad "
cat >"$scratch/again.json" <<'LOG'
{"name": "bad", "result": "OK", "returncode": 0, "stdout": "1..2\nok 1 /d\nok 2 /e\n"}
{"name": "crashed", "result": "ERROR", "returncode": -11, "stdout": "1..4\nok 1 /f\n", "stderr": "Segmentation fault\n"}
LOG
check counts-again "$(python3 "$root/tests/support/summary.py" lane "$scratch/testlog.json" "$scratch/again.json" 2>"$scratch/why-again")" "7 3 2"
check says-unsteady "$(grep -cE '^   unsteady, passed the second time: /d$|^   failed: ' "$scratch/why-again")" 4
check says-why "$(grep -cE '^== lane: (bad|crashed|leaked|plain-bad)$|failed: /d$|Segmentation' "$scratch/why")" 6

# The command itself, with a build and tests that are stand-ins: what they say is what it says.
mkdir -p "$scratch/house/tests/support"
cp "$root/tests/run" "$scratch/house/tests/"
cp "$root/tests/support/setup.sh" "$root/tests/support/summary.py" "$scratch/house/tests/support/"
stand_in dpkg-query 'for p; do echo "installed $p"; done'
stand_in ninja 'case $2 in *-asan) exit 1 ;; esac'
# shellcheck disable=SC2016
stand_in meson '[ "$1" = test ] || exit 0
mkdir -p "$3/meson-logs"
case " $* " in
  *" --logbase again "*) cp "${again:-$testlog}" "$3/meson-logs/again.json"; exit "$(grep -c FAIL "${again:-$testlog}")" ;;
esac
cp "$testlog" "$3/meson-logs/testlog.json"
touch "$3/meson-logs/testlog.txt"
exit "$(grep -c FAIL "$testlog")"'
run ()
{
  PATH=$bin:/usr/bin:/bin CI='' testlog=$scratch/$1 "$scratch/house/tests/run" ${2:-} 2>&1
  echo "exit $?"
}
sed -n 1p "$scratch/testlog.json" >"$scratch/good.json"
check run-good "$(run good.json --quick | tail -n 2 | tr '\n' ' ')" "2 passed, 0 failed exit 0 "
sed -n 1,2p "$scratch/testlog.json" >"$scratch/bad.json"
check run-bad "$(run bad.json --quick | tail -n 2 | tr '\n' ' ')" "3 passed, 1 failed exit 1 "
sed -n 1p "$scratch/again.json" >"$scratch/steady.json"
check run-unsteady "$(again=$scratch/steady.json; export again; run bad.json --quick | grep -E 'unsteady|passed,|exit' | tr '\n' ' ' | sed 's/plain .*skipped //')" \
  "   unsteady, passed the second time: /d 4 passed, 0 failed exit 0 "
check run-unbuilt "$(run good.json | tail -n 2 | tr '\n' ' ')" "4 passed, 1 failed exit 1 "

# Stopped in the middle of the tests: those are told to stop too, and nothing is counted.
mkfifo "$scratch/testing"
stand_in meson '[ "$1" = test ] || exit 0
trap "echo told; exit 1" TERM
echo >"'"$scratch"'/testing"
while :; do timeout 0.05 tail -f /dev/null; done'
PATH=$bin:/usr/bin:/bin CI=1 env --default-signal=INT "$scratch/house/tests/run" >"$scratch/stopped" 2>&1 &
runs=$!
read -r _ <"$scratch/testing"
kill -INT "$runs"
wait "$runs"
check stopped "$? $(tr '\n' ' ' <"$scratch/stopped")" "130 told tests/run: stopped "
[ "$failed" = 0 ]
