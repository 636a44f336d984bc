#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""summary.py LANE TESTLOG [AGAIN]: counts what a run of `meson test` says in its testlog.json.

Prints "PASSED FAILED SKIPPED" to standard output, each subtest counting as one, and what failed, with
the end of its log, to standard error. A program that broke off (a crash, a sanitizer's report, a
timeout, fewer subtests than announced) counts as one failure more. AGAIN is the testlog.json of a second
run of what failed: a program that passed then counts as it did then, and is named as unsteady, with the
log of its first run.

summary.py --failed TESTLOG: prints the names of the programs that failed, as `meson test` takes them.
"""

import json
import re
import sys

LINE = re.compile(r"^(not )?ok\b(?:\s+\d+)?\s*-?\s*([^#]*)(?:#\s*(\w+))?")
PLAN = re.compile(r"^1\.\.(\d+)")
END_OF_LOG = 40


def count(test):
    """Returns (passed, names of what failed, skipped) of one test program."""
    passed, failed, skipped, planned = 0, [], 0, None
    for line in (test.get("stdout") or "").splitlines():
        plan = PLAN.match(line)
        if plan:
            planned = int(plan.group(1))
            continue
        found = LINE.match(line)
        if not found:
            continue
        directive = (found.group(3) or "").upper()
        if directive == "SKIP":
            skipped += 1
        elif found.group(1) and directive != "TODO":
            failed.append(found.group(2).strip())
        else:
            passed += 1

    good = test["result"] in ("OK", "EXPECTEDFAIL")
    if planned is None and passed + len(failed) + skipped == 0:  # no TAP: the program is the test
        if test["result"] == "SKIP":
            return 0, [], 1
        return (1, [], 0) if good else (0, [test["result"]], 0)
    cut_short = planned is not None and passed + len(failed) + skipped < planned
    if not failed and (cut_short or not (good or test["result"] == "SKIP")):
        failed.append("broke off: %s, exit %s" % (test["result"], test.get("returncode")))
    return passed, failed, skipped


def read(path):
    with open(path, encoding="utf-8") as log:
        return [json.loads(line) for line in log]


def print_failed(path):
    for test in read(path):
        if count(test)[1]:
            print(test["name"].rsplit(" / ", 1)[-1])


def main():
    lane, path, *again = sys.argv[1:]
    if lane == "--failed":
        print_failed(path)
        return
    second = {test["name"]: test for log in again for test in read(log)}
    total = [0, 0, 0]
    for test in read(path):
        passed, failed, skipped = count(test)
        if failed:
            steadied = test["name"] in second and count(second[test["name"]])
            unsteady = bool(steadied) and not steadied[1]
            what = "unsteady, passed the second time" if unsteady else "failed"
            print("== %s: %s" % (lane, test["name"]), file=sys.stderr)
            for name in failed:
                print("   %s: %s" % (what, name), file=sys.stderr)
            text = (test.get("stdout") or "") + (test.get("stderr") or "")
            for log_line in text.splitlines()[-END_OF_LOG:]:
                print("   | %s" % log_line, file=sys.stderr)
            if unsteady:
                passed, failed, skipped = steadied
        total[0] += passed
        total[1] += len(failed)
        total[2] += skipped
    print(*total)


main()
