#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-serve.py GROVE GROVE_BEAM HOUSE: one `grove-beam --serve` for real nodes: a cluster that is followed
as nodes come and go, nodes that are away and why, several observers that share one agent, and that its end,
however it ends, leaves nothing behind."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading

from node import OK, PATIENCE, PID, REFUSED, UNREACHABLE, USAGE, Client, Place, await_that
from tap import check, has, run_tests, same


# A node that was lost and is back at once is not cut off from the others by their `global`.
STEADY = ("-kernel", "prevent_overlapping_partitions", "false")


class Service:
    """A `grove-beam --serve` with what it says."""

    def __init__(self, place, *words):
        self.place = place
        self.lines = []
        self.process = subprocess.Popen(
            [place.beam, "--serve", *words],
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.end(signal.SIGTERM)

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def said(self):
        return "".join(self.lines)

    def end(self, number):
        """Ended, with all that it started: they have its output open as long as they are there."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        check(not self.reader.is_alive(), "a bridge is left")
        check("Sanitizer" not in self.said() and "runtime error" not in self.said(), self.said())

    def bridges(self):
        done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(word) for word in done.stdout.split()]


def grove(place, *words):
    return subprocess.run(
        [place.grove, *words], env=place.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def systems(place):
    done = grove(place, "ls", "--json")
    same((done.returncode, done.stderr), (OK, ""))
    return {system["name"]: system for system in json.loads(done.stdout)["systems"]}


def await_live(place, *nodes):
    """Those and no others are served."""

    def look():
        return {name for name, system in systems(place).items() if system["live"]} == {node.name for node in nodes}

    await_that(look, f"{[node.name for node in nodes]} to be served")


def await_away(place, node, trouble):
    await_that(lambda: trouble in systems(place).get(node, {}).get("trouble", ""), f"{node} to be away: {trouble}")


def path_of(place, name):
    return os.path.join(place.directory, "grove", f"{name}.sock")


def server_of(path):
    """The process that listens there."""
    with socket.socket(socket.AF_UNIX) as looking:
        looking.connect(path)
        peer = looking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return struct.unpack("3i", peer)[0]


def await_nothing_left(place):
    def look():
        return os.listdir(os.path.join(place.directory, "grove")) == []

    await_that(look, "the sockets to go")
    for node in place.nodes:
        node.await_left_alone()


def meet(one, other):
    # Who has just come may be called from both sides at once, which is none of them at first.
    await_that(lambda: one.evaluate(f"net_adm:ping('{other.name}')") == "pong", f"{one.name} to meet {other.name}")


# ---- What it serves ------------------------------------------------------------------------------


def cluster(place):
    """Those that a node is connected to are served with it, as they come and go."""
    one, other, third = (place.start(name, arguments=STEADY) for name in ("one", "other", "third"))
    meet(one, other)
    with Service(place, "--cluster", one.name) as service:
        await_live(place, one, other)
        same({system["cluster"] for system in systems(place).values()}, {one.name})
        for node in (one, other):
            has(grove(place, "-s", node.name, "system").stdout, rf"^system +{node.name} \d+ \(beam, process {node.pid}\)$")
        meet(other, third)
        await_live(place, one, other, third)
        third.close()
        await_that(lambda: third.name not in systems(place), "the third to go")
        back = place.start("third", arguments=STEADY)
        meet(one, back)
        await_live(place, one, other, back)
        has(grove(place, "-s", back.name, "system").stdout, rf"process {back.pid}\)$")
        # In turn, or one of them: nobody but the first was named.
        one.close()
        await_away(place, one.name, "")
        await_live(place, other, back)
        has(service.said(), f"^{one.name} closed the connection")
    await_nothing_left(place)


def away(place):
    """A node that was named and is not there is listed with why, joined as soon as it is, and again."""
    with Service(place, "early@127.0.0.1", "late@127.0.0.1"):
        await_away(place, "early@127.0.0.1", "There is no node “early”")
        done = grove(place, "-s", "early@127.0.0.1", "ps")
        same((done.returncode, done.stdout), (UNREACHABLE, ""))
        has(done.stderr, r"no node “early” on “127.0.0.1”\n.*tries again")
        has(grove(place, "ls").stdout, r"^early@127.0.0.1 +away +There is no node")
        early = place.start("early")
        await_live(place, early)
        has(grove(place, "-s", early.name, "ps", "name:counter_1").stdout, PID)
        early.close()
        await_away(place, early.name, "early")
        await_live(place, place.start("early"))
    await_nothing_left(place)


def refused(place):
    """One that takes no cookie of ours is said once, and does not hurt the others."""
    good = place.start("good")
    other = place.start("strange", arguments=["-setcookie", "another"])
    with Service(place, good.name, other.name) as service:
        await_away(place, other.name, "does not take the cookie")
        await_live(place, good)
        has(grove(place, "-s", good.name, "ps", "name:counter_1").stdout, PID)
        done = grove(place, "-s", other.name, "ps")
        same(done.returncode, UNREACHABLE)
        has(done.stderr, "does not take the cookie\n.*--cookie-file FILE")
    same(service.said().count("does not take our cookie"), 1)
    other.close()
    await_nothing_left(place)


def same_node(place):
    """A node that is named twice is served once."""
    node = place.start("twice")
    with Service(place, node.name, "twice@localhost") as service:
        await_live(place, node)
        await_that(lambda: len(service.bridges()) == 1, "one bridge")
        check("localhost" not in "".join(systems(place)), systems(place))
    await_nothing_left(place)


def options(place):
    """What holds for one node holds for all."""
    node = place.start("shy")
    with Service(place, "--read-only", "--no-payloads", node.name):
        await_live(place, node)
        done = grove(place, "-s", node.name, "kill", "counter_1")
        same(done.returncode, REFUSED)
        done = grove(place, "-s", node.name, "state", "counter_1")
        same(done.returncode, REFUSED)
        has(done.stderr, "does not show")
        again = Service(place, node.name)
        await_that(lambda: "is running already" in again.said(), "the second to say that it is served")
        again.end(signal.SIGTERM)
        await_live(place, node)
    await_nothing_left(place)


def usage(place):
    for words, complaint in (
        ([], "1 to 64 nodes"),
        ([f"n{i}@127.0.0.1" for i in range(65)], "1 to 64 nodes"),
        (["--port", "4000", "a@b", "c@d"], "port is that of one node"),
        (["--port", "4000", "--cluster", "a@b"], "port is that of one node"),
        (["nobody"], "name@host"),
    ):
        done = subprocess.run([place.beam, "--serve", *words], env=place.environment, capture_output=True, text=True, check=False)
        same((done.returncode, done.stdout), (USAGE, ""))
        has(done.stderr, complaint)
    done = subprocess.run([place.beam, "--cluster", "a@b"], env=place.environment, capture_output=True, text=True, check=False)
    same(done.returncode, USAGE)


# ---- Who looks -----------------------------------------------------------------------------------


def observers(place):
    """Several share one bridge, and one agent; each gets what it asks for."""
    node = place.start("shared")
    with Service(place, node.name):
        await_live(place, node)
        sessions = [Client(path_of(place, node.name)) for _ in range(4)]
        for session in sessions:
            session.open("control")
        pids = {session.call("process.get", pid="<0.0.0>")["name"] for session in sessions}
        same(pids, {"init"})
        has(node.agents(), r"^\{\[grove_agent1\],\[\w+\],")
        # What one suspends runs again when that one goes, not before and not later.
        plain = json.loads(grove(place, "-s", node.name, "ps", "name:plain", "--json").stdout)["rows"][0]["pid"]
        sessions[0].call("process.suspend", pid=plain)
        for session in sessions[1:]:
            session.close()
        has(node.evaluate("process_info(whereis(plain), status)"), "suspended")
        sessions[0].close()
        await_that(lambda: "waiting" in node.evaluate("process_info(whereis(plain), status)"), "it to run again")
    await_nothing_left(place)


def hostile(place):
    """Clients that say nonsense, or nothing, take nothing from others, nor from other nodes."""
    node, other = place.start("struck"), place.start("spared")
    with Service(place, node.name, other.name):
        await_live(place, node, other)
        path = path_of(place, node.name)
        same(os.stat(path).st_mode & 0o777, 0o600)
        same(os.stat(os.path.dirname(path)).st_mode & 0o777, 0o700)
        session = Client(path)
        session.open("observe")
        silent = []
        for said in (b"", b"\0" * 70000, b"{" * 5000 + b"\n", b'{"jsonrpc":"2.0"}\n' * 1000) * 8:
            silent.append(socket.socket(socket.AF_UNIX))
            silent[-1].connect(path)
            silent[-1].setblocking(False)
            try:
                silent[-1].send(said)
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                pass
        has(grove(place, "-s", other.name, "ps", "name:counter_1").stdout, PID)
        same(session.call("process.get", pid="<0.0.0>")["name"], "init")
        for one in silent:
            one.close()
        session.close()
        await_that(lambda: "counter_1" in grove(place, "-s", node.name, "ps", "name:counter_1").stdout, "a place")
    await_nothing_left(place)


def stopped(place):
    """A node that hangs delays no other."""
    node, other = place.start("hung"), place.start("quick")
    with Service(place, node.name, other.name):
        await_live(place, node, other)
        os.kill(node.pid, signal.SIGSTOP)
        has(grove(place, "-s", other.name, "ps", "name:counter_1").stdout, PID)
        await_away(place, node.name, "hung")
        has(grove(place, "-s", other.name, "ps", "name:counter_1").stdout, PID)
        os.kill(node.pid, signal.SIGCONT)
        await_live(place, node, other)
    await_nothing_left(place)


# ---- Its end -------------------------------------------------------------------------------------


def bridge_killed(place):
    """One bridge that is killed is started again; its socket works again."""
    node, other = place.start("hit"), place.start("missed")
    with Service(place, node.name, other.name) as service:
        await_live(place, node, other)
        session = Client(path_of(place, other.name))
        session.open("observe")
        before = service.bridges()
        same(len(before), 2)
        os.kill(server_of(path_of(place, node.name)), signal.SIGKILL)
        await_that(lambda: len(service.bridges()) == 2 and service.bridges() != before, "another bridge")
        await_live(place, node, other)
        has(grove(place, "-s", node.name, "ps", "name:counter_1").stdout, PID)
        same(session.call("process.get", pid="<0.0.0>")["name"], "init")
        session.close()
        has(service.said(), f"bridge to {node.name} was ended by signal 9")
    await_nothing_left(place)


def killed(place):
    """kill -9 of the whole: each bridge leaves its node, and takes its socket along."""
    node, other = place.start("left"), place.start("alone")
    service = Service(place, node.name, other.name)
    await_live(place, node, other)
    with Client(path_of(place, node.name)) as session:
        session.open("control")
        service.end(signal.SIGKILL)
    await_nothing_left(place)


TESTS = (
    cluster,
    away,
    refused,
    same_node,
    options,
    usage,
    observers,
    hostile,
    stopped,
    bridge_killed,
    killed,
)


def alone(test):
    """With no nodes of another."""

    def run(place):
        try:
            test(place)
        finally:
            for node in list(place.nodes):
                node.close()

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


def main():
    grove_program, beam, source = sys.argv[1:]
    with Place(grove_program, beam) as place:
        place.compile(source)
        return run_tests("/e2e/beam-serve/", [alone(test) for test in TESTS], place)


sys.exit(main())
