#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-applications.py GROVE GROVE_BEAM ERLANG ELIXIR: applications of a real Erlang and a real Elixir node: which
there are, starting and stopping them, what is said before and after, and what happens when one hangs or fails."""

import os
import sys

from node import OK, PID, REFUSED, USAGE, Place, await_that, check, has, run_tests, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol"))
from client import Refused, Table  # pylint: disable=wrong-import-position

COLUMNS = ["name", "pid", "status", "type", "version", "processes", "needs", "needed_by", "system"]


def rows(client):
    table = Table(client, "applications", COLUMNS, [["name", "asc"]], (0, 100), 1000)
    found = {row["name"]: row for row in table.until(lambda all_rows: all_rows, "applications")}
    table.close()
    return found


def refusal(client, method, **params):
    try:
        client.call(method, **params)
    except Refused as refused:
        return refused.code, str(refused)
    raise AssertionError(f"{method} {params} was not refused")


def listed(erlang, _elixir):
    """Those that run, libraries too, and those that could."""
    client = erlang.observe()
    found = rows(client)
    client.close()
    barn, cow, stdlib = found["barn"], found["cow"], found["stdlib"]
    has(barn["pid"], PID)
    same((barn["status"], barn["type"], barn["version"], barn["processes"]), ("running", "permanent", "1.0", 6))
    same((barn["needs"], barn["needed_by"], barn["system"]), ("kernel stdlib", "hay", False))
    same((cow["pid"], cow["status"], cow["type"], cow["processes"], cow["needs"]), ("", "loaded", "", 0, "kernel stdlib hay"))
    same((stdlib["status"], stdlib["pid"], stdlib["system"]), ("running", "", True))


def started_and_stopped(erlang, _elixir):
    """Through grove: what it needs first, and what is told of who needs it."""
    erlang.run("app", "stop", "hay")
    has(erlang.run("app", "start", "cow"), "^Started cow, and before it hay\n$")
    has(erlang.run("app", "start", "cow"), "^cow runs already\n$")
    has(erlang.run("app", "stop", "hay"), "^Stopped hay: 6 processes ended; cow needs it and goes on\n$")
    has(erlang.run("app", "stop", "cow"), "^Stopped cow: 6 processes ended\n$")
    has(erlang.run("app", "stop", "cow"), "^cow does not run\n$")
    same(erlang.evaluate("[A || {A, _, _} <- application:which_applications(), lists:member(A, [hay, cow])]"), "[]")
    has(erlang.run("app", "start", "hay", "--type", "transient"), "^Started hay\n$")
    same(erlang.json("apps", "name:hay")["rows"][0]["type"], "transient")


def permanent(erlang, _elixir):
    """Stopping one that is permanent ends nothing else; nor does its being started as temporary again."""
    same(erlang.json("app", "stop", "barn"), {"outcome": "stopped", "name": "barn", "processes": 6, "needed_by": ["hay"]})
    same(erlang.json("app", "start", "barn")["started"], ["barn"])
    same(erlang.json("apps", "name:barn")["rows"][0]["type"], "temporary")


def real_ones(erlang, _elixir):
    """OTP's own, which were not even loaded."""
    started = erlang.json("app", "start", "ssl")["started"]
    check(started[-1] == "ssl" and {"crypto", "public_key"} < set(started), started)
    has(erlang.run("app", "start", "mnesia"), "^Started mnesia\n$")
    same(erlang.evaluate("mnesia:system_info(is_running)"), "yes")
    has(erlang.run("app", "stop", "mnesia"), r"^Stopped mnesia: \d+ processes ended\n$")
    has(erlang.run("app", "stop", "crypto"), "^Stopped crypto; public_key, ssl need it and go on\n$")
    has(erlang.run("app", "stop", "ssl"), r"^Stopped ssl: \d+ processes ended\n$")


