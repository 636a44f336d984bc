#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-hostile.py GROVE GROVE_BEAM MOST_KB HOSTILE CHURN: a node that lies to its observer, before and after it let it
in; and an agent that is asked for what no observer of ours would ask: one clear error or correct service each,
and nothing grows; the bridge no further than MOST_KB."""

import os
import random
import struct
import subprocess
import sys
import time

import churn
from fake_node import VERSION, FakeNode, atom, binary, integer, list_of, map_of, tuple_of
from node import PATIENCE, UNREACHABLE, Place, await_that, check, has, run_tests, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Refused  # pylint: disable=wrong-import-position

SECRET = "a_secret_of_the_tests"


def grove(place, target, *words):
    return subprocess.run(
        [place.grove, "-s", f"beam:{target}", *words], env=place.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def refused(place, serve, what):
    """It gets nowhere, and says so in words; nothing crashed."""
    with FakeNode(SECRET, serve) as node:
        done = grove(place, node.target, "ps")
    check(done.returncode == UNREACHABLE, f"{what}: {done.returncode} {done.stdout!r} {done.stderr!r}")
    check("fake@127.0.0.1" in done.stderr and "secret" not in done.stderr, f"{what}: {done.stderr!r}")
    check("Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr)


# ---- Before it is in -----------------------------------------------------------------------------


def handshakes(place):
    """All that can be wrong before the node has shown that it knows the cookie."""

    def after(*greetings):
        def serve(link):
            link.read_greeting()
            for greeting in greetings:
                if isinstance(greeting, bytes):
                    link.sock.sendall(greeting)
                else:
                    link.greet(greeting(link))
            # What comes back until it leaves is nothing to us.
            while link.sock.recv(4096):
                pass

        return serve

    def framed(data):
        return struct.pack(">H", len(data)) + data

    ok = framed(b"sok")
    for what, serve in {
        "nothing": after(framed(b"")),
        "zeros": after(bytes(4096)),
        "ones": after(b"\xff" * 70000),
        "a web server": after(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100),
        "a long status": after(framed(b"s" + b"x" * 60000)),
        "an unknown status": after(framed(b"snever")),
        "two statuses": after(ok, ok),
        "a short challenge": after(ok, framed(b"N\0")),
        "a name longer than its packet": after(ok, framed(b"N" + struct.pack(">QIIH", 0xFFFFFFFFFFFFFFFF, 1, 1, 65535) + b"fake")),
        "a name that is long": after(ok, lambda link: link.challenge(b"x" * 60000)),
        "no flags": after(ok, framed(b"N" + struct.pack(">QIIH", 0, 1, 1, 14) + b"fake@127.0.0.1")),
        "an old challenge": after(ok, framed(b"n" + struct.pack(">HII", 5, 0, 1) + b"fake")),
        "a wrong proof": after(ok, lambda link: link.challenge(), framed(b"a" + bytes(16))),
        "a short proof": after(ok, lambda link: link.challenge(), framed(b"a\1")),
        "a long proof": after(ok, lambda link: link.challenge(), framed(b"a" + bytes(30000))),
    }.items():
        refused(place, serve, what)


def on_the_way_in(place):
    """It knows the cookie, and will not be loaded into."""

    def results(**more):
        def serve(link):
            link.shake_hands()
            while True:
                link.answer_call({"system_info": list_of(integer(50), integer(53)), "start": atom("undefined"), **more})

        return serve

    refused(place, results(), "no agent")
    refused(place, results(system_info=atom("badrpc")), "no release")
    refused(place, results(system_info=list_of(*[integer(57)] * 400)), "a long release")
    refused(place, results(function_exported=atom("false"), load_binary=tuple_of(atom("error"), binary(b"\xff" * 5000))), "no code")

    def goes(link):
        link.shake_hands()
        link.receive()

    refused(place, goes, "gone")


# ---- After ---------------------------------------------------------------------------------------


def packets(rng):
    """What no node sends."""
    def send(to, message):
        return b"p" + VERSION + tuple_of(integer(2), atom(""), to) + VERSION + message

    whole = send(atom("x"), tuple_of(atom("rep"), integer(1), map_of(a=list_of(integer(1), binary(b"two")))))
    yield from (b"\0", b"p", b"p" + VERSION, b"q" * 100, VERSION + b"D\0", VERSION + b"E" + bytes(16) + b"\0", b"p" + VERSION + b"h\x00", b"p" + VERSION + b"h\x01a\x02")
    # The control message ends behind the packet: a name, a pid, a large id.
    yield b"p" + VERSION + b"h\x03a\x02w\xff"
    yield b"p" + VERSION + b"h\x03a\x02d\xff\xff" + b"x" * 40
    yield b"p" + VERSION + tuple_of(integer(35), b"o" + struct.pack(">I", 1900) + b"\0" + bytes(1900), atom("a"), atom("b"))
    yield b"p" + VERSION + tuple_of(integer(35), binary(b"x" * 60000), atom("a"), atom("b"))
    # All operations there are, and some more.
    for operation in range(-1, 60):
        yield b"p" + VERSION + tuple_of(integer(operation), atom(""), atom("x"), atom("y")) + VERSION + atom("z")
        yield b"p" + VERSION + tuple_of(integer(operation))
    # Compressed, deep, long, and of the wrong shape.
    yield send(atom("x"), b"P" + struct.pack(">I", 0x7FFFFFFF) + b"x\x9c\x03\x00")
    yield send(atom("x"), b"l\0\0\0\1" * 100000)
    yield send(atom("x"), tuple_of(atom("rep"), integer(1), b"l\0\0\0\1" * 300 + b"j" * 301))
    yield send(atom("x"), b"l\xff\xff\xff\xff")
    yield send(atom("x"), b"t\xff\xff\xff\xff")
    yield send(atom("x"), b"m\xff\xff\xff\xffx")
    yield send(atom("x"), b"i\xff\xff\xff\xff")
    for _ in range(400):
        cut = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.5 else whole)
        if cut:
            cut[rng.randrange(len(cut))] = rng.randrange(256)
        yield bytes(cut)


def rubbish(place):
    """Between its answers: it is passed over, and what was asked is answered."""
    def serve(link):
        link.let_in()
        rng = random.Random(7)
        for packet in packets(rng):
            link.packet(packet)
        while True:
            request, method = link.asked()
            for name in ("rep", "err", "happened"):
                for what in (atom("x"), integer(-1), b"j", map_of(rows=list_of(list_of(integer(1)))), binary(b"\xff")):
                    link.send(tuple_of(atom(name), integer(999999), what))
            if method == "info":
                link.send(tuple_of(atom("rep"), request, map_of(schedulers=integer(2), uptime_ns=atom("x"))))
            else:
                link.send(tuple_of(atom("err"), request, atom("limit"), binary(b"\"no\" \xff \\")))

    with FakeNode(SECRET, serve) as node:
        done = grove(place, node.target, "system")
        same((done.returncode, done.stderr), (0, ""))
        has(done.stdout, r"^system +fake@127.0.0.1 ")
        done = grove(place, node.target, "ps")
        has(done.stderr, '"no" \ufffd')


def large_packet(place):
    """One that says it is of 4 GB ends the link, before it is there."""
    def serve(link):
        link.let_in()
        link.asked()
        link.sock.sendall(b"\xff\xff\xff\xff" + bytes(100))
        while link.sock.recv(4096):
            pass

    refused(place, serve, "4 GB")


def only_ticks(place):
    """The node lives, and its agent is gone."""
    def serve(link):
        link.let_in()
        link.asked()
        while True:
            link.sock.sendall(bytes(4))
            time.sleep(0.5)

    with FakeNode(SECRET, serve) as node:
        done = grove(place, node.target, "ps")
        same(done.returncode, UNREACHABLE)
        has(done.stderr, "stopped answering")


def flood(place, most_kb):
    """A hundred megabytes that nobody asked for: none of it is kept, beyond the last of each kind."""
    line = tuple_of(atom("happened"), atom("log"), map_of(text=binary(b"x" * 4000), level=binary(b"error")))
    crash = tuple_of(atom("happened"), atom("crash"), map_of(row=map_of(reason=binary(b"y" * 100)), crash=map_of(more=binary(b"z" * 2000000))))
    link_there = []

    def serve(link):
        link.let_in()
        request, _ = link.asked()
        for _ in range(10000):
            link.send(line)
        for _ in range(30):
            link.send(crash)
        link.send(tuple_of(atom("rep"), request, map_of(schedulers=integer(2))))
        link_there.append(link)
        while link.sock.recv(65536):
            pass

    with FakeNode(SECRET, serve) as node:
        bridge = subprocess.Popen(
            [place.beam, "--port", str(node.port), "fake@127.0.0.1"], env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        await_that(lambda: link_there, "all to be sent")
        with bridge:
            size = churn.resident_kb(bridge.pid)
            bridge.stdin.close()
            same(bridge.wait(PATIENCE), 0)
        check(size < most_kb, f"{size} KB")


# ---- The agent -----------------------------------------------------------------------------------


def agent(place):
    """10,000 requests of every wrong type: the node has as many atoms, processes, ports and tables as before, and
    its memory too."""
    node = place.start("hostile", main="hostile")
    with node.observe() as session:
        same(session.call("system.info")["name"], node.name)
        node.evaluate("hostile:attack(1000)")
        manager = node.evaluate("whereis(grove_agent1)")
        atoms, *_ = facts(node)
        for _ in range(9):
            node.evaluate("hostile:attack(1000)")
        await_that(lambda: facts(node)[1] < 60, "all workers to end")
        after = facts(node)
        # Code that is loaded when it is first wanted brings some.
        check(after[0] - atoms < 300, (atoms, after))
        same(node.evaluate("whereis(grove_agent1)"), manager)
        check(int(node.evaluate("[garbage_collect(P) || P <- processes()], erlang:memory(total)")) < 60000000, "it grew")
        same(session.call("system.info")["name"], node.name)
        check(session.call("process.get", pid="<0.0.0>")["name"] == "init", "another")
    node.await_left_alone()
    node.close()


def facts(node):
    return [int(number) for number in node.evaluate("hostile:facts()")[1:-1].split(",")]


def new_atoms(place):
    """Terms that are sent bring theirs, but not without end."""
    node = place.start("atoms", main="hostile")
    before = facts(node)[0]
    with node.observe() as session:
        pid = node.evaluate("whereis(victim)")
        said = ""
        for i in range(40):
            try:
                session.call("process.send", pid=pid, message="[" + ",".join(f"a{i}_{j}" for j in range(700)) + "]")
            except Refused as error:
                said = error.message
        has(said, "10000 new atoms")
        check(facts(node)[0] - before < 13000, facts(node))
    node.close()


def deep_terms(place):
    """In a mailbox: each is shown as far as it goes, and none hides the others."""
    node = place.start("deep", main="hostile")
    for depth in (10, 199, 200, 255, 300, 5000):
        node.evaluate(f"whereis(victim) ! hostile:deep({depth}), ok")
    node.evaluate("whereis(victim) ! lists:foldl(fun(I, M) -> #{M => I} end, x, lists:seq(1, 10)), ok")
    with node.observe() as session:
        page = session.call("process.messages", pid=node.evaluate("whereis(victim)"), offset=0, limit=100, max_bytes=4096)
        same([message["term"]["text"][:3] for message in page["messages"]], ["[[["] * 6 + ["#{#"])
    node.close()


def zero_bytes(place):
    """In the name of a process, which the protocol cannot say: it is shown, and the session goes on."""
    node = place.start("zeros", main="hostile")
    node.evaluate("register(list_to_atom([$a, 0, $b]), spawn(fun() -> receive x -> x end end))")
    node.evaluate("whereis(victim) ! <<\"x\", 0, \"y\">>, ok")
    check("a\ufffdb" in [row["name"] for row in node.json("ps", "-c", "name")["rows"]], "it is not there")
    with node.observe() as session:
        page = session.call("process.messages", pid=node.evaluate("whereis(victim)"), offset=0, limit=100, max_bytes=4096)
        same(len(page["messages"]), 1)
        session.call("system.info")
    node.close()


def killed_agent(place):
    """By somebody on the node, which goes on ticking: the bridge says so, what was suspended runs, and the code
    goes."""
    node = place.start("killing", main="hostile", arguments=["-kernel", "net_ticktime", "8"])
    with node.observe() as session:
        session.call("process.suspend", pid=node.evaluate("whereis(victim)"))
        session.call("system.info")
        node.evaluate("exit(whereis(grove_agent1), kill)")
        same(session.process.wait(PATIENCE), 31)
    node.await_left_alone()
    same(node.evaluate("process_info(whereis(victim), status)"), "{status,waiting}")
    node.close()


def few_atoms(place):
    """A node without room for the agent's is left alone, and lives."""
    node = place.start("many", main="hostile")
    limit = int(node.evaluate("erlang:system_info(atom_count)")) + 3500
    node.close()
    node = place.start("few", main="hostile", arguments=["+t", str(limit)])
    done = grove(place, node.name, "ps")
    same(done.returncode, UNREACHABLE)
    has(done.stderr, f"of the {limit} atoms it may have")
    same(node.evaluate("1 + 1"), "2")
    node.await_left_alone()
    node.close()


