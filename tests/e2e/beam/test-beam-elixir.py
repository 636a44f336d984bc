#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-elixir.py GROVE GROVE_BEAM ORCHARD: what an Elixir node calls things, and the supervisors that only
Elixir has."""

import re
import shutil
import sys

from node import OK, PID, REFUSED, USAGE, Place
from client import Tree
from tap import Skipped, check, has, run_tests, same


def names(orchard):
    text = orchard.run("tree")
    for line in (
        rf"^orchard +{PID} +application",
        rf"Orchard\.Supervisor +{PID} +supervisor +\w+ +rest_for_one",
        rf"Orchard\.Ledger +{PID} +worker",
        rf"Orchard\.Tree \"apple\" +{PID} +worker",
        rf"Orchard\.Tree {{:pear, 7}} +{PID} +worker",
        rf"Agent Orchard\.Basket\.start_link/1 +{PID} +worker",
        rf"Task Orchard\.pick/0 +{PID} +worker",
        rf"Orchard\.Rows +{PID} +supervisor",
    ):
        has(text, line)
    check("Elixir." not in text, text)
    has(orchard.run("info", "Orchard.Ledger"), r"^supervisor +Orchard\.Supervisor ")


def supervisors(orchard):
    text = orchard.run("supervisor", "info", "Orchard.Trees")
    has(text, r"^Orchard\.Trees <[0-9.]+>: one_for_one, 0 of 3 restarts in 5 s, 3 children$")
    before = [child["pid"] for child in orchard.json("supervisor", "info", "Orchard.Trees")["children"]]
    has(orchard.run("supervisor", "terminate", "Orchard.Trees", before[0]), "^ok$")
    same([child["pid"] for child in orchard.json("supervisor", "info", "Orchard.Trees")["children"]], before[1:])
    # It knows no such request, and would end.
    done = orchard.call("supervisor", "restart", "Orchard.Trees", before[1])
    same((done.returncode, done.stdout), (REFUSED, "{error,simple_one_for_one}\n"))
    has(orchard.fails(REFUSED, "supervisor", "start", "Orchard.Trees"), "code, which cannot be sent")
    has(orchard.run("supervisor", "terminate", "Orchard.Supervisor", "Orchard.Ledger"), "^ok$")
    has(orchard.run("supervisor", "restart", "Orchard.Supervisor", "Orchard.Ledger"), rf"^{{ok,{PID}}}$")
    same(orchard.call("kill", "Orchard.Ledger").returncode, OK)


def values(orchard):
    """As inspect() writes them, without being told to; a large state is cut in all its parts."""
    crate = r"%Orchard\.Crate\{id: 2, label: ~r/\^a\+\$/i, picked: ~U\[2026-09-30 12:00:00Z\], rows: 1\.\.9//2, tags: MapSet\.new\(\[:ripe\]\)\}"
    text = orchard.run("state", "Orchard.Store")
    has(text, r"state of Orchard\.Store, 19\dK\n%\{crate: " + crate + r', last: :end, note: "long long .*" <> \.\.\.\}')
    has(orchard.run("state", "--erlang", "Orchard.Store"), r"#\{crate => #\{'__struct__' => 'Elixir\.Orchard\.Crate',id => 2,")
    has(orchard.run("table", "objects", "--of", "crates"), r'"crate" +\d+ +\{"crate", %Orchard\.Crate\{id: 1, .*picked: ~D\[2026-09-30\]')


def typed(orchard):
    """Elixir's syntax is read, and nothing is computed; Erlang's is read where that is none of Elixir's."""
    whole = '{:crate, %Orchard.Crate{id: 3}, "text", ~c"list", [a: 1, b: -2.5], %{"k" => {1, 2, 3}}, &String.upcase/1, ~w(x y)a, 3..1, <<1, 2>>}'
    orchard.run("send", "Orchard.Letters", whole)
    has(
        orchard.run("messages", "Orchard.Letters"),
        r'\{:crate, %Orchard\.Crate\{id: 3, label: nil, .*\}, "text", ~c"list", \[a: 1, b: -2\.5\], %\{"k" => \{1, 2, 3\}\}, '
        r"&String\.upcase/1, \[:x, :y\], 3\.\.1//-1, <<1, 2>>\}",
    )
    orchard.run("send", "Orchard.Letters", "{'$gen_cast', #{a => <<\"b\">>}}")
    has(orchard.run("messages", "Orchard.Letters"), r'\{:"\$gen_cast", %\{a: "b"\}\}')
    for text, why in (
        ("{:a", "missing terminator: }"),
        ("System.halt()", r"nothing is computed: System\.halt\(\)"),
        ("%Orchard.Nothing{}", r"Orchard\.Nothing is no struct on this node"),
        ("%Orchard.Crate{worm: 1}", r":worm is no field of Orchard\.Crate"),
        ("~D[2026-13-01]", r"~D\[2026-13-01\] is no value"),
    ):
        has(orchard.fails(USAGE, "send", "Orchard.Letters", text), why)
    same(len(orchard.json("messages", "Orchard.Letters")["messages"]), 2)


