#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-tables.py GROVE GROVE_BEAM WRECK: what a real node has besides processes (ETS tables with what is
in them, ports, sockets, allocators, limits), its samples and what observing costs it, large mailboxes,
and the agent as source for nodes that are older than what compiled it."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Table  # pylint: disable=wrong-import-position
from node import PATIENCE, PID, REFUSED, Place, await_that, check, has, run_tests, same  # pylint: disable=wrong-import-position

OBJECT = ("index", "key", "size", "object")


def read(bridge, name, **more):
    """All columns of a table, once."""
    columns = more.pop("columns", None) or [column["name"] for column in bridge.hello["tables"][name]]
    table = Table(bridge, name, columns, window=more.pop("window", (0, 512)), interval_ms=1000, **more)
    table.update()
    table.close()
    return table


def the_table(bridge, name):
    return next(row for row in read(bridge, "ets").rows() if row["name"] == name)


def ets(node):
    with node.observe() as bridge:
        row = the_table(bridge, "shelf")
        same((row["table"], row["objects"], row["type"], row["protection"], row["owner_name"]), ("shelf", 5000, "ordered_set", "protected", "keeper"))
        check(row["memory"] > 5000 * 8, row)
        has(row["owner"], PID)


def objects(node):
    """A page anywhere, in the table's order, and sorted and searched where that is little work."""
    with node.observe() as bridge:
        shelf = read(bridge, "objects", of="shelf", window=(2500, 3))
        same([(row["index"], row["key"]) for row in shelf.rows()], [(2500, "2501"), (2501, "2502"), (2502, "2503")])
        same(shelf.rows()[0]["object"], '{2501,<<"item 2501">>}')
        check(shelf.rows()[0]["size"] > 0, shelf.rows())
        same((shelf.last["total"], shelf.last["matched"]), (5000, 5000))
        same(read(bridge, "objects", of="shelf", window=(4999, 60)).rows()[0]["key"], "5000")
        same(read(bridge, "objects", of="shelf", window=(5001, 60)).rows(), [])
        found = read(bridge, "objects", of="shelf", window=(0, 2), filter=["contains", "object", "item 49"], sort=[("index", "desc")])
        same((found.last["matched"], [row["key"] for row in found.rows()]), (111, ["4999", "4998"]))
        bag = the_table(bridge, "bag_of_pairs")["table"]
        same(sorted(row["object"] for row in read(bridge, "objects", of=bag).rows()), ["{a,1}", "{a,2}", "{b,3}"])
        same(len(read(bridge, "objects", of=bag, window=(1, 1)).rows()), 1)
        # It is as it was.
        same(node.evaluate("{ets:info(shelf, size), ets:info(shelf, fixed)}"), "{5000,false}")


def private_objects(node):
    with node.observe() as bridge:
        ask = {"table": "objects", "columns": ["index"], "sort": [], "window": {"offset": 0, "limit": 5}, "interval_ms": 1000}
        refused = bridge.refused("table.open", of="secrets", **ask)
        same(refused.code, -32009)
        has(refused.message, rf"secrets is private: only its owner, {PID}, can read it")
        same(bridge.refused("table.open", of="no_such_table", **ask).code, -32003)


def large_objects(node):
    """A page of large objects is bounded, and so is looking at all of a large table."""
    node.evaluate(
        "spawn(fun() -> ets:new(heavy, [named_table]), [ets:insert(heavy, {N, lists:seq(1, 1000000)}) || N <- lists:seq(1, 6)], "
        "ets:new(long, [named_table]), [ets:insert(long, {N}) || N <- lists:seq(1, 20000)], register(heavy, self()), receive stop -> ok end end)"
    )
    await_that(lambda: node.evaluate("whereis(heavy)") != "undefined", "the tables")
    with node.observe() as bridge:
        rows = read(bridge, "objects", of="heavy").rows()
        same(len(rows), 6)
        check(any("not read" in row["object"] for row in rows), [row["object"][:40] for row in rows])
        check(all(len(row["object"]) < 2000 for row in rows), "an object is bounded")
        ask = {"table": "objects", "columns": ["index"], "window": {"offset": 0, "limit": 5}, "interval_ms": 1000, "of": "long"}
        refused = bridge.refused("table.open", sort=[["size", "desc"]], **ask)
        same(refused.code, -32005)
        same(len(read(bridge, "objects", of="long", window=(19990, 60)).rows()), 10)
    node.evaluate("heavy ! stop")


def ports_and_sockets(node):
    with node.observe() as bridge:
        ports = read(bridge, "ports").rows()
        check(any(row["name"] == "forker" and row["owner_name"] == "init" for row in ports), ports)
        listening = [row for row in read(bridge, "sockets").rows() if row["owner_name"] == "keeper"]
        same(len(listening), 1)
        has(listening[0]["local"], r"^127\.0\.0\.1:\d+$")
        has(listening[0]["state"], "listen")
        node.evaluate("register(opener, spawn(fun() -> {ok, S} = socket:open(inet, dgram, udp), receive stop -> socket:close(S) end end))")
        rows = await_that(lambda: [row for row in read(bridge, "sockets").rows() if row["owner_name"] == "opener"], "a socket of the other kind")
        same([row["kind"] for row in rows], ["udp"])
        node.evaluate("opener ! stop")


def memory_and_limits(node):
    with node.observe() as bridge:
        allocators = {row["allocator"]: row for row in read(bridge, "allocators").rows()}
        heaps = allocators["eheap_alloc"]
        check(0 < heaps["blocks"] <= heaps["carriers"] and 0 < heaps["used"] <= 1, heaps)
        same(heaps["unused"], heaps["carriers"] - heaps["blocks"])
        limits = {row["name"]: row for row in read(bridge, "limits").rows()}
        same(limits["processes"]["limit"], int(node.evaluate("erlang:system_info(process_limit)")))
        check(limits["atoms"]["used"] > 5000 and 0 < limits["atoms"]["share"] < 1, limits)
        same({row["node"]: row["kind"] for row in read(bridge, "nodes").rows()}.get(node.name), "this")


