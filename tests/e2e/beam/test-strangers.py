#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-strangers.py GROVE GROVE_BEAM SOURCE: systems that nobody here wrote are opened, their trees and
processes looked at, something harmless in them is ended, and they work on: httpd of inets, mnesia, the ssh daemon
of OTP, Elixir's Registry and Logger."""

import http.client
import os
import re
import subprocess
import sys

from node import PATIENCE, PID, REFUSED, Place, await_that  # which says where the next are
from client import Tree
from stage import Stage, check_census, take_census
from tap import check, has, run_tests, same


def forest(stage):
    """The names of all that is shown, by the name of what it is below."""
    tree = Tree(stage.session)

    def whole():
        tree.update()
        shown = {node["name"]: [tree.nodes[pid]["name"] for pid in tree.children[node["pid"]]] for node in tree.nodes.values()}
        return shown if all(tree.children[pid] for pid in tree.nodes if tree.nodes[pid]["kind"] == "application") else None

    found = await_that(whole, "the tree")
    stage.session.call("tree.close", sub=tree.sub)
    return found


def look(stage, pid):
    """At all there is to see of it; none of that may fail."""
    seen = stage.get(pid)
    check(seen["memory_bytes"] > 0 and seen["current"]["function"], seen)
    for method, params in (
        ("process.messages", {"offset": 0, "limit": 10, "max_bytes": 200}),
        ("process.dictionary", {}),
        ("process.stack", {}),
    ):
        stage.session.call(method, pid=pid, **params)
    return seen


def initial(stage, text):
    """The pids of who was started by a function with that in its name. Of a row that is shown it is what
    proc_lib noted, which a filter does not see."""
    return [row["pid"] for row in stage.rows(["pid", "initial"]) if text in row["initial"]]


def inets_httpd(stage):
    port = int(stage.node.await_output(r"^httpd listens on (\d+)$")[1])
    has(stage.node.run("tree"), r"^inets .*inets_sup .*httpd_sup .*httpd_instance_sup")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask():
        connection.request("GET", "/page.txt")
        response = connection.getresponse()
        return response.status, response.read()

    same(ask(), (200, b"a page\n"))
    # The connection is kept, and so is the process that serves it.
    handler = await_that(lambda: initial(stage, "httpd_request_handler"), "who serves the connection")[0]
    look(stage, handler)
    has(stage.state(handler), "page.txt|httpd")
    stage.kill(handler)
    try:
        ask()
    except (http.client.HTTPException, OSError):
        connection.close()
    same(ask(), (200, b"a page\n"))
    check(handler not in initial(stage, "httpd_request_handler"), "it is there again")
    connection.close()
    await_that(lambda: not initial(stage, "httpd_request_handler"), "the connection to end")


def mnesia(stage):
    has(stage.node.run("tree"), r"^mnesia .*mnesia_sup .*mnesia_kernel_sup .*mnesia_locker")
    tables = {row["name"]: row for row in stage.rows(["table", "name", "objects", "owner"], table="ets")}
    same(tables["stock"]["objects"], 1)
    for name in ("mnesia_locker", "mnesia_tm", "mnesia_monitor"):
        look(stage, stage.pid(name))
    has(stage.state(stage.pid("mnesia_monitor")), "^{state,")
    # Who is no server is said to be none, and got no message that it would keep.
    has(stage.node.fails(REFUSED, "state", "mnesia_locker"), "no gen_server")
    same(stage.get(stage.pid("mnesia_locker"))["messages"], 0)
    # One that holds a lock is ended: the next gets it.
    stage.node.evaluate("spawn('Elixir.Strangers', take, [first])")
    holder = stage.pid("first")
    await_that(lambda: "take" in str(stage.session.call("process.stack", pid=holder)["frames"]), "it to hold the lock")
    await_that(lambda: stage.node.evaluate("mnesia:system_info(held_locks)") != "[]", "the lock to be held")
    stage.node.evaluate("spawn('Elixir.Strangers', take, [second])")
    second = stage.pid("second")
    await_that(lambda: "mnesia" in str(stage.session.call("process.stack", pid=second)["frames"]), "it to wait")
    stage.kill(holder)
    stage.node.await_output(r"^second has its tea$")
    same(stage.node.evaluate("mnesia:dirty_read(stock, tea)"), "[{stock,tea,9}]")


