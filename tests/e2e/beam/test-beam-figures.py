#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-figures.py GROVE GROVE_BEAM HOUSE: what is said of a real node's processes is what its own
engineers would find: rates that last, how a server began, names, counts, and nothing that the BEAM does
not know."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Table  # pylint: disable=wrong-import-position
from node import PID, REFUSED, Place, await_that, check, has, run_tests, same  # pylint: disable=wrong-import-position


def rows(table):
    table.update()
    return table.rows()


def rates(node):
    """The busiest come first, and their rates are there in each update, for whoever asks, not only for the
    first who does."""
    node.evaluate("register(busy, spawn(fun Loop() -> lists:seq(1, 1000), Loop() end))")
    with node.observe() as bridge:
        columns = ["pid", "name", "reductions/s"]
        first = Table(bridge, "processes", columns, sort=[("reductions/s", "desc")], window=(0, 1), interval_ms=250)
        first.until(lambda seen: seen and seen[0]["name"] == "busy" and seen[0]["reductions/s"] > 0, "the busiest")
        second = Table(bridge, "processes", columns, filter=["eq", "name", "busy"], window=(0, 1), interval_ms=250)
        second.until(lambda seen: seen and seen[0]["reductions/s"] > 0, "its rate, asked for twice")
        for _ in range(8):
            for table in (first, second):
                seen = rows(table)
                check(seen[0]["reductions/s"] > 0, seen)
    node.evaluate("exit(whereis(busy), kill)")


def began(node):
    """A server is found by what it was started with, as its row says it."""
    listed = node.json("ps", "initial~house:init")["rows"]
    check({"counter_1", "counter_2"} <= {row["name"] for row in listed}, listed)
    check(all(row["initial"] == "house:init/1" for row in listed), listed)
    listed = node.json("ps", '"house:init"')["rows"]
    check({"counter_1", "counter_2"} <= {row["name"] for row in listed}, listed)
    same(node.json("ps", "initial=proc_lib:init_p/5")["rows"], [])
    names = {row["name"]: row["initial"] for row in node.json("table", "names")["rows"]}
    same((names["counter_1"], names["plain"]), ("house:init/1", "erlang:apply/2"))
    by_order = node.json("ps", "-o", "initial", "-n", "0")["rows"]
    begun = [row["initial"] for row in by_order]
    same(begun, sorted(begun))


def current_of_many(node):
    """Where only few are in question they are asked for their function, of however many processes."""
    node.evaluate("register(crowd, spawn(fun() -> [spawn_link(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 21000)], receive stop -> ok end end))")
    await_that(lambda: int(node.evaluate("erlang:system_info(process_count)")) > 21000, "the crowd")
    found = node.json("ps", "current~house:full", "messages>10")["rows"]
    same([row["name"] for row in found], ["full"])
    has(node.fails(REFUSED, "ps", "current~house:full"), "filter by something else too")
    node.evaluate("exit(whereis(crowd), kill)")
    await_that(lambda: int(node.evaluate("erlang:system_info(process_count)")) < 20000, "the crowd to go")


def counts(node):
    """All are as many as there are rows; of one that is sought by its pid there is one."""
    with node.observe() as bridge:
        table = Table(bridge, "processes", ["pid", "name"], interval_ms=1000)
        last = table.update()
        same(last["total"], last["matched"])
        pid = node.evaluate("whereis(plain)")
        has(pid, PID)
        one = Table(bridge, "processes", ["pid", "name"], filter=["eq", "pid", pid], interval_ms=1000)
        last = one.update()
        same(([row["name"] for row in one.rows()], last["matched"]), (["plain"], 1))
        check(last["total"] > 20, last)


def unknown(node):
    """What the BEAM does not count is not said to be none."""
    said = node.run("info", "plain")
    check("received" not in said, said)
    has(said, r"messages +0 waiting\n")


def memory(node):
    """The BEAM's kinds, which add up, and are not called what they are not."""
    node.evaluate("register(shelf, spawn(fun() -> ets:new(shelf, [named_table]), put(held, binary:copy(<<0>>, 8000000)), receive stop -> ok end end))")
    await_that(lambda: "held" in node.evaluate("process_info(whereis(shelf), dictionary)"), "the binary")
    with node.observe() as bridge:
        sub = bridge.call("system.watch", interval_ms=100)["sub"]

        def look():
            sample = bridge.next("system.sample", sub)
            bridge.notify("system.ack", sub=sub, seq=sample["seq"])
            return sample["memory"]["total"] > 0 and sample["memory"]

        kinds = await_that(look, "a sample")
        same(sum(kinds.values()) - kinds["total"], kinds["total"])
        check(min(kinds[kind] for kind in ("heaps", "tables", "code", "atoms", "rest")) > 0 and kinds["binaries"] >= 8000000, kinds)
        same((kinds["stacks"], kinds["mailboxes"], kinds["control"]), (0, 0, 0))
    said = node.run("system")
    has(said, r"memory +[0-9.]+M: heaps .*, binaries .*, tables .*, code .*, atoms .*, rest ")
    check("messages" not in said and "spawns" not in said and "since start" not in said, said)
    check(not re.search(r"reductions +0/s", said), said)
    check(node.json("info", "shelf")["binary_bytes"] >= 8000000, "the binary that it holds")
    has(node.run("info", "shelf"), r"binaries +[78]\.[0-9]M")
    node.evaluate("shelf ! stop")


def ports(node):
    """What it is linked to and monitors of ports, beside the processes, and none counted as such."""
    node.evaluate(
        "register(opener, spawn(fun() -> Sup = whereis(house_sup), P = open_port({spawn, cat}, []), Q = open_port({spawn, \"cat -u\"}, []), "
        "unlink(Q), monitor(port, Q), monitor(process, Sup), monitor(process, {nobody, node()}), {ok, S} = socket:open(inet, dgram, udp), "
        "put(opened, {P, S}), receive stop -> ok end end))"
    )
    await_that(lambda: "opened" in node.evaluate("process_info(whereis(opener), dictionary)"), "its ports")
    info = node.json("info", "opener")
    same(sorted(port["name"] for port in info["ports"]), ["cat", "cat -u"])
    check(all(port["port"].startswith("#Port<") for port in info["ports"]), info["ports"])
    same((info["n_ports"], info["links"], info["n_links"]), (2, [], 0))
    same([monitor["name"] for monitor in info["monitors"]], ["house_sup"])
    # A socket of the other kind monitors its owner; it is no process.
    same((info["monitored_by"], info["n_monitored_by"]), ([], 0))
    has(node.run("info", "opener"), r"ports +2: cat #Port<[0-9.]+>, cat -u #Port<")
    node.evaluate("opener ! stop")


TESTS = (rates, began, current_of_many, counts, memory, ports, unknown)


def main():
    grove, beam, house = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(house)
        status = run_tests("/e2e/beam-figures/", TESTS, place.start("figures", main="house"))
    sys.exit(status)


main()
