#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench-beam.py GROVE_BEAM CROWD [ROW...]: what it costs to look at a real Erlang node, beside OTP's own way, in
turn on the same node. Prints lines `bench NAME VALUE UNIT`, `beam NAME VALUE UNIT` of OTP's, and `ratio NAME VALUE`,
greater than 1 where we are better; `ratio beam-throughput` is a node's own work while it is observed, by that
without."""

import os
import shutil
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "beam"))
from node import Place, await_that  # pylint: disable=wrong-import-position
from client import Refused, Table, Tree  # pylint: disable=wrong-import-position,wrong-import-order
from stage import check_census, take_census  # pylint: disable=wrong-import-position

COLUMNS = ["pid", "name", "initial", "current", "messages", "memory", "reductions", "status"]


def say(kind, name, values, unit):
    print(f"{kind} {name} {statistics.median(values):.3f} {unit}  ({min(values):.3f} to {max(values):.3f})", flush=True)


def milliseconds(work):
    began = time.monotonic()
    work()
    return (time.monotonic() - began) * 1000


def first_page(session):
    """The first 60 by their mailboxes, until they are here."""
    table = Table(session, "processes", COLUMNS, [("messages", "desc")], (0, 60), 60000)
    table.update()
    table.close()
    assert len(table.rows()) == 60


def top60(name, count, rounds):
    def row(place):
        node = place.start("crowd", main="crowd", arguments=["+P", "4000000"])
        observer = place.start("observer", main="crowd", arguments=["-hidden", "+P", "4000000"])
        node.evaluate(f"crowd:fill({count})")
        ours, theirs = [], []
        with node.observe() as session:
            first_page(session)
            for _ in range(rounds):
                ours.append(milliseconds(lambda: first_page(session)))
                said = observer.evaluate(f"crowd:procs_info('{node.name}')").strip("{}").split(",")
                assert int(said[1]) >= count
                theirs.append(float(said[0]))
        say("bench", name + "-ms", ours, "ms")
        say("beam", name + "-ms", theirs, "ms")
        print(f"ratio {name} {statistics.median(theirs) / statistics.median(ours):.2f}", flush=True)
        observer.close()
        node.close()

    return row


def messages(place):
    """A process with 100,000 messages: all that the window asks for when it is opened."""
    node = place.start("crowd", main="crowd")
    node.evaluate("crowd:full(100000)")
    pid = node.evaluate("whereis(full)")
    took = []
    with node.observe() as session:

        def look():
            seen = session.call("process.get", pid=pid)
            assert seen["messages"] == 100000 and seen["memory_bytes"] > 40000000, seen
            try:
                session.call("process.messages", pid=pid, offset=0, limit=100, max_bytes=200)
            except Refused as refused:
                # They are offered, with what it would cost.
                assert refused.code == -32005, refused

        for _ in range(7):
            took.append(milliseconds(look))
    say("bench", "beam-messages-100k-open-ms", took, "ms")
    node.close()


def throughput(place):
    """All schedulers busy with pairs that talk, among 10,000 that wait; in turn alone, and with the table, the tree
    and the figures of the node followed once a second."""
    node = place.start("crowd", main="crowd")
    node.evaluate("crowd:fill(10000)")
    node.evaluate("crowd:load(4 * erlang:system_info(schedulers_online))")

    def turns(seconds):
        """In processor time of the node: what else the machine does is not the observer's."""
        asked = (
            "{T0, C0} = {crowd:turns(), element(1, erlang:statistics(runtime))}, "
            f"timer:sleep({seconds * 1000}), "
            "(crowd:turns() - T0) / (element(1, erlang:statistics(runtime)) - C0)"
        )
        return float(node.evaluate(asked))

    alone, observed = [], []
    turns(1)
    for _ in range(8):
        alone.append(turns(2))
        with node.observe() as session:
            table = Table(session, "processes", COLUMNS, [("messages", "desc")], (0, 60), 1000)
            tree = Tree(session, interval_ms=1000)
            watch = session.call("system.watch", interval_ms=1000)["sub"]
            table.update()
            tree.update()
            session.next("system.sample", watch)
            observed.append(turns(2))
    ratio = statistics.median(observed) / statistics.median(alone)
    say("bench", "beam-turns-alone", alone, "1/ms")
    say("bench", "beam-turns-observed", observed, "1/ms")
    print(f"ratio beam-throughput {ratio:.3f}", flush=True)
    node.evaluate("crowd:calm()")
    node.close()


def detach(place):
    """Processes and what they are bound to, modules, names, handlers, traces: as before."""
    node = place.start("crowd", main="crowd")
    node.evaluate("crowd:fill(1000)")

    def look():
        with node.observe() as session:
            Tree(session).update()
            first_page(session)
            crashes = Table(session, "crashes", ["seq", "pid", "reason"], [], (0, 60), 1000)
            crashes.update()
            await_that(lambda: node.agents() != "{[],[],undefined}", "the agent to be there")

    # Modules of OTP's that are loaded when they are first used stay.
    look()
    before = take_census(node)
    look()
    began = time.monotonic()
    node.await_left_alone()
    say("bench", "beam-detach-ms", [(time.monotonic() - began) * 1000], "ms")
    check_census(node, before)
    print("bench beam-detach-left 0 things", flush=True)
    node.close()


ROWS = {
    "beam-messages-100k-open": messages,
    "beam-detach": detach,
    "beam-throughput": throughput,
    "beam-top60-100k": top60("beam-top60-100k", 100000, 9),
    "beam-top60-million": top60("beam-top60-million", 1000000, 5),
}


def main():
    beam, source, *wanted = sys.argv[1:]
    if not shutil.which("erl"):
        print("# erl is not installed: there is no node to look at")
        return 77
    with Place(None, os.path.abspath(beam)) as place:
        place.compile(source)
        for name, row in ROWS.items():
            if not wanted or name in wanted:
                row(place)
    return 0


sys.exit(main())
