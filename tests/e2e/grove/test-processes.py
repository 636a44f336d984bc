#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-processes.py GROVE SHOP: what is seen of processes and of the other tables, and what is inside a process."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import xml.etree.ElementTree

from house import OK, PATIENCE, PID, REFUSED, USAGE, check, has, main, same


def ps(house):
    text, _ = house.run("ps", "app:billing", "-c", "name,messages,memory", "-o", "name")
    lines = text.splitlines()
    same(lines[0].split(), ["PID", "NAME", "MESSAGES", "MEMORY"])
    has(text, rf"^{PID} +ledger +\d+ +[\d.]+[KM]?$")
    names = [row["name"] for row in house.json("ps", "app:billing", "-o", "name")["rows"]]
    same(names, sorted(names))
    many = house.json("ps", "-o", "memory", "-n", "5", "-c", "memory")
    same(len(many["rows"]), 5)
    same([row["memory"] for row in many["rows"]], sorted((row["memory"] for row in many["rows"]), reverse=True))
    check(many["matched"] > 100 and many["total"] == many["matched"], many)
    same(list(many["rows"][0]), ["pid", "memory"])
    text, _ = house.run("ps", "-n", "2")
    has(text, r"^2 of \d+ shown; --limit 0 shows all$")
    everything = house.json("ps", "-n", "0")
    same(len({row["pid"] for row in everything["rows"]}), len(everything["rows"]))


def ps_rates(house):
    end = time.monotonic() + PATIENCE
    while True:
        rows = house.json("ps", "-c", "reductions/s", "-o", "reductions/s")["rows"]
        if any(row["reductions/s"] > 0 for row in rows):
            break
        check(time.monotonic() < end, "nobody ever does anything")


def ps_errors(house):
    has(house.fails(USAGE, "ps", "messages>many"), "“many” is no number.*\n  messages>many\n           \\^\n")
    has(house.fails(USAGE, "ps", "nonsense:1"), "There is no “nonsense”")
    has(house.fails(USAGE, "ps", "-c", "nonsense"), "no column “nonsense”\n  The table processes has pid, name")
    has(house.fails(USAGE, "ps", "-o", "nonsense"), "no column “nonsense”")
    has(house.fails(USAGE, "ps", "-o", "name:up"), "COLUMN:asc or COLUMN:desc, not “name:up”")
    has(house.fails(USAGE, "ps", "-o", "pid,name,app,links,heap"), "at most 4 columns")
    has(house.fails(USAGE, "ps", "--limit", "-2"), "--limit is 0")
    has(house.fails(USAGE, "ps", "--interval", "1000", "-w"), "--interval is 0.05 to 60 seconds")
    has(house.fails(USAGE, "ps", "--nonsense"), "ps: Unknown option --nonsense\n  Try: grove ps --help")
    has(house.fails(USAGE, "ps", "--color", "blue"), "auto, always or never, not “blue”")
    has(house.fails(USAGE, "nonsense"), "there is no command “nonsense”\n  Try: grove --help")
    has(house.fails(USAGE), "a command is missing")
    has(house.fails(USAGE, "ls", "extra"), "what is “extra” for\\? It takes no arguments")


