#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-guide.py SOURCE_ROOT EXAMPLES: that runtime/GUIDE.md is true: its code stands in the examples as
it stands there, its programs print what it says, its links lead somewhere, and it names every example.

EXAMPLES is where the programs are, with what all their names begin with. Code belongs to the file that is
linked last before it.
"""

import glob
import os
import re
import subprocess
import sys

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#]+)\)")
COMMAND = re.compile(r"\$ build/runtime/examples/grove-example-([\w-]+)\n")
SAME = [  # what differs from run to run
    (re.compile(r"<0\.\d+\.\d+>"), "<pid>"),
    (re.compile(r"#Ref<[\d.]+>"), "#Ref"),
    (re.compile(r"\d+\.\d+ (m?s)\b"), r"T \1"),
    (re.compile(r"takes \d+ bytes"), "takes N bytes"),
]
# What this machine might have no room for is run with fewer.
FEWER = {"million": ("1000000", "100")}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def code(root, guide):
    for fence in FENCE.finditer(guide):
        if fence.group(1) != "c":
            continue
        links = [link for link in LINK.findall(guide[:fence.start()]) if link.endswith(".c")]
        path = os.path.join(root, "runtime", links[-1])
        if not os.path.exists(path) or fence.group(2) not in read(path):
            yield f"not in {links[-1]}: {fence.group(2).splitlines()[1]}"


def plain(text):
    for pattern, same in SAME:
        text = pattern.sub(same, text)
    return text


def output(examples, guide):
    for fence in FENCE.finditer(guide):
        command = COMMAND.search(fence.group(2))
        if fence.group(1) != "console" or not command:
            continue
        name, expected = command.group(1), fence.group(2)[command.end():]
        usual, fewer = FEWER.get(name, (None, None))
        if fewer:
            expected = expected.replace(usual, fewer)
        done = subprocess.run([examples + name] + ([fewer] if fewer else []), stdout=subprocess.PIPE,
                              timeout=100, check=False)
        if done.returncode != 0:
            yield f"{name} ends with {done.returncode}"
        if plain(done.stdout.decode()) != plain(expected):
            yield f"{name} prints:"
            yield from done.stdout.decode().splitlines()


def links(root, guide):
    for target in LINK.findall(guide):
        if not os.path.exists(os.path.join(root, "runtime", target)):
            yield f"no {target}"
    if "(runtime/GUIDE.md)" not in read(os.path.join(root, "README.md")):
        yield "README.md does not link to it"


def all_named(examples, guide):
    for path in sorted(glob.glob(examples + "*")):
        name = path[len(examples):]
        if "." not in name and f"(examples/{name}.c)" not in guide:
            yield f"{name}.c is not in it"


def main():
    root, examples = sys.argv[1], sys.argv[2]
    guide = read(os.path.join(root, "runtime/GUIDE.md"))
    checks = [
        ("code", code(root, guide)),
        ("output", output(examples, guide)),
        ("links", links(root, guide)),
        ("all-named", all_named(examples, guide)),
    ]
    print(f"1..{len(checks)}")
    for number, (name, found) in enumerate(checks, 1):
        found = list(found)
        print(f"{'not ok' if found else 'ok'} {number} /runtime/guide/{name}")
        for line in found:
            print(f"# {line}")


main()