def samples(node):
    with node.observe() as bridge:
        sub = bridge.call("system.watch", interval_ms=100)["sub"]

        def look():
            sample = bridge.next("system.sample", sub)
            bridge.notify("system.ack", sub=sub, seq=sample["seq"])
            node.evaluate("[begin lists:seq(1, 100000), erlang:garbage_collect() end || _ <- lists:seq(1, 5)], ok")
            return sample.get("collections/s", 0) > 0 and sample.get("bytes_in/s", 0) > 0 and "observing" in sample and sample

        sample = await_that(look, "rates")
        check(0 <= sample["observing"]["cpu"] < 2 and sample["observing"]["sessions"] == 1, sample)
        same(len(sample["schedulers"]), int(node.evaluate("erlang:system_info(schedulers_online)")))
        check("spawns" not in sample and "messages/s" not in sample, "what the BEAM does not count")
        node.evaluate("wreck:plain()")

        def counted():
            sample = bridge.next("system.sample", sub)
            bridge.notify("system.ack", sub=sub, seq=sample["seq"])
            return sample["crashes"] >= 1

        await_that(counted, "a crash counted")
    node.await_left_alone()


def large_mailbox(node):
    """100,000 messages, 48 MB: counted and sized without being copied, read when that is wanted."""
    node.evaluate("wreck:letters(100000, 480)")
    pid = node.evaluate("pid_to_list(whereis(letterbox))").strip('"')
    with node.observe() as bridge:
        process = bridge.call("process.get", pid=pid)
        same(process["messages"], 100000)
        check(process["memory_bytes"] > 40 << 20 and process["sizes"]["mailbox"] > 40 << 20, process)
        ask = {"pid": pid, "limit": 20, "max_bytes": 64}
        offered = bridge.call("process.messages", offset=0, **ask)
        same((offered["total"], offered["messages"]), (100000, []))
        check(offered["cost"]["bytes"] > 40 << 20, offered)
        has(offered["cost"]["text"], r"^100000 messages wait in a process of \d+ MB\. The BEAM copies all of them")
        page = bridge.call("process.messages", offset=99990, costly=True, **ask)
        same([one["index"] for one in page["messages"]], list(range(99990, 100000)))
        has(page["messages"][-1]["term"]["text"], r"^\{letter,100000,")
        check(page["messages"][-1]["size"] > 400, page)
        check("cost" not in page, page)
    has(node.fails(REFUSED, "messages", "letterbox"), r"100000 messages wait.*--costly")
    same(node.json("messages", "letterbox", "--costly", "-n", "2")["total"], 100000)
    node.evaluate("exit(whereis(letterbox), kill)")
    # One that is too large to copy is refused before anything is copied.
    node.evaluate("wreck:letters(500000, 480)")
    pid = node.evaluate("pid_to_list(whereis(letterbox))").strip('"')
    with node.observe() as bridge:
        same(bridge.call("process.get", pid=pid)["messages"], 500000)
        refused = bridge.refused("process.messages", offset=0, costly=True, pid=pid, limit=20, max_bytes=64)
        same(refused.code, -32005)
        has(refused.message, "too large to copy")
    node.evaluate("exit(whereis(letterbox), kill)")


def as_source(node):
    """What an older node would get: the agent as source, made into a module by the node's own compiler; and
    without one a refusal, before anything is loaded."""
    node.await_left_alone()
    with node.observe("control", "--agent-source") as bridge:
        has(node.agents(), r"grove_agent_[0-9a-f]{8}")
        same(len(read(bridge, "objects", of="shelf", window=(0, 5)).rows()), 5)
        table = Table(bridge, "crashes", ["seq", "reason"])
        pid = node.evaluate("pid_to_list(wreck:plain())")
        has(pid, PID)
        table.until(lambda rows: any(row["reason"] == "{no_such,thing}" for row in rows), "a crash")
    node.await_left_alone()
    bare = node.place.start("bare", main="wreck")
    bare.evaluate("[code:del_path(P) || P <- code:get_path(), string:find(P, \"/compiler\") =/= nomatch], code:purge(compile), code:delete(compile), code:purge(compile)")
    done = subprocess.run(
        [node.place.beam, "--agent-source", bare.name],
        env=node.place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    same((done.returncode, done.stdout), (21, ""))
    has(done.stderr, "has no compiler")
    same(bare.agents(), "{[],[],undefined}")
    bare.close()


def by_hand(node):
    """`grove table`, which shows whatever a system declares."""
    text = node.run("table", "allocators")
    has(text, r"^ALLOCATOR +BLOCKS")
    has(text, r"^eheap_alloc +\d")
    same(node.json("table", "objects", "--of", "shelf", "key:17")["rows"][0]["object"], '{17,<<"item 17">>}')
    has(node.fails(REFUSED, "table", "objects", "--of", "secrets"), "private")
    has(node.run("table"), r"(?s)sockets.*allocators")


TESTS = (ets, objects, private_objects, large_objects, ports_and_sockets, memory_and_limits, samples, large_mailbox, as_source, by_hand)


def main():
    grove, beam, wreck = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(wreck)
        node = place.start("tables", main="wreck")
        status = run_tests("/e2e/beam-tables/", TESTS, node)
        if status != 0:
            print("\n".join("# " + line for line in node.output().splitlines()[-400:]))
    sys.exit(status)


main()