def ssh_daemon(stage):
    port = stage.node.await_output(r"^sshd listens on (\d+)$")[1]
    has(stage.node.run("tree"), r"^ssh .*sshd_sup")
    command = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    command += ["-o", "LogLevel=ERROR", "-p", port, "somebody@127.0.0.1"]

    def run(text):
        done = subprocess.run(
            [*command, text], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout.strip() + done.stderr.strip()

    same(run("lists:sum([1, 2, 3])."), "6")
    await_that(lambda: not initial(stage, "ssh_connection_handler"), "the connection to end")
    with subprocess.Popen([*command, "-N"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as held:
        handler = await_that(lambda: initial(stage, "ssh_connection_handler"), "who serves the connection")[0]
        look(stage, handler)
        await_that(lambda: "connected" in stage.state(handler), "the connection")
        stage.kill(handler)
        check(held.wait(PATIENCE) != 0, "the client did not notice")
    same(run("40 + 2."), "42")
    await_that(lambda: not initial(stage, "ssh_connection_handler"), "the connection to end")


def elixir_registry(stage):
    # What has no name but in a Registry is shown by that.
    has(stage.node.run("tree"), r"^strangers .*Strangers\.Supervisor .*Strangers\.Guests .*ann.*bob")

    def whereis(guest):
        return re.search(PID, stage.node.evaluate(f"'Elixir.Registry':whereis_name({{'Elixir.Strangers.Names', <<\"{guest}\">>}})"))

    ann, bob = whereis("ann")[0], whereis("bob")[0]
    look(stage, ann)
    has(stage.state(ann), "ann")
    result = stage.kill(ann)
    same(result["outcome"], "exited")
    again = await_that(lambda: (now := whereis("ann")) and now[0] != ann and now[0], "another ann under that name")
    has(stage.state(again), "ann")
    same(whereis("bob")[0], bob)
    for row in stage.rows(["pid", "name", "initial"], ["contains", "name", "strangers.names"]):
        look(stage, row["pid"])


def elixir_logger(stage):
    has(stage.node.run("tree"), r"^logger .*Logger\.Supervisor .*Logger\.Watcher")
    watcher = stage.pid("Elixir.Logger") if stage.find("Elixir.Logger") else stage.pid("Logger")
    look(stage, watcher)
    stage.send("speaker", "one")
    stage.node.await_output(r"it is said: one")
    stage.kill(watcher)
    await_that(lambda: stage.find("Logger") or stage.find("Elixir.Logger"), "another Logger")

    def said():
        stage.send("speaker", "two")
        return "it is said: two" in stage.node.output()

    await_that(said, "it to log again")


def left_alone(stage):
    """Looked at and left, without ending anything: as before."""
    stage.session.close()
    before = take_census(stage.node)
    other = Stage(stage.node)
    forest(other)
    for row in other.rows(["pid"]):
        try:
            look(other, row["pid"])
        except Exception as gone:  # some live for a moment only
            check("-32003" in str(gone), gone)
    other.close()
    check_census(stage.node, before)
    stage.session = stage.node.observe()


TESTS = (inets_httpd, mnesia, ssh_daemon, elixir_registry, elixir_logger, left_alone)


def main():
    grove, beam, source = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(source)
        key = os.path.join(place.directory, "ssh_host_ed25519_key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        stage = Stage(place.start("strangers", main="Strangers"))
        try:
            status = run_tests("/e2e/beam/strangers/", TESTS, stage)
        finally:
            stage.close()
        if status != 0:
            print("".join("# " + line for line in stage.node.lines))
        return status


sys.exit(main())
