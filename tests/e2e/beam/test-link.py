#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-link.py GROVE GROVE_BEAM HOUSE CROWD: the way to a node and all that goes wrong with it: one clear error
or correct service each, the node lives, and is left as it was."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from node import OK, PATIENCE, UNREACHABLE, Failure, Place, Skipped, await_that, check, free_port, has, run_tests, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Refused, Table  # pylint: disable=wrong-import-position

SECRET = "a_secret_of_the_tests"


def fails(place, target, pattern):
    """`grove` says so, and nothing of a cookie."""
    done = grove(place, target, "ps")
    check(done.returncode == UNREACHABLE, f"{target}: {done.returncode} {done.stdout!r} {done.stderr!r}")
    has(done.stderr, pattern)
    check("secret" not in done.stderr, done.stderr)


def grove(place, target, *words, **more):
    return subprocess.run(
        [place.grove, "-s", f"beam:{target}", *words],
        env=place.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **more,
    )


def works(place, target, name):
    """It is served, and called what it calls itself."""
    done = grove(place, target, "system")
    same((done.returncode, done.stderr), (OK, ""))
    has(done.stdout, rf"^system +{re.escape(name)} ")


# ---- The way there -------------------------------------------------------------------------------


def no_epmd(place, _house):
    environment = dict(place.environment, ERL_EPMD_PORT=str(free_port()))
    done = subprocess.run(
        [place.grove, "-s", "beam:house@127.0.0.1", "ps"], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    same(done.returncode, UNREACHABLE)
    has(done.stderr, "No Erlang node is found on “127.0.0.1”\n.*epmd.*firewall")


def other_names(place, house):
    """Under another name of its host, and in the other form, it is the same node."""
    works(place, "house@localhost", house.name)


def port_by_hand(place, _house):
    """Without epmd: the port it listens on is said."""
    port = free_port()
    node = place.start("lonely", arguments=["-start_epmd", "false", "-erl_epmd_port", str(port)], environment={"ERL_EPMD_PORT": "1"})
    fails(place, node.name, "There is no node “lonely” on “127.0.0.1”")
    works(place, f"{node.name}?port={port}", node.name)
    node.close()
    fails(place, f"{node.name}?port={port}", "cannot be reached\n.*Nothing answers at 127.0.0.1 port")


def six(place, _house):
    """Over IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError as error:
        raise Skipped("no IPv6 here") from error
    node = place.start("six", host="::1", arguments=["-proto_dist", "inet6_tcp"])
    works(place, node.name, node.name)
    node.close()


def not_allowed(place, _house):
    node = place.start("picky")
    node.evaluate("net_kernel:allow(['somebody@else', 'asker@127.0.0.1'])")
    fails(place, node.name, "“picky@127.0.0.1” does not let this observer in\n.*net_kernel:allow")
    node.close()


def no_erlang(place, _house):
    """Something listens there, and is no node; or says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def close_all():
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                one.close()

        thread = threading.Thread(target=close_all, daemon=True)
        thread.start()
        fails(place, f"x@127.0.0.1?port={port}", "“x@127.0.0.1” closed the connection at once\n.*TLS")
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fails(place, f"x@127.0.0.1?port={listener.getsockname()[1]}", "“x@127.0.0.1” does not answer\n.*suspended")


# ---- Cookies -------------------------------------------------------------------------------------


def typed_cookie(place, house):
    """On the input: it works, and is nowhere else to be seen."""
    place.set_cookie("another", 0o400)
    try:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            bridge = subprocess.Popen([place.beam, "--cookie-stdin", house.name], env=place.environment, stdin=theirs, stdout=theirs)
            theirs.close()
            ours.sendall(SECRET.encode() + b"\n")
            has(ours.makefile().readline(), '"hello"')
            for name in ("cmdline", "environ"):
                with open(f"/proc/{bridge.pid}/{name}", "rb") as file:
                    check(SECRET.encode() not in file.read(), name)
            ours.shutdown(socket.SHUT_WR)
            same(bridge.wait(PATIENCE), 0)
        for line, what in ((b"not_the_secret\n", "does not take our cookie"), (b"\n", "is empty"), (b"", "first line"), (b"x" * 600 + b"\n", "first line")):
            done = subprocess.run([place.beam, "--cookie-stdin", house.name], env=place.environment, input=line, capture_output=True, timeout=PATIENCE, check=False)
            check(done.returncode in (15, 16), done)
            has(done.stderr.decode(), what)
            check(b"secret" not in done.stderr and b"xxx" not in done.stderr, done.stderr)
    finally:
        place.set_cookie(SECRET, 0o400)


def kept_cookie(place, house):
    """One that the window was told to keep."""
    directory = os.path.join(place.directory, ".config", "grove", "cookies")
    os.makedirs(directory)
    place.set_cookie("another", 0o400)
    try:
        path = os.path.join(directory, house.name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(SECRET)
        works(place, house.name, house.name)
        os.chmod(path, 0o644)
        fails(place, house.name, "There is no cookie for “house@127.0.0.1”\n.*chmod 400")
    finally:
        shutil.rmtree(directory)
        place.set_cookie(SECRET, 0o400)


def lists(place, house):
    """Those epmd knows; nothing is asked of them."""
    done = subprocess.run([place.grove, "ls", "--json"], env=place.environment, capture_output=True, text=True, timeout=PATIENCE, check=True)
    here = socket.gethostname().split(".")[0]
    wanted = {"name": f"house@{here}", "target": f"beam:house@{here}"}
    check(wanted in json.loads(done.stdout)["nodes"], done.stdout)
    done = subprocess.run([place.beam, "--list", "127.0.0.1"], env=place.environment, capture_output=True, text=True, timeout=PATIENCE, check=True)
    check(house.name in done.stdout.split(), done.stdout)


# ---- It breaks -----------------------------------------------------------------------------------


class Proxy:
    """Stands between, and can stop passing anything on without closing: a cut network."""

    def __init__(self, port):
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.here = self.listener.getsockname()[1]
        self.cut = threading.Event()
        self.sockets = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.wake, self.woken = socket.socketpair()
        self.thread.start()

    def run(self):
        peers = {}
        while True:
            readable = [self.woken] if self.cut.is_set() else [self.woken, self.listener, *peers]
            for one in select.select(readable, [], [])[0]:
                if one is self.woken:
                    if not one.recv(1):
                        return
                elif one is self.listener:
                    near, _ = self.listener.accept()
                    far = socket.create_connection(("127.0.0.1", self.port))
                    peers[near], peers[far] = far, near
                    self.sockets += [near, far]
                elif one in peers:
                    data = one.recv(65536)
                    if data:
                        peers[one].sendall(data)
                    else:
                        peers[one].shutdown(socket.SHUT_WR)
                        del peers[one]

    def stop_passing(self):
        self.cut.set()
        self.wake.send(b"x")

    def close(self):
        self.wake.close()
        self.thread.join()
        for one in [*self.sockets, self.listener, self.woken]:
            one.close()


def watch(place, target):
    watching = subprocess.Popen(
        [place.grove, "-s", f"beam:{target}", "ps", "--watch", "-n", "3"], env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    check(watching.stdout.readline(), "nothing is shown")
    return watching


def node_port(place, alive):
    text = subprocess.run(["epmd", "-names"], env=place.environment, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    return int(re.search(rf"name {alive} at port (\d+)", text)[1])


def net_split(place, _house):
    """Nothing gets through any more, in both directions: the observer says so, and the node is rid of the
    agent when its own time is over."""
    node = place.start("split", arguments=["-kernel", "net_ticktime", "8"])
    proxy = Proxy(node_port(place, "split"))
    with watch(place, f"{node.name}?port={proxy.here}") as watching:
        proxy.stop_passing()
        _, said = watching.communicate(timeout=PATIENCE)
        check(watching.returncode != 0, watching.returncode)
        has(said, "“split@127.0.0.1” stopped answering\n.*network between is cut")
    node.await_left_alone()
    proxy.close()
    works(place, node.name, node.name)
    node.close()


def stopped_node(place, _house):
    """SIGSTOP: it is said in time; who comes then is told; after SIGCONT all is well."""
    node = place.start("sleepy")
    with watch(place, node.name) as watching:
        node.process.send_signal(signal.SIGSTOP)
        _, said = watching.communicate(timeout=PATIENCE)
        has(said, "“sleepy@127.0.0.1” stopped answering\n.*suspended")
    fails(place, node.name, "“sleepy@127.0.0.1” does not answer\n.*suspended")
    node.process.send_signal(signal.SIGCONT)
    works(place, node.name, node.name)
    node.await_left_alone()
    node.close()


def short_stop(place, _house):
    """What was asked meanwhile is answered, and the session goes on."""
    node = place.start("nap")
    with node.observe() as session:
        node.process.send_signal(signal.SIGSTOP)
        asked = session.start("process.get", pid="<0.0.0>")
        node.process.send_signal(signal.SIGCONT)
        same(session.finish(asked)["pid"], "<0.0.0>")
        check(session.call("system.info")["name"] == node.name, "another")
    node.await_left_alone()
    node.close()


# What a node has that is its own: nothing of it may be ours afterwards.
LEFT = (
    "{length(ets:all()), length([P || P <- processes(), {_, I} <- [process_info(P, initial_call)], I =/= {erlang, apply, 2}]), "
    "[P || P <- processes(), {_, {M, _, _}} <- [process_info(P, initial_call)], lists:prefix(\"grove\", atom_to_list(M))], "
    "[P || P <- processes(), {_, [_ | _]} <- [process_info(P, suspending)]], "
    "[P || P <- processes(), element(2, erlang:trace_info(P, flags)) =/= []], "
    "logger:get_handler_ids(), erlang:statistics(scheduler_wall_time), "
    "lists:sum([length(element(2, process_info(P, monitored_by))) || P <- [whereis(house_sup), whereis(counter_1), whereis(plain)]])}"
)


def busy_session(session):
    """All that a bridge holds on a node at once."""
    session.description = None  # not what is looked at here
    session.call("system.watch", interval_ms=1000)
    session.call("table.open", table="processes", columns=["pid", "memory"], sort=[["memory", "desc"]], window={"offset": 0, "limit": 20}, interval_ms=1000)
    session.call("tree.open", depth=2, max_children=50, metric="messages", interval_ms=1000)
    session.call("process.suspend", pid=find(session, "plain"))


def find(session, name):
    sub = session.call(
        "table.open", table="names", columns=["name", "pid"], sort=[["name", "asc"]], filter=["eq", "name", name], window={"offset": 0, "limit": 1}, interval_ms=1000
    )["sub"]

    def row():
        for kind, params in session.heard:
            if kind == "table.update" and params["sub"] == sub and params["rows"]:
                return params["rows"][0]
        return None

    pid = session.wait(row, name)[1]
    session.call("table.close", sub=sub)
    return pid


def killed_bridges(place, house):
    """kill -9 in the middle of everything, again and again: the node is as before, its atoms too."""
    node = place.start("victim")
    before = node.evaluate(LEFT)
    atoms = []
    for _ in range(6):
        session = node.observe()
        busy_session(session)
        session.kill()
        session.close()
        node.await_left_alone()
        await_that(lambda: "suspended" not in node.evaluate("process_info(whereis(plain), status)"), "plain to run")
        await_that(lambda: node.evaluate(LEFT) == before, f"as before: {before}")
        atoms.append(int(node.evaluate("erlang:system_info(atom_count)")))
    # Each evaluation by Erlang itself may make some; what we bring is there after the first time.
    check(atoms[-1] - atoms[1] < 20, atoms)
    same(node.evaluate("process_info(whereis(plain), suspending)"), "{suspending,[]}")
    node.close()


def two_observers(place, house):
    """At once; the one that stays is not disturbed by the other's leaving."""
    with house.observe() as first:
        with house.observe() as second:
            for session in (first, second):
                same(session.call("system.info")["name"], house.name)
            same(house.evaluate("length([N || N <- registered(), lists:prefix(\"grove_agent\", atom_to_list(N))])"), "2")
        await_that(lambda: house.evaluate("length([N || N <- registered(), lists:prefix(\"grove_agent\", atom_to_list(N))])") == "1", "one to leave")
        check("messages" in json.dumps(first.call("process.get", pid=find(first, "full"))), "no answer")
    house.await_left_alone()


def rush(place, house):
    """Many at once, and again: each is served, and the last one takes the code away."""
    ends = []

    def come_and_go():
        for _ in range(2):
            ends.append(
                subprocess.run(
                    [place.beam, house.name], env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
                )
            )

    threads = [threading.Thread(target=come_and_go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same([end.stderr for end in ends if end.returncode], [])
    same(len(ends), 10)
    house.await_left_alone()


def too_many(place, house):
    """As many as there are names for; the next one is told."""
    sessions = []
    try:
        for _ in range(9):
            sessions.append(house.observe("observe"))
        fails(place, house.name, "“house@127.0.0.1” has no room for another observer\n.*9 observers")
        same(sessions[8].call("system.info")["name"], house.name)
    finally:
        for session in sessions:
            session.close()
    house.await_left_alone()


def leaving_agent(_, house):
    """Who comes while another takes the agent's code away waits until it has, and brings it anew."""
    house.evaluate("register(grove_agents_leave, spawn(fun() -> timer:sleep(1000) end))")
    with house.observe():
        same(house.evaluate("whereis(grove_agents_leave)"), "undefined")
    house.await_left_alone()


def another_agent(place, _house):
    """One of another version is there, and stays when ours leaves."""
    node = place.start("aged")
    source = os.path.join(place.directory, "grove_agent_00000000.erl")
    with open(source, "w", encoding="ascii") as file:
        file.write("-module(grove_agent_00000000).\n-export([start/0, version/0, manager/2]).\nversion() -> 0.\n")
        file.write("start() -> register(grove_agent1, spawn(?MODULE, manager, [none, #{}])).\nmanager(_, _) -> receive stop -> ok end.\n")
    place.compile(source)
    node.evaluate("grove_agent_00000000:start()")
    works(place, node.name, node.name)
    await_that(lambda: node.agents() == "{[grove_agent1],[grove_agent_00000000],undefined}", "ours to leave")
    node.close()


def cluster(place, house):
    """The other nodes are a table, without bridges; what is theirs is said to be."""
    node = place.start("partner")
    node.evaluate(f"register(watcher, spawn(fun() -> monitor(process, {{plain, '{house.name}'}}), receive never -> ok end end))")
    with house.observe() as session, house.observe():
        rows = Table(session, "nodes", ["node", "kind"], [["node", "asc"]]).until(lambda rows: len(rows) > 1 and rows, "nodes")
        same(rows, [{"node": house.name, "kind": "this"}, {"node": node.name, "kind": "visible"}])
        detail = session.call("process.get", pid=find(session, "plain"))
        foreign = detail["monitored_by"][0]
        same(foreign["name"], node.name)
        refused = session.refused("process.get", pid=foreign["pid"])
        same((refused.code, refused.data["elsewhere"]["node"]), (-32003, node.name))
        with node.observe() as there:
            same(refused.data["elsewhere"]["pid"], find(there, "watcher"))
    done = house.call("info", foreign["pid"])
    has(done.stderr, f"another node: --system beam:{node.name}")
    node.close()


# ---- It is large, or full, or strange ------------------------------------------------------------


def million_messages(place, crowd):
    """Counted at once; what can be read of them is read, or it is said why not."""
    row = crowd.json("ps", "name:million", "-c", "name,messages")["rows"][0]
    same(row["messages"], 1000000)
    has(crowd.run("info", "million"), r"1000000|1,000,000|1 000 000|1\.0M")
    done = crowd.call("messages", "million", "-n", "2")
    if done.returncode == OK:
        has(done.stdout, r"\{letter,1\}")
    else:
        has(done.stderr, "messages wait")


def large_state(_place, crowd):
    """100 MB: its beginning is shown, however often one looks, and the node holds no more than before."""
    memory = "begin garbage_collect(whereis(large)), erlang:memory(total) end"
    before = int(crowd.evaluate(memory))
    check(before > 100000000, before)
    for _ in range(3):
        text = crowd.run("state", "large")
        has(text, r"rows => \[\{1,\[1,1,1")
        check(len(text) < 1000000, len(text))
    after = int(crowd.evaluate(memory))
    check(after < before + 30000000, (before, after))


def all_alphabets(place, crowd):
    name = "größe_λ_日本"
    same([row["name"] for row in crowd.json("ps", "name~λ", "-c", "name")["rows"]], [name])
    has(crowd.run("messages", name), "héllo 🌳.*ключ с пробелом")
    has(crowd.run("dictionary", name), "ключ.*значение")
    has(crowd.run("send", name, "{'ключ', \"日本\"}"), "messages wait|Sent")
    same(crowd.json("ps", "name~λ", "-c", "name,messages")["rows"][0]["messages"], 2)


def process_limit(place, _crowd):
    """Full while we are there: told, and served again as soon as there is room. Who comes to a node that is
    full takes OTP's net_kernel down, whoever it is: that is not done here."""
    node = place.start("full", arguments=["+P", "1024"])
    with node.observe() as session:
        def asked():
            try:
                return session.call("process.get", pid="<0.0.0>")["pid"]
            except Refused as error:
                return error.message

        same(asked(), "<0.0.0>")
        node.evaluate("spawn(crowd, fill, []), ok")
        await_that(lambda: "as many processes as it may have" in asked(), "the limit")
        with open(os.path.join(place.directory, "drain"), "wb"):
            pass
        await_that(lambda: asked() == "<0.0.0>", "room")
    works(place, node.name, node.name)
    node.await_left_alone()
    node.close()


TESTS = (
    no_epmd,
    other_names,
    port_by_hand,
    six,
    not_allowed,
    no_erlang,
    typed_cookie,
    kept_cookie,
    lists,
    net_split,
    stopped_node,
    short_stop,
    killed_bridges,
    two_observers,
    rush,
    too_many,
    leaving_agent,
    another_agent,
    cluster,
)
CROWDED = (million_messages, large_state, all_alphabets, process_limit)


def main():
    grove, beam, *sources = sys.argv[1:]
    only = os.environ.get("ONLY", "").split()
    with Place(grove, beam) as place:
        place.compile(*sources)
        house = place.start("house")
        crowd = place.start("crowd", main="crowd")
        tests = [(test, house) for test in TESTS] + [(test, crowd) for test in CROWDED]

        def one(test, node):
            def run():
                test(place, node)

            run.__name__ = test.__name__
            return run

        return run_tests("/e2e/beam-link/", [one(*test) for test in tests if not only or test[0].__name__ in only])


if __name__ == "__main__":
    sys.exit(main())
