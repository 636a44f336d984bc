#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-conformance.py SOURCE_ROOT: that every behaviour of the BEAM that the runtime answers for is
accounted for once: proved by a test whose path ends in its number, or listed in the DESIGN.md of the
room it belongs to as a departure or as missing, with the reason.

A path such as /runtime/monitor/flush-53 proves 53; /runtime/exit/own-reason-2-3 proves 2 and 3. The
tables are read by their first column: numbers and ranges, as in `81-92, 106`. What is missing has no
test; a departure may have one, which then proves that it is what the table says.
"""

import os
import re
import sys

# The rooms: where their tables are, and their sections: what they are about, the first and the last
# number.
ROOMS = {
    "runtime/core/DESIGN.md": {
        "A": ("processes", 1, 17),
        "B": ("exit signals", 18, 35),
        "C": ("links", 36, 44),
        "D": ("monitors", 45, 58),
        "E": ("aliases", 59, 61),
        "F": ("messages", 62, 70),
        "G": ("receive", 71, 80),
        "H": ("timers", 81, 92),
        "I": ("names", 93, 97),
        "J": ("information", 98, 108),
        "K": ("scheduling", 109, 129),
        "L": ("suspending", 130, 136),
        "M": ("tracing", 137, 141),
    },
    "runtime/otp/DESIGN.md": {
        "N": ("starting", 142, 148),
        "O": ("servers", 149, 170),
        "P": ("system messages", 171, 177),
        "Q": ("supervisors", 178, 208),
        "R": ("dynamic supervisors", 209, 214),
        "S": ("applications", 215, 219),
    },
}
TESTS = "tests/runtime"
DEPARTURES = "Departures that stay"
MISSING = "What is not here yet"

PATH = re.compile(r'"(/runtime/[a-z0-9/-]*?)((?:-\d+)+)"')
ROW = re.compile(r"^\|([^|]*)\|(.*)\|\s*$")
NUMBERS = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def proved(root):
    """number -> the paths that name it."""
    found = {}
    for name in sorted(os.listdir(os.path.join(root, TESTS))):
        if name.endswith(".c"):
            for path, numbers in PATH.findall(read(root, f"{TESTS}/{name}")):
                for number in numbers.split("-")[1:]:
                    found.setdefault(int(number), []).append(path + numbers)
    return found


def table(root, name, heading):
    """number -> what stands beside it, of the table below @heading; and the rows that are no good."""
    rows, bad = {}, []
    body = read(root, name).split(f"\n## {heading}\n", 1)
    if len(body) != 2:
        return rows, [f"{name} has no section '{heading}'"]
    lines = [ROW.match(line) for line in body[1].split("\n## ", 1)[0].split("\n")]
    for row in [line for line in lines if line][2:]:  # below the head and the line under it
        numbers = NUMBERS.findall(row.group(1))
        if not numbers or not row.group(2).strip(" |"):
            bad.append(f"a row without numbers or without a text: {row.group(0)}")
        for first, last in numbers:
            for number in range(int(first), int(last or first) + 1):
                if number in rows:
                    bad.append(f"{number} stands in '{heading}' twice")
                rows[number] = row.group(2).strip()
    return rows, bad


def check_section(numbers, tests, departures, missing):
    for number in numbers:
        if number not in tests and number not in departures and number not in missing:
            yield f"{number} is named by no test and listed nowhere"
        if number in missing and number in tests:
            yield f"{number} is listed as missing, and {tests[number][0]} proves it"
        if number in missing and number in departures:
            yield f"{number} is listed as missing and as a departure"


def check_tables(name, sections, tables):
    first = min(first for _, first, _ in sections.values())
    last = max(last for _, _, last in sections.values())
    for heading, (rows, bad) in tables.items():
        yield from bad
        for number in rows:
            if not first <= number <= last:
                yield f"'{heading}' of {name} lists {number}, which is no number of its sections"


def main():
    root = sys.argv[1]
    tests = proved(root)
    checks = []
    for name, sections in ROOMS.items():
        tables = {heading: table(root, name, heading) for heading in (DEPARTURES, MISSING)}
        room = name.split("/")[1]
        checks.append((f"tables-{room}", check_tables(name, sections, tables)))
        for section, (about, first, last) in sections.items():
            checks.append((f"{section.lower()}-{about.replace(' ', '-')}",
                           check_section(range(first, last + 1), tests, tables[DEPARTURES][0],
                                         tables[MISSING][0])))
    print(f"1..{len(checks)}")
    for index, (name, check) in enumerate(checks, 1):
        found = list(check)
        print(f"{'not ok' if found else 'ok'} {index} /support/conformance/{name}")
        for line in found:
            print(f"# {line}")


main()
