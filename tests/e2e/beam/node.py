#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real Erlang and Elixir nodes for tests of grove-beam: a place of their own (cookie, epmd, directory),
nodes that are started and ended, what is asked of them through `grove`, over the protocol and by Erlang
itself.

As a program: node.py GROVE GROVE_BEAM SOURCE... -- COMMAND...: starts a node that runs main/0 of the first
module and runs COMMAND where `beam:$GROVE_TEST_NODE` is that node; what observes it must leave with COMMAND."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("protocol", "support"):
    sys.path.insert(0, os.path.join(HERE, "..", "..", folder))
from client import Client  # pylint: disable=wrong-import-position
# Whoever tests nodes has these from here too.
from tap import Failure, Skipped, check, has, run_tests, same  # pylint: disable=wrong-import-position,unused-import

PATIENCE = 120
OK, REFUSED, USAGE, UNREACHABLE = range(4)
PID = r"<0\.\d+\.\d+>"


def await_that(look, what):
    """What @look gives, as soon as that is true; a thing that is asked for is asked for again."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        check(time.monotonic() < end, f"{what}: not within {PATIENCE} s")
        time.sleep(0.05)
    return found


class Place:
    """A cookie, an epmd and a directory with code that are nobody else's; ended with all nodes there."""

    def __init__(self, grove, beam):
        self.grove = grove
        self.beam = beam
        self.nodes = []
        self.directory = tempfile.mkdtemp(prefix="grove-beam-")
        self.environment = dict(os.environ, HOME=self.directory, XDG_RUNTIME_DIR=self.directory, LC_ALL="C.UTF-8")
        self.environment.pop("XDG_CONFIG_HOME", None)
        self.environment["GROVE_BEAM"] = beam
        # An epmd of our own: another test's nodes are not ours, and ours end with it.
        self.environment["ERL_EPMD_PORT"] = str(free_port())
        self.set_cookie("a_secret_of_the_tests", 0o400)
        self.epmd = subprocess.Popen(["epmd"], env=self.environment, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def set_cookie(self, text, mode):
        path = os.path.join(self.directory, ".erlang.cookie")
        if os.path.exists(path):
            os.chmod(path, 0o600)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path, mode)

    def compile(self, *sources):
        erlang = [source for source in sources if source.endswith(".erl")]
        elixir = [source for source in sources if source.endswith((".ex", ".exs"))]
        if erlang:
            subprocess.run(["erlc", "+debug_info", "-o", self.directory, *erlang], check=True, env=self.environment)
        if elixir:
            subprocess.run(["elixirc", "-o", self.directory, *elixir], check=True, env=self.environment)

    def start(self, alive, main="house", arguments=(), host="127.0.0.1", environment=None):
        """A node that has run main:main(), which prints `ready`. @main: an Erlang module, or an Elixir one
        by its name in Elixir."""
        node = Node(self, f"{alive}@{host}", main, arguments, environment or {})
        self.nodes.append(node)
        node.await_output(r"^ready$")
        return node

    def close(self):
        # Each takes itself out of it.
        for node in list(self.nodes):
            node.close()
        self.epmd.kill()
        self.epmd.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def free_port():
    """Below those that are given to who asks for any."""
    for number in range(10000 + os.getpid() % 20000, 32000):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", number))
                return number
            except OSError:
                continue
    raise Failure("no port is free")


