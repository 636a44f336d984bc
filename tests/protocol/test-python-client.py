#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-python-client.py SHOP [-pNAME...]: every method of the protocol, called by a client that is
not ours (client.py) on a real shop.

The last test holds that none was left out. `--record FILE` writes down what record() said and
heard, for test-transcripts.py.
"""

import contextlib
import json
import socket
import sys
import time
import traceback

from client import Client, Failure, Refused, Table, Tree, check, socket_of, PATIENCE
from shop import shop

CALLED = set()  # methods that were answered with a result, in any test


def same(got, wanted):
    check(got == wanted, f"got {got!r}, not {wanted!r}")


class Counting(Client):
    def finish(self, number):
        result = super().finish(number)
        CALLED.add(self.called[number])
        return result


@contextlib.contextmanager
def session(directory, role="control", **params):
    client = Counting(socket_of(directory, "shop"))
    try:
        client.open(role, **params)
        yield client
    finally:
        client.close()


def pid_of(client, name):
    table = Table(client, "names", ["name", "pid"], filter=["eq", "name", name])
    pid = table.until(lambda rows: rows and rows[0]["pid"], f"a process called {name}")
    table.close()
    return pid


# ---- The session --------------------------------------------------------------------------------


def test_opening(directory):
    with Counting(socket_of(directory, "shop")) as client:
        same(client.refused("session.ping").code, -32000)
        same(client.refused("session.open", major=2, client={"name": "x", "version": ""}, role="observe").code, -32602)
        same(client.refused("session.open", major=1, client={"name": "x", "version": ""}, role="king").code, -32602)
        result = client.open("observe")
        same(result["role"], "observe")
        before = client.call("session.ping")["now_ns"]
        check(client.call("session.ping")["now_ns"] >= before >= client.hello["now_ns"], "time goes back")
        same(client.refused("session.open", major=1, client={"name": "x", "version": ""}, role="observe").code, -32600)
        same(client.refused("process.kill", pid="<0.1.0>").code, -32002)
        same(client.refused("no.such").code, -32601)
        same(client.refused("session.ping", more=1).code, -32602)
        same(client.call("session.close")["closed"], True)
        client.wait_end()


def test_description(directory):
    """What the server says of itself is whole: each name that is used is described."""
    with session(directory) as client:
        about = client.description
        for name, members in about.types.items():
            check(all(kind for kind in members.values()), name)
        for method in about.methods.values():
            check(method["summary"] and method["since"] and method["cost"], f"{method['name']} is not described")
        described = client.call("server.describe")
        for name in described["absent"]:
            check(name in about.methods or name in about.reserved, f"{name} is absent, and no method")
            check(described["absent"][name].endswith(".") or len(described["absent"][name]) > 10, name)
        same(sorted(described["capabilities"]), sorted(client.hello["capabilities"]))
        same({name: len(columns) for name, columns in client.hello["tables"].items()},
             {name: len(about.tables[name]) for name in client.hello["tables"]})
        for reserved in about.reserved:
            same(client.refused(reserved).code, -32009)


def test_lines(directory):
    """What is no request is answered with what is wrong, and the session goes on; eight end it."""
    bad = [
        (b"{", -32700),
        (b"[]", -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"session.ping","params":{},"id":1}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"session.ping","params":{"a":NaN}}', -32700),
        (b"{'jsonrpc':\"2.0\"}", -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"session.ping","params":{"a\\u0000":1}}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"session.ping","params":[]}', -32600),
        (b'{"jsonrpc":"2.0","id":9007199254740993,"method":"session.ping","params":{}}', -32700),
    ]
    with session(directory) as client:
        client.answers.clear()
        for number, (line, code) in enumerate(bad):
            client.send_bytes(line + b"\n")
            # It is answered without an id where none could be read.
            error = client.wait(lambda: client.answers.pop(None, client.answers.pop(1, None)), "an answer")["error"]
            same((line, error["code"]), (line, code))
            if number < len(bad) - 1:
                client.called[100 + number] = "session.ping"
                client.send({"jsonrpc": "2.0", "id": 100 + number, "method": "session.ping", "params": {}})
                client.finish(100 + number)
        same(client.next("goodbye")["reason"], "errors")
        client.wait_end()


def test_bytes(directory):
    """A request that comes byte by byte, and two that come at once."""
    with session(directory) as client:
        client.called[1000] = client.called[1001] = client.called[1002] = "session.ping"
        line = b'{"jsonrpc":"2.0","id":%d,"method":"session.ping","params":{}}\n'
        for byte in line % 1000:
            client.send_bytes(bytes([byte]))
        client.finish(1000)
        client.send_bytes(line % 1001 + line % 1002)
        client.finish(1001)
        client.finish(1002)


def test_cancel(directory):
    with session(directory) as client:
        sleeper = pid_of(client, "packer")
        client.call("process.suspend", pid=sleeper)
        number = client.start("process.exit", pid=sleeper, reason="normal", wait_ms=5000)
        client.notify("$/cancel", id=number)
        try:
            client.finish(number)
            raise Failure("it was not cancelled")
        except Refused as refused:
            same(refused.code, -32800)
        client.notify("$/cancel", id=number)  # it has been answered: no mistake
        client.notify("$/cancel", id=999999)
        client.call("process.resume", pid=sleeper)


# ---- The system ---------------------------------------------------------------------------------


def test_system(directory):
    with session(directory) as client:
        info = client.call("system.info")
        same(info["name"], "shop")
        same(sorted(info["applications"]), ["billing", "shop", "warehouse"])
        sub = client.call("system.watch", interval_ms=100)["sub"]
        for seq in (1, 2, 3):
            sample = client.next("system.sample", sub)
            same(sample["seq"], seq)
            check(sample["processes"] > 100, sample)
            client.notify("system.ack", sub=sub, seq=seq)
        same(client.call("system.unwatch", sub=sub)["closed"], True)
        same(client.refused("system.unwatch", sub=sub).code, -32004)


# ---- Tables and trees ---------------------------------------------------------------------------


def test_tables(directory):
    """Each table, with all its columns, of the types they are said to have."""
    kinds = {"int": int, "real": (int, float), "text": str, "bool": bool}
    with session(directory) as client:
        client.call("process.kill", pid=pid_of(client, "packer"), wait_ms=5000)
        tree = Tree(client)
        billing = tree.until(lambda nodes: tree.named("billing"), "an application")["pid"]
        tree.close()
        for name, columns in client.hello["tables"].items():
            names = [column["name"] for column in columns]
            more = {"of": billing} if name == "children" else {}
            key = [[names[0], "desc"]]
            table = Table(client, name, names, key, interval_ms=50, **more)
            same(table.columns, names)
            if name not in ("crashes", "log", "timers"):
                table.until(lambda rows: rows, f"rows of {name}")
            else:
                table.update()
            for row in table.rows():
                for column in columns:
                    check(isinstance(row[column["name"]], kinds[column["type"]]), f"{name}.{column['name']}: {row}")
            table.close()


def test_window(directory):
    """Windows of a sorted, filtered table meet without a gap."""
    with session(directory) as client:
        whole = Table(client, "processes", ["pid", "name"], [["pid", "asc"]], (0, 512), 60000,
                      filter=["prefix", "name", "auditor"])
        whole.update()
        names = [row["name"] for row in whole.rows()]
        same(len(names), 12)
        part = Table(client, "processes", ["pid", "name"], [["pid", "asc"]], (0, 5), 50,
                     filter=["prefix", "name", "auditor"])
        got = []
        for offset in (0, 5, 10):
            rev = part.set(window={"offset": offset, "limit": 5})["rev"]
            while part.update()["rev"] != rev:
                pass
            got += [row["name"] for row in part.rows()]
        same(got, names)
        same(part.last["matched"], 12)
        rev = part.set(sort=[["pid", "desc"]], window={"offset": 0, "limit": 60}, filter=None)["rev"]
        while part.update()["rev"] != rev:
            pass
        numbers = [tuple(map(int, row["pid"].strip("<>").split("."))) for row in part.rows()]
        same(numbers, sorted(numbers, reverse=True))
        for wrong in (["eq", "nocolumn", 1], ["eq", "name", 1], ["maybe"], ["and"], ["in", "name", []]):
            same(client.refused("table.set", sub=part.sub, filter=wrong).code, -32602)
        same(client.refused("table.open", table="nothing", columns=["pid"], sort=[],
                            window={"offset": 0, "limit": 1}, interval_ms=100).code, -32602)
        same(client.refused("table.open", table="processes", columns=["pid"], sort=[],
                            window={"offset": 0, "limit": 513}, interval_ms=100).code, -32602)


def test_credit(directory):
    """Without an acknowledgement there are two updates, and no third."""
    with session(directory) as client:
        columns = ["pid", "age", "reductions"]
        table = Table(client, "processes", columns, [["reductions", "desc"]], (0, 60), 50)
        for seq in (1, 2):
            same(client.next("table.update", table.sub)["seq"], seq)
        start = client.call("session.ping")["now_ns"]
        while client.call("session.ping")["now_ns"] < start + 500_000_000:
            pass
        same(client.taken("table.update", table.sub), None)
        client.notify("table.ack", sub=table.sub, seq=2)
        same(client.next("table.update", table.sub)["seq"], 3)


def test_events(directory):
    """Who follows the events hears of a kill, and of the one who came after."""
    with session(directory) as client:
        events = Table(client, "events", ["seq", "at_ns", "kind", "pid", "name", "detail"], (), (0, 512), 50, after=None)
        pid = pid_of(client, "catalog_index")
        outcome = client.call("process.kill", pid=pid, wait_ms=5000)
        same((outcome["outcome"], outcome["reason"]["text"]), ("exited", "killed"))
        successor = outcome["successor"]["pid"]
        heard = []
        end = time.monotonic() + PATIENCE
        wanted = {("exit", pid), ("spawn", successor)}
        while not wanted <= {(kind, who) for _, kind, who in heard}:
            check(time.monotonic() < end, f"no {wanted} in {heard}")
            update = client.next("table.update", events.sub)
            check("order" not in update, "a followed table has no order")
            heard += [(row[0], row[2], row[3]) for row in update["rows"]]
            client.notify("table.ack", sub=events.sub, seq=update["seq"])
        numbers = [seq for seq, _, _ in heard]
        same(numbers, sorted(set(numbers)))


def test_tree(directory):
    with session(directory) as client:
        tree = Tree(client, depth=1)
        billing = tree.until(lambda nodes: tree.named("billing"), "billing")["pid"]
        check(tree.until(lambda nodes: tree.named("billing_sup"), "its supervisor"), "")
        top = tree.named("billing_sup")["pid"]
        client.call("tree.expand", sub=tree.sub, pid=top)
        tree.until(lambda nodes: tree.named("ledger_sup"), "what is below")
        client.call("tree.collapse", sub=tree.sub, pid=top)
        tree.until(lambda nodes: not tree.named("ledger_sup"), "what is below to go")
        client.call("tree.set", sub=tree.sub, metric="memory", interval_ms=50)
        tree.until(lambda nodes: tree.metrics.get(billing, 0) > 100, "memory")
        same(client.refused("tree.expand", sub=tree.sub, pid="<0.999999.0>").code, -32003)
        tree.close()
        same(client.refused("tree.expand", sub=tree.sub, pid=top).code, -32004)


# ---- Processes ----------------------------------------------------------------------------------


def test_process(directory):
    with session(directory, syntax="elixir") as client:
        pid = pid_of(client, "ledger")
        got = client.call("process.get", pid=pid)
        same((got["pid"], got["name"], got["application"]["name"]), (pid, "ledger", "billing"))
        check(got["links"] and got["sizes"]["control_block"] > 0, got)
        stack = client.call("process.stack", pid=pid)
        check(stack["frames"] or stack["current"]["function"], stack)
        check(client.call("process.state", pid=pid)["state"]["text"], "a state without text")
        state = client.call("process.state", pid=pid, form="tree", syntax="erlang")["state"]
        check(state["tree"], state)
        pairs = client.call("process.dictionary", pid=pid)["pairs"]
        check(any(pair["key"]["text"] == ":\"$initial_call\"" or "initial_call" in pair["key"]["text"]
                  for pair in pairs), pairs)
        sub = client.call("process.watch", pid=pid, interval_ms=100)["sub"]
        for seq in (1, 2):
            sample = client.next("process.sample", sub)
            same((sample["seq"], sample["pid"]), (seq, pid))
            client.notify("process.ack", sub=sub, seq=seq)
        client.call("process.unwatch", sub=sub)
        same(client.refused("process.get", pid="<0.999999.0>").code, -32003)
        same(client.refused("process.get", pid="packer").code, -32602)


def test_mailbox(directory):
    """What is sent waits in the mailbox as it was sent, and looking takes nothing away."""
    with session(directory) as client:
        pid = pid_of(client, "fraud_check")
        client.call("process.suspend", pid=pid)
        before = client.call("process.messages", pid=pid, offset=0, limit=1, max_bytes=16)["total"]
        texts = ["{whisper,<<\"hi\">>}", "[1,2|3]", "#{a => 1.5}", "caf\u00e9"]
        for number, text in enumerate(texts, 1):
            check(client.call("process.send", pid=pid, message=text)["messages"] >= before + number, text)
        for _ in range(2):
            page = client.call("process.messages", pid=pid, offset=before, limit=200, max_bytes=1024, form="tree")
            mine = [one["term"] for one in page["messages"] if one["from"] == ""]
            same([term["text"].replace(" ", "") for term in mine[-4:]], [text.replace(" ", "") for text in texts])
        same(mine[-4]["tree"][0]["kind"], "tuple")
        wrong = client.refused("process.send", pid=pid, message="{whisper,")
        same((wrong.code, wrong.data["param"]), (-32602, "message"))
        check(0 < wrong.data["position"] <= 9, wrong.data)
        client.call("process.kill", pid=pid)


def test_control(directory):
    with session(directory) as client:
        pid = pid_of(client, "newsletter")
        same(client.refused("process.kill", pid=pid, expect={"name": "somebody"}).code, -32008)
        same(client.call("process.set_priority", pid=pid, priority="low"), {"old": "normal", "new": "low"})
        same(client.call("process.suspend", pid=pid)["already"], False)
        same(client.call("process.suspend", pid=pid)["already"], True)
        same(client.call("process.get", pid=pid)["status"], "suspended")
        client.call("process.resume", pid=pid)
        check("freed_bytes" in client.call("process.gc", pid=pid), "")
        restarted = client.call("process.restart", pid=pid, wait_ms=5000)
        check(restarted["pid"] != pid, restarted)
        same(client.refused("process.kill", pid=pid).code, -32003)
        outcome = client.call("process.exit", pid=restarted["pid"], reason="{because,1}", wait_ms=5000)
        same((outcome["outcome"], outcome["reason"]["text"]), ("exited", "{because,1}"))
        tail = client.call("audit.tail")
        mine = [entry for entry in tail["entries"] if entry["method"] == "process.exit"][-1]
        same((mine["client"], mine["outcome"], mine["result"]), ("python", "done", "exited"))
        check(any(entry["code"] == -32008 for entry in tail["entries"]), "refused commands are written down, too")


def test_supervisor(directory):
    with session(directory) as client:
        pid = pid_of(client, "ledger_sup")
        info = client.call("supervisor.info", pid=pid)
        children = {child["id"]: child for child in info["children"]}
        check("closing_clock" in children, info)
        outcome = lambda method, **params: client.call(f"supervisor.{method}_child", pid=pid, **params)["outcome"]
        same(outcome("terminate", child="closing_clock"), "ok")
        same(outcome("terminate", child="nobody"), "{error,not_found}")
        same(outcome("restart", child="ledger"), "{error,running}")
        check(outcome("restart", child="closing_clock").startswith("{ok,<"), "not started")
        same(outcome("delete", child="closing_clock"), "{error,running}")
        check("already_started" in outcome("start", child="ledger"), "started twice")
        same(client.refused("supervisor.info", pid=children["ledger"]["pid"]).code, -32009)


def test_applications(directory):
    with session(directory) as client:
        same(client.call("application.start", name="billing")["outcome"], "running")
        stopped = client.call("application.stop", name="billing")
        same(stopped["outcome"], "stopped")
        check(stopped["processes"] > 10 and stopped["needed_by"] == [], stopped)
        same(client.call("application.stop", name="billing")["outcome"], "not_running")
        same(client.call("application.start", name="billing", type="transient")["started"], ["billing"])
        same(client.refused("application.start", name="bakery").code, -32602)


def test_crash(directory):
    """The shop crashes now and then; a crash is found, and all there is to say of it."""
    with session(directory) as client:
        table = Table(client, "crashes", ["seq", "name", "reason", "outcome"], [["seq", "desc"]])
        row = table.until(lambda rows: rows and rows[0], "a crash")
        crash = client.call("crash.get", seq=row["seq"])
        same(crash["seq"], row["seq"])
        check(crash["frames"] and crash["reason"]["text"], crash)
        same(client.refused("crash.get", seq=9_000_000).code, -32602)


def test_lease(directory):
    """What a session suspends runs again when its connection is simply gone."""
    with session(directory) as client:
        pid = pid_of(client, "report_builder")
        with session(directory) as other:
            other.call("process.suspend", pid=pid)
            same(client.call("process.get", pid=pid)["status"], "suspended")
        end = time.monotonic() + PATIENCE
        while client.call("process.get", pid=pid)["status"] == "suspended":
            check(time.monotonic() < end, "it is still suspended")


def test_many(directory):
    """As many sessions as there may be work side by side; one more is told why not."""
    with contextlib.ExitStack() as stack:
        limit = 32  # "sessions at once"
        clients = [stack.enter_context(session(directory, "observe")) for _ in range(limit)]
        for client in clients:
            client.start("session.ping")
        for client in clients:
            client.finish(client.id)
        with socket.socket(socket.AF_UNIX) as more:
            more.settimeout(PATIENCE)
            more.connect(socket_of(directory, "shop"))
            same(json.loads(more.makefile().readline())["params"]["reason"], "limit")


def test_restricted(directory):
    """A system that may only be looked at, without what messages hold."""
    program = directory
    with shop(program, "--read-only", "--no-payloads") as restricted:
        with Client(socket_of(restricted, "shop")) as client:
            same(client.hello["read_only"], True)
            same(client.refused("session.open", major=1, client={"name": "x", "version": ""}, role="control").code, -32002)
            client.open("observe")
            pid = pid_of(client, "ledger")
            for method, params in (
                ("process.messages", {"offset": 0, "limit": 1, "max_bytes": 16}),
                ("process.state", {}),
                ("process.dictionary", {}),
            ):
                same((method, client.refused(method, pid=pid, **params).code), (method, -32002))
            same(client.refused("process.kill", pid=pid).code, -32002)


def test_every_method(directory):
    with session(directory) as client:
        left = set(client.description.methods) - CALLED
        check(not left, f"not called by any test: {sorted(left)}")


# ---- A transcript -------------------------------------------------------------------------------


def record(directory, path):
    """One conversation that shows most of the protocol, both directions."""
    lines = []
    client = Counting(socket_of(directory, "shop"), lines)
    client.open("control")
    client.call("system.info")
    client.call("session.ping")
    sub = client.call("system.watch", interval_ms=100)["sub"]
    client.next("system.sample", sub)
    client.notify("system.ack", sub=sub, seq=1)
    client.call("system.unwatch", sub=sub)
    for name, columns in client.hello["tables"].items():
        more = {"of": "<0.2.0>"} if name == "children" else {}
        table = Table(client, name, [column["name"] for column in columns], (), (0, 3), 50, **more)
        table.update()
        table.close()
    tree = Tree(client, depth=2)
    tree.update()
    client.call("tree.expand", sub=tree.sub, pid="<0.3.0>")
    client.call("tree.collapse", sub=tree.sub, pid="<0.3.0>")
    client.call("tree.set", sub=tree.sub, metric="memory")
    tree.close()
    ledger = "<0.5.0>"
    for method, params in (
        ("process.get", {}),
        ("process.messages", {"offset": 0, "limit": 2, "max_bytes": 64, "form": "tree"}),
        ("process.dictionary", {"form": "tree"}),
        ("process.state", {"max_bytes": 64}),
        ("process.stack", {}),
        ("process.set_priority", {"priority": "high"}),
        ("process.suspend", {}),
        ("process.send", {"message": "{hello,[1,2]}"}),
        ("process.gc", {}),
        ("process.resume", {}),
        ("process.send", {"message": "{hello,"}),
        ("process.kill", {"expect": {"name": "nobody"}}),
    ):
        with contextlib.suppress(Refused):
            client.call(method, pid=ledger, **params)
    sub = client.call("process.watch", pid=ledger, interval_ms=100)["sub"]
    client.next("process.sample", sub)
    client.notify("process.ack", sub=sub, seq=1)
    client.call("process.unwatch", sub=sub)
    client.call("supervisor.info", pid="<0.4.0>")
    client.call("supervisor.terminate_child", pid="<0.4.0>", child="closing_clock")
    client.call("supervisor.restart_child", pid="<0.4.0>", child="closing_clock")
    client.call("supervisor.delete_child", pid="<0.4.0>", child="closing_clock")
    client.call("supervisor.start_child", pid="<0.4.0>", child="ledger")
    client.call("process.restart", pid=ledger, wait_ms=5000)
    for method, params in (
        ("process.exit", {"pid": ledger, "reason": "normal"}),
        ("process.get", {"pid": "packer"}),
        ("crash.get", {"seq": 9_000_000}),
        ("no.such", {}),
        ("session.ping", {"more": 1}),
        ("table.close", {"sub": 9999}),
        ("trace.start", {}),
    ):
        client.refused(method, **params)
    client.call("audit.tail", limit=3)
    client.call("session.close")
    client.wait_end()
    with open(path, "w", encoding="utf-8") as file:
        for who, message in lines:
            file.write(who + " " + json.dumps(message, separators=(",", ":"), ensure_ascii=False) + "\n")


TESTS = [
    test_opening, test_description, test_lines, test_bytes, test_cancel, test_system, test_tables, test_window,
    test_credit, test_events, test_tree, test_process, test_mailbox, test_control, test_supervisor, test_applications, test_crash,
    test_lease, test_many, test_restricted, test_every_method,
]  # fmt: skip


def main(program, *options):
    if options[:1] == ("--record",):
        with shop(program) as directory:
            record(directory, options[1])
        return 0
    wanted = [option[2:] for option in options if option.startswith("-p")]
    tests = [test for test in TESTS if not wanted or test.__name__[5:] in wanted]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    with shop(program) as directory:
        for number, test in enumerate(tests, 1):
            name = test.__name__[5:].replace("_", "-")
            try:
                test(program if test is test_restricted else directory)
                print(f"ok {number} /protocol/python-client/{name}", flush=True)
            except Exception:  # a test that fails must not keep the others from being run
                failed += 1
                print("".join("# " + line + "\n" for line in traceback.format_exc().split("\n")), end="")
                print(f"not ok {number} /protocol/python-client/{name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
