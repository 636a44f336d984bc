# SPDX-License-Identifier: MIT
"""A client of Grove's protocol, written from PROTOCOL.md with nothing but Python's standard library.

Shares no line with Grove's own clients, so that what both understand is the protocol and not a
habit of ours. Everything the server says is held against its own description: an answer or a
notification with a member missing, of another type, or not described, is an error here.
"""

import json
import os
import select
import socket
import time

PATIENCE = 120  # seconds; more than any answer takes on any machine


class Failure(Exception):
    """The server did not keep to the protocol."""


class Refused(Exception):
    """An error answer."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")


def check(condition, what):
    if not condition:
        raise Failure(what)


NUMBERS = {"int", "bytes", "ns", "ms", "s"}
IS = {
    "text": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "real": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "row": lambda value: isinstance(value, list),
    "pid": lambda value: isinstance(value, str) and value.startswith("<") and value.endswith(">"),
}


class Description:
    """What `server.describe` says, to hold what comes against.

    @liberal: members it does not name are passed over, as a client does with a later server."""

    def __init__(self, schema, liberal=False):
        self.liberal = liberal
        self.methods = {method["name"]: method for method in schema["methods"]}
        self.notifications = {one["name"]: one["params"] for one in schema["notifications"]}
        self.types = schema["types"]
        self.tables = schema["tables"]
        self.reserved = schema["reserved"]
        self.codes = {error["code"] for error in schema["errors"]}

    def members(self, value, members, where):
        check(isinstance(value, dict), f"{where} is no object: {value!r}")
        wanted = {name.rstrip("?"): (kind, name.endswith("?")) for name, kind in members.items()}
        for name, (kind, optional) in wanted.items():
            check(optional or name in value, f"{where} has no {name}: {value!r}")
            if name in value:
                self.type(value[name], kind, f"{where}.{name}")
        more = set(value) - set(wanted)
        check(self.liberal or not more, f"{where} is not described: {more}")

    def type(self, value, kind, where):
        if kind.endswith("|null"):
            if value is None:
                return
            kind = kind[: -len("|null")]
        if kind.startswith("["):
            check(isinstance(value, list), f"{where} is no array: {value!r}")
            for number, element in enumerate(value):
                self.type(element, kind[1:-1], f"{where}[{number}]")
        elif kind.startswith("{"):
            check(isinstance(value, dict), f"{where} is no object: {value!r}")
            for name, element in value.items():
                self.type(element, kind[1:-1], f"{where}.{name}")
        elif kind in self.types:
            self.members(value, self.types[kind], where)
        elif kind in NUMBERS:
            check(isinstance(value, int) and not isinstance(value, bool), f"{where} is no {kind}: {value!r}")
        else:
            check(kind in IS, f"{where}: nobody says what a {kind} is")
            check(IS[kind](value), f"{where} is no {kind}: {value!r}")


class Client:
    """One connection. @path: of a socket, or a socket that is connected. @transcript: a list that gets each
    line, as ["C" or "S", its object]."""

    def __init__(self, path, transcript=None):
        if isinstance(path, socket.socket):
            self.socket = path
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(path)
        self.bytes = b""
        self.id = 0
        self.heard = []  # notifications nobody has asked for yet
        self.answers = {}
        self.called = {}
        self.transcript = transcript
        self.description = None
        self.ended = False
        self.hello = self.wait(lambda: self.taken("hello"), "hello")
        check(self.hello["protocol"]["major"] == 1, f"another protocol: {self.hello['protocol']}")

    # ---- Lines ----

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, message):
        if self.transcript is not None:
            self.transcript.append(["C", message])
        self.send_bytes((json.dumps(message, separators=(",", ":"), ensure_ascii=False) + "\n").encode())

    def receive(self, seconds):
        """Reads once, for at most so long; False when nothing came."""
        if self.ended or not select.select([self.socket], [], [], max(0, seconds))[0]:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        self.ended = not data
        self.bytes += data
        *lines, self.bytes = self.bytes.split(b"\n")
        for line in lines:
            self.take(line)
        return True

    def take(self, line):
        message = json.loads(line.decode("utf-8"))
        if self.transcript is not None:
            self.transcript.append(["S", message])
        check(message.get("jsonrpc") == "2.0", f"no JSON-RPC 2.0: {line!r}")
        if "method" in message:
            check(set(message) == {"jsonrpc", "method", "params"}, f"no notification: {line!r}")
            self.heard.append((message["method"], message["params"]))
            if self.description:
                self.check_notification(message["method"], message["params"])
        else:
            check(set(message) in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}), f"no answer: {line!r}")
            check(message["id"] is None or message["id"] not in self.answers, f"answered twice: {message['id']}")
            self.answers[message["id"]] = message

    def check_notification(self, method, params):
        check(method in self.description.notifications, f"not described: {method}")
        self.description.members(params, self.description.notifications[method], method)

    def wait(self, look, what):
        """What @look gives, as soon as that is not None."""
        end = time.monotonic() + PATIENCE
        while True:
            found = look()
            if found is not None:
                return found
            check(not self.ended, f"the server closed the connection; {what} was awaited")
            check(time.monotonic() < end, f"no {what} within {PATIENCE} s; heard {[name for name, _ in self.heard]}")
            self.receive(end - time.monotonic())

    def wait_end(self):
        end = time.monotonic() + PATIENCE
        while not self.ended:
            check(time.monotonic() < end, "the server did not close the connection")
            self.receive(end - time.monotonic())

    # ---- Calls ----

    def start(self, method, **params):
        """Asks without waiting; the answer comes from finish()."""
        self.id += 1
        self.called[self.id] = method
        self.send({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params})
        return self.id

    def finish(self, number):
        message = self.wait(lambda: self.answers.get(number), f"answer to {self.called.get(number)}")
        if "error" in message:
            error = message["error"]
            check(set(error) <= {"code", "message", "data"} and error["message"], f"no error: {error}")
            check(not self.description or error["code"] in self.description.codes, f"not described: {error}")
            raise Refused(error)
        method = self.called.get(number)
        if self.description and method in self.description.methods:
            self.description.members(message["result"], self.description.methods[method]["result"], method)
        return message["result"]

    def call(self, method, **params):
        return self.finish(self.start(method, **params))

    def refused(self, method, **params):
        """The error a call is answered with."""
        try:
            result = self.call(method, **params)
        except Refused as refused:
            return refused
        raise Failure(f"{method} {params} was not refused: {result}")

    def notify(self, method, **params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def open(self, role="control", **params):
        result = self.call("session.open", major=1, client={"name": "python", "version": "1"}, role=role, **params)
        described = self.call("server.describe")
        self.description = Description(described["schema"])
        self.check_notification("hello", self.hello)
        self.description.members(described, self.description.methods["server.describe"]["result"], "server.describe")
        return result

    # ---- Notifications ----

    def taken(self, method, sub=None):
        for number, (name, params) in enumerate(self.heard):
            if name == method and (sub is None or params["sub"] == sub):
                del self.heard[number]
                return params
        return None

    def next(self, method, sub=None):
        return self.wait(lambda: self.taken(method, sub), method)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()


class Table:
    """A windowed table, as a client keeps it: a map from key to row for what is in the order."""

    def __init__(self, client, table, columns, sort=(), window=(0, 60), interval_ms=100, **more):
        self.client = client
        opened = client.call(
            "table.open",
            table=table,
            columns=columns,
            sort=[list(key) for key in sort],
            window={"offset": window[0], "limit": window[1]},
            interval_ms=interval_ms,
            **more,
        )
        self.sub = opened["sub"]
        self.columns = opened["columns"]
        self.order = []
        self.map = {}
        self.seq = 0
        self.rev = None
        self.lost = 0

    def update(self):
        """Takes in the next update and acknowledges it."""
        update = self.client.next("table.update", self.sub)
        check(update["seq"] == self.seq + 1, f"update {update['seq']} after {self.seq}")
        self.seq = update["seq"]
        for row in update["rows"]:
            check(len(row) == len(self.columns), f"a row that does not fit {self.columns}: {row}")
            self.map[str(row[0])] = row
        if "order" in update:
            self.order = update["order"]
            self.map = {key: row for key, row in self.map.items() if key in set(self.order)}
        self.lost = update.get("lost", self.lost)
        self.last = update
        self.client.notify("table.ack", sub=self.sub, seq=self.seq)
        return update

    def rows(self):
        return [dict(zip(self.columns, self.map[key])) for key in self.order if key in self.map]

    def until(self, look, what):
        """Updates until @look gives something."""
        end = time.monotonic() + PATIENCE
        while True:
            found = look(self.rows())
            if found:
                return found
            check(time.monotonic() < end, f"{what}: not within {PATIENCE} s; rows {self.rows()[:5]}")
            self.update()

    def set(self, **params):
        return self.client.call("table.set", sub=self.sub, **params)

    def close(self):
        self.client.call("table.close", sub=self.sub)


class Tree:
    """The supervision forest, as a client keeps it."""

    def __init__(self, client, depth=16, max_children=1000, metric="messages", interval_ms=100):
        self.client = client
        self.sub = client.call(
            "tree.open", depth=depth, max_children=max_children, metric=metric, interval_ms=interval_ms
        )["sub"]
        self.nodes = {}
        self.children = {None: []}
        self.metrics = {}
        self.seq = 0

    def drop(self, pid):
        for child in self.children.pop(pid):
            self.drop(child)
        del self.nodes[pid]
        self.metrics.pop(pid, None)

    def parent(self, pid):
        for parent, children in self.children.items():
            if pid in children:
                return parent
        raise Failure(f"{pid} is not in the tree")

    def apply(self, operation):
        what, *rest = operation
        if what == "add":
            parent, index, node = rest
            check(node["pid"] not in self.nodes, f"added twice: {node}")
            check(index <= len(self.children[parent]), f"no place {index} below {parent}")
            self.children[parent].insert(index, node["pid"])
            self.children[node["pid"]] = []
            self.nodes[node["pid"]] = node
        elif what == "del":
            self.children[self.parent(rest[0])].remove(rest[0])
            self.drop(rest[0])
        elif what == "set":
            check(rest[0] in self.nodes, f"set, but not in the tree: {rest}")
            self.nodes[rest[0]] = rest[1]
        elif what == "replace":
            siblings = self.children[self.parent(rest[0])]
            siblings[siblings.index(rest[0])] = rest[1]["pid"]
            self.drop(rest[0])
            self.nodes[rest[1]["pid"]] = rest[1]
            self.children[rest[1]["pid"]] = []
        elif what == "move":
            siblings = self.children[self.parent(rest[0])]
            siblings.remove(rest[0])
            siblings.insert(rest[1], rest[0])
        else:
            raise Failure(f"no such operation: {operation}")

    def update(self):
        update = self.client.next("tree.update", self.sub)
        check(update["seq"] == self.seq + 1, f"update {update['seq']} after {self.seq}")
        self.seq = update["seq"]
        if update.get("reset"):
            self.nodes, self.children, self.metrics = {}, {None: []}, {}
        for operation in update["ops"]:
            self.apply(operation)
        self.metrics.update(update["metrics"])
        check(update["total"] == len(self.nodes), f"{len(self.nodes)} nodes, not {update['total']}")
        self.client.notify("tree.ack", sub=self.sub, seq=self.seq)
        return update

    def until(self, look, what):
        end = time.monotonic() + PATIENCE
        while True:
            found = look(self.nodes)
            if found:
                return found
            check(time.monotonic() < end, f"{what}: not within {PATIENCE} s")
            self.update()

    def named(self, name):
        return next((node for node in self.nodes.values() if node.get("name") == name), None)

    def close(self):
        self.client.call("tree.close", sub=self.sub)


def socket_of(directory, name):
    return os.path.join(directory, name + ".sock")