def refused(erlang, _elixir):
    has(erlang.fails(USAGE, "app", "start", "unicorn"), "^grove: unicorn was not started: no application of that name is loaded")
    for name in ("../ssl", "/etc/passwd", "Уж", "a" * 255, "x'; halt(). %"):
        erlang.fails(USAGE, "app", "start", name)
    client = erlang.observe()
    for n in range(50):
        same(refusal(client, "application.stop", name=f"nobody_{n}")[0], -32602)
    client.close()
    # Names that were typed are no atoms.
    names = "[<<\"nobody_\", (integer_to_binary(N))/binary>> || N <- lists:seq(0, 49)]"
    same(erlang.evaluate(f"[N || N <- {names}, is_atom(catch binary_to_existing_atom(N, utf8))]"), "[]")
    for name in ("kernel", "stdlib"):
        has(erlang.fails(REFUSED, "app", "stop", name), f"^grove: {name} was not stopped: the system itself runs on it")
    same(erlang.call("app", "stop", "kernel", "--json").returncode, REFUSED)


def fails(erlang, _elixir):
    """Why one did not start; what it needs is stopped again."""
    done = erlang.call("app", "start", "rust")
    same(done.returncode, REFUSED)
    has(done.stdout, r"^rust did not start: .*no_soil,7")
    done = erlang.call("app", "start", "rider")
    has(done.stdout, r"^rider did not start, since rust, which it needs, did not: .*no_soil,7")
    same(erlang.json("apps", "name:rider")["rows"][0]["status"], "loaded")


def hangs(erlang, _elixir):
    """One that does not come to an end of starting or stopping: said so, and it may still."""
    client = erlang.observe()
    code, text = refusal(client, "application.start", name="late", wait_ms=200)
    same(code, -32007)
    has(text, "late has not started within 200 ms; late is still starting")
    same(rows(client)["late"]["status"], "starting")
    erlang.evaluate("grange:go(late)")
    await_that(lambda: rows(client)["late"]["status"] == "running", "late to run")

    code, text = refusal(client, "application.stop", name="stuck", wait_ms=200)
    same(code, -32007)
    has(text, "stuck has not stopped within 200 ms; the node waits for stuck to stop, and starts and stops nothing else")
    # Nothing is asked of the controller meanwhile: its mailbox does not grow for our looking.
    found = rows(client)
    same((found["stuck"]["status"], found["barn"]["status"]), ("stopping", "running"))
    waiting = int(erlang.evaluate("element(2, process_info(whereis(application_controller), message_queue_len))"))
    for _ in range(5):
        rows(client)
    same(int(erlang.evaluate("element(2, process_info(whereis(application_controller), message_queue_len))")), waiting)
    code, text = refusal(client, "application.start", name="cow", wait_ms=200)
    has(text, "cow has not started within 200 ms; the node waits for stuck to stop")
    erlang.evaluate("grange:go(stuck)")
    await_that(lambda: rows(client)["stuck"]["status"] == "loaded", "stuck to stop")
    client.close()
    erlang.await_left_alone()


def on_elixir(_erlang, elixir):
    found = {row["name"]: row for row in elixir.json("apps", "--columns", "name,status,needed_by")["rows"]}
    same(found["elixir"]["status"], "running")
    check("logger" in found, sorted(found))
    elixir.run("app", "start", "logger")
    has(elixir.run("app", "stop", "logger"), r"^Stopped logger: \d+ process(es)? ended\n$")
    has(elixir.run("app", "start", "ex_unit"), "^Started ex_unit\n$")
    has(elixir.run("app", "stop", "ex_unit"), r"^Stopped ex_unit: \d+ processes ended\n$")
    same(elixir.call("app", "start", "logger").returncode, OK)
    elixir.fails(REFUSED, "app", "stop", "kernel")


TESTS = (listed, started_and_stopped, permanent, real_ones, refused, fails, hangs, on_elixir)


def main():
    grove, beam, *sources = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(*sources)
        return run_tests("/e2e/beam-applications/", [test_on(place, test) for test in TESTS], None)


def test_on(place, test):
    """Each has a node of its own, so that none depends on another."""

    def run(_):
        erlang = place.start("grange", main="grange") if test is not on_elixir else None
        elixir = place.start("orchard-apps", main="Orchard") if test is on_elixir else None
        try:
            test(erlang, elixir)
        finally:
            (erlang or elixir).close()

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


sys.exit(main())
