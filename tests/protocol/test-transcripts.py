#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-transcripts.py SHOP TRANSCRIPT...: what a client of an earlier version said is said again.

A transcript is a conversation with a shop, both directions, a line each: `C` or `S` and the message
(test-python-client.py --record). Each request must be answered as it was then, with a result or
with the same error, and everything that comes must be what the server described *then*: that client
is still in use. Transcripts are never changed; a later version adds another.
"""

import json
import os
import sys
import traceback

from client import Client, Description, check, socket_of
from shop import shop


def read(path):
    with open(path, encoding="utf-8") as file:
        return [(line[0], json.loads(line[2:])) for line in file]


def described(lines):
    """The schema the server gave then."""
    for who, message in lines:
        if who == "S" and "schema" in message.get("result", {}):
            return message["result"]["schema"]
    raise AssertionError("the transcript has no server.describe")


def replay(directory, lines):
    client = Client(socket_of(directory, "shop"))
    client.description = Description(described(lines), liberal=True)
    client.check_notification("hello", client.hello)
    answers = 0
    for who, message in lines[1:]:
        if who == "C":
            client.called[message.get("id")] = message["method"]
            client.send(message)
        elif "method" in message:
            if message["params"].get("seq", 1) == 1:  # whether there was time for another is chance
                client.next(message["method"], message["params"].get("sub"))
        else:
            number = message["id"]
            now = client.wait(lambda: client.answers.get(number), f"answer {number}")
            check(("error" in now) == ("error" in message), f"then {message}, now {now}")
            if "error" in message:
                check(now["error"]["code"] == message["error"]["code"], f"then {message}, now {now}")
            else:
                client.finish(number)
            answers += 1
    client.wait_end()
    check(answers > 20, f"only {answers} answers")


def main(program, *paths):
    failed = 0
    print(f"1..{len(paths)}", flush=True)
    for number, path in enumerate(paths, 1):
        name = os.path.basename(path)
        try:
            with shop(program) as directory:
                replay(directory, read(path))
            print(f"ok {number} /protocol/transcripts/{name}", flush=True)
        except Exception:  # a test that fails must not keep the others from being run
            failed += 1
            print("".join("# " + line + "\n" for line in traceback.format_exc().split("\n")), end="")
            print(f"not ok {number} /protocol/transcripts/{name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
