#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-crash.py GROVE GROVE_BEAM WRECK AILING: crashes, log lines and events of real Erlang and Elixir
nodes: what is told of each, what followed it, that a flood is counted and hurts nobody, and that the
node's logger and traces are as they were once the observer has gone."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Table  # pylint: disable=wrong-import-position
from node import PID, Place, await_that, check, has, run_tests, same  # pylint: disable=wrong-import-position

CRASHES = ("seq", "pid", "name", "app", "initial", "reason", "function", "file", "line", "outcome", "supervisor", "successor", "restarts")
EVENTS = ("seq", "kind", "pid", "name", "peer", "function", "value", "detail")
# Each with its recorder, so that nobody is left to tidy up.
KILL_AGENTS = (
    "[begin {ok, #{config := #{to := To}}} = logger:get_handler_config(H), exit(whereis(H), kill), exit(To, kill) end "
    "|| H <- logger:get_handler_ids(), lists:prefix(atom_to_list(grove), atom_to_list(H))]"
)
LOG = ("seq", "level", "pid", "name", "source", "text")


def where_is(node, name):
    return node.evaluate(f"pid_to_list(whereis({name}))").strip('"')


def crash_of(table, **wanted):
    """The newest crash with these values, once there is one."""

    def look(rows):
        found = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
        return found and found[-1]

    return table.until(look, f"a crash with {wanted}")


def restarted(node, _):
    with node.observe() as bridge:
        table = Table(bridge, "crashes", CRASHES)
        before = where_is(node, "often")
        node.evaluate("wreck:crash(often, call)")
        row = crash_of(table, pid=before, outcome="restarted")
        same((row["name"], row["app"], row["initial"], row["reason"]), ("often", "wreck", "wreck:init/1", "badarith"))
        same((row["function"], os.path.basename(row["file"])), ("wreck:handle_call/3", "wreck.erl"))
        check(row["line"] > 0, row)
        same(row["supervisor"], where_is(node, "wreck_sup"))
        same((row["successor"], row["restarts"]), (where_is(node, "often"), 1))
        crash = bridge.call("crash.get", seq=row["seq"])
        same(crash["message"]["term"]["text"], "{divide,0}")
        has(crash["message"]["from"], PID)
        same(crash["state"]["text"], "#{name => often}")
        same([one["name"] for one in crash["ancestors"]][:1], ["wreck_sup"])
        same(crash["after"]["successor"], {"pid": row["successor"], "name": "often"})
        check(crash["heap_bytes"] > 0 and crash["reductions"] > 0, crash)
        node.evaluate("wreck:crash(often, call)")
        same(crash_of(table, pid=row["successor"], outcome="restarted")["restarts"], 2)


def not_restarted(node, _):
    """A temporary child is left, a supervisor may give up, and who has no supervisor is nobody's."""
    with node.observe() as bridge:
        table = Table(bridge, "crashes", CRASHES)
        once = where_is(node, "once")
        node.evaluate('wreck:crash(once, {bad, "luck"})')
        same(crash_of(table, pid=once, outcome="left")["reason"], '{bad,"luck"}')
        fragile = where_is(node, "fragile")
        node.evaluate("wreck:crash(fragile, away)")
        row = crash_of(table, pid=fragile, outcome="gave_up")
        has(row["supervisor"], PID)
        plain = node.evaluate("pid_to_list(wreck:plain())").strip('"')
        row = crash_of(table, pid=plain, outcome="none")
        same((row["reason"], row["function"]), ("{no_such,thing}", "wreck:-plain/0-fun-0-/0"))
        refused = bridge.refused("crash.get", seq=row["seq"] + 1000)
        has(refused.message, r"kept are 1 to \d+")


def of_a_pool(node, _):
    """Children without ids: one that was started later, with the same arguments."""
    with node.observe() as bridge:
        table = Table(bridge, "crashes", CRASHES)
        for name in ("swimmer", "diver"):
            node.evaluate(f"supervisor:start_child(pool, [{name}, #{{}}])")
        before = where_is(node, "swimmer")
        node.evaluate("wreck:crash(swimmer, away)")
        row = crash_of(table, pid=before, outcome="restarted")
        same(row["successor"], where_is(node, "swimmer"))


def watched(node, _):
    """Who watches a process hears how it ended."""
    with node.observe() as bridge:
        pid = where_is(node, "often")
        sub = bridge.call("process.watch", pid=pid, interval_ms=100)["sub"]
        bridge.next("process.sample", sub)
        node.evaluate("wreck:crash(often, tired)")

        def look():
            sample = bridge.next("process.sample", sub)
            bridge.notify("process.ack", sub=sub, seq=sample["seq"])
            return sample.get("exited")

        same(await_that(look, "the end of the process")["reason"], "tired")


