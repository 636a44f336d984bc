#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-tree.py GROVE GROVE_BEAM FOREST: the supervision forest of a real node, as the protocol tells it:
what it follows and that it rests when nothing happens, supervisors of any size, and what they are asked to do."""

import sys
import time

from node import PID, Place, await_that
from client import Refused, Tree
from tap import check, has, run_tests, same


def pid_of(tree, name):
    return tree.until(lambda _: tree.named(name), f"{name} is in the tree")["pid"]


def children_of(tree, name):
    return [tree.nodes[pid]["name"] for pid in tree.children[pid_of(tree, name)]]


def is_there(forest):
    with forest.observe("observe") as session:
        tree = Tree(session)
        pid_of(tree, "elm")
        same(children_of(tree, "forest"), ["forest_sup"])
        same(children_of(tree, "forest_sup"), ["tree_sup", "leaf_sup"])
        same(children_of(tree, "tree_sup"), ["oak", "elm"])
        node = tree.named("tree_sup")
        same((node["kind"], node["strategy"], node["intensity"], node["period_s"], node["children"]), ("supervisor", "one_for_one", 1000, 3600, 2))
        same(tree.named("leaf_sup")["strategy"], "simple_one_for_one")
        tree.close()


def restarts(forest):
    """Counted since it is watched; who takes its place is said to, and its supervisor tells of the restart."""
    with forest.observe("observe") as session:
        tree = Tree(session)
        before = pid_of(tree, "oak")
        for times in (1, 2):
            forest.evaluate("exit(whereis(oak), kill)")
            tree.until(lambda _: (tree.named("oak") or {}).get("restarts") == times, f"oak was restarted {times} times")
        check(tree.named("oak")["pid"] != before, before)
        same(children_of(tree, "tree_sup"), ["oak", "elm"])
        tree.until(lambda _: tree.named("tree_sup").get("recent_restarts", 0) >= 2, "tree_sup restarted two")
        tree.close()


def restarts_are_told(forest):
    """A node does not count them. What a bridge has seen it tells wherever it speaks of a child, also before
    anybody looks at the forest; of the others it says that it does not know."""

    def named(rows, name):
        return next(row for row in rows if row["name"] == name)

    with forest.observe() as session:
        supervisor = forest.evaluate("whereis(tree_sup)")
        columns = ["id", "restarts", "restart_type", "shutdown"]

        def told():
            return named(session.call("supervisor.info", pid=supervisor)["children"], "oak")["restarts"]

        check(told() is None, told())
        for times in (1, 2):
            forest.evaluate("exit(whereis(oak), kill)")
            await_that(lambda: told() == times, f"oak was restarted {times} times")
        same(named(session.call("supervisor.info", pid=supervisor)["children"], "elm")["restarts"], None)
        oak = forest.evaluate("whereis(oak)")
        same(session.call("process.get", pid=oak)["child"], {"id": "oak", "kind": "worker", "restart_type": "permanent", "restarts": 2})
        sub = session.call("table.open", table="children", of=supervisor, columns=columns, sort=[["restarts", "desc"]],
                           window={"offset": 0, "limit": 9}, interval_ms=1000)["sub"]
        same(session.next("table.update", sub)["rows"], [["oak", 2, "permanent", "5000"], ["elm", None, "permanent", "5000"]])
        session.call("table.close", sub=sub)
        tree = Tree(session)
        tree.until(lambda _: (tree.named("oak") or {}).get("restarts") == 2, "oak was restarted before")
        tree.close()
        same(session.call("process.restart", pid=oak)["restarts"], 3)
        same(told(), 3)
        same(session.call("process.get", pid=supervisor)["child"], {"id": "tree_sup", "kind": "supervisor", "restart_type": "permanent", "restarts": None})


def replaces(forest):
    with forest.observe("observe") as session:
        tree = Tree(session)
        before = pid_of(tree, "elm")
        operations = []

        def replaced():
            operations.extend(tree.update()["ops"])
            return [op for op in operations if op[0] == "replace" and op[1] == before and op[2]["name"] == "elm"]

        forest.evaluate("exit(whereis(elm), kill)")
        await_that(replaced, "elm in the place of elm")
        tree.close()


def comes_and_goes(forest):
    with forest.observe("observe") as session:
        tree = Tree(session)
        supervisor = pid_of(tree, "leaf_sup")
        forest.evaluate("forest:grow(3)")
        tree.until(lambda _: len(tree.children[supervisor]) == 3, "three leaves")
        same(tree.nodes[supervisor]["children"], 3)
        leaf = tree.nodes[tree.children[supervisor][0]]
        same((leaf["kind"], leaf["name"]), ("worker", "forest:leaf/0"))
        forest.evaluate("[supervisor:terminate_child(leaf_sup, P) || {_, P, _, _} <- supervisor:which_children(leaf_sup)]")
        tree.until(lambda _: not tree.children[supervisor], "no leaf")
        tree.close()


def applications(forest):
    """One that starts is there, and one that stops is not, without being asked for."""
    with forest.observe("observe") as session:
        tree = Tree(session)
        pid_of(tree, "forest")
        forest.evaluate("application:stop(forest)")
        tree.until(lambda _: not tree.named("forest"), "forest is gone")
        forest.evaluate("application:start(forest)")
        pid_of(tree, "oak")
        tree.close()


def numbers(forest):
    with forest.observe("observe") as session:
        tree = Tree(session)
        pid = pid_of(tree, "oak")
        forest.evaluate("oak ! wait, [oak ! N || N <- lists:seq(1, 7)]")
        tree.until(lambda _: tree.metrics.get(pid) == 7, "seven messages wait")
        session.call("tree.set", sub=tree.sub, metric="memory")
        tree.until(lambda _: tree.metrics.get(pid, 0) > 1000, "what memory it has")
        session.call("tree.set", sub=tree.sub, metric="messages")
        tree.until(lambda _: tree.metrics.get(pid) == 7, "seven messages wait")
        forest.evaluate("oak ! go_on")
        tree.until(lambda _: tree.metrics.get(pid) == 0, "none waits")
        tree.close()


def rests(forest):
    """A tree in which nothing happens asks its supervisors nothing, as often as the client looks."""
    with forest.observe("observe") as session:
        tree = Tree(session)
        pid_of(tree, "elm")
        look = "[process_info(whereis(S), reductions) || S <- [forest_sup, tree_sup, leaf_sup, kernel_sup]]"

        def rested():
            before = forest.evaluate(look)
            time.sleep(1)
            return forest.evaluate(look) == before

        await_that(rested, "nobody is asked any more")
        # And it is seen when something happens then.
        forest.evaluate("exit(whereis(oak), kill)")
        tree.until(lambda _: (tree.named("oak") or {}).get("restarts"), "oak was restarted")
        tree.close()


def of_any_size(forest):
    """Five thousand children: those that a tree shows, and any page of the others."""
    forest.evaluate("forest:grow(5000)")
    with forest.observe("observe") as session:
        tree = Tree(session)
        pid = pid_of(tree, "leaf_sup")
        tree.until(lambda _: len(tree.children[pid]) == 1000, "a thousand leaves")
        same(tree.nodes[pid]["children"], 5000)
        tree.close()
        seen = set()
        for offset in range(0, 5000, 500):
            page = session.call("supervisor.info", pid=pid, offset=offset, limit=500)
            same((page["total"], len(page["children"])), (5000, 500))
            seen |= {child["pid"] for child in page["children"]}
        same(len(seen), 5000)
        columns = ["id", "pid", "restart_type", "shutdown", "status", "place"]
        table = {"table": "children", "of": pid, "columns": columns, "interval_ms": 1000}
        sub = session.call("table.open", **table, sort=[["place", "desc"]], window={"offset": 10, "limit": 2})["sub"]
        update = session.next("table.update", sub)
        same((update["total"], [row[5] for row in update["rows"]]), (5000, [4990, 4989]))
        same(update["rows"][0][2:5], ["permanent", "5000", "waiting"])
        session.call("table.close", sub=sub)
    forest.evaluate("[supervisor:terminate_child(leaf_sup, P) || {_, P, _, _} <- supervisor:which_children(leaf_sup)]")


def acts(forest):
    with forest.observe() as session:
        rows = {row["name"]: row["pid"] for row in forest.json("names", "-n", "0")["rows"]}
        tree, leaf = rows["tree_sup"], rows["leaf_sup"]

        def act(what, **params):
            return session.call("supervisor." + what, **params)["outcome"]

        has(act("restart_child", pid=tree, child="oak"), r"^\{error,running\}$")
        has(act("start_child", pid=tree, child="oak"), rf"^\{{error,\{{already_started,{PID}\}}\}}$")
        same(act("terminate_child", pid=tree, child="oak"), "ok")
        same([c["status"] for c in session.call("supervisor.info", pid=tree)["children"]], ["terminated", "waiting"])
        same(act("start_child", pid=tree, child="oak"), "{error,already_present}")
        answer = session.call("supervisor.restart_child", pid=tree, child="oak", expect={"name": "tree_sup"})
        has(answer["outcome"], rf"^\{{ok,{PID}\}}$")
        same((answer["name"], answer["child"]["name"]), ("tree_sup", "oak"))
        same(act("delete_child", pid=tree, child="elm"), "{error,running}")
        same(act("delete_child", pid=tree, child="ash"), "{error,not_found}")
        child = session.call("supervisor.start_child", pid=leaf)["child"]["pid"]
        same(act("delete_child", pid=leaf, child=child), "{error,simple_one_for_one}")
        same(act("terminate_child", pid=leaf, child=child), "ok")
        same(act("terminate_child", pid=leaf, child=child), "{error,not_found}")
        for code, what, params in (
            (-32008, "terminate_child", {"pid": tree, "child": "oak", "expect": {"name": "leaf_sup"}}),
            (-32009, "start_child", {"pid": tree}),
            (-32009, "start_child", {"pid": tree, "child": "ash"}),
            (-32009, "terminate_child", {"pid": rows["elm"], "child": "oak"}),
            (-32011, "terminate_child", {"pid": rows["kernel_sup"], "child": "rex"}),
            (-32011, "terminate_child", {"pid": rows["net_sup"], "child": "auth"}),
            (-32602, "terminate_child", {"pid": leaf, "child": "a leaf"}),
        ):
            try:
                check(False, session.call("supervisor." + what, **params))
            except Refused as error:
                same((what, params, error.code), (what, params, code))


def left_alone(forest):
    forest.await_left_alone()


TESTS = (is_there, restarts, restarts_are_told, replaces, comes_and_goes, applications, numbers, rests, of_any_size, acts, left_alone)


def main():
    grove, beam, source = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(source)
        return run_tests("/e2e/beam-tree/", TESTS, place.start("forest", main="forest"))


sys.exit(main())
