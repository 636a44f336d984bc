# SPDX-License-Identifier: MIT
"""A node that is none: it knows the cookie and speaks the distribution's handshake, and then sends what it
is told to, whatever that is. Its agent answers as far as the way in goes."""

import hashlib
import socket
import struct
import threading

# What libei and a node of OTP 25 tell each other, as far as anything here depends on it.
FLAGS = 0x4 | 0x10 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x20000 | 0x40000 | 0x1000000 | 0x2000000 | 0x4000000
VERSION = b"\x83"


def atom(name):
    text = name.encode()
    return b"\x77" + bytes([len(text)]) + text


def integer(value):
    return b"b" + struct.pack(">i", value)


def binary(value):
    return b"m" + struct.pack(">I", len(value)) + value


def tuple_of(*terms):
    return b"h" + bytes([len(terms)]) + b"".join(terms)


def list_of(*terms):
    return b"l" + struct.pack(">I", len(terms)) + b"".join(terms) + b"j" if terms else b"j"


def map_of(**members):
    return b"t" + struct.pack(">I", len(members)) + b"".join(atom(key) + value for key, value in members.items())


def pid(number):
    return b"X" + atom("fake@127.0.0.1") + struct.pack(">III", number, 0, 1)


AGENT = pid(9)


def skip(data, at):
    """Where the term at @at of what a bridge sent ends."""
    tag = data[at]
    if tag == 97:
        return at + 2
    if tag == 98:
        return at + 5
    if tag in (115, 119):
        return at + 2 + data[at + 1]
    if tag in (100, 118, 107):
        return at + 3 + struct.unpack_from(">H", data, at + 1)[0]
    if tag == 109:
        return at + 5 + struct.unpack_from(">I", data, at + 1)[0]
    if tag == 110:
        return at + 3 + data[at + 1]
    if tag == 106:
        return at + 1
    if tag == 103:
        return skip(data, at + 1) + 9
    if tag == 88:
        return skip(data, at + 1) + 12
    if tag in (114, 90):
        return skip(data, at + 3) + (1 if tag == 114 else 4) + 4 * struct.unpack_from(">H", data, at + 1)[0]
    if tag == 104:
        n, at = data[at + 1], at + 2
    elif tag == 108:
        n, at = struct.unpack_from(">I", data, at + 1)[0] + 1, at + 5
    elif tag == 116:
        n, at = 2 * struct.unpack_from(">I", data, at + 1)[0], at + 5
    else:
        raise ValueError(f"tag {tag}")
    for _ in range(n):
        at = skip(data, at)
    return at


def elements(data):
    """Of a tuple."""
    at, found = 2, []
    for _ in range(data[1]):
        end = skip(data, at)
        found.append(data[at:end])
        at = end
    return found


class FakeNode:
    """One that serves one connection after the other with @serve(connection, sock), in a thread of its own."""

    def __init__(self, cookie, serve):
        self.cookie = cookie
        self.serve = serve
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = f"fake@127.0.0.1?port={self.port}"
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with sock:
                try:
                    self.serve(Connection(sock, self.cookie))
                except (OSError, EOFError):
                    # It has left, which is its right.
                    pass


class Connection:
    def __init__(self, sock, cookie):
        self.sock = sock
        self.cookie = cookie
        self.bridge = b""

    # ---- Bytes ----

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read_greeting(self):
        return self.read(struct.unpack(">H", self.read(2))[0])

    def greet(self, data):
        self.sock.sendall(struct.pack(">H", len(data)) + data)

    # ---- The handshake ----

    def challenge(self, name=b"fake@127.0.0.1"):
        return b"N" + struct.pack(">QII", FLAGS, 4711, 1) + struct.pack(">H", len(name)) + name

    def shake_hands(self):
        name = self.read_greeting()
        self.greet(b"sok")
        if name[0:1] == b"n":
            self.greet(b"n" + struct.pack(">HII", 5, FLAGS & 0xFFFFFFFF, 4711) + b"fake@127.0.0.1")
        else:
            self.greet(self.challenge())
        reply = self.read_greeting()
        if reply[0:1] == b"c":
            reply = self.read_greeting()
        theirs = struct.unpack_from(">I", reply, 1)[0]
        self.greet(b"a" + hashlib.md5(self.cookie.encode() + str(theirs).encode()).digest())

    # ---- Packets ----

    def packet(self, data):
        self.sock.sendall(struct.pack(">I", len(data)) + data)

    def send(self, term):
        """To the bridge."""
        self.packet(b"p" + VERSION + tuple_of(integer(2), atom(""), self.bridge) + VERSION + term)

    def receive(self):
        """The next message, as a list of its elements; ticks are nothing."""
        while True:
            data = self.read(struct.unpack(">I", self.read(4))[0])
            if data:
                control_end = skip(data, 2)
                return elements(data[control_end + 1 :])

    def answer_call(self, results):
        """A call of the rpc server: {'$gen_call', {From, Ref}, {call, M, F, Args, _}}."""
        _, sender, call = self.receive()
        self.bridge, reference = elements(sender)
        _, module, function, *_ = elements(call)
        result = results.get(function[2:].decode(), atom("true"))
        self.send(tuple_of(reference, result))
        return function[2:].decode()

    def let_in(self, hello=None):
        """Up to the agent's greeting."""
        self.shake_hands()
        results = {"system_info": list_of(integer(50), integer(53)), "start": AGENT}
        while self.answer_call(results) != "start":
            pass
        self.receive()
        self.send(tuple_of(atom("rep"), integer(0), hello or map_of(node=binary(b"fake@127.0.0.1"), creation=integer(1), now=integer(5))))

    def asked(self):
        """(id, method) of the next request."""
        while True:
            what = self.receive()
            if len(what) == 4:
                return what[1], what[2][5:].decode()