def found(orchard):
    """A process is found by, and acted upon under, the name that a Registry has of it."""
    shown = [row["name"] for row in orchard.json("ps", "pear")["rows"]]
    same(shown, ["{Orchard.Registry, {:pear, 7}}"])
    rows = orchard.json("ps", "initial:Orchard.Tree.init/1")["rows"]
    same(sorted(row["name"] for row in rows), ['{Orchard.Registry, "apple"}', "{Orchard.Registry, {:pear, 7}}"])
    with orchard.observe() as bridge:
        bridge.call("process.suspend", pid=rows[0]["pid"], expect={"name": rows[0]["name"]})
        bridge.call("process.resume", pid=rows[0]["pid"], expect={"name": rows[0]["name"]})
        bridge.call("process.gc", pid=rows[0]["pid"], expect={"name": rows[0]["name"]})
        bridge.refused("process.gc", pid=rows[0]["pid"], expect={"name": "{Orchard.Registry, :fig}"})
    has(orchard.run("ps", "app:orchard"), r"anonymous fn/0 in Orchard\.Basket\.start_link/1")


def timers(orchard):
    """Those of the module `timer`: since OTP 25 nobody is told for whom."""
    rows = orchard.json("timers")["rows"]
    same([row["kind"] for row in rows], ["interval"])
    check(rows[0]["due_ns"] > 0, rows)
    same(orchard.evaluate("is_pid(whereis(timer_server))"), "true")


def as_they_are(orchard):
    """Every supervisor of the node, and each of their children, held against what OTP itself says of them."""
    # What the supervisor has in its state, and of each child what it was told to do with it.
    ask = (
        'S = list_to_pid("{0}"), T = sys:get_state(S), '
        "Text = fun(X) when is_integer(X) -> integer_to_list(X); (X) -> atom_to_list(X) end, "
        "case T of "
        "#{{'__struct__' := 'Elixir.DynamicSupervisor', strategy := G, max_restarts := I, max_seconds := P, children := Cs}} -> "
        "{{G, I, P, [{{pid_to_list(C), Text(R), Text(H)}} || {{C, {{_, R, H, _, _}}}} <- maps:to_list(Cs)]}}; "
        "_ -> {{element(3, T), element(6, T), element(7, T), [begin {{ok, #{{restart := R, shutdown := H}}}} = "
        "supervisor:get_childspec(S, case Id of undefined -> C; _ -> Id end), {{pid_to_list(C), Text(R), Text(H)}} end "
        "|| {{Id, C, _, _}} <- supervisor:which_children(S), is_pid(C)]}} end"
    )
    known = ("Orchard.Supervisor", "Orchard.Trees", "Orchard.Pickers", "Orchard.Rows", "Orchard.Registry", "kernel_sup")
    with orchard.observe("observe") as session:
        tree = Tree(session)
        tree.until(lambda _: all(map(tree.named, known)), "the tree is there")
        found = [node for node in tree.nodes.values() if node["kind"] == "supervisor"]
        tree.close()
        for node in found:
            told = orchard.evaluate(ask.format(node["pid"]))
            strategy, intensity, period, children = re.fullmatch(r"\{(\w+),(\d+),(\d+),\[(.*)\]\}", told).groups()
            info = session.call("supervisor.info", pid=node["pid"])
            same((info["strategy"], info["intensity"], info["period_s"], info["recent_restarts"]), (strategy, int(intensity), int(period), 0))
            columns = ["id", "pid", "restart_type", "shutdown", "restarts"]
            sub = session.call("table.open", table="children", of=node["pid"], columns=columns, sort=[["place", "asc"]],
                               window={"offset": 0, "limit": 500}, interval_ms=1000)["sub"]
            rows = session.next("table.update", sub)["rows"]
            session.call("table.close", sub=sub)
            same(sorted(tuple(row[1:4]) for row in rows if row[1]), sorted(re.findall(r'\{"(.*?)","(.*?)","(.*?)"\}', children)))
            same({row[4] for row in rows} | {None}, {None})


TESTS = (values, typed, found, timers, names, as_they_are, supervisors)


def no_elixir(_):
    raise Skipped("there is no Elixir")


def main():
    grove, beam, source = sys.argv[1:]
    if shutil.which("elixirc") is None:
        return run_tests("/e2e/beam-elixir/", [no_elixir], None)
    with Place(grove, beam) as place:
        place.compile(source)
        return run_tests("/e2e/beam-elixir/", TESTS, place.start("orchard", main="Orchard"))


sys.exit(main())
