# SPDX-License-Identifier: MIT
"""All that an observer can have open at once, and what a program holds: for the test of churn and the soak."""


def open_all(session):
    """Every kind of subscription, again each half second; what comes is acknowledged as a client does."""
    # What is said is not what is looked at here.
    session.description = None
    session.call("system.watch", interval_ms=500)
    session.call("tree.open", depth=3, max_children=100, metric="messages", interval_ms=500)
    for table, columns, order in (
        ("processes", ["pid", "name", "messages", "memory", "reductions"], "reductions"),
        ("crashes", ["seq", "pid", "reason", "outcome"], "seq"),
        ("events", ["seq", "kind", "pid"], "seq"),
        ("log", ["seq", "level", "text"], "seq"),
        ("names", ["name", "pid", "messages"], "messages"),
    ):
        session.call("table.open", table=table, columns=columns, sort=[[order, "desc"]], window={"offset": 0, "limit": 60}, interval_ms=500)


ACKS = {"table.update": "table.ack", "tree.update": "tree.ack", "system.sample": "system.ack", "process.sample": "process.ack"}


def read_on(session):
    """What came, which is acknowledged and forgotten; waits a little when nothing did."""
    session.receive(0.2)
    for kind, params in session.heard:
        if kind in ACKS:
            session.send({"jsonrpc": "2.0", "method": ACKS[kind], "params": {"sub": params["sub"], "seq": params["seq"]}})
    session.heard.clear()


def resident_kb(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
