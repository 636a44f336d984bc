#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-cli-data.sh SOURCE_ROOT GROVE: that the manual page says what it should without a warning, names every
# command and option there is, and that the shells' completions are programs of their shells that complete.
set -u
root=$1
grove=$(realpath "$2")
page=$root/observer/cli/grove.1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_RUNTIME_DIR=$scratch PATH=$scratch/bin:$PATH
mkdir "$scratch/bin"
ln -s "$grove" "$scratch/bin/grove"
n=0

check () # NAME STATUS
{
  n=$((n + 1))
  if [ "$2" = 0 ]; then
    echo "ok $n /support/cli-data/$1"
  else
    echo "not ok $n /support/cli-data/$1"
    sed 's/^/# /' "$scratch/log"
  fi
}

skip () # NAME PROGRAM
{
  n=$((n + 1))
  echo "ok $n /support/cli-data/$1 # SKIP $2 is not installed"
}

with () # PROGRAM NAME FUNCTION
{
  if command -v "$1" >/dev/null; then
    "$3" >"$scratch/log" 2>&1
    check "$2" $?
  else
    skip "$2" "$1"
  fi
}

page_is_clean ()
{
  # Pages that it refers to need not be installed, and a line may be as long as in the rest of the house.
  ! mandoc -T lint -W warning "$page" | grep -v 'lacks\|STYLE'
}

page_is_groff ()
{
  [ -z "$(groff -ww -z -mandoc -Tutf8 "$page" 2>&1 | tee /dev/stderr)" ]
}

all_are_told ()
{
  local command option missing=0
  [ "$(grove __complete -- '' | wc -l)" -ge 30 ] || { echo "there are too few commands"; return 1; }
  for command in $(grove __complete -- ''); do
    grep -qE "^\.(It|Xr).*\b$command\b" "$page" || { echo "no $command"; missing=1; }
    for option in $(grove __complete -- "$command" --); do
      grep -qE "\\\\-${option#--}|Fl ${option:2:1}\b" "$page" || { echo "no $option of $command"; missing=1; }
    done
  done
  return $missing
}

# in_bash LINE: what it becomes, words parted by a space.
in_bash ()
{
  bash --norc -c '. "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _grove; echo "${COMPREPLY[*]}"' - \
    "$root/observer/cli/completion/grove.bash" "$1" 2>&1
}

same () # GOT WANTED
{
  [ "$1" = "$2" ] || { echo "got «$1», not «$2»"; return 1; }
}

bash_completes ()
{
  same "$(in_bash 'grove prio')" priority &&
    same "$(in_bash 'grove ps mess')" 'messages> messages_in/s>' &&
    same "$(in_bash 'grove ps status:wai')" waiting &&
    same "$(in_bash "grove ps 'app:a pri")" 'priority:' &&
    same "$(in_bash 'grove priority x hi')" high &&
    same "$(in_bash 'grove kill --wa')" --wait &&
    same "$(in_bash 'grove tree --color al')" always
}

fish_completes ()
{
  same "$(XDG_CONFIG_HOME=$scratch HOME=$scratch fish --no-config -c \
    "source $root/observer/cli/completion/grove.fish; complete -C 'grove prio'")" priority
}

# The way zsh has to run a completion without a person is a terminal; what it is made of can be called.
zsh_completes ()
{
  zsh -f -n "$root/observer/cli/completion/_grove" &&
    same "$(zsh -f -c "compdef () :; compadd () { [ \"\$1\" = -S ] || shift; echo \"\$*\" }
      words=(grove prio); CURRENT=2; source $root/observer/cli/completion/_grove; _grove" | tr '\n' ' ')" \
      "-S  -- priority "
}

echo "1..6"
with mandoc page-is-clean page_is_clean
with groff page-is-groff page_is_groff
all_are_told >"$scratch/log" 2>&1
check page-tells-all $?
bash_completes >"$scratch/log" 2>&1
check bash $?
with fish fish fish_completes
with zsh zsh zsh_completes
