#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-beam-elixir.py GROVE GROVE_BEAM ORCHARD: what an Elixir node calls things, and the supervisors that only
Elixir has."""

import shutil
import sys

from node import OK, PID, REFUSED, Place
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


TESTS = (names, supervisors)


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
