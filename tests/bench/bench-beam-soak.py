#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench-beam-soak.py GROVE_BEAM CHURN [SECONDS [IDLE]]: all that an observer can have open, for minutes, on a node that
never rests. Prints in each tenth of the time what the bridge and the agent hold, and in the end `bench beam-soak-growth-kb` of the bridge since the
first third, `ratio beam-soak-throughput` of the node's own work, and whether the node was left as it was."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "beam"))
from node import Place  # pylint: disable=wrong-import-position
from churn import open_all, read_on, resident_kb  # pylint: disable=wrong-import-position


def work(node, seconds, session=None):
    """Turns of the node's own work in a second."""
    before, began = did(node), time.monotonic()
    while time.monotonic() - began < seconds:
        if session:
            read_on(session)
        else:
            time.sleep(0.2)
    return (did(node) - before) / (time.monotonic() - began)


def did(node):
    return int(node.evaluate("churn:did()")[1:-1].split(",")[3])


def main():
    beam, source, *rest = sys.argv[1:]
    seconds, idle = int(rest[0]) if rest else 180, int(rest[1]) if len(rest) > 1 else 100000
    with Place(None, beam) as place:
        place.compile(source)
        node = place.start("soak", main="churn", arguments=["+P", "4000000"])
        node.evaluate(f"churn:begin_all({idle})")
        time.sleep(2)
        alone = work(node, 10)
        left = node.evaluate("churn:leavings()")
        with node.observe() as session:
            open_all(session)
            sizes, observed = [], []
            for _ in range(10):
                observed.append(work(node, seconds / 10, session))
                sizes.append(resident_kb(session.process.pid))
                agent = int(node.evaluate("churn:leavings()")[1:-1].split(",")[0]) // 1024
                print(f"bridge {sizes[-1]} KB, agent {agent} KB", flush=True)
        after = work(node, 10)
        node.await_left_alone()
        print(f"bench beam-soak-growth-kb {sizes[-1] - sizes[3]} KB")
        print(f"ratio beam-soak-throughput {sorted(observed)[5] / ((alone + after) / 2):.3f}")
        print(f"left: {left} before, {node.evaluate('churn:leavings()')} after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
