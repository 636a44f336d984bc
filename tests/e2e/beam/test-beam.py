#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam.py GROVE GROVE_BEAM HOUSE: `grove` on a real Erlang node, through grove-beam: what is seen,
what is done to it, what is said when something is wrong, and that the node is left as it was."""

import json
import re
import signal
import subprocess
import sys

from node import OK, PATIENCE, PID, REFUSED, UNREACHABLE, USAGE, Place, await_that
from tap import check, has, run_tests, same

# ---- What is seen --------------------------------------------------------------------------------


def system(house):
    text = house.run("system")
    has(text, rf"^system +{re.escape(house.name)} \d+ \(beam, process {house.pid}\)$")
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

    # Who ends between being counted and being looked at is in no row.
    def all_are_there():
        everything = house.json("ps", "-n", "0")
        return len({row["pid"] for row in everything["rows"]}) == everything["matched"]

    await_that(all_are_there, "as many rows as processes")


def tree(house):
    text = house.run("tree")
    has(text, rf"^house +{PID} +application")
    has(text, rf"house_sup +{PID} +supervisor +\w+ +one_for_one")
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
    done = house.run("suspend", "plain", "sh", "-c", f"{house.place.grove} -s beam:{house.name} ps name:plain")
    has(done, "suspended")
    await_that(lambda: "waiting" in house.evaluate("process_info(whereis(plain), status)"), "it to run again")


# ---- What is wrong -------------------------------------------------------------------------------


def names(house):
    has(house.fails(UNREACHABLE, "ps", name="nobody@127.0.0.1"), 'There is no node “nobody” on “127.0.0.1”')
    has(house.fails(UNREACHABLE, "ps", name="house@no-such-host.invalid"), 'There is no machine “no-such-host.invalid”')
    has(house.fails(UNREACHABLE, "ps", name="ho use@here"), "names no Erlang node")


def cookies(house):
    house.place.set_cookie("another", 0o400)
    has(house.fails(UNREACHABLE, "ps"), "does not take the cookie")
    house.place.set_cookie("a_secret_of_the_tests", 0o644)
    has(house.fails(UNREACHABLE, "ps"), "chmod 400")
    house.place.set_cookie("a_secret_of_the_tests", 0o400)
    house.run("ps")


def killed_bridge(house):
    """kill -9 of the bridge: the agent goes, what it suspended runs."""
    with subprocess.Popen(
        [house.place.beam, house.name], env=house.place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
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
    house.await_left_alone()


def dies(house):
    """A node that ends while it is observed: said so, at once."""
    with subprocess.Popen(
        [house.place.grove, "-s", f"beam:{house.name}", "ps", "--watch"],
        env=house.place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        watching.stdout.readline()
        house.kill()
        _, said = watching.communicate(timeout=PATIENCE)
        check(watching.returncode != 0, watching.returncode)
        has(said, "connection to “house@127.0.0.1” was lost\n.*stopped, crashed")
    house.place.start("house").run("ps")


TESTS = (system, processes, tree, one_process, tables, kill, restart, send, priority, suspend, names, cookies, killed_bridge, left_alone, dies)


def main():
    grove, beam, source = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(source)
        return run_tests("/e2e/beam/", TESTS, place.start("house"))


sys.exit(main())
