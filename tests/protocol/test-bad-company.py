#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-bad-company.py SHOP [SLOWER]: clients that do not read, come in crowds, speak HTTP, are
killed, or belong to somebody else; and a system that runs out of descriptors or ends in mid-answer.

Each time the question is the same: do the shop and those who behave notice? SLOWER divides the size
of the crowds, for builds with sanitizers.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback

from client import Client, Failure, Table, check, socket_of, PATIENCE
from shop import Shop

NOBODY = 65534


def same(got, wanted):
    check(got == wanted, f"got {got!r}, not {wanted!r}")


def connect(shop):
    end = socket.socket(socket.AF_UNIX)
    # It waits while others stand in line, which a socket of Python's with a timeout would not.
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", PATIENCE, 0))
    end.connect(socket_of(shop.directory, "shop"))
    end.settimeout(PATIENCE)
    return end


def first_line(end):
    """What it says first: its method and params."""
    data = b""
    while b"\n" not in data:
        more = end.recv(65536)
        check(more, f"closed after {data!r}")
        data += more
    line = json.loads(data.split(b"\n")[0])
    return line["method"], line["params"]


@contextlib.contextmanager
def session(shop, role="control"):
    with Client(socket_of(shop.directory, "shop")) as client:
        client.open(role)
        yield client


