# SPDX-License-Identifier: MIT
#
# Completion of grove in fish. The program says what a word may become.
function __grove_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c grove -f -a '(__grove_complete)'
