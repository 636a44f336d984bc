#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-systems.py GROVE SHOP: which systems there are and what they say of themselves, how they are reached, and how what is said is
written."""

import json
import os
import re
import socket
import subprocess

from house import OK, PATIENCE, UNREACHABLE, USAGE, check, has, main, same


def ls(house):
    text, _ = house.run("ls")
    has(text, r"^NAME +STATE +ADDRESS$")
    has(text, f"^shop +live +{re.escape(house.path())}$")
    same(
        house.json("ls"),
        {
            "directory": os.path.join(house.directory, "grove"),
            "systems": [{"name": "shop", "path": house.path(), "live": True}],
            "nodes": [],
        },
    )


def no_system(house):
    empty = {"XDG_RUNTIME_DIR": os.path.join(house.directory, "empty")}
    text, _ = house.run("ls", env=empty)
    has(text, "No system is running here")
    same(house.json("ls", env=empty)["systems"], [])
    has(house.fails(UNREACHABLE, "ps", env=empty), "No system is running here\n  Looked in .*empty/grove")
    has(house.fails(UNREACHABLE, "ps", "-s", "nobody"), "There is no system “nobody”\n  Looked in")
    has(house.fails(UNREACHABLE, "ps", "-s", "a b"), "“a b” cannot be a system’s name\n  .*ssh:.*exec:")
    has(house.fails(UNREACHABLE, "ps", "-s", __file__), "is not a socket")


def two_systems(house):
    other = house.start("bank")
    has(house.fails(UNREACHABLE, "ps"), "More than one system is running here: bank, shop\n  Say which")
    same(house.json("ps", "-s", "bank", "-n", "1")["system"], "bank")
    same(house.json("-s", "bank", "ps", "-n", "1")["system"], "bank")
    same(house.json("ps", "-n", "1", env={"GROVE_SYSTEM": "bank"})["system"], "bank")
    same(house.json("ps", "-n", "1", "-s", house.path("bank"))["system"], "bank")
    same(house.json("tree", "bank")["system"], "bank")
    has(house.fails(USAGE, "tree", "bank", "-s", "shop"), "two systems are named")
    other.kill()
    other.wait()
    same([one["live"] for one in house.json("ls")["systems"]], [False, True])
    has(house.fails(UNREACHABLE, "ps", "-s", "bank"), "“bank” is not running")
    same(house.json("ps", "-n", "1")["system"], "shop")


def system(house):
    text, _ = house.run("system")
    has(text, r"^system +shop 0\.1\.0 \(grove, process \d+\)$")
    has(text, r"^processes +\d+ of \d+$")
    has(text, r"^since start +\d+ spawns, \d+ exits, \d+ crashes, \d+ restarts$")
    has(text, r"^observing +(1 session|\d+ sessions), ")
    document = house.json("system", "shop")
    same(document["info"]["name"], "shop")
    check(document["sample"]["processes"] > 100, document)
    check("sub" not in document["sample"], document)
    has(house.fails(USAGE, "system", "--interval", "0"), "--interval is 0.1 to 60 seconds")


def describe(house):
    text, _ = house.run("describe")
    has(text, r"^process\.kill +control +pid, expect\?, wait_ms\? +yes$")
    has(text, r"^session\.ping +observe +always$")
    has(text, r"^messages_in/s +real +1/s +put into the mailbox$")
    document = house.json("describe")
    same(document["schema"]["major"], 1)
    same(document["hello"]["server"]["name"], "shop")


def help_texts(house):
    text, _ = house.run("--help")
    names = re.findall(r"^  ([a-z-]+)  +\S", text.split("Commands:")[1], re.M)
    check("ps" in names and "dial-stdio" in names, names)
    for name in names:
        text, _ = house.run(name, "--help")
        has(text, rf"^  grove {name} ")
    text, _ = house.run("--version")
    has(text, r"^grove \d+\.\d+\.\d+$")


def colors(house):
    text, _ = house.run("ps", "-n", "1")
    check("\033" not in text, text)
    text, _ = house.run("ps", "-n", "1", "--color", "always", env={"NO_COLOR": "1"})
    check("\033[1m" in text, text)


def dial_stdio(house):
    """A line there and one back; the end of the input is passed on, and what was said before arrives."""
    opening = {"major": 1, "client": {"name": "dial", "version": ""}, "role": "observe"}
    requests = "".join(
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
        for number, (method, params) in enumerate(
            [("session.open", opening), ("session.ping", {}), ("session.close", {})], 1
        )
    )
    output, _ = house.run("dial-stdio", "shop", stdin=requests.encode())
    lines = [json.loads(line) for line in output.splitlines()]
    same(lines[0]["method"], "hello")
    same([line["id"] for line in lines[1:]], [1, 2, 3])
    has(house.fails(UNREACHABLE, "dial-stdio", "nobody"), "There is no system “nobody”")
    has(house.fails(USAGE, "dial-stdio", "exec:true"), "is not a system of this machine")


def dial_bytes(house):
    """Whatever bytes go in come out, both ways at once, and a half-closed connection goes on."""
    path = os.path.join(house.directory, "grove", "echo.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        data = bytes(range(256)) * 4096  # more than all buffers on the way
        dialling = subprocess.Popen(
            [house.grove, "dial-stdio", path], env=house.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        there, _ = listener.accept()
        dialling.stdin.write(b"\0\xff\n")
        dialling.stdin.close()
        got = b""
        while chunk := there.recv(65536):
            got += chunk
        same(got, b"\0\xff\n")  # and its end was seen
        there.settimeout(PATIENCE)
        with dialling.stdout as output:
            writer = os.fork()
            if writer == 0:
                there.sendall(data)
                os._exit(0)
            there.close()
            same(output.read() == data, True)
        os.waitpid(writer, 0)
        same(dialling.wait(PATIENCE), OK)


def dial_dies(house):
    """Killed or not, the system or the reader going ends it."""
    path = os.path.join(house.directory, "grove", "mute.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(2)
        for side in ("system", "reader"):
            with subprocess.Popen(
                [house.grove, "dial-stdio", path],
                env=house.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ) as dialling:
                there, _ = listener.accept()
                if side == "system":
                    there.close()
                else:
                    dialling.stdout.close()
                same(dialling.wait(PATIENCE), OK)
                there.close()


def through_a_command(house):
    command = f"exec:{house.grove} dial-stdio {house.path()}"
    same(house.json("ps", "-s", command, "-n", "1")["system"], "shop")
    has(
        house.fails(UNREACHABLE, "ps", "-s", "exec:/no/such/program"),
        "Cannot run what leads to “program”\n  Tried: /no/such/program\\. ",
    )
    has(
        house.fails(UNREACHABLE, "ps", "-s", "exec:sh -c 'echo no way >&2; exit 3'"),
        r"“sh” cannot be reached\n  Tried: sh -c echo no way >&2; exit 3\. It said: no way \(sh ended with status 3\)",
    )
    has(
        house.fails(UNREACHABLE, "ps", "-s", f"exec:{house.grove} dial-stdio nobody"),
        r"It said: grove: There is no system “nobody”",
    )
    has(house.fails(UNREACHABLE, "ps", "-s", "exec:echo hello"), "“echo” does not speak Grove’s protocol")


def bad_addresses(house):
    """Nothing of an address reaches a command line as an option, or another machine's shell as anything but a name."""
    for target, why in (
        ("ssh:", "names no other machine"),
        ("ssh:-oProxyCommand=x/shop", "names no other machine"),
        ("ssh:-l@host/shop", "names no user"),
        ("ssh:host/a b", "“a b” cannot be a system’s name"),
        ("ssh:host/$(x)", "cannot be a system’s name"),
        ("ssh:ho;st/shop", "names no other machine"),
        ("exec:", "is no command"),
        ("exec:'a", "is no command"),
        ("beam:no de@host", "names no Erlang node"),
        ("beam:-x@host", "names no Erlang node"),
        ("", "cannot be a system’s name"),
    ):
        has(house.fails(UNREACHABLE, "ps", "-s", target), f"{why}.*\n  Give the name of a system .*ssh:.*exec:")
    has(house.fails(UNREACHABLE, "ps", "-s", "ssh:host/shop", env={"GROVE_SSH": "'"}), "GROVE_SSH is no command")
    nowhere = {"GROVE_BEAM": "/no/such/grove-beam"}
    has(house.fails(UNREACHABLE, "ps", "-s", "beam:node@host", env=nowhere), "/no/such/grove-beam node@host.*No such file")


main(
    [
        ls,
        no_system,
        two_systems,
        system,
        describe,
        help_texts,
        colors,
        dial_stdio,
        dial_bytes,
        dial_dies,
        through_a_command,
        bad_addresses,
    ]
)