def log(node, _):
    with node.observe() as bridge:
        table = Table(bridge, "log", LOG)
        node.evaluate('logger:warning("pressure is ~b", [17]), logger:error(#{what => broken}), logger:debug("unseen")')
        rows = table.until(lambda rows: len(rows) >= 2 and rows, "two lines")
        same([(row["level"], row["source"]) for row in rows], [("warning", "program"), ("error", "program")])
        same(rows[0]["text"], "pressure is 17")
        has(rows[1]["text"], "what")
        node.evaluate("wreck:crash(often, call)")
        table.until(lambda rows: {"crash", "supervisor"} <= {row["source"] for row in rows}, "reports")


def log_flood(node, _):
    """What is beyond what can be told is counted exactly, and who logs is not held up."""
    lines = 20000
    with node.observe() as bridge:
        table = Table(bridge, "log", LOG, sort=[("seq", "desc")], window=(0, 1))
        node.evaluate(f"wreck:log_many({lines})")
        said = 0

        def told():
            nonlocal said
            said += 1
            node.evaluate(f'logger:error("again ~b", [{said}])')
            table.update()
            return table.rows()[:1] and table.rows()[0]["text"] == f"again {said}"

        await_that(told, "a line after the flood")
        same(table.rows()[0]["seq"], lines + said)
        same(table.last["total"] + table.last["lost"], lines + said)
        check(int(node.evaluate("lists:max([N || P <- processes(), {_, N} <- [process_info(P, message_queue_len)]])")) < 1000, "a queue")


def events(node, _):
    with node.observe() as bridge:
        table = Table(bridge, "events", EVENTS, window=(0, 512))
        # It begins when it is first asked for.
        await_that(lambda: node.evaluate("erlang:trace_info(new_processes, flags)") == "{flags,[procs]}", "a tracer")
        supervisor = where_is(node, "wreck_sup")
        before = where_is(node, "often")
        node.evaluate("wreck:crash(often, away)")
        rows = table.until(
            lambda rows: any(row["kind"] == "register" and row["name"] == "often" for row in rows)
            and any(row["kind"] == "exit" and row["pid"] == before for row in rows)
            and rows,
            "exit and start",
        )
        after = where_is(node, "often")
        same([row["detail"] for row in rows if row["kind"] == "exit" and row["pid"] == before], ["away"])
        same([row["name"] for row in rows if row["kind"] == "exit" and row["pid"] == before], ["often"])
        spawned = [row for row in rows if row["kind"] == "spawn" and row["pid"] == after]
        same([(row["peer"], row["function"]) for row in spawned], [(supervisor, "wreck:init/1")])
        table.until(lambda rows: any(row["kind"] == "crash" and row["pid"] == before for row in rows), "the crash")
        # None of ours.
        check(not [row for row in rows if "grove_agent" in row["function"]], rows)
    node.await_left_alone()
    same(node.evaluate("erlang:trace_info(new_processes, flags)"), "{flags,[]}")


def event_flood(node, _):
    """The tracer gives up, says so, and comes back."""
    with node.observe() as bridge:
        table = Table(bridge, "events", EVENTS, sort=[("seq", "desc")], window=(0, 512))
        await_that(lambda: node.evaluate("erlang:trace_info(new_processes, flags)") == "{flags,[procs]}", "a tracer")
        node.evaluate("wreck:spawn_many(50000)")
        table.until(lambda rows: any(row["kind"] == "trace_lost" for row in rows), "giving up")
        await_that(lambda: node.evaluate("erlang:trace_info(new_processes, flags)") == "{flags,[procs]}", "the tracer again")
        pid = node.evaluate("pid_to_list(wreck:plain())").strip('"')
        table.until(lambda rows: any(row["pid"] == pid and row["kind"] == "exit" for row in rows), "an event")


def other_tracer(node, _):
    """Who traces new processes already is left alone, and the observer told."""
    node.evaluate(
        "register(tracing, spawn(fun() -> erlang:trace(new_processes, true, [call]), receive stop -> ok end end))"
    )
    await_that(lambda: node.evaluate("erlang:trace_info(new_processes, flags)") == "{flags,[call]}", "a trace of somebody else")
    with node.observe() as bridge:
        table = Table(bridge, "events", EVENTS)
        table.until(lambda rows: any("somebody else traces" in row["detail"] for row in rows), "the reason")
        before = where_is(node, "often")
        node.evaluate("wreck:crash(often, away)")
        table.until(lambda rows: any(row["kind"] == "exit" and row["pid"] == before for row in rows), "an end")
        same(node.evaluate("erlang:trace_info(new_processes, flags)"), "{flags,[call]}")
    node.evaluate("tracing ! stop")


