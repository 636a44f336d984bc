# SPDX-License-Identifier: MIT
#
# Completion of grove in bash. The program says what a word may become; bash takes a word's end after
# any of : = < > for the word, so that what comes before is taken off again.
_grove ()
{
  local line=${COMP_LINE:0:COMP_POINT} word kept
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=${words[-1]}
  # What is in quotation marks is one word to bash, as it is typed.
  kept=${word%%[!\'\"]*}
  words[-1]=${word#"$kept"}
  word=${words[-1]}
  mapfile -t COMPREPLY < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
  if [ -z "$kept" ]; then
    kept=${word%"${word##*[:=<>]}"}
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
  fi
  # After what goes on there is no space.
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:\>] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _grove grove
