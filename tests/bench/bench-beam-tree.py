#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench-beam-tree.py DISPLAY PROGRAM GROVE GROVE_BEAM TWIN: what it costs a node to have its tree of a hundred
thousand processes looked at while nothing happens, and how long the tree takes to be on the screen: by the real
window, and by OTP's observer, each from outside, of the same node and in turn."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "beam"))
from node import PATIENCE, Place  # pylint: disable=wrong-import-position

# The application, its supervisor, a hundred below, and a thousand below each of those.
NODES = 2 + 100 + 100 * 1000
SETTLE_S = 6
REST_S = 10


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ours(display, program, place, node):
    """The window's own figures, by name."""
    done = subprocess.run(
        [display, program, node.name, str(node.process.pid), str(NODES)],
        env=place.environment, stdout=subprocess.PIPE, text=True, timeout=600, check=True
    )
    return {words[1]: float(words[2]) for words in map(str.split, done.stdout.splitlines()) if words[:1] == ["bench"]}


def theirs(display, place, node):
    command = ["erl", "-noshell", "-noinput", "-name", "observing@127.0.0.1", "-pa", place.directory]
    observing = subprocess.Popen(
        [display, *command, "-run", "twin_forest", "observe", node.name],
        env=place.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    figures = {}
    try:
        for line in observing.stdout:
            if line.startswith("no wx"):
                print("# erlang-wx is not installed: nothing to compare with")
                return figures
            if line.startswith("painted"):
                break
        if "late" not in line:
            figures["beam-tree-100k-ms"] = float(line.split()[1])
        time.sleep(SETTLE_S)
        before = cpu_s(node.process.pid)
        time.sleep(REST_S)
        figures["beam-tree-cost"] = 100 * (cpu_s(node.process.pid) - before) / REST_S
    finally:
        observing.terminate()
        observing.wait(PATIENCE)
    return figures


def main():
    display, program, grove, beam, twin = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(twin)
        node = place.start("forest", main="twin_forest", arguments=["+P", "1000000"])
        our_figures = ours(display, program, place, node)
        node.await_left_alone()
        their_figures = theirs(display, place, node)
    for name, unit in (("beam-tree-100k-ms", "ms"), ("beam-tree-cost", "%")):
        print(f"bench {name} {our_figures[name]:.3f} {unit}")
        if name in their_figures:
            print(f"beam {name} {their_figures[name]:.3f} {unit}")
            print(f"ratio {name.removesuffix('-ms')} {their_figures[name] / max(our_figures[name], 0.1):.2f}")


main()
