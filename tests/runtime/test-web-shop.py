#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-web-shop.py --many|--few PROGRAM [TEXT]: the web shop from outside: the real program, real sockets, a real
database, and where there are any the clients people load servers with. It is observed over the protocol as by
anybody. With TEXT only the tests that have it in their path. With --few the load is a tenth: under ThreadSanitizer
each request takes a hundred times as long.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

N_REQUESTS = 1000 if sys.argv[1] == "--few" else 10000
PROGRAM = sys.argv[2]
PATIENCE = 60  # seconds until something that must come is said to be missing
TESTS = []


def test(path):
    def add(function):
        TESTS.append((path, function))
        return function

    return add


# ---- The program ---------------------------------------------------------------------------------


class Shop:
    """The program while it runs, on a port of its own, with a database of its own."""

    def __init__(self, *arguments, database=None):
        self.folder = tempfile.mkdtemp(prefix="web-shop-test-")
        self.database = database or os.path.join(self.folder, "shop.db")
        os.mkdir(os.path.join(self.folder, "sockets"), 0o700)
        command = [PROGRAM, "--observe", "--name", "tested", "--directory", os.path.join(self.folder, "sockets")]
        if "--memory" not in arguments:
            command += ["--db", self.database]
        self.errors = open(os.path.join(self.folder, "errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command + list(arguments), stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        self.place = self.process.stdout.readline()
        line = self.process.stdout.readline()
        found = re.fullmatch(r"web-shop: listening on http://127\.0\.0\.1:(\d+)/\n", line)
        assert found, f"it said: {self.place}{line}{self.said()}"
        self.port = int(found.group(1))

    def said(self):
        self.errors.flush()
        with open(self.errors.name, encoding="utf-8") as file:
            return file.read()

    def connect(self):
        return Client(self.port)

    def ask(self, text):
        with contextlib.closing(self.connect()) as client:
            client.send(text)
            return client.answer(head=text[:4] == "HEAD")

    def get(self, target):
        return self.ask(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")

    def until(self, wanted):
        """Asks how the pool is until @wanted holds."""
        end = time.monotonic() + PATIENCE
        while not wanted(pool := self.get("/status").json()["pool"]):
            assert time.monotonic() < end, pool

    def until_all_are_lent(self):
        self.until(lambda pool: pool["lent"] == 10)

    def observe(self):
        return Observer(os.path.join(self.folder, "sockets", "tested.sock"))

    def end(self, number=signal.SIGTERM):
        """Ends it, and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.errors.close()
            shutil.rmtree(self.folder)
        return code


@contextlib.contextmanager
def running(*arguments, database=None):
    shop = Shop(*arguments, database=database)
    ended = False
    try:
        yield shop
        assert shop.process.poll() is None, f"it ended by itself: {shop.said()}"
        ended = True
    finally:
        code = shop.end()
        assert not ended or code == 0, f"exit code {code}"


# ---- Clients -------------------------------------------------------------------------------------


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Client:
    """A connection that speaks HTTP by hand."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.received = b""

    def address(self):
        return "%s:%d" % self.socket.getsockname()

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def more(self):
        got = self.socket.recv(65536)
        self.received += got
        return got != b""

    def answer(self, head=False):
        while b"\r\n\r\n" not in self.received:
            assert self.more(), f"closed within an answer: {self.received!r}"
        header, self.received = self.received.split(b"\r\n\r\n", 1)
        lines = header.decode().split("\r\n")
        found = re.fullmatch(r"HTTP/1\.1 (\d\d\d) [\w -]+", lines[0])
        assert found, lines[0]
        status = int(found.group(1))
        headers = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in lines[1:]}
        if status == 100:
            return Answer(status, headers, b"")
        size = 0 if head else int(headers["content-length"])
        while len(self.received) < size:
            assert self.more(), "closed within a body"
        body, self.received = self.received[:size], self.received[size:]
        return Answer(status, headers, body)

    def ended(self):
        """Waits until the other side closes, and returns whether it said anything before."""
        while self.more():
            pass
        return self.received

    def close(self):
        self.socket.close()


class Observer:
    """The protocol by hand."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.file = self.socket.makefile("r", encoding="utf-8")
        self.id = 0
        assert self.read()["method"] == "hello"
        self.call("session.open", major=1, client={"name": "test", "version": "1"}, role="observe")

    def read(self):
        return json.loads(self.file.readline())

    def call(self, method, **params):
        self.id += 1
        line = json.dumps({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}, separators=(",", ":"))
        self.socket.sendall(line.encode() + b"\n")
        while True:
            message = self.read()
            if message.get("id") == self.id:
                assert "result" in message, message
                return message["result"]

    def hear(self, method):
        while True:
            message = self.read()
            if message.get("method") == method:
                return message["params"]

    def acknowledge(self, kind, update):
        params = {"sub": update["sub"], "seq": update["seq"]}
        line = json.dumps({"jsonrpc": "2.0", "method": kind + ".ack", "params": params})
        self.socket.sendall(line.encode() + b"\n")

    def sample(self, wanted=lambda sample: True):
        """What the whole counts, once @wanted holds."""
        sub = self.call("system.watch", interval_ms=100)["sub"]
        end = time.monotonic() + PATIENCE
        while True:
            sample = self.hear("system.sample")
            assert time.monotonic() < end, sample
            self.acknowledge("system", sample)
            if wanted(sample):
                self.call("system.unwatch", sub=sub)
                return sample

    def processes(self, wanted):
        """Names of processes, once @wanted(names) holds."""
        columns = ["pid", "name", "supervisor", "restarts"]
        sub = self.call(
            "table.open", table="processes", columns=columns, sort=[], window={"offset": 0, "limit": 512}, interval_ms=50
        )["sub"]
        rows = {}
        order = []
        end = time.monotonic() + PATIENCE
        while True:
            update = self.hear("table.update")
            assert time.monotonic() < end, order
            rows.update({row[0]: row for row in update["rows"]})
            order = update.get("order", order)
            names = [rows[pid][1] for pid in order if pid in rows]
            self.acknowledge("table", update)
            if wanted(names):
                self.call("table.close", sub=sub)
                return names

    def tree(self):
        """The nodes of the supervision forest that it has now, by name."""
        sub = self.call("tree.open", depth=8, max_children=1000, metric="messages", interval_ms=50)["sub"]
        update = self.hear("tree.update")
        self.call("tree.close", sub=sub)
        return [op[3] for op in update["ops"] if op[0] == "add"]

    def close(self):
        self.file.close()
        self.socket.close()


shop = None  # the one that most tests share


# ---- Requests ------------------------------------------------------------------------------------

HOST = "Host: x\r\n"


def post(form):
    return f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: {len(form)}\r\n\r\n{form}"


ORDER = post("customer=a&item=b")

STATUSES = [
    ("front", f"GET / HTTP/1.1\r\n{HOST}\r\n", 200),
    ("orders", f"GET /orders HTTP/1.1\r\n{HOST}\r\n", 200),
    ("whole-address", f"GET http://shop/orders?limit=1 HTTP/1.1\r\n{HOST}\r\n", 200),
    ("status", f"GET /status HTTP/1.1\r\n{HOST}\r\n", 200),
    ("slow", f"GET /slow?ms=1 HTTP/1.1\r\n{HOST}\r\n", 200),
    ("post", post("customer=a&item=b%20"), 201),
    ("no-such-page", f"GET /nothing HTTP/1.1\r\n{HOST}\r\n", 404),
    ("no-such-order", f"GET /order/77777777 HTTP/1.1\r\n{HOST}\r\n", 404),
    ("no-number-of-an-order", f"GET /order/first HTTP/1.1\r\n{HOST}\r\n", 404),
    ("long-number", f"GET /order/99999999999999999999999999999999 HTTP/1.1\r\n{HOST}\r\n", 404),
    ("below-a-page", f"GET /orders/1 HTTP/1.1\r\n{HOST}\r\n", 404),
    ("limit-zero", f"GET /orders?limit=0 HTTP/1.1\r\n{HOST}\r\n", 400),
    ("limit-negative", f"GET /orders?limit=-1 HTTP/1.1\r\n{HOST}\r\n", 400),
    ("limit-too-large", f"GET /orders?limit=1001 HTTP/1.1\r\n{HOST}\r\n", 400),
    ("limit-text", f"GET /orders?limit=ten HTTP/1.1\r\n{HOST}\r\n", 400),
    ("limit-bad-escape", f"GET /orders?limit=%zz HTTP/1.1\r\n{HOST}\r\n", 400),
    ("sleep-too-long", f"GET /slow?ms=5001 HTTP/1.1\r\n{HOST}\r\n", 400),
    ("post-nothing", post(""), 400),
    ("post-no-text", post("customer=a&item=%ff%fe0"), 400),
    ("delete", f"DELETE /orders HTTP/1.1\r\n{HOST}\r\n", 405),
    ("post-where-none", f"POST /slow HTTP/1.1\r\n{HOST}Content-Length: 0\r\n\r\n", 405),
    ("boom", f"GET /boom HTTP/1.1\r\n{HOST}\r\n", 500),
    ("crash-db", f"GET /crash-db HTTP/1.1\r\n{HOST}\r\n", 500),
    ("no-http", "hello, is anybody there?\r\n\r\n", 400),
    ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60), 400),
    ("unknown-method", f"BREW / HTTP/1.1\r\n{HOST}\r\n", 400),
    ("no-host", "GET / HTTP/1.1\r\n\r\n", 400),
    ("two-hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("star", f"OPTIONS * HTTP/1.1\r\n{HOST}\r\n", 400),
    ("connect", f"CONNECT there:443 HTTP/1.1\r\n{HOST}\r\n", 400),
    ("bad-header", f"GET / HTTP/1.1\r\n{HOST}no colon here\r\n\r\n", 400),
    ("zero-in-header", b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400),
    ("bad-length", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: many\r\n\r\n", 400),
    ("two-lengths", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("length-and-chunks", f"POST / HTTP/1.1\r\n{HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("bad-chunk", f"POST /orders HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("other-version", f"GET / HTTP/2.0\r\n{HOST}\r\n", 505),
    ("long-target", f"GET /{'a' * 5000} HTTP/1.1\r\n{HOST}\r\n", 414),
    ("endless-target", f"GET /{'a' * 100000}", 414),
    ("long-header", f"GET / HTTP/1.1\r\n{HOST}A: {'a' * 17000}\r\n\r\n", 431),
    ("endless-header", f"GET / HTTP/1.1\r\n{HOST}A: {'a' * 100000}", 431),
    ("many-headers", f"GET / HTTP/1.1\r\n{HOST}" + "A: b\r\n" * 100 + "\r\n", 431),
    ("large-body", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 65537\r\n\r\n", 413),
    ("huge-body", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 999999999999999\r\n\r\n", 413),
    ("length-beyond-numbers", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 18446744073709551617\r\n\r\n", 400),
    ("large-chunks", f"POST /orders HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n" + ("8000\r\n" + "a" * 32768 + "\r\n") * 3, 413),
]


def status_test(text, status):
    def run():
        got = shop.ask(text)
        assert got.status == status, f"{got.status} {got.body!r}"
        assert "date" in got.headers and "content-type" in got.headers
        if status == 405:
            assert "GET" in got.headers["allow"]
        if status in (413, 414, 431, 505):
            assert got.headers["connection"] == "close"

    return run


for NAME, TEXT, STATUS in STATUSES:
    TESTS.append((f"/runtime/web-shop/status/{NAME}-{STATUS}", status_test(TEXT, STATUS)))


@test("/runtime/web-shop/orders")
def orders():
    made = shop.ask(post("customer=Ren%C3%A9+%22Q%22&item=lamp%5C1&quantity=03&"))
    assert made.status == 201, made.body
    order = made.json()
    assert order["customer"] == 'Ren\u00e9 "Q"' and order["item"] == "lamp\\1" and order["quantity"] == 3
    assert shop.get(f"/order/{order['id']}").json() == order
    last = shop.get("/orders?limit=1000").json()
    assert len(last) == 1000 and order in last
    assert [one["id"] for one in last] == sorted((one["id"] for one in last), reverse=True)
    # It is in the file, for anybody to read.
    with contextlib.closing(sqlite3.connect(shop.database)) as database:
        row = database.execute("SELECT customer, quantity FROM orders WHERE id = ?", (order["id"],)).fetchone()
    assert row == ('Ren\u00e9 "Q"', 3), row


@test("/runtime/web-shop/boom-is-a-crash")
def boom_is_a_crash():
    with contextlib.closing(shop.observe()) as observer:
        before = observer.sample()
        assert shop.get("/boom").status == 500
        observer.sample(lambda sample: sample["crashes"] > before["crashes"])


@test("/runtime/web-shop/head")
def head():
    got = shop.ask(f"HEAD /order/1 HTTP/1.1\r\n{HOST}\r\n")
    assert got.status == 200 and got.body == b""
    assert int(got.headers["content-length"]) == len(shop.get("/order/1").body)


@test("/runtime/web-shop/keep-alive")
def keep_alive():
    with contextlib.closing(shop.connect()) as client:
        for number in range(1, 51):
            client.send(f"GET /order/{number} HTTP/1.1\r\n{HOST}\r\n")
            got = client.answer()
            assert got.json()["id"] == number and "connection" not in got.headers
        client.send(f"GET / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
        assert client.answer().headers["connection"] == "close"
        assert client.ended() == b""


@test("/runtime/web-shop/pipelining")
def pipelining():
    with contextlib.closing(shop.connect()) as client:
        targets = [f"/order/{number}" for number in range(1, 101)]
        targets[40] = "/boom"
        client.send("".join(f"GET {target} HTTP/1.1\r\n{HOST}\r\n" for target in targets))
        for number in range(1, 101):
            got = client.answer()
            assert got.status == 500 if number == 41 else got.json()["id"] == number


@test("/runtime/web-shop/byte-by-byte")
def byte_by_byte():
    with contextlib.closing(shop.connect()) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in ORDER.encode():
            client.send(bytes([byte]))
        assert client.answer().status == 201


@test("/runtime/web-shop/chunks")
def chunks():
    with contextlib.closing(shop.connect()) as client:
        client.send(f"POST /orders HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n")
        client.send("b\r\ncustomer=a&\r\n6\r\nitem=b\r\n0\r\nTrailer: x\r\n\r\n")
        assert client.answer().json()["item"] == "b"
        client.send(f"GET /order/1 HTTP/1.1\r\n{HOST}\r\n")
        assert client.answer().json()["id"] == 1


@test("/runtime/web-shop/expects-100")
def expects_100():
    with contextlib.closing(shop.connect()) as client:
        client.send(f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 17\r\nExpect: 100-continue\r\n\r\n")
        assert client.answer().status == 100
        client.send("customer=a&item=b")
        assert client.answer().status == 201


@test("/runtime/web-shop/http-1.0")
def http_1_0():
    with contextlib.closing(shop.connect()) as client:
        client.send("GET /order/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.answer().headers["connection"] == "keep-alive"
        client.send("GET /order/1 HTTP/1.0\r\n\r\n")
        assert client.answer().headers["connection"] == "close"
        assert client.ended() == b""


@test("/runtime/web-shop/half-a-request")
def half_a_request():
    with contextlib.closing(shop.connect()) as client:
        client.send("GET / HTT")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answer().status == 400 and client.ended() == b""
    with contextlib.closing(shop.connect()) as client:
        client.send(f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 100\r\n\r\ncust")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answer().status == 400 and client.ended() == b""
    # Gone before the answer comes.
    for _ in range(50):
        with contextlib.closing(shop.connect()) as client:
            client.send(f"GET /orders?limit=1000 HTTP/1.1\r\n{HOST}\r\n")
    assert shop.get("/").status == 200


@test("/runtime/web-shop/too-slow-408")
def too_slow():
    with running("--idle-timeout", "300", "--header-timeout", "300", "--body-timeout", "300") as slow:
        with contextlib.closing(slow.connect()) as never:
            assert never.ended() == b""  # there is nothing to be said to who has asked nothing
        for text in ["GET / HTTP/1.1\r\nHost", f"POST /orders HTTP/1.1\r\n{HOST}Content-Length: 100\r\n\r\ncust"]:
            with contextlib.closing(slow.connect()) as client:
                client.send(text)
                assert client.answer().status == 408
                client.socket.shutdown(socket.SHUT_WR)
                assert client.ended() == b""


@test("/runtime/web-shop/thousand-connections")
def thousand_connections():
    clients = [shop.connect() for _ in range(1000)]
    try:
        for _ in range(2):
            for number, client in enumerate(clients, 1):
                client.send(f"GET /order/{number} HTTP/1.1\r\n{HOST}\r\n")
            for number, client in enumerate(clients, 1):
                assert client.answer().json()["id"] == number
    finally:
        for client in clients:
            client.close()


# ---- The pool ------------------------------------------------------------------------------------


@test("/runtime/web-shop/pool/waits-in-line")
def waits_in_line():
    with concurrent.futures.ThreadPoolExecutor(30) as executor:
        answers = list(executor.map(lambda _: shop.get("/slow?ms=100").status, range(30)))
    assert answers == [200] * 30, answers


@test("/runtime/web-shop/pool/none-in-time-503")
def none_in_time():
    with running("--pool-timeout", "1000") as busy:
        sleepers = [busy.connect() for _ in range(10)]
        for sleeper in sleepers:
            sleeper.send(f"GET /slow?ms=5000 HTTP/1.1\r\n{HOST}\r\n")
        busy.until_all_are_lent()
        got = busy.get("/order/1")
        assert got.status == 503 and int(got.headers["retry-after"]) > 0, got.body
        assert busy.get("/").status == 200
        # Who waits no more does not take a worker away.
        for sleeper in sleepers:
            assert sleeper.answer().status == 200
            sleeper.close()
        assert busy.get("/order/1").status == 200


@test("/runtime/web-shop/pool/request-too-long-503")
def request_too_long():
    with running("--request-timeout", "1000") as busy:
        assert busy.get("/slow?ms=5000").status == 503
        assert busy.get("/order/1").status == 200


@test("/runtime/web-shop/pool/crashes")
def pool_crashes():
    with contextlib.closing(shop.observe()) as observer:
        before = observer.sample()
        for _ in range(25):
            assert shop.get("/crash-db").status == 500
            assert shop.get("/order/1").status == 200
        shop.until(lambda pool: pool["free"] == 10)
        after = observer.sample(lambda sample: sample["crashes"] >= before["crashes"] + 25)
        assert after["restarts"] - before["restarts"] == 25, (before, after)
        workers = [node for node in observer.tree() if node.get("name") == "db worker"]
        assert len(workers) == 10, workers


# ---- The database --------------------------------------------------------------------------------


@test("/runtime/web-shop/database/locked-503")
def locked():
    with contextlib.closing(sqlite3.connect(shop.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        got = shop.ask(ORDER)
        assert got.status == 503 and b"locked" in got.body and "retry-after" in got.headers
        assert shop.get("/order/1").status == 200
        other.execute("ROLLBACK")
    assert shop.ask(ORDER).status == 201
    assert "database is locked" in shop.said()


@test("/runtime/web-shop/database/broken-503")
def broken():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "broken.db")
        with open(path, "wb") as file:
            file.write(b"this is no database, and never was one\n" * 100)
        with running(database=path) as shop_without:
            for _ in range(20):
                got = shop_without.get("/orders")
                assert got.status == 503 and b"not a database" in got.body, got.body
            assert shop_without.get("/").status == 200
            said = shop_without.said()
            assert said == f"grove-web-shop: the database {path}: file is not a database\n", said
            # Once it can be used, it is.
            os.remove(path)
            assert shop_without.get("/order/1").status == 200


@test("/runtime/web-shop/database/no-folder-503")
def no_folder():
    with running(database="/nowhere/at/all.db") as shop_without:
        assert shop_without.get("/order/1").status == 503
        assert shop_without.get("/").status == 200
        assert "unable to open database file" in shop_without.said()


@test("/runtime/web-shop/database/kept")
def kept():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "shop.db")
        with running(database=path) as first:
            order = first.ask(ORDER).json()
        assert os.listdir(folder) == ["shop.db"]  # closed: what belongs beside it is in it
        with running(database=path) as second:
            assert second.get("/orders?limit=1").json() == [order]


@test("/runtime/web-shop/database/in-memory")
def in_memory():
    with running("--memory") as memory:
        order = memory.ask(ORDER).json()
        assert memory.get("/orders?limit=1").json() == [order]
        # But for that one the same as in the file, to the last byte.
        assert memory.get("/order/17").body == shop.get("/order/17").body
        assert memory.get("/order/5002").status == 404


# ---- Being watched -------------------------------------------------------------------------------


@test("/runtime/web-shop/labels")
def labels():
    with contextlib.closing(shop.observe()) as observer, contextlib.closing(shop.connect()) as client:
        client.send(f"GET /slow?ms=5000 HTTP/1.1\r\n{HOST}\r\n")
        wanted = {f"GET /slow {client.address()}", f"connection {client.address()}"}
        names = observer.processes(lambda names: wanted <= set(names))
        assert names.count("db worker") == 10
        assert {"web_shop_sup", "request_sup", "connection_sup", "listener", "acceptor", "db"} <= set(names), names
    assert shop.place.startswith("web-shop: serving as tested at "), shop.place


@test("/runtime/web-shop/killed-acceptor")
def killed_acceptor():
    with running() as mortal:
        with contextlib.closing(mortal.observe()) as observer:
            observer.call("session.ping")
        path = os.path.join(mortal.folder, "sockets", "tested.sock")
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as control:
            control.settimeout(PATIENCE)
            control.connect(path)
            file = control.makefile("r", encoding="utf-8")
            tree = None
            with contextlib.closing(mortal.observe()) as observer:
                tree = {node.get("name"): node["pid"] for node in observer.tree()}
            for number, (method, params) in enumerate(
                [
                    ("session.open", {"major": 1, "client": {"name": "t", "version": "1"}, "role": "control"}),
                    ("process.kill", {"pid": tree["acceptor"], "wait_ms": 5000}),
                    ("process.kill", {"pid": tree["listener"], "wait_ms": 5000}),
                ],
                1,
            ):
                line = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                control.sendall(line.encode() + b"\n")
                while True:
                    message = json.loads(file.readline())
                    if message.get("id") == number:
                        break
                assert "result" in message, message
                if method == "process.kill":
                    assert message["result"]["outcome"] == "exited", message
                    # On the same port, as soon as it is back.
                    for _ in range(1000):
                        with contextlib.suppress(OSError, AssertionError):
                            assert mortal.get("/").status == 200
                            break
                    else:
                        raise AssertionError("nobody lets us in any more")
            file.close()


# ---- Ending --------------------------------------------------------------------------------------


def ends_by(number):
    def run():
        shop_to_end = Shop()
        clients = [shop_to_end.connect() for _ in range(20)]
        for client in clients:
            client.send(f"GET /slow?ms=5000 HTTP/1.1\r\n{HOST}\r\n")
        shop_to_end.until_all_are_lent()
        folder = shop_to_end.folder
        assert shop_to_end.end(number) == 0
        assert not os.path.exists(folder)
        for client in clients:
            with contextlib.suppress(ConnectionResetError):
                assert client.ended() == b""
            client.close()

    return run


TESTS.append(("/runtime/web-shop/ends/sigint", ends_by(signal.SIGINT)))
TESTS.append(("/runtime/web-shop/ends/sigterm", ends_by(signal.SIGTERM)))


@test("/runtime/web-shop/ends/leaves-nothing")
def leaves_nothing():
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([PROGRAM], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": folder})
        assert process.stdout.readline().startswith("web-shop: listening on http://127.0.0.1:")
        assert len(os.listdir(folder)) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        process.stdout.close()
        assert os.listdir(folder) == []


def fails(*arguments):
    got = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    return got.returncode, got.stdout, got.stderr


@test("/runtime/web-shop/options/bad")
def bad_options():
    for arguments, about in [
        (["--colour"], "--colour"),
        (["--port"], "--port"),
        (["--port", "65536"], '"65536"'),
        (["--port", "http"], '"http"'),
        (["--pool-timeout", "0"], '"0"'),
        (["now"], "now"),
    ]:
        code, output, errors = fails(*arguments)
        assert code == 2 and output == "" and about in errors and errors.count("\n") == 1, (arguments, code, errors)
    code, output, errors = fails("--help")
    assert code == 0 and errors == "" and "--requests-log" in output


@test("/runtime/web-shop/options/port-taken")
def port_taken():
    code, output, errors = fails("--memory", "--port", str(shop.port))
    assert code == 1 and output == "", (code, output)
    assert errors.startswith(f"grove-web-shop: cannot listen on 127.0.0.1, port {shop.port}: Address already in use\n")


@test("/runtime/web-shop/options/requests-log")
def requests_log():
    with running("--requests-log") as logging:
        assert logging.get("/order/1").status == 200
        assert re.search(r"^127\.0\.0\.1:\d+ GET /order/1 200 \d+$", logging.said(), re.M), logging.said()


# ---- Load ----------------------------------------------------------------------------------------


def needs(program):
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


class Skipped(Exception):
    pass


def load(command, trouble):
    """Runs a client, and @trouble again and again until it has ended."""
    client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    n = 0
    while not select.select([client.stdout], [], [], 0)[0] or client.poll() is None:
        if client.poll() is not None:
            break
        trouble()
        n += 1
    output = client.stdout.read()
    client.stdout.close()
    assert client.wait(PATIENCE) == 0, output
    return output, n


def crashes():
    assert shop.get("/boom").status == 500
    assert shop.get("/crash-db").status == 500


@test("/runtime/web-shop/load/ab")
def load_ab():
    needs("ab")
    with contextlib.closing(shop.observe()) as observer:
        before, counted = observer.sample(), shop.get("/status").json()
        url = f"http://127.0.0.1:{shop.port}/orders?limit=10"
        output, n = load(["ab", "-q", "-k", "-l", "-s", "60", "-n", str(N_REQUESTS), "-c", "50", url], crashes)
        assert re.search(rf"Complete requests: +{N_REQUESTS}\n", output), output
        assert re.search(r"Failed requests: +0\n", output) and "Non-2xx" not in output, output
        now = shop.get("/status").json()
        assert now["requests"] - counted["requests"] == N_REQUESTS + 2 * n + 1, (now, counted, n)
        assert now["crashed"] - counted["crashed"] == n
        # A request that crashes is a crash, a worker that does is one that is started again.
        after = observer.sample(lambda sample: sample["crashes"] >= before["crashes"] + 2 * n)
        assert after["restarts"] - before["restarts"] == n, (before["restarts"], after["restarts"], n)


@test("/runtime/web-shop/load/wrk")
def load_wrk():
    needs("wrk")
    url = f"http://127.0.0.1:{shop.port}/orders?limit=10"
    output, _ = load(["wrk", "-t", "1", "-c", "100", "-d", "2s", "--timeout", f"{PATIENCE}s", url], crashes)
    assert "Socket errors" not in output and "Non-2xx" not in output, output
    assert int(re.search(r"(\d+) requests in", output).group(1)) > 0, output


def main():
    global shop
    failed = False
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    chosen = [one for one in TESTS if sys.argv[3:] == [] or sys.argv[3] in one[0]]
    print(f"1..{len(chosen)}")
    # However slow the machine is, who waits for a worker gets one.
    with running("--pool-timeout", "60000", "--request-timeout", "120000") as shop:
        for number, (path, function) in enumerate(chosen, 1):
            try:
                function()
                print(f"ok {number} {path}", flush=True)
            except Skipped as why:
                print(f"ok {number} {path} # SKIP {why}", flush=True)
            except Exception:  # whatever it is, the others are run
                failed = True
                print(f"not ok {number} {path}")
                print("".join("# " + line + "\n" for line in traceback.format_exc().split("\n")), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