class Node:
    def __init__(self, place, name, main, arguments, environment):
        here = "{0,0,0,0,0,0,0,1}" if name.endswith("@::1") else "{127,0,0,1}"
        flags = ["-noinput", "-kernel", "inet_dist_use_interface", here, *arguments]
        if main[0].isupper():
            command = ["elixir", "--name", name, "-pa", place.directory, "--erl", " ".join(flags), "--no-halt", "-e", f"{main}.main()"]
        else:
            command = ["erl", "-noshell", "-name", name, "-pa", place.directory, *flags, "-s", main, "main"]
        self.place = place
        self.name = name
        self.process = subprocess.Popen(
            command,
            env={**place.environment, **environment},
            cwd=place.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.lines = []
        self.reader = threading.Thread(target=self.read_output, daemon=True)
        self.reader.start()

    @property
    def pid(self):
        return self.process.pid

    def read_output(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def output(self):
        return "".join(self.lines)

    def await_output(self, pattern):
        """The match in what the node has printed."""

        def look():
            found = re.search(pattern, self.output(), re.S | re.M)
            check(found or self.process.poll() is None or self.reader.is_alive(), f"{self.name} ended: {self.output()!r}")
            return found

        return await_that(look, f"{pattern!r} printed by {self.name}, which printed {self.output()[-2000:]!r}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            # One that was stopped too.
            self.process.send_signal(signal.SIGCONT)
        self.kill()
        self.reader.join()
        self.process.stdout.close()
        if self in self.place.nodes:
            self.place.nodes.remove(self)

    # ---- Through grove ----

    def call(self, *words, name=None, timeout=PATIENCE):
        command = [self.place.grove, "-s", f"beam:{name or self.name}", *words]
        return subprocess.run(
            command, env=self.place.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def run(self, *words):
        done = self.call(*words)
        same((done.returncode, done.stderr), (OK, ""))
        return done.stdout

    def fails(self, status, *words, name=None):
        done = self.call(*words, name=name)
        check(done.returncode == status, f"{words}: {done.returncode} {done.stdout!r} {done.stderr!r}")
        same(done.stdout, "")
        return done.stderr

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    # ---- Over the protocol ----

    def observe(self, role="control", *options):
        """A session through a bridge of its own, which ends with it."""
        return Bridge(self, role, options)

    # ---- By Erlang itself ----

    def evaluate(self, expression):
        """What the node itself says, asked by Erlang; as ~0p prints it."""
        done = subprocess.run(
            ["erl_call", "-c", self.cookie(), "-name", self.name, "-h", "asker", "-e"],
            input="base64:encode_to_string(unicode:characters_to_binary("
            f'io_lib:format("~0tp", [begin {expression} end]))).\n',
            env=self.place.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        # A long text is printed as the list that it is.
        answer = re.fullmatch(r'\{ok, (?:"(.*)"|\[([\d, ]*)\])\}', done.stdout.strip())
        check(answer, f"{expression}: {done.stdout[:2000]!r} {done.stderr!r}")
        return base64.b64decode(answer[1] or bytes(map(int, answer[2].split(",")))).decode()

    def cookie(self):
        with open(os.path.join(self.place.directory, ".erlang.cookie"), encoding="ascii") as file:
            return file.read()

    def agents(self):
        """What there is of ours: names, modules, a clock turned on."""
        return self.evaluate(
            "{[N || N <- registered(), lists:prefix(atom_to_list(grove_agent), atom_to_list(N))], "
            "[M || {M, _} <- code:all_loaded(), lists:prefix(atom_to_list(grove_agent), atom_to_list(M))], "
            "erlang:statistics(scheduler_wall_time)}"
        )

    def await_left_alone(self):
        seen = []

        def left():
            seen[:] = [self.agents()]
            return seen == ["{[],[],undefined}"]

        try:
            await_that(left, "the agent to leave")
        except Failure as failure:
            raise Failure(f"{failure}: {seen}") from failure


class Bridge(Client):
    """The protocol's own client, which holds all that is said against its description."""

    def __init__(self, node, role, options):
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [node.place.beam, *options, node.name], env=node.place.environment, stdin=theirs, stdout=theirs
            )
        try:
            super().__init__(ours)
            self.opened = self.open(role)
        except BaseException:
            ours.close()
            self.process.kill()
            self.process.wait()
            raise

    def close(self):
        super().close()
        self.process.wait(PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()


def main():
    end = sys.argv.index("--")
    grove, beam, *sources = sys.argv[1:end]
    with Place(grove, beam) as place:
        place.compile(*sources)
        module, kind = os.path.splitext(os.path.basename(sources[0]))
        node = place.start("grove-test", main=module.capitalize() if kind == ".ex" else module)
        environment = dict(os.environ, GROVE_TEST_NODE=node.name, GROVE_TEST_PLACE=place.directory)
        for name in ("HOME", "GROVE_BEAM", "ERL_EPMD_PORT"):
            environment[name] = place.environment[name]
        environment.pop("XDG_CONFIG_HOME", None)
        done = subprocess.run(sys.argv[end + 1 :], env=environment, check=False)
        if done.returncode == 0:
            node.await_left_alone()
        else:
            print("".join("# node: " + line for line in node.lines), file=sys.stderr)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
