#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam.py GROVE GROVE_BEAM HOUSE: `grove` on a real Erlang node, through grove-beam: what is seen,
what is done to it, what is said when something is wrong, and that the node is left as it was."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

PATIENCE = 60
OK, REFUSED, USAGE, UNREACHABLE = range(4)
PID = r"<0\.\d+\.\d+>"


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


def same(got, wanted):
    check(got == wanted, f"got {got!r}, not {wanted!r}")


def has(text, pattern):
    check(re.search(pattern, text, re.S | re.M), f"no {pattern!r} in {text!r}")


class House:
    """A node with a cookie of its own, and the programs to observe it with."""

    def __init__(self, grove, beam, source):
        self.grove = grove
        self.directory = tempfile.mkdtemp(prefix="grove-beam-")
        self.environment = dict(os.environ, HOME=self.directory, XDG_RUNTIME_DIR=self.directory, LC_ALL="C.UTF-8")
        self.environment.pop("XDG_CONFIG_HOME", None)
        self.environment["GROVE_BEAM"] = beam
        # An epmd of our own: another test's nodes are not ours, and ours end with it.
        self.environment["ERL_EPMD_PORT"] = str(20000 + os.getpid() % 20000)
        self.set_cookie("a_secret_of_the_tests", 0o400)
        subprocess.run(["erlc", "-o", self.directory, source], check=True)
        self.epmd = subprocess.Popen(["epmd"], env=self.environment, stderr=subprocess.DEVNULL)
        self.node = self.start("house")
        self.name = self.node_name("house")

    def set_cookie(self, text, mode):
        path = os.path.join(self.directory, ".erlang.cookie")
        if os.path.exists(path):
            os.chmod(path, 0o600)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path, mode)

    def node_name(self, alive):
        return f"{alive}@127.0.0.1"

    def start(self, alive):
        node = subprocess.Popen(
            ["erl", "-noshell", "-noinput", "-name", self.node_name(alive), "-pa", self.directory, "-s", "house", "main"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in node.stdout:
            if line.strip() == "ready":
                return node
        raise Failure("the node did not start")

    def close(self):
        self.node.kill()
        self.node.wait()
        self.epmd.kill()
        self.epmd.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def call(self, *words, name=None, timeout=PATIENCE):
        command = [self.grove, "-s", f"beam:{name or self.name}", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False)

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

    def evaluate(self, expression):
        """What the node itself says, asked by Erlang."""
        script = (
            f"N = '{self.name}', R = rpc:call(N, erl_eval, exprs, "
            "[element(2, erl_parse:parse_exprs(element(2, erl_scan:string(\"" + expression + ".\")))), []]), "
            'io:format("~0p", [element(2, R)]), halt().'
        )
        done = subprocess.run(
            ["erl", "-noshell", "-hidden", "-name", f"asker{os.getpid()}@127.0.0.1", "-eval", script],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout.strip()


# ---- What is seen --------------------------------------------------------------------------------


def system(house):
    text = house.run("system")
    has(text, rf"^system +{re.escape(house.name)} \d+ \(beam, process {house.node.pid}\)$")
    has(text, r"^applications +.*house.*kernel")
    document = house.json("system")
    check(document["sample"]["processes"] > 40, document)
    check(document["info"]["max_processes"] >= 1024, document)


def processes(house):
    rows = house.json("ps", "app:house", "-o", "name", "-c", "name,messages,memory")["rows"]
    same([row["name"] for row in rows if row["name"]], ["counter_1", "counter_2", "house_sup"])
    check(all(row["memory"] > 1000 for row in rows), rows)
    rows = house.json("ps", "messages>10", "-o", "messages")["rows"]
    same([(row["name"], row["messages"]) for row in rows], [("full", 50)])
    same(house.json("ps", "name~COUNTER")["matched"], 2)
    everything = house.json("ps", "-n", "0")
    same(len({row["pid"] for row in everything["rows"]}), everything["matched"])


def tree(house):
    text = house.run("tree")
    has(text, rf"^house +{PID} +application")
    has(text, rf"house_sup +{PID} +supervisor +waiting +one_for_one")
    has(text, rf"counter_1 +{PID} +worker")


def one_process(house):
    text = house.run("info", "counter_1")
    has(text, r"^started with +house:init/1$")
    has(text, rf"^supervisor +house_sup {PID}")
    has(house.run("state", "counter_1"), r"#\{count => 41\}")
    has(house.run("stack", "plain"), r"house:plain/0 +\S*house\.erl:\d+")
    has(house.run("messages", "full", "-n", "2"), r"\{letter,1\}.*\{letter,2\}")
    has(house.run("dictionary", "counter_1"), r"'\$initial_call' +\{house,init,1\}")
    has(house.fails(REFUSED, "state", "plain"), "no gen_server, gen_statem, gen_event or supervisor")


def tables(house):
    names = [row["name"] for row in house.json("names", "-n", "0")["rows"]]
    check({"init", "house_sup", "full"} <= set(names), names)
    rows = {row["name"]: row for row in house.json("apps", "-c", "name,version,processes")["rows"]}
    same(rows["house"]["version"], "1.0")
    check(rows["house"]["processes"] >= 3, rows)


# ---- What is done --------------------------------------------------------------------------------


def kill(house):
    has(house.run("kill", "counter_1"), rf"^Killed counter_1 {PID}; house_sup started {PID} after ")
    has(house.run("exit", "counter_2", "{shutdown, tired}"), r"counter_2")
    same(house.json("ps", "name^counter")["matched"], 2)
    has(house.fails(REFUSED, "kill", "code_server"), "system’s own")
    same(house.json("ps", "name:code_server")["matched"], 1)


def restart(house):
    before = house.json("ps", "name:counter_1")["rows"][0]["pid"]
    house.run("restart", "counter_1")
    check(house.json("ps", "name:counter_1")["rows"][0]["pid"] != before, before)


def send(house):
    house.run("send", "full", '{letter, "by hand", <<"and a binary">>}')
    rows = house.json("ps", "name:full")["rows"]
    same(rows[0]["messages"], 51)
    has(house.fails(USAGE, "send", "full", "{letter"), "syntax error")


def priority(house):
    house.run("priority", "counter_1", "high")
    same(house.evaluate("process_info(whereis(counter_1), priority)"), "{priority,high}")
    has(house.fails(REFUSED, "priority", "plain", "low"), "no gen_server")


def suspend(house):
    """As long as the session lasts, and no longer."""
    done = house.run("suspend", "plain", "sh", "-c", f"{house.grove} -s beam:{house.name} ps name:plain")
    has(done, "suspended")
    end = time.monotonic() + PATIENCE
    while "suspended" in house.evaluate("process_info(whereis(plain), status)"):
        check(time.monotonic() < end, "it stays suspended")


# ---- What is wrong -------------------------------------------------------------------------------


def names(house):
    has(house.fails(UNREACHABLE, "ps", name="nobody@127.0.0.1"), 'no node called "nobody" on 127.0.0.1')
    has(house.fails(UNREACHABLE, "ps", name="house@no-such-host.invalid"), 'host "no-such-host.invalid".*cannot be found')
    has(house.fails(UNREACHABLE, "ps", name="house"), "names no Erlang node")


def cookies(house):
    house.set_cookie("another", 0o400)
    has(house.fails(UNREACHABLE, "ps"), "does not take our cookie")
    house.set_cookie("a_secret_of_the_tests", 0o644)
    has(house.fails(UNREACHABLE, "ps"), "chmod 400")
    house.set_cookie("a_secret_of_the_tests", 0o400)
    house.run("ps")


def killed_bridge(house):
    """kill -9 of the bridge: the agent goes, what it suspended runs."""
    with subprocess.Popen(
        [house.environment["GROVE_BEAM"], house.name], env=house.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as bridge:
        for request in (
            {"id": 1, "method": "session.open", "params": {"major": 1, "client": {"name": "t", "version": "1"}, "role": "control"}},
            {"id": 2, "method": "process.suspend", "params": {"pid": house.json("ps", "name:plain")["rows"][0]["pid"]}},
        ):
            bridge.stdin.write(json.dumps({"jsonrpc": "2.0", **request}).encode() + b"\n")
            bridge.stdin.flush()
        while True:
            line = json.loads(bridge.stdout.readline())
            if line.get("id") == 2:
                check("result" in line, line)
                break
        has(house.evaluate("process_info(whereis(plain), status)"), "suspended")
        bridge.send_signal(signal.SIGKILL)
    left_alone(house)
    has(house.evaluate("process_info(whereis(plain), status)"), "waiting")


def left_alone(house):
    """No agent, none of its code, no name, no clock left on."""
    end = time.monotonic() + PATIENCE
    look = (
        "{[N || N <- registered(), lists:prefix(atom_to_list(grove_agent), atom_to_list(N))], "
        "[M || {M, _} <- code:all_loaded(), lists:prefix(atom_to_list(grove_agent), atom_to_list(M))], "
        "erlang:statistics(scheduler_wall_time)}"
    )
    while (seen := house.evaluate(look)) != "{[],[],undefined}":
        check(time.monotonic() < end, seen)


def dies(house):
    """A node that ends while it is observed: said so, at once."""
    with subprocess.Popen(
        [house.grove, "-s", f"beam:{house.name}", "ps", "--watch"],
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        watching.stdout.readline()
        house.node.kill()
        _, said = watching.communicate(timeout=PATIENCE)
        check(watching.returncode != 0, watching.returncode)
        has(said, "closed the connection: it stopped, crashed")
    house.node.wait()
    house.node = house.start("house")
    house.run("ps")


TESTS = (system, processes, tree, one_process, tables, kill, restart, send, priority, suspend, names, cookies, killed_bridge, left_alone, dies)


def main():
    house = House(*sys.argv[1:])
    failed = 0
    print(f"1..{len(TESTS)}")
    try:
        for number, test in enumerate(TESTS, 1):
            path = "/e2e/beam/" + test.__name__.replace("_", "-")
            try:
                test(house)
                print(f"ok {number} {path}", flush=True)
            except Exception as problem:  # each is one test's failure
                failed += 1
                print(f"not ok {number} {path}")
                text = str(problem) if isinstance(problem, Failure) else traceback.format_exc()
                print("\n".join("# " + line for line in text.splitlines()), flush=True)
    finally:
        house.close()
    sys.exit(1 if failed else 0)


main()