def restless(place, most_kb):
    """Everything open on a node that never rests: once the rings of what happened are full, the bridge does not
    grow, and the node is left as it was."""
    node = place.start("churn", main="churn")
    node.evaluate("churn:begin_all(2000)")
    left = node.evaluate("churn:leavings()")

    def until(crashes):
        end = time.monotonic() + PATIENCE
        while int(node.evaluate("churn:did()")[1:-1].split(",")[1]) < crashes:
            check(time.monotonic() < end, "it does not churn")
            for _ in range(5):
                churn.read_on(session)
        return churn.resident_kb(session.process.pid)

    with node.observe() as session:
        churn.open_all(session)
        first = until(400)
        second = until(800)
        check(second - first < most_kb // 6, (first, second))
    node.evaluate("churn:end_all()")
    node.await_left_alone()
    await_that(lambda: node.evaluate("churn:leavings()") == left, f"as before: {left}")
    node.close()


TESTS = (handshakes, on_the_way_in, rubbish, large_packet, only_ticks, flood, agent, new_atoms, deep_terms, zero_bytes, killed_agent, few_atoms, restless)


def main():
    grove_cli, beam, most_kb, *sources = sys.argv[1:]
    only = os.environ.get("ONLY", "").split()
    with Place(grove_cli, beam) as place:
        place.compile(*sources)

        def one(test):
            def run():
                test(place, *([int(most_kb)] if test in (flood, restless) else []))

            run.__name__ = test.__name__
            return run

        return run_tests("/e2e/beam-hostile/", [one(test) for test in TESTS if not only or test.__name__ in only])


if __name__ == "__main__":
    sys.exit(main())
