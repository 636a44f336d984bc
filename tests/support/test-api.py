#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-api.py SOURCE_ROOT NM LIBRARY HEADER...: that the public headers and the library agree, function by
function: what is declared is exported and the other way round, is documented in the shape that all share,
and is called by a test or an example.
"""

import os
import re
import subprocess
import sys

# What the compiler calls in process code; nobody else does.
UNDECLARED = {"__sanitizer_cov_trace_pc"}

COMMENT = re.compile(r"/\*.*?\*/", re.S)
MACRO = re.compile(r"^# *define (\w+)\((?:[^\n]*\\\n)*[^\n]*", re.M)
DECLARATION = re.compile(r"\bGROVE_PUBLIC\b(.*?);", re.S)


def declarations(text):
    """(name, returns something, the comment above it) of each public function in @text."""
    comment, found = "", []
    for part in re.finditer(r"(?P<comment>/\*.*?\*/)|(?P<other>[^/]+|/)", text, re.S):
        if part.group("comment"):
            comment = part.group("comment")
            continue
        for declaration in DECLARATION.finditer(part.group("other")):
            body = declaration.group(1)
            name = re.search(r"\b(grove_\w+) \(", body)
            if name:
                before = body[: name.start(1)]
                found.append((name.group(1), "void" not in before or "*" in before, comment))
    return found


def exported(nm, library):
    """The names that whoever links with @library can use."""
    shared = ".so" in os.path.basename(library)
    command = [nm, "-D", "--defined-only", library] if shared else ["readelf", "-sW", library]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    if shared:
        return {fields[2] for fields in map(str.split, lines) if len(fields) == 3 and fields[1] in "TDBRV"}
    return {
        fields[7]
        for fields in map(str.split, lines)
        if len(fields) == 8 and fields[4] == "GLOBAL" and fields[5] == "DEFAULT" and fields[6] != "UND"
    }


def undocumented(functions):
    for path, name, returns, comment in functions:
        if not re.search(rf"\b{name}\b", comment):
            yield f"{path}: {name} has no comment that names it"
            continue
        wanted = ["Threads:", "Blocks:", "Cost:", "Errors:", "Since:"] + ["Returns:"] * returns
        missing = [word for word in wanted if word not in comment]
        if missing:
            yield f"{path}: {name} does not say {' '.join(missing)}"


def untested(root, functions, macros):
    called = ""
    for folder, _, names in os.walk(os.path.join(root, "tests")):
        for name in names:
            if name.endswith((".c", ".h")):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    called += file.read()
    for path, _, _, comment in functions:
        called += "".join(re.findall(r"```c\n(.*?)```", comment, re.S))
    for macro, body in macros:
        if re.search(rf"\b{macro} \(", called):
            called += body
    for path, name, _, _ in functions:
        if not re.search(rf"\b{name}\b", called):
            yield f"{path}: no test calls {name}"


def main():
    root, nm, library, headers = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    functions, macros = [], []
    for path in headers:
        with open(path, encoding="utf-8") as file:
            path, text = os.path.relpath(path, root), file.read()
            functions += [(path, *found) for found in declarations(text)]
            macros += [(macro.group(1), macro.group(0)) for macro in MACRO.finditer(text)]
    declared = {name for _, name, _, _ in functions}
    symbols = exported(nm, library)
    checks = [
        ("exports-what-is-declared", [f"{name} is not exported" for name in sorted(declared - symbols)]),
        ("declares-what-is-exported",
         [f"{name} is not declared" for name in sorted(symbols - declared - UNDECLARED)]),
        ("documented", list(undocumented(functions))),
        ("tested", list(untested(root, functions, macros))),
    ]
    if len(declared) < 50:
        checks.append(("finds-the-functions", [f"only {len(declared)} were found"]))
    print(f"1..{len(checks)}")
    for number, (name, found) in enumerate(checks, 1):
        print(f"{'not ok' if found else 'ok'} {number} /support/api/{name}")
        for line in found:
            print(f"# {line}")


main()
