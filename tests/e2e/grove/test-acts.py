#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-acts.py GROVE SHOP: what is done to processes and to the children of supervisors."""

import signal
import subprocess

from house import OK, PATIENCE, PID, REFUSED, USAGE, check, has, main, same


def kill(house):
    before = house.pid_of("auditor_3")
    text, _ = house.run("kill", "auditor_3", "--wait", "5")
    has(text, rf"^Killed auditor_3 {before}; audit_sup started {PID} after ")
    check(house.pid_of("auditor_3") != before, "it is still the same")
    has(house.fails(REFUSED, "info", before), rf"{before} has ended with killed; {PID} took its place")
    has(house.fails(REFUSED, "kill", before), "had already ended with killed")
    document = house.json("kill", "auditor_4", "--wait", "5")
    same(document["had_effect"], True)
    same(document["result"]["outcome"], "exited")
    same(document["name"], "auditor_4")
    # All are found before one is killed.
    pid = house.pid_of("auditor_5")
    house.fails(REFUSED, "kill", "auditor_5", "nobody_here")
    same(house.pid_of("auditor_5"), pid)
    has(house.fails(USAGE, "kill", "ledger", "--wait", "9"), "--wait is 0 to 5 seconds, not 9")
    has(house.fails(USAGE, "kill"), "it takes PROCESS...")


def exit_with_reason(house):
    pid = house.pid_of("auditor_6")
    text, _ = house.run("exit", "auditor_6", "{went_wrong, 7}", "--wait", "5")
    has(text, rf"^auditor_6 {pid} ended with {{went_wrong, ?7}}; audit_sup started")
    text, _ = house.run("exit", "auditor_6", "normal", status=REFUSED)
    has(text, "is alive: the reason normal ends no other process")
    has(house.fails(USAGE, "exit", "auditor_6", "{"), "auditor_6")
    has(house.fails(USAGE, "exit", "auditor_6", " "), "the reason is a term")


def restart(house):
    pid = house.pid_of("auditor_7")
    text, _ = house.run("restart", "auditor_7", "--wait", "5")
    has(text, rf"^Restarted auditor_7 {pid}; audit_sup started {PID}")
    same(house.json("restart", "auditor_7", "--wait", "5")["result"]["name"], "auditor_7")


def priority(house):
    text, _ = house.run("priority", "auditor_8", "high")
    has(text, "is now high \\(was normal\\)")
    same(house.json("info", "auditor_8")["priority"], "high")
    text, _ = house.run("priority", "auditor_8", "high")
    has(text, "was high already")
    has(house.fails(USAGE, "priority", "auditor_8", "urgent"), "low, normal, high or max, not “urgent”")


def suspend(house):
    """It holds until it is told to stop; another session can see, and cannot undo it."""
    with subprocess.Popen(
        [house.grove, "suspend", "auditor_9"], env=house.environment, stdout=subprocess.PIPE, text=True
    ) as holding:
        has(holding.stdout.readline(), "^Suspended auditor_9 ")
        has(holding.stdout.readline(), "is held while this runs; Ctrl-C")
        same(house.json("info", "auditor_9")["status"], "suspended")
        has(house.fails(REFUSED, "resume", "auditor_9"), "was not resumed: somebody else suspends it")
        holding.send_signal(signal.SIGINT)
        has(holding.stdout.read(), "^Resumed auditor_9 ")
        same(holding.wait(PATIENCE), OK)
    check(house.json("info", "auditor_9")["status"] != "suspended", "it is still suspended")
    text, _ = house.run("resume", "auditor_9")
    has(text, "was not suspended")


def suspend_while(house):
    """A command runs while it stands still, and its status is what counts."""
    text, _ = house.run("suspend", "auditor_9", "--", house.grove, "info", "auditor_9")
    has(text, r"^status +suspended$")
    house.run("suspend", "auditor_9", "sh", "-c", "exit 7", status=7)
    _, errors = house.run("suspend", "auditor_9", "/no/such/program", status=USAGE)
    has(errors, "cannot run “/no/such/program”")
    check(house.json("info", "auditor_9")["status"] != "suspended", "it is still suspended")


def read_only(house):
    house.start("glass", "--read-only")
    same(house.json("ps", "-s", "glass", "-n", "1")["system"], "glass")
    has(house.fails(REFUSED, "kill", "ledger", "-s", "glass"), "process.kill: .*")


def supervisors(house):
    text, _ = house.run("supervisor", "info", "audit_sup")
    has(text, rf"^audit_sup {PID}: one_for_one, \d+ of \d+ restarts in \d+ s, 12 children$")
    same(house.json("supervisor", "info", "audit_sup")["total"], 12)
    has(house.run("supervisor", "terminate", "audit_sup", "auditor_1")[0], "^ok$")
    same(house.json("children", "audit_sup", "id:auditor_1")["rows"][0]["status"], "terminated")
    has(house.run("supervisor", "restart", "audit_sup", "auditor_1")[0], rf"^{{ok,{PID}}}$")
    text, _ = house.run("supervisor", "restart", "audit_sup", "auditor_1", status=REFUSED)
    has(text, "^{error,running}$")
    same(house.json("supervisor", "delete", "audit_sup", "nobody", status=REFUSED)["outcome"], "{error,not_found}")
    has(house.fails(USAGE, "supervisor", "juggle", "audit_sup"), "but not “juggle”")
    has(house.fails(USAGE, "supervisor", "delete", "audit_sup"), "delete takes SUPERVISOR CHILD")
    has(house.fails(USAGE, "supervisor", "info", "audit_sup", "x"), "info takes SUPERVISOR alone")
    has(house.fails(REFUSED, "supervisor", "info", "auditor_1"), "auditor_1|supervisor")
    # Who did it is kept.
    done = [entry["method"] for entry in house.json("audit")["entries"]]
    check("supervisor.terminate_child" in done and "supervisor.restart_child" in done, done)
    has(house.run("audit", "-n", "3")[0], r" grove +supervisor\.")


def applications(house):
    check("billing" in [row["name"] for row in house.json("apps", "status:running")["rows"]], "it does not run")
    has(house.run("app", "stop", "billing")[0], r"^Stopped billing: \d+ processes ended$")
    same(house.json("apps", "name:billing")["rows"][0]["status"], "loaded")
    has(house.run("app", "stop", "billing")[0], "^billing does not run$")
    same(house.json("app", "start", "billing", "--type", "transient")["started"], ["billing"])
    same(house.json("apps", "name:billing")["rows"][0]["type"], "transient")
    has(house.run("app", "start", "billing")[0], "^billing runs already$")
    has(house.fails(USAGE, "app", "start", "bakery"), "^grove: bakery was not started: no application of that name runs")
    has(house.fails(USAGE, "app", "juggle", "billing"), "but not “juggle”")
    has(house.fails(USAGE, "app", "stop", "billing", "--type", "permanent"), "--type is for start")
    has(house.fails(USAGE, "app", "start", "billing", "--type", "eternal"), "not “eternal”")
    has(house.run("__complete", "app", "stop", "bil")[0], "^billing$")
    has(house.run("audit", "-n", "3")[0], "application.start +name=billing")


main(
    [
        kill,
        exit_with_reason,
        restart,
        priority,
        suspend,
        suspend_while,
        read_only,
        supervisors,
        applications,
    ]
)
