#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-house.py SOURCE_ROOT: that the house keeps its arrows: who includes whom, which libraries each
folder may use, headers in circles, private headers, and the text that every file begins with.

An include names its file from the root, which is what makes all of this readable without a compiler.
"""

import os
import re
import sys

ROOMS = {  # folder: the folders it may include from, besides itself
    "protocol": [],
    "runtime/term": ["runtime"],
    "runtime/core": ["runtime", "runtime/term"],
    "runtime/io": ["runtime", "runtime/core", "runtime/term"],
    "runtime/otp": ["runtime", "runtime/core", "runtime/term"],
    "runtime/io": ["runtime", "runtime/core", "runtime/term"],
    "runtime/export": ["runtime", "runtime/otp", "runtime/io", "runtime/core", "runtime/term", "protocol"],
    "runtime/shell": ["runtime", "runtime/otp", "runtime/io", "runtime/core", "runtime/term"],
    "runtime/beam": ["runtime/export", "runtime/term", "protocol"],
    "runtime/examples": ["runtime"],
    "observer": ["protocol"],
    "observer/cli": ["observer", "protocol"],
    "ui": ["observer"],
}
# The folder runtime/ itself: what all rooms share, and the one header that opens them all.
SHARED = "runtime/status.h"
DOOR = "runtime/grove.h"

GLIB = re.compile(r"(glib|gio|gobject|glib-unix)(/|\.h$|-)")
GTK = re.compile(r"(gtk|gdk|gsk|adwaita)(/|\.h$|\w*/)")
DRAWING = re.compile(r"(pango|cairo)(/|\.h$|\w*/)")
JSON = re.compile(r"json-c/|json\.h$")
FORBIDDEN = {  # folder: libraries whose headers it must not see
    "protocol": [GLIB, GTK, DRAWING],
    "runtime": [GLIB, GTK, DRAWING, JSON],
    "observer": [GTK],
    "ui": [JSON],
}
OPENING = re.compile(r"/\* SPDX-License-Identifier: MIT\n \*\n \* \S")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)', re.M)

# What protocol/ shows to those above it; the rest is its inside.
PROTOCOL = {"answer", "client", "place", "query", "schema", "server", "source", "writer"}

LONGEST = 1000


def read_house(root):
    """path -> text, of every file that C includes or compiles."""
    house = {}
    for top in ("protocol", "runtime", "observer", "ui", "tests"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if name.endswith((".c", ".h", ".S")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        house[os.path.relpath(path, root)] = file.read()
    return house


def is_product(path):
    return not path.startswith("tests/")


def own_includes(house, path):
    """The files of the house that @path includes; a name without a folder is one beside it."""
    for quote, target in INCLUDE.findall(house[path]):
        if quote == '"':
            beside = os.path.join(os.path.dirname(path), target)
            yield beside if "/" not in target and beside in house else target


def arrows(house):
    for path in filter(is_product, house):
        room = os.path.dirname(path)
        for target in own_includes(house, path):
            there = os.path.dirname(target)
            if there == room or not there:  # beside it, or generated
                continue
            if path == DOOR and there.startswith("runtime/"):
                continue
            if there not in ROOMS.get(room, []):
                yield f"{path} includes {target}"
            elif there == "protocol" and os.path.basename(target)[:-2] not in PROTOCOL:
                yield f"{path} includes {target}"
            elif there == "runtime" and target != (DOOR if room == "runtime/examples" else SHARED):
                yield f"{path} includes {target}"


def libraries(house):
    for path in filter(is_product, house):
        for quote, target in INCLUDE.findall(house[path]):
            for library in FORBIDDEN[path.split("/")[0]]:
                if quote == "<" and library.match(target):
                    yield f"{path} includes <{target}>"


def circles(house):
    done, below = set(), []

    def visit(path):
        if path in below:
            yield " -> ".join(below[below.index(path):] + [path])
            return
        if path in done or path not in house:
            return
        below.append(path)
        for target in own_includes(house, path):
            yield from visit(target)
        below.pop()
        done.add(path)

    for path in sorted(house):
        yield from visit(path)


def private_headers(house):
    """A header called private serves its own part of the house, and the tests of its inside."""
    for path in filter(is_product, house):
        for target in own_includes(house, path):
            if target.endswith("-private.h") and target.split("/")[0] != path.split("/")[0]:
                yield f"{path} includes {target}"


def public_headers(house):
    """What is installed shows nothing that is not."""
    seen, todo = set(), [DOOR]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        todo += own_includes(house, path)
        private = sorted(set(re.findall(r"\b_grove_\w+ \(", house[path])))
        if path.endswith("-private.h") or private:
            yield f"{DOOR} shows {path}: {' '.join(private)}"


def openings(house):
    for path, text in house.items():
        if not OPENING.match(text):
            yield f"{path} does not open with the licence and a paragraph on what it is"
        if path.endswith(".h") and "#pragma once" not in text:
            yield f"{path} may be included twice"


def lengths(house):
    for path, text in house.items():
        if text.count("\n") > LONGEST:
            yield f"{path} has more than {LONGEST} lines"


def main():
    house = read_house(sys.argv[1])
    checks = [arrows, libraries, circles, private_headers, public_headers, openings, lengths]
    print(f"1..{len(checks)}")
    for number, check in enumerate(checks, 1):
        found = list(check(house))
        name = check.__name__.replace("_", "-")
        print(f"{'not ok' if found else 'ok'} {number} /support/house/{name}")
        for line in found:
            print(f"# {line}")


main()
