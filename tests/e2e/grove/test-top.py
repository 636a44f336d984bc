#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-top.py GROVE SHOP: the live view in a terminal."""

import os
import signal
import sys
import termios

from house import OK, PID, USAGE, check, has, main, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from terminal import Terminal  # pylint: disable=wrong-import-position


def top(house):
    """Figures, rows, a query that is typed and completed, sorting, and an end that leaves the terminal as it was."""
    with Terminal([house.grove, "top"], house.environment) as terminal:
        terminal.until(r"^shop  \d+ processes  run queue \d+  schedulers ")
        terminal.until(r"^PID +NAME +STATUS +MESSAGES +IN/S +REDS/S- +MEMORY")
        terminal.until(r"^memory .* messages/s")
        terminal.type("/")
        terminal.until(r"^/ _")
        terminal.type("name^auditor\r")
        terminal.until(r"^12 of \d+  / name\^auditor")
        terminal.type("n")
        terminal.until(rf"NAME\+.*\n{PID} +auditor_1 .*\n{PID} +auditor_10 ")
        terminal.type("r")
        terminal.until(rf"NAME-.*\n{PID} +auditor_9 ")
        terminal.type("/")
        terminal.type("\x15state:r\t")
        terminal.until("/ state:runn_ .*running runnable")
        terminal.type("x\r")
        terminal.until("“runnx” is no state; there are running")
        terminal.type("\x1b")
        terminal.until(r"^q quit  \? help ")
        terminal.type("?")
        terminal.until("Any key goes back")
        terminal.type("q")
        terminal.until(rf"NAME-.*\n{PID} +auditor_9 ")
        terminal.type("q")
        same(terminal.wait(), OK)
        same(termios.tcgetattr(terminal.master), terminal.before)
        check(b"\x1b[?1049l" in terminal.raw, "the screen was not given back")


def top_acts(house):
    """What is done is asked for first, is done to the one that was chosen, and what came of it is said."""
    before = house.pid_of("auditor_11")
    with Terminal([house.grove, "top", "name=auditor_11"], house.environment) as terminal:
        terminal.until(rf"^{before} +auditor_11 ")
        terminal.type("k")
        terminal.until(f"Kill auditor_11 {before}\\? \\(y/n\\)")
        terminal.type("n")
        terminal.until("Nothing was done")
        same(house.pid_of("auditor_11"), before)
        terminal.type("k")
        terminal.until("Kill auditor_11")
        terminal.type("y")
        terminal.until(f"^Killed auditor_11 {before}; audit_sup started {PID}")
        after = house.pid_of("auditor_11")
        terminal.until(rf"^{after} +auditor_11 ")
        terminal.type("s")
        terminal.until("Suspend auditor_11")
        terminal.type("y")
        terminal.until("^Suspended auditor_11")
        terminal.until(rf"^{after} +auditor_11 +suspended")
        terminal.type("u")
        terminal.until("^Resumed auditor_11")
        terminal.type("+")
        terminal.until("^Priority of auditor_11 .* is now high")
        terminal.type("x")
        terminal.until("Reason for auditor_11 .* to exit: shutdown_")
        terminal.type("\x15{bad, luck}\r")
        terminal.until("Send an exit with {bad, luck} to auditor_11 .*\\(y/n\\)")
        terminal.type("y")
        terminal.until("^auditor_11 .* ended with {bad, ?luck}")
        terminal.type("\x03")
        same(terminal.wait(), OK)


def top_moves(house):
    """More processes than rows: the table goes along, also when the screen becomes another."""
    with Terminal([house.grove, "top", "-o", "pid"], house.environment) as terminal:
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.type("\x1b[6~\x1b[6~")
        terminal.until(r"STATUS.*\n<0\.[2-9]\d\.\d+>")
        terminal.type("\x1bOH")
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.resize(40, 120)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+ +NAME.*MEMORY +APP.*\n<0\.1\.0>(.*\n){33}<0\.")
        terminal.resize(10, 40)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+ +NAME +STATUS *\n<0\.1\.0>")
        terminal.resize(3, 10)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until("too small")
        terminal.resize(24, 80)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.type("q")
        same(terminal.wait(), OK)


def top_lost(house):
    with Terminal([house.grove, "top"], house.environment) as terminal:
        terminal.until(r"^shop  \d+ processes")
        house.running[0].kill()
        house.running[0].wait()
        terminal.until("The connection to “shop” was lost")
        house.start()
        terminal.until("“shop” is back")
        terminal.until(r"^shop  \d+ processes")
        terminal.type("q")
        same(terminal.wait(), OK)


def top_nowhere(house):
    has(house.fails(USAGE, "top"), "standard input or output is none\n  Try: grove ps --watch")
    has(house.fails(USAGE, "top", "--json"), "ps --watch --json")
    for term, why in (("dumb", "cannot move its cursor"), ("", "TERM does not say"), ("nonsense", "not known here")):
        with Terminal([house.grove, "top"], house.environment, term=term) as terminal:
            terminal.until(why)
            same(terminal.wait(), USAGE)
    with Terminal([house.grove, "top", "-o", "links"], house.environment) as terminal:
        terminal.until("does not show a column “links”")
        same(terminal.wait(), USAGE)


def on_a_terminal(house):
    """Colours and the width of the screen, unless it cannot or must not."""
    command = [house.grove, "ps", "-n", "2"]
    with Terminal(command, house.environment, columns=60) as terminal:
        same(terminal.wait(), OK)
        check(b"\x1b[1m" in terminal.raw, terminal.raw)
        check(all(len(line) <= 60 for line in terminal.screen.text().splitlines()), terminal.screen.text())
        has(terminal.screen.text(), "…")
    for environment, term in ((dict(house.environment, NO_COLOR="1"), "xterm"), (house.environment, "dumb")):
        with Terminal(command, environment, term=term) as terminal:
            same(terminal.wait(), OK)
            check(b"\x1b" not in terminal.raw, terminal.raw)


main(
    [
        top,
        top_acts,
        top_moves,
        top_lost,
        top_nowhere,
        on_a_terminal,
    ]
)