def elixir(_, ailing):
    """What Elixir's Logger is told: a GenServer, a Task, and a child of a DynamicSupervisor."""
    with ailing.observe() as bridge:
        table = Table(bridge, "crashes", CRASHES)
        server = ailing.evaluate("pid_to_list(whereis('Elixir.Ailing.Server'))").strip('"')
        ailing.evaluate("'Elixir.Ailing':crash_server()")
        row = crash_of(table, pid=server, outcome="restarted")
        same(row["successor"], ailing.evaluate("pid_to_list(whereis('Elixir.Ailing.Server'))").strip('"'))
        has(row["reason"], "Elixir.RuntimeError")
        task = ailing.evaluate("pid_to_list('Elixir.Ailing':crash_task())").strip('"')
        has(crash_of(table, pid=task, outcome="left")["reason"], "no luck")
        child = ailing.evaluate("pid_to_list('Elixir.Ailing':crash_child())").strip('"')
        row = crash_of(table, pid=child, outcome="restarted")
        has(row["successor"], PID)
        check(row["successor"] != child, row)
        lines = Table(bridge, "log", LOG)
        ailing.evaluate("'Elixir.Ailing':say(<<\"gr\\x{fc}\\x{df}e\"/utf8>>)")
        lines.until(lambda rows: any(row["text"] == "grüße" and row["level"] == "warning" for row in rows), "a line of Logger")


def goes_with_a_line(node, asked, before):
    """What nobody is left to take away goes when something is logged: what is asked for is as it was before."""

    def gone():
        node.evaluate('logger:error("anybody there?")')
        return node.evaluate(asked) == before

    await_that(gone, f"{asked} to be as before")


def kept_quiet(node, _):
    """A filter of all handlers keeps reports of crashes from them, as Elixir's Logger does from 1.15 on."""
    node.evaluate("logger:add_primary_filter(quiet, {fun logger_filters:domain/2, {stop, sub, [otp, sasl]}})")
    before = node.evaluate("logger:get_primary_config()")
    with node.observe() as bridge:
        table = Table(bridge, "crashes", CRASHES)
        server = where_is(node, "often")
        node.evaluate("wreck:crash(often, quietly)")
        row = crash_of(table, pid=server, outcome="restarted")
        same((row["name"], row["reason"], row["successor"]), ("often", "quietly", where_is(node, "often")))
        check(node.evaluate("logger:get_primary_config()") != before, "nothing hears of it before that filter")
    node.await_left_alone()
    same(node.evaluate("logger:get_primary_config()"), before)
    with node.observe():
        await_that(lambda: node.evaluate("logger:get_primary_config()") != before, "a filter")
        node.evaluate(KILL_AGENTS)
        goes_with_a_line(node, "logger:get_primary_config()", before)
    node.evaluate("logger:remove_primary_filter(quiet)")


def followed(node, _):
    """`grove crashes --follow`, and a bridge that is killed: what it had turned on is off again."""
    handlers = node.evaluate("lists:sort(logger:get_handler_ids())")
    command = [node.place.grove, "-s", f"beam:{node.name}", "crashes", "--follow"]
    with subprocess.Popen(command, env=node.place.environment, stdout=subprocess.PIPE, text=True) as following:
        await_that(lambda: node.evaluate("lists:sort(logger:get_handler_ids())") != handlers, "a handler")
        node.evaluate("wreck:crash(often, followed)")
        for line in following.stdout:
            if "followed" in line:
                break
        else:
            check(False, "no crash was told")
        following.kill()
    node.await_left_alone()
    same(node.evaluate("lists:sort(logger:get_handler_ids())"), handlers)
    bridge = node.observe()
    Table(bridge, "events", EVENTS)
    await_that(lambda: node.evaluate("erlang:trace_info(new_processes, flags)") == "{flags,[procs]}", "a tracer")
    bridge.kill()
    node.await_left_alone()
    same(node.evaluate("{lists:sort(logger:get_handler_ids()), erlang:trace_info(new_processes, flags)}"), f"{{{handlers},{{flags,[]}}}}")


def killed_agent(node, _):
    """Even where agent and recorder are killed at once, the handler goes with the next line."""
    handlers = node.evaluate("lists:sort(logger:get_handler_ids())")
    with node.observe():
        await_that(lambda: node.evaluate("lists:sort(logger:get_handler_ids())") != handlers, "a handler")
        node.evaluate(KILL_AGENTS)
        goes_with_a_line(node, "lists:sort(logger:get_handler_ids())", handlers)


TESTS = (
    restarted,
    not_restarted,
    of_a_pool,
    watched,
    log,
    log_flood,
    events,
    event_flood,
    other_tracer,
    elixir,
    kept_quiet,
    followed,
    killed_agent,
)


def main():
    grove, beam, wreck, ailing = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(wreck, ailing)
        nodes = (place.start("wreck", main="wreck"), place.start("ailing", main="Ailing"))
        status = run_tests("/e2e/beam-crash/", TESTS, *nodes)
        if status != 0:
            print("\n".join("# " + line for node in nodes for line in node.output().splitlines()[-400:]))
    sys.exit(status)


main()