def memory(shop):
    """Bytes of the program that are its own."""
    with open(f"/proc/{shop.process.pid}/statm", encoding="ascii") as file:
        _, resident, shared, *_ = map(int, file.read().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def until(look, what):
    end = time.monotonic() + PATIENCE
    while not look():
        check(time.monotonic() < end, what)
        time.sleep(0.01)


# ---- Those who do not read ------------------------------------------------------------------------


def test_never_reads(shop, slower):
    """It gets what the socket holds, and costs what the limits say; others are served as before."""
    with session(shop) as client, session(shop) as deaf:
        columns = [column["name"] for column in client.hello["tables"]["processes"]]
        for _ in range(8):
            Table(deaf, "processes", columns, [["reductions", "desc"]], (0, 512), 50)
        client.call("session.ping")
        before = memory(shop)
        # Questions, too: each answer is some 60 KB, and all of them 60 MB.
        deaf.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for number in range(1000):
                deaf.send({"jsonrpc": "2.0", "id": 100 + number, "method": "server.describe", "params": {}})
        for _ in range(200 // slower):
            client.call("session.ping")
            client.call("system.info")
        grown = memory(shop) - before
        check(slower > 1 or grown < 5 << 20, f"it grew by {grown} bytes")
        print(f"# the shop grew by {grown} bytes")
    with session(shop) as client:
        client.call("session.ping")


# ---- Crowds ----------------------------------------------------------------------------------------


def test_thousand_at_once(shop, slower):
    """As many are let in as there is room, everyone else hears why not, and the place is free again."""
    with session(shop) as client, contextlib.ExitStack() as stack:
        crowd = []
        told = {"hello": 0, "goodbye": 0}
        for number in range(1000 // slower):
            crowd.append(stack.enter_context(connect(shop)))
            if number % 50 == 0:
                client.call("session.ping")
        for end in crowd:
            method, params = first_line(end)
            told[method] += 1
            if method == "goodbye":
                same(params["reason"], "limit")
        same(told["hello"], 31)
        client.call("session.ping")
        stack.close()
        until(lambda: can_open(shop), "there is no room again")
        client.call("session.ping")


def can_open(shop):
    try:
        with session(shop):
            return True
    except Failure:
        return False


def test_ten_thousand_connects(shop, slower):
    """Who comes and goes leaves nothing behind, whether a word was spoken or not."""
    with session(shop) as client:
        count = lambda: len(os.listdir(f"/proc/{shop.process.pid}/fd"))
        before = count()
        for number in range(10000 // slower):
            with connect(shop) as end:
                if number % 3 == 1:
                    end.sendall(b'{"jsonrpc":"2.0","id":1,"meth')
                elif number % 3 == 2:
                    end.shutdown(socket.SHUT_WR)
            if number % 1000 == 0:
                client.call("session.ping")
        until(lambda: client.call("session.ping") and count() <= before, f"descriptors are left: {count()} of {before}")


def test_no_descriptors(shop, slower):
    """Where a system has no descriptors left, those who are there are served; others wait for one."""
    del slower
    with session(shop) as client:
        limit = len(os.listdir(f"/proc/{shop.process.pid}/fd")) + 4
        soft, hard = resource.prlimit(shop.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(shop.process.pid, resource.RLIMIT_NOFILE, (limit, hard))
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(connect(shop)) for _ in range(12)]
            for _ in range(50):
                client.call("session.ping")
            same(first_line(crowd[0])[0], "hello")
        resource.prlimit(shop.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        until(lambda: can_open(shop), "nobody is let in again")


# ---- Those who speak something else -----------------------------------------------------------------


def test_other_languages(shop, slower):
    """HTTP and TLS get no answer that a browser could be made to read."""
    del slower
    for words in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /x HTTP/1.1\r\n\r\n{}", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        with connect(shop) as end:
            same(first_line(end)[0], "hello")
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                end.sendall(words)
                same(end.recv(65536), b"")


def test_half_closed(shop, slower):
    """Who asks and then says that nothing more will come gets its answers first."""
    del slower
    with connect(shop) as end:
        requests = [
            {"jsonrpc": "2.0", "id": 1, "method": "session.open",
             "params": {"major": 1, "client": {"name": "x", "version": ""}, "role": "observe"}},
            {"jsonrpc": "2.0", "id": 2, "method": "system.info", "params": {}},
        ]  # fmt: skip
        end.sendall(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
        end.shutdown(socket.SHUT_WR)
        lines = [json.loads(line) for line in end.makefile("rb")]
        same([line.get("id") for line in lines], [None, 1, 2])


def as_nobody(shop):
    """What becomes of another user who connects."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            try:
                with connect(shop) as end:
                    os.write(writer, end.recv(9) or b"closed")
            except ConnectionResetError:
                os.write(writer, b"closed")
            except PermissionError:
                os.write(writer, b"not allowed")
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        said = file.read()
    os.waitpid(child, 0)
    return said


def test_somebody_else(shop, slower):
    """Another user cannot even connect; nor where the folder lets them."""
    del slower
    if os.getuid() != 0:
        return "only root can be somebody else"
    same(as_nobody(shop), "not allowed")  # into the folder
    os.chmod(shop.directory, 0o755)
    same(as_nobody(shop), "not allowed")  # to the socket
    os.chmod(socket_of(shop.directory, "shop"), 0o666)
    same(as_nobody(shop), "closed")
    os.chmod(socket_of(shop.directory, "shop"), 0o600)
    os.chmod(shop.directory, 0o700)
    with session(shop) as client:
        client.call("session.ping")


# ---- Ends ------------------------------------------------------------------------------------------


def test_killed_observer(shop, slower):
    """What it suspended runs again, though it had no time to say so."""
    del slower
    with session(shop) as client:
        table = Table(client, "processes", ["pid", "name", "status"], (), (0, 60), 50, filter=["prefix", "name", "auditor"])
        pids = [row["pid"] for row in table.until(lambda rows: len(rows) == 12 and rows, "the auditors")]
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                other = Client(socket_of(shop.directory, "shop"))
                other.open("control")
                for pid in pids:
                    other.call("process.suspend", pid=pid)
                os.write(writer, b"!")
                signal.pause()
            finally:
                os._exit(1)
        os.close(writer)
        try:
            same(os.read(reader, 1), b"!")
        finally:
            os.close(reader)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        table.until(lambda rows: not any(row["status"] == "suspended" for row in rows), "they run again")
        for pid in pids:
            check(client.call("process.get", pid=pid)["status"] != "suspended", pid)


def test_stops_in_mid_answer(shop, slower):
    """Everyone is told, whatever they were waiting for, and the program ends as it should."""
    del slower
    with session(shop) as client, session(shop) as deaf:
        pid = client.call("process.get", pid="<0.1.0>")["pid"]
        Table(deaf, "processes", ["pid", "reductions"], [["reductions", "desc"]], (0, 512), 50)
        client.start("process.messages", pid=pid, offset=0, limit=200, max_bytes=8192)
        client.start("process.exit", pid=pid, reason="normal", wait_ms=5000)
        shop.process.send_signal(signal.SIGTERM)
        client.wait_end()
        same(client.taken("goodbye")["reason"], "shutdown")
        same(shop.process.wait(PATIENCE), 0)
        check(not os.path.exists(socket_of(shop.directory, "shop")), "its socket is left behind")


TESTS = [
    test_never_reads, test_thousand_at_once, test_ten_thousand_connects, test_no_descriptors, test_other_languages,
    test_half_closed, test_somebody_else, test_killed_observer, test_stops_in_mid_answer,
]  # fmt: skip


def main(program, slower="1"):
    failed = 0
    print(f"1..{len(TESTS)}", flush=True)
    with Shop(program) as shop:
        for number, test in enumerate(TESTS, 1):
            name = test.__name__[5:].replace("_", "-")
            try:
                why = test(shop, int(slower))
                print(f"ok {number} /protocol/bad-company/{name}" + (f" # SKIP {why}" if why else ""), flush=True)
            except Exception:  # a test that fails must not keep the others from being run
                failed += 1
                print("".join("# " + line + "\n" for line in traceback.format_exc().split("\n")), end="")
                print(f"not ok {number} /protocol/bad-company/{name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