def ps_watch(house):
    """A line of JSON whenever something changed, until nobody reads."""
    with subprocess.Popen(
        [house.grove, "ps", "-w", "-i", "0.1", "-o", "reductions", "-n", "3", "--json"],
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as watching:
        times = [json.loads(watching.stdout.readline())["t"] for _ in range(3)]
        same(times, sorted(set(times)))
        watching.stdout.close()
        same(watching.wait(PATIENCE), -signal.SIGPIPE)
        same(watching.stderr.read(), b"")


def tree(house):
    text, _ = house.run("tree")
    has(text, rf"^billing +{PID} +application ")
    has(text, rf"^└─ billing_sup +{PID} +supervisor +\w+ +one_for_one ")
    has(text, rf"^   │  ├─ ledger +{PID} +worker ")
    text, _ = house.run("tree", env={"LC_ALL": "C"})
    has(text, rf"^`- billing_sup +{PID} ")
    check(text.isascii(), text)
    document = house.json("tree", "--depth", "1", "--metric", "memory")
    billing = next(root for root in document["roots"] if root["name"] == "billing")
    same(billing["kind"], "application")
    check(billing["metric"] > 0, billing)
    same([child["children"] for child in billing["children"]], [[]])
    check(billing["children"][0]["n_children"] > 0, billing)
    has(house.fails(USAGE, "tree", "--depth", "17"), "--depth is 0 to 16, not 17")
    has(house.fails(USAGE, "tree", "--metric", "name"), "“name” is no metric\n  There are messages, ")


def tree_of_none(house):
    for name in ("billing", "warehouse", "shop"):
        house.run("kill", f"name={name}")
    end = time.monotonic() + PATIENCE
    while house.json("tree")["roots"]:
        check(time.monotonic() < end, "the applications do not end")
        time.sleep(0.05)
    same(house.run("tree")[0], "No process is supervised.\n")
    picture = os.path.join(house.directory, "tree.svg")
    has(house.fails(REFUSED, "graph", "-o", picture), "there is no tree to draw")
    check(not os.path.exists(picture), "something was drawn")


def info(house):
    text, _ = house.run("info", "ledger")
    has(text, r"^name +ledger$")
    has(text, rf"^supervisor +ledger_sup {PID} \(one_for_one, ")
    # That of a top supervisor is its application, which restarts nobody.
    has(house.run("info", "billing_sup")[0], rf"^supervisor +billing {PID}$")
    document = house.json("info", "ledger")
    pid = document["pid"]
    same(house.json("info", pid)["name"], "ledger")
    same(house.json("info", pid[1:-1])["name"], "ledger")
    same(house.json("info", "name=ledger")["pid"], pid)


def which_process(house):
    has(house.fails(REFUSED, "info", "nobody_here"), "No process is called “nobody_here”")
    has(house.fails(REFUSED, "info", "<0.4000000.9>"), r"There is no process <0\.4000000\.9>")
    has(
        house.fails(REFUSED, "info", "name^auditor"),
        "is more than one process; say which of these 12\n  auditor_1 <.*and more",
    )
    has(house.fails(USAGE, "info"), "info: it takes PROCESS")
    has(house.fails(USAGE, "info", "a", "b"), "what is “b” for\\? It takes PROCESS")
    has(house.fails(USAGE, "info", "messages>"), "A value is missing")


def messages(house):
    text, _ = house.run("messages", "ledger")
    has(text, r"No messages are waiting|#")
    document = house.json("messages", "mailer", "-n", "0")
    same(document["name"], "mailer")
    check(isinstance(document["messages"], list), document)
    for option, value in (("--bytes", "5"), ("--offset", "-1"), ("--limit", "-1")):
        has(house.fails(USAGE, "messages", "ledger", option, value), f"{option}.*")


def tables(house):
    same(sorted(row["name"] for row in house.json("apps")["rows"]), ["billing", "shop", "warehouse"])
    text, _ = house.run("apps", "-c", "name,status", "-o", "name")
    has(text, r"^billing +running\nshop +running\nwarehouse +running$")
    check("ledger" in [row["name"] for row in house.json("names", "-n", "0")["rows"]], "ledger has no name")
    same([row["name"] for row in house.json("names", "name:ledger,mailer")["rows"]], ["ledger", "mailer"])
    children = house.json("children", "audit_sup")["rows"]
    same([child["id"] for child in children], [f"auditor_{n}" for n in range(1, 13)])
    same(len(house.json("children", "audit_sup", "id~_1")["rows"]), 4)
    has(house.fails(REFUSED, "children", "auditor_1"), "supervises nobody")
    same(house.json("timers")["table"], "timers")
    (own,) = house.json("sessions", "client:grove")["rows"]
    same((own["role"], own["suspends"]), ("observe", 0))
    has(house.fails(USAGE, "sessions", "nonsense:1"), "There is no “nonsense”; try ")
    has(house.fails(USAGE, "apps", "extra", "-c", "heap"), "The table applications has name")


def crashes(house):
    """An exit that is no crash, and one that is: where it was, and what followed."""
    has(house.fails(REFUSED, "crash", "4000000"), "nothing has crashed|4000000")
    has(house.fails(USAGE, "crash", "first"), "a crash has a number, as grove crashes lists them, not “first”")
    end = time.monotonic() + PATIENCE
    while not (rows := house.json("crashes", "name:card_gateway", "-n", "1")["rows"]):
        check(time.monotonic() < end, "the gateway does not crash")
        time.sleep(0.1)
    number = rows[0]["seq"]
    text, _ = house.run("crash", str(number))
    has(text, rf"^crash +{number}$")
    has(text, rf"^process +card_gateway {PID}$")
    has(text, rf"^then +gateway_sup (started {PID} after |tries to|gave up)")
    has(text, "^reason +\\S")
    same(house.json("crash", str(number))["seq"], number)
    text, _ = house.run("crashes")
    has(text, r"^ *SEQ +TIME +PID +NAME +REASON")


def events(house):
    """What is there, and then each that comes."""
    house.run("kill", "auditor_1", "--wait", "5")
    pid = house.json("names", "name:auditor_1")["rows"][0]["pid"]
    with subprocess.Popen(
        [house.grove, "events", "-f", "-n", "1", "--json", "kind:exit", "name^auditor"],
        env=house.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        # Whoever follows is there before what is to be seen happens.
        end = time.monotonic() + PATIENCE
        while not any(row["client"] == "grove" and row["subscriptions"] for row in house.json("sessions")["rows"][:1]):
            check(time.monotonic() < end, "nobody follows")
        found = None
        while found is None:
            house.run("kill", house.pid_of("auditor_2"), "--wait", "5")
            line = json.loads(following.stdout.readline())
            same(line["kind"], "exit")
            found = line if line["name"] == "auditor_2" else None
        same(found["lost"], 0)
        following.terminate()
    check(pid != found["pid"], found)


def log(house):
    document = house.json("log")
    same(document["table"], "log")
    has(house.run("log")[0], r"^ *SEQ +TIME +LEVEL +PID +NAME +SOURCE +TEXT$")


def inside(house):
    """State, dictionary, stack, a message, memory."""
    has(house.run("dictionary", "ledger")[0], r"^'\$initial_call' +{ledger,init,1}$")
    same(house.json("dictionary", "ledger")["name"], "ledger")
    has(house.run("dictionary", "-e", "ledger")[0], r":\"\$initial_call\"")
    has(house.run("stack", "shop_main")[0], r"^ *\d+ +shop_main +runtime/examples/shop\.c:\d+$")
    same(house.json("stack", "shop_main")["name"], "shop_main")
    has(house.run("stack", "ledger")[0], r"FUNCTION|^It waits without frames; it was last in")
    has(house.run("gc", "ledger")[0], r"^ledger <0\.\d+\.\d+> gave back \d")
    has(house.run("send", "ledger", "{hello, 1}")[0], rf"^Sent to ledger {PID}, where now \d+ wait$")
    has(house.fails(USAGE, "send", "ledger", "{hello"), "\n  {hello\n        \\^\n")
    has(house.run("state", "ledger")[0], rf"^ledger {PID}: state of ledger, \d+ bytes$")
    has(house.fails(REFUSED, "state", "shop_main"), "shop_main|server")
    has(house.fails(USAGE, "state", "ledger", "--timeout", "99"), "--timeout is 0.001 to 30")


def graph(house):
    """Drawn without a display, as whole files, of the system's names; a file that cannot be written is not begun."""
    nowhere = {"env": {"DISPLAY": "", "WAYLAND_DISPLAY": ""}}
    svg, png, pdf = (os.path.join(house.directory, "tree." + ending) for ending in ("svg", "png", "pdf"))
    text, _ = house.run("graph", "-o", svg, **nowhere)
    has(text, rf"^{re.escape(svg)}: \d+ by \d+, \d+ nodes$")
    root = xml.etree.ElementTree.parse(svg).getroot()
    same(root.tag, "{http://www.w3.org/2000/svg}svg")
    check(len(list(root.iter())) > 500, "there is next to nothing in it")
    facts = house.json("graph", "-o", png, "--dark", "--depth", "3", **nowhere)
    with open(png, "rb") as file:
        head = file.read(24)
    same(head[:8], b"\x89PNG\r\n\x1a\n")
    same(struct.unpack(">II", head[16:24]), (facts["width"], facts["height"]))
    check(house.json("graph", "-o", png, **nowhere)["nodes"] > facts["nodes"], "no deeper is no smaller")
    house.run("graph", "shop", "-o", pdf, "-m", "memory", **nowhere)
    with open(pdf, "rb") as file:
        same(file.read(5), b"%PDF-")
    has(house.fails(USAGE, "graph"), "it takes -o FILE.svg, FILE.png or FILE.pdf")
    has(house.fails(USAGE, "graph", "-o", "tree.gif"), "it takes -o FILE.svg")
    has(house.fails(USAGE, "graph", "-o", svg, "-m", "luck"), "mailbox, memory, reductions or state, not “luck”")
    has(house.fails(USAGE, "graph", "-o", svg, "-d", "99"), "--depth is 0 to 16, not 99")
    has(house.fails(REFUSED, "graph", "-o", "/no/such/folder/tree.svg"), "/no/such/folder")


def hostile(house):
    """What a system says cannot move the cursor: control characters are shown, in texts and in JSON."""
    path = os.path.join(house.directory, "grove", "hostile.sock")
    columns = [{"name": name, "type": kind, "unit": ""} for name, kind in (("pid", "text"), ("name", "text"))]
    evil = "a\x1b[2J\x9b31m\x7f\u202eb\n\tc"
    hello = {
        "protocol": {"major": 1, "minor": 0},
        "server": {"name": "ho\x1b]0;x\x07stile", "version": "1", "kind": "grove"},
        "instance": "1",
        "capabilities": ["table.open"],
        "tables": {"processes": columns},
    }
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(4)

        def serve():
            try:
                answer()
            except OSError:
                pass  # it went before all was read

        def answer():
            there, _ = listener.accept()
            with there, there.makefile("r", encoding="utf-8") as wire:

                def say(**message):
                    there.sendall((json.dumps({"jsonrpc": "2.0", **message}) + "\n").encode())

                say(method="hello", params=hello)
                for line in wire:
                    request = json.loads(line)
                    if request["method"] == "session.open":
                        say(id=request["id"], result={"session": 1, "role": "observe"})
                    elif request["method"] == "table.open":
                        say(id=request["id"], result={"sub": 1, "columns": ["pid", "name"], "total": 1, "matched": 1})
                        update = {"sub": 1, "seq": 1, "rev": 1, "t": 1, "total": 1, "matched": 1, "offset": 0}
                        say(method="table.update", params={**update, "order": ["<0.1.0>"], "rows": [["<0.1.0>", evil]]})
                    elif request["method"] == "session.ping":
                        say(id=request["id"], result={"now_ns": 1})
                    elif "id" in request:
                        say(id=request["id"], error={"code": -32601, "message": "no \x1b[31m such"})

        for arguments, status in ((["ps"], OK), (["ps", "--json"], OK), (["describe"], REFUSED)):
            thread = threading.Thread(target=serve)
            thread.start()
            text, errors = house.run(*arguments, "-s", path, status=status)
            thread.join()
            for character in text + errors:
                check(character == "\n" or " " <= character < "\x7f" or character > "\xa0", repr(text + errors))
            if "--json" in arguments:
                same(json.loads(text)["rows"][0]["name"], evil)
            elif status == OK:
                has(text, r"a\\x1b\[2J\\x9b31m\\x7f\\u{202e}b\\n\\tc")


main(
    [
        ps,
        ps_rates,
        ps_errors,
        ps_watch,
        tree,
        tree_of_none,
        info,
        which_process,
        messages,
        tables,
        crashes,
        events,
        log,
        inside,
        graph,
        hostile,
    ]
)
