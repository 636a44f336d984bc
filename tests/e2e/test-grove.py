#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-grove.py GROVE SHOP: the command-line program against a living shop: what each command prints, as
text and as JSON, what it ends with, and what it says when something is wrong."""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
import xml.etree.ElementTree

from terminal import Terminal

PATIENCE = 60  # seconds; more than any answer takes
PID = r"<0\.\d+\.\d+>"
OK, REFUSED, USAGE, UNREACHABLE, UNKNOWN = range(5)


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


def same(got, wanted):
    check(got == wanted, f"got {got!r}, not {wanted!r}")


def has(text, pattern):
    check(re.search(pattern, text, re.S | re.M), f"no {pattern!r} in {text!r}")


class House:
    """A directory with a shop that is observed, and the program to observe it with."""

    def __init__(self, grove, shop):
        self.grove = grove
        self.program = shop
        self.directory = tempfile.mkdtemp(prefix="grove-cli-")
        self.running = []
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=self.directory, LC_ALL="C.UTF-8")
        # What is suppressed is no complaint of the program's.
        if "LSAN_OPTIONS" in os.environ:
            self.environment["LSAN_OPTIONS"] = os.environ["LSAN_OPTIONS"] + ":print_suppressions=0"
        for name in ("NO_COLOR", "GROVE_SYSTEM", "GROVE_SSH", "COLUMNS", "LINES"):
            self.environment.pop(name, None)

    def path(self, name="shop"):
        return os.path.join(self.directory, "grove", name + ".sock")

    def start(self, name="shop", *options):
        program = subprocess.Popen(
            [self.program, "--name", name, *options], env=self.environment, stdout=subprocess.DEVNULL
        )
        self.running.append(program)
        end = time.monotonic() + PATIENCE
        while not self.answers(name):
            check(program.poll() is None and time.monotonic() < end, f"{name} does not start")
            time.sleep(0.02)
        return program

    def answers(self, name):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.path(name))
            except OSError:
                return False
            return bool(probe.recv(1))

    def stop(self):
        for program in self.running:
            if program.poll() is None:
                program.kill()
            program.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *arguments, status=OK, stdin=b"", env=None, binary=False):
        """What it printed, and what it complained of."""
        done = subprocess.run(
            [self.grove, *arguments],
            input=stdin,
            capture_output=True,
            timeout=PATIENCE,
            env={**self.environment, **(env or {})},
            check=False,
        )
        errors = done.stderr.decode()
        check(done.returncode == status, f"{arguments} ended with {done.returncode}: {errors}")
        same(status == OK and bool(errors), False)
        return (done.stdout if binary else done.stdout.decode()), errors

    def json(self, *arguments, **options):
        text, _ = self.run(*arguments, "--json", **options)
        same(text.count("\n"), 1)
        return json.loads(text)

    def fails(self, status, *arguments, **options):
        """What it complained of; it printed nothing."""
        text, errors = self.run(*arguments, status=status, **options)
        same(text, "")
        check(errors.startswith("grove: "), errors)
        return errors

    def pid_of(self, name):
        return self.json("ps", f"name={name}", "--columns", "pid")["rows"][0]["pid"]


# ---- Systems -------------------------------------------------------------------------------------


def ls(house):
    text, _ = house.run("ls")
    has(text, r"^NAME +STATE +SOCKET$")
    has(text, f"^shop +live +{re.escape(house.path())}$")
    same(
        house.json("ls"),
        {
            "directory": os.path.join(house.directory, "grove"),
            "systems": [{"name": "shop", "path": house.path(), "live": True}],
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


# ---- Processes -----------------------------------------------------------------------------------


def ps(house):
    text, _ = house.run("ps", "app:billing", "-c", "name,messages,memory", "-o", "name")
    lines = text.splitlines()
    same(lines[0].split(), ["PID", "NAME", "MESSAGES", "MEMORY"])
    has(text, rf"^{PID} +ledger +\d+ +[\d.]+[KM]?$")
    names = [row["name"] for row in house.json("ps", "app:billing", "-o", "name")["rows"]]
    same(names, sorted(names))
    many = house.json("ps", "-o", "memory", "-n", "5", "-c", "memory")
    same(len(many["rows"]), 5)
    same([row["memory"] for row in many["rows"]], sorted((row["memory"] for row in many["rows"]), reverse=True))
    check(many["matched"] > 100 and many["total"] == many["matched"], many)
    same(list(many["rows"][0]), ["pid", "memory"])
    text, _ = house.run("ps", "-n", "2")
    has(text, r"^2 of \d+ shown; --limit 0 shows all$")
    everything = house.json("ps", "-n", "0")
    same(len({row["pid"] for row in everything["rows"]}), len(everything["rows"]))


def ps_rates(house):
    end = time.monotonic() + PATIENCE
    while True:
        rows = house.json("ps", "-c", "reductions/s", "-o", "reductions/s")["rows"]
        if any(row["reductions/s"] > 0 for row in rows):
            break
        check(time.monotonic() < end, "nobody ever does anything")


def ps_errors(house):
    has(house.fails(USAGE, "ps", "messages>many"), "“many” is no number.*\n  messages>many\n           \\^\n")
    has(house.fails(USAGE, "ps", "nonsense:1"), "There is no “nonsense”")
    has(house.fails(USAGE, "ps", "-c", "nonsense"), "no column “nonsense”\n  The table processes has pid, name")
    has(house.fails(USAGE, "ps", "-o", "nonsense"), "no column “nonsense”")
    has(house.fails(USAGE, "ps", "-o", "name:up"), "COLUMN:asc or COLUMN:desc, not “name:up”")
    has(house.fails(USAGE, "ps", "-o", "pid,name,app,links,heap"), "at most 4 columns")
    has(house.fails(USAGE, "ps", "--limit", "-2"), "--limit is 0")
    has(house.fails(USAGE, "ps", "--interval", "1000", "-w"), "--interval is 0.05 to 60 seconds")
    has(house.fails(USAGE, "ps", "--nonsense"), "ps: Unknown option --nonsense\n  Try: grove ps --help")
    has(house.fails(USAGE, "ps", "--color", "blue"), "auto, always or never, not “blue”")
    has(house.fails(USAGE, "nonsense"), "there is no command “nonsense”\n  Try: grove --help")
    has(house.fails(USAGE), "a command is missing")
    has(house.fails(USAGE, "ls", "extra"), "what is “extra” for\\? It takes no arguments")


def ps_watch(house):
    """A line of JSON whenever something changed, until nobody reads."""
    with subprocess.Popen(
        [house.grove, "ps", "-w", "-i", "0.1", "-o", "reductions", "-n", "3", "--json"],
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as watching:
        times = [json.loads(watching.stdout.readline())["t"] for _ in range(3)]
        same(times, sorted(set(times)))
        watching.stdout.close()
        same(watching.wait(PATIENCE), -signal.SIGPIPE)
        same(watching.stderr.read(), b"")


def tree(house):
    text, _ = house.run("tree")
    has(text, rf"^billing +{PID} +application ")
    has(text, rf"^└─ billing_sup +{PID} +supervisor +\w+ +one_for_one ")
    has(text, rf"^   │  ├─ ledger +{PID} +worker ")
    text, _ = house.run("tree", env={"LC_ALL": "C"})
    has(text, rf"^`- billing_sup +{PID} ")
    check(text.isascii(), text)
    document = house.json("tree", "--depth", "1", "--metric", "memory")
    billing = next(root for root in document["roots"] if root["name"] == "billing")
    same(billing["kind"], "application")
    check(billing["metric"] > 0, billing)
    same([child["children"] for child in billing["children"]], [[]])
    check(billing["children"][0]["n_children"] > 0, billing)
    has(house.fails(USAGE, "tree", "--depth", "17"), "--depth is 0 to 16, not 17")
    has(house.fails(USAGE, "tree", "--metric", "name"), "“name” is no metric\n  There are messages, ")


def tree_of_none(house):
    for name in ("billing", "warehouse", "shop"):
        house.run("kill", f"name={name}")
    end = time.monotonic() + PATIENCE
    while house.json("tree")["roots"]:
        check(time.monotonic() < end, "the applications do not end")
        time.sleep(0.05)
    same(house.run("tree")[0], "No process is supervised.\n")
    picture = os.path.join(house.directory, "tree.svg")
    has(house.fails(REFUSED, "graph", "-o", picture), "there is no tree to draw")
    check(not os.path.exists(picture), "something was drawn")


def info(house):
    text, _ = house.run("info", "ledger")
    has(text, r"^name +ledger$")
    has(text, rf"^supervisor +ledger_sup {PID} \(one_for_one, ")
    # That of a top supervisor is its application, which restarts nobody.
    has(house.run("info", "billing_sup")[0], rf"^supervisor +billing {PID}$")
    document = house.json("info", "ledger")
    pid = document["pid"]
    same(house.json("info", pid)["name"], "ledger")
    same(house.json("info", pid[1:-1])["name"], "ledger")
    same(house.json("info", "name=ledger")["pid"], pid)


def which_process(house):
    has(house.fails(REFUSED, "info", "nobody_here"), "No process is called “nobody_here”")
    has(house.fails(REFUSED, "info", "<0.4000000.9>"), r"There is no process <0\.4000000\.9>")
    has(
        house.fails(REFUSED, "info", "name^auditor"),
        "is more than one process; say which of these 12\n  auditor_1 <.*and more",
    )
    has(house.fails(USAGE, "info"), "info: it takes PROCESS")
    has(house.fails(USAGE, "info", "a", "b"), "what is “b” for\\? It takes PROCESS")
    has(house.fails(USAGE, "info", "messages>"), "A value is missing")


def messages(house):
    text, _ = house.run("messages", "ledger")
    has(text, r"No messages are waiting|#")
    document = house.json("messages", "mailer", "-n", "0")
    same(document["name"], "mailer")
    check(isinstance(document["messages"], list), document)
    for option, value in (("--bytes", "5"), ("--offset", "-1"), ("--limit", "-1")):
        has(house.fails(USAGE, "messages", "ledger", option, value), f"{option}.*")


# ---- Acting --------------------------------------------------------------------------------------


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


# ---- Terminals and pipes -------------------------------------------------------------------------


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


# ---- Another machine -----------------------------------------------------------------------------


class Door:
    """An sshd of our own on the loopback, that lets in only us, and knows where our systems are."""

    def __init__(self, house):
        self.sshd = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if not self.sshd or not shutil.which("ssh"):
            raise Skip("sshd and ssh are not installed")
        self.directory = tempfile.mkdtemp(prefix="grove-ssh-")
        self.log = open(os.path.join(self.directory, "sshd.log"), "w+", encoding="utf-8")
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        # Where root's sshd keeps its unprivileged part; a package's own scripts make it at boot.
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        for key in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(key)], check=True, stdin=subprocess.DEVNULL
            )
        shutil.copy(self.path("user.pub"), self.path("authorized_keys"))
        # Its own grove comes first on the other side.
        os.mkdir(self.path("bin"))
        os.symlink(os.path.abspath(house.grove), os.path.join(self.path("bin"), "grove"))
        for attempt in range(20):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            self.write(
                "sshd_config",
                f"ListenAddress 127.0.0.1:{self.port}",
                f"HostKey {self.path('host')}",
                f"AuthorizedKeysFile {self.path('authorized_keys')}",
                f"PidFile {self.path('pid')}",
                "StrictModes no",
                "UsePAM no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin yes",
                f"SetEnv XDG_RUNTIME_DIR={house.directory} PATH={self.path('bin')}:/usr/bin:/bin"
                + "".join(f" {name}={os.environ[name]}" for name in ("ASAN_OPTIONS", "LSAN_OPTIONS") if name in os.environ),
            )
            self.program = subprocess.Popen(
                [self.sshd, "-D", "-e", "-f", self.path("sshd_config")], stderr=self.log, stdin=subprocess.DEVNULL
            )
            if self.opens():
                break
        else:
            raise Failure(self.said())
        with open(self.path("host.pub"), encoding="utf-8") as host:
            self.write("known_hosts", f"[127.0.0.1]:{self.port} {host.read()}")
        self.write(
            "ssh_config",
            f"Port {self.port}",
            f"IdentityFile {self.path('user')}",
            "IdentitiesOnly yes",
            f"UserKnownHostsFile {self.path('known_hosts')}",
            "StrictHostKeyChecking yes",
            "BatchMode yes",
        )
        self.user = user
        self.environment = {"GROVE_SSH": f"ssh -F {self.path('ssh_config')}", "XDG_RUNTIME_DIR": self.directory}

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, *lines):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def opens(self):
        end = time.monotonic() + PATIENCE
        while self.program.poll() is None and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return True
            except OSError:
                time.sleep(0.02)
        return False

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def shut(self):
        if self.program.poll() is None:
            self.program.terminate()
        self.program.wait()

    def close(self):
        self.shut()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def through_ssh(house):
    """A real sshd: what there is to see comes through it, what is done is done, and why it fails is said."""
    door = Door(house)
    try:
        here = {"env": door.environment}
        for target in (f"ssh:{door.user}@127.0.0.1/shop", "ssh:127.0.0.1/shop", "ssh:127.0.0.1"):
            same(house.json("ps", "-s", target, "-n", "1", **here)["system"], "shop")
        before = house.pid_of("auditor_2")
        text, _ = house.run("kill", "auditor_2", "-s", "ssh:127.0.0.1/shop", "--wait", "5", **here)
        has(text, f"^Killed auditor_2 {before}; ")
        has(
            house.fails(UNREACHABLE, "ps", "-s", "ssh:127.0.0.1/nobody", **here),
            "“nobody” cannot be reached\n  Tried: ssh -F .* -T 127\\.0\\.0\\.1 grove dial-stdio nobody\\. "
            "It said: grove: There is no system .nobody.\n",
        )
        has(house.fails(UNREACHABLE, "ps", "-s", "ssh:nobody@127.0.0.1/shop", **here), "Permission denied")
        os.unlink(os.path.join(door.path("bin"), "grove"))
        has(house.fails(UNREACHABLE, "ps", "-s", "ssh:127.0.0.1/shop", **here), "not found")
        door.shut()
        has(house.fails(UNREACHABLE, "ps", "-s", "ssh:127.0.0.1/shop", **here), "Connection refused")
    except Failure as failure:
        raise Failure(f"{failure}\n{door.said()}") from failure
    finally:
        door.close()


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
        ("beam:node", "names no Erlang node"),
        ("beam:-x@host", "names no Erlang node"),
        ("", "cannot be a system’s name"),
    ):
        has(house.fails(UNREACHABLE, "ps", "-s", target), f"{why}.*\n  Give the name of a system .*ssh:.*exec:")
    has(house.fails(UNREACHABLE, "ps", "-s", "ssh:host/shop", env={"GROVE_SSH": "'"}), "GROVE_SSH is no command")
    nowhere = {"GROVE_BEAM": "/no/such/grove-beam"}
    has(house.fails(UNREACHABLE, "ps", "-s", "beam:node@host", env=nowhere), "/no/such/grove-beam node@host.*No such file")


# ---- The other tables, and looking inside --------------------------------------------------------


def tables(house):
    same(sorted(row["name"] for row in house.json("apps")["rows"]), ["billing", "shop", "warehouse"])
    text, _ = house.run("apps", "-c", "name,status", "-o", "name")
    has(text, r"^billing +running\nshop +running\nwarehouse +running$")
    check("ledger" in [row["name"] for row in house.json("names", "-n", "0")["rows"]], "ledger has no name")
    same([row["name"] for row in house.json("names", "name:ledger,mailer")["rows"]], ["ledger", "mailer"])
    children = house.json("children", "audit_sup")["rows"]
    same([child["id"] for child in children], [f"auditor_{n}" for n in range(1, 13)])
    same(len(house.json("children", "audit_sup", "id~_1")["rows"]), 4)
    has(house.fails(REFUSED, "children", "auditor_1"), "supervises nobody")
    same(house.json("timers")["table"], "timers")
    (own,) = house.json("sessions", "client:grove")["rows"]
    same((own["role"], own["suspends"]), ("observe", 0))
    has(house.fails(USAGE, "sessions", "nonsense:1"), "There is no “nonsense”; try ")
    has(house.fails(USAGE, "apps", "extra", "-c", "heap"), "The table applications has name")


def crashes(house):
    """An exit that is no crash, and one that is: where it was, and what followed."""
    has(house.fails(REFUSED, "crash", "4000000"), "nothing has crashed|4000000")
    has(house.fails(USAGE, "crash", "first"), "a crash has a number, as grove crashes lists them, not “first”")
    end = time.monotonic() + PATIENCE
    while not (rows := house.json("crashes", "name:card_gateway", "-n", "1")["rows"]):
        check(time.monotonic() < end, "the gateway does not crash")
        time.sleep(0.1)
    number = rows[0]["seq"]
    text, _ = house.run("crash", str(number))
    has(text, rf"^crash +{number}$")
    has(text, rf"^process +card_gateway {PID}$")
    has(text, rf"^then +gateway_sup (started {PID} after |tries to|gave up)")
    has(text, "^reason +\\S")
    same(house.json("crash", str(number))["seq"], number)
    text, _ = house.run("crashes")
    has(text, r"^ *SEQ +TIME +PID +NAME +REASON")


def events(house):
    """What is there, and then each that comes."""
    house.run("kill", "auditor_1", "--wait", "5")
    pid = house.json("names", "name:auditor_1")["rows"][0]["pid"]
    with subprocess.Popen(
        [house.grove, "events", "-f", "-n", "1", "--json", "kind:exit", "name^auditor"],
        env=house.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        # Whoever follows is there before what is to be seen happens.
        end = time.monotonic() + PATIENCE
        while not any(row["client"] == "grove" and row["subscriptions"] for row in house.json("sessions")["rows"][:1]):
            check(time.monotonic() < end, "nobody follows")
        found = None
        while found is None:
            house.run("kill", house.pid_of("auditor_2"), "--wait", "5")
            line = json.loads(following.stdout.readline())
            same(line["kind"], "exit")
            found = line if line["name"] == "auditor_2" else None
        same(found["lost"], 0)
        following.terminate()
    check(pid != found["pid"], found)


def log(house):
    document = house.json("log")
    same(document["table"], "log")
    has(house.run("log")[0], r"^ *SEQ +TIME +LEVEL +PID +NAME +SOURCE +TEXT$")


def inside(house):
    """State, dictionary, stack, a message, memory."""
    has(house.run("dictionary", "ledger")[0], r"^'\$initial_call' +{ledger,init,1}$")
    same(house.json("dictionary", "ledger")["name"], "ledger")
    has(house.run("dictionary", "-e", "ledger")[0], r":\"\$initial_call\"")
    has(house.run("stack", "shop_main")[0], r"^ *\d+ +shop_main +runtime/examples/shop\.c:\d+$")
    same(house.json("stack", "shop_main")["name"], "shop_main")
    has(house.run("stack", "ledger")[0], r"FUNCTION|^It waits without frames; it was last in")
    has(house.run("gc", "ledger")[0], r"^ledger <0\.\d+\.\d+> gave back \d")
    has(house.run("send", "ledger", "{hello, 1}")[0], rf"^Sent to ledger {PID}, where now \d+ wait$")
    has(house.fails(USAGE, "send", "ledger", "{hello"), "\n  {hello\n        \\^\n")
    has(house.run("state", "ledger")[0], rf"^ledger {PID}: state of ledger, \d+ bytes$")
    has(house.fails(REFUSED, "state", "shop_main"), "shop_main|server")
    has(house.fails(USAGE, "state", "ledger", "--timeout", "99"), "--timeout is 0.001 to 30")


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


def hostile(house):
    """What a system says cannot move the cursor: control characters are shown, in texts and in JSON."""
    path = os.path.join(house.directory, "grove", "hostile.sock")
    columns = [{"name": name, "type": kind, "unit": ""} for name, kind in (("pid", "text"), ("name", "text"))]
    evil = "a\x1b[2J\x9b31m\x7f\u202eb\n\tc"
    hello = {
        "protocol": {"major": 1, "minor": 0},
        "server": {"name": "ho\x1b]0;x\x07stile", "version": "1", "kind": "grove"},
        "instance": "1",
        "capabilities": ["table.open"],
        "tables": {"processes": columns},
    }
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(4)

        def serve():
            try:
                answer()
            except OSError:
                pass  # it went before all was read

        def answer():
            there, _ = listener.accept()
            with there, there.makefile("r", encoding="utf-8") as wire:

                def say(**message):
                    there.sendall((json.dumps({"jsonrpc": "2.0", **message}) + "\n").encode())

                say(method="hello", params=hello)
                for line in wire:
                    request = json.loads(line)
                    if request["method"] == "session.open":
                        say(id=request["id"], result={"session": 1, "role": "observe"})
                    elif request["method"] == "table.open":
                        say(id=request["id"], result={"sub": 1, "columns": ["pid", "name"], "total": 1, "matched": 1})
                        update = {"sub": 1, "seq": 1, "rev": 1, "t": 1, "total": 1, "matched": 1, "offset": 0}
                        say(method="table.update", params={**update, "order": ["<0.1.0>"], "rows": [["<0.1.0>", evil]]})
                    elif request["method"] == "session.ping":
                        say(id=request["id"], result={"now_ns": 1})
                    elif "id" in request:
                        say(id=request["id"], error={"code": -32601, "message": "no \x1b[31m such"})

        for arguments, status in ((["ps"], OK), (["ps", "--json"], OK), (["describe"], REFUSED)):
            thread = threading.Thread(target=serve)
            thread.start()
            text, errors = house.run(*arguments, "-s", path, status=status)
            thread.join()
            for character in text + errors:
                check(character == "\n" or " " <= character < "\x7f" or character > "\xa0", repr(text + errors))
            if "--json" in arguments:
                same(json.loads(text)["rows"][0]["name"], evil)
            elif status == OK:
                has(text, r"a\\x1b\[2J\\x9b31m\\x7f\\u{202e}b\\n\\tc")


# ---- Pictures ------------------------------------------------------------------------------------


def graph(house):
    """Drawn without a display, as whole files, of the system's names; a file that cannot be written is not begun."""
    nowhere = {"env": {"DISPLAY": "", "WAYLAND_DISPLAY": ""}}
    svg, png, pdf = (os.path.join(house.directory, "tree." + ending) for ending in ("svg", "png", "pdf"))
    text, _ = house.run("graph", "-o", svg, **nowhere)
    has(text, rf"^{re.escape(svg)}: \d+ by \d+, \d+ nodes$")
    root = xml.etree.ElementTree.parse(svg).getroot()
    same(root.tag, "{http://www.w3.org/2000/svg}svg")
    check(len(list(root.iter())) > 500, "there is next to nothing in it")
    facts = house.json("graph", "-o", png, "--dark", "--depth", "3", **nowhere)
    with open(png, "rb") as file:
        head = file.read(24)
    same(head[:8], b"\x89PNG\r\n\x1a\n")
    same(struct.unpack(">II", head[16:24]), (facts["width"], facts["height"]))
    check(house.json("graph", "-o", png, **nowhere)["nodes"] > facts["nodes"], "no deeper is no smaller")
    house.run("graph", "shop", "-o", pdf, "-m", "memory", **nowhere)
    with open(pdf, "rb") as file:
        same(file.read(5), b"%PDF-")
    has(house.fails(USAGE, "graph"), "it takes -o FILE.svg, FILE.png or FILE.pdf")
    has(house.fails(USAGE, "graph", "-o", "tree.gif"), "it takes -o FILE.svg")
    has(house.fails(USAGE, "graph", "-o", svg, "-m", "luck"), "mailbox, memory, reductions or state, not “luck”")
    has(house.fails(USAGE, "graph", "-o", svg, "-d", "99"), "--depth is 0 to 16, not 99")
    has(house.fails(REFUSED, "graph", "-o", "/no/such/folder/tree.svg"), "/no/such/folder")


# ---- top -----------------------------------------------------------------------------------------


def top(house):
    """Figures, rows, a query that is typed and completed, sorting, and an end that leaves the terminal as it was."""
    with Terminal([house.grove, "top"], house.environment) as terminal:
        terminal.until(r"^shop  \d+ processes  run queue \d+  schedulers ")
        terminal.until(r"^PID +NAME +STATUS +MESSAGES +IN/S +REDS/S- +MEMORY")
        terminal.until(r"^memory .* messages/s")
        terminal.type("/")
        terminal.until(r"^/ _")
        terminal.type("name^auditor\r")
        terminal.until(r"^12 of \d+  / name\^auditor")
        terminal.type("n")
        terminal.until(rf"NAME\+.*\n{PID} +auditor_1 .*\n{PID} +auditor_10 ")
        terminal.type("r")
        terminal.until(rf"NAME-.*\n{PID} +auditor_9 ")
        terminal.type("/")
        terminal.type("\x15state:r\t")
        terminal.until("/ state:runn_ .*running runnable")
        terminal.type("x\r")
        terminal.until("“runnx” is no state; there are running")
        terminal.type("\x1b")
        terminal.until(r"^q quit  \? help ")
        terminal.type("?")
        terminal.until("Any key goes back")
        terminal.type("q")
        terminal.until(rf"NAME-.*\n{PID} +auditor_9 ")
        terminal.type("q")
        same(terminal.wait(), OK)
        same(termios.tcgetattr(terminal.master), terminal.before)
        check(b"\x1b[?1049l" in terminal.raw, "the screen was not given back")


def top_acts(house):
    """What is done is asked for first, is done to the one that was chosen, and what came of it is said."""
    before = house.pid_of("auditor_11")
    with Terminal([house.grove, "top", "name=auditor_11"], house.environment) as terminal:
        terminal.until(rf"^{before} +auditor_11 ")
        terminal.type("k")
        terminal.until(f"Kill auditor_11 {before}\\? \\(y/n\\)")
        terminal.type("n")
        terminal.until("Nothing was done")
        same(house.pid_of("auditor_11"), before)
        terminal.type("k")
        terminal.until("Kill auditor_11")
        terminal.type("y")
        terminal.until(f"^Killed auditor_11 {before}; audit_sup started {PID}")
        after = house.pid_of("auditor_11")
        terminal.until(rf"^{after} +auditor_11 ")
        terminal.type("s")
        terminal.until("Suspend auditor_11")
        terminal.type("y")
        terminal.until("^Suspended auditor_11")
        terminal.until(rf"^{after} +auditor_11 +suspended")
        terminal.type("u")
        terminal.until("^Resumed auditor_11")
        terminal.type("+")
        terminal.until("^Priority of auditor_11 .* is now high")
        terminal.type("x")
        terminal.until("Reason for auditor_11 .* to exit: shutdown_")
        terminal.type("\x15{bad, luck}\r")
        terminal.until("Send an exit with {bad, luck} to auditor_11 .*\\(y/n\\)")
        terminal.type("y")
        terminal.until("^auditor_11 .* ended with {bad, ?luck}")
        terminal.type("\x03")
        same(terminal.wait(), OK)


def top_moves(house):
    """More processes than rows: the table goes along, also when the screen becomes another."""
    with Terminal([house.grove, "top", "-o", "pid"], house.environment) as terminal:
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.type("\x1b[6~\x1b[6~")
        terminal.until(r"STATUS.*\n<0\.[2-9]\d\.\d+>")
        terminal.type("\x1bOH")
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.resize(40, 120)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+ +NAME.*MEMORY +APP.*\n<0\.1\.0>(.*\n){33}<0\.")
        terminal.resize(10, 40)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+ +NAME +STATUS *\n<0\.1\.0>")
        terminal.resize(3, 10)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until("too small")
        terminal.resize(24, 80)
        os.kill(terminal.program.pid, signal.SIGWINCH)
        terminal.until(r"PID\+.*\n<0\.1\.0>")
        terminal.type("q")
        same(terminal.wait(), OK)


def top_lost(house):
    with Terminal([house.grove, "top"], house.environment) as terminal:
        terminal.until(r"^shop  \d+ processes")
        house.running[0].kill()
        house.running[0].wait()
        terminal.until("The connection to “shop” was lost")
        house.start()
        terminal.until("“shop” is back")
        terminal.until(r"^shop  \d+ processes")
        terminal.type("q")
        same(terminal.wait(), OK)


def top_nowhere(house):
    has(house.fails(USAGE, "top"), "standard input or output is none\n  Try: grove ps --watch")
    has(house.fails(USAGE, "top", "--json"), "ps --watch --json")
    for term, why in (("dumb", "cannot move its cursor"), ("", "TERM does not say"), ("nonsense", "not known here")):
        with Terminal([house.grove, "top"], house.environment, term=term) as terminal:
            terminal.until(why)
            same(terminal.wait(), USAGE)
    with Terminal([house.grove, "top", "-o", "links"], house.environment) as terminal:
        terminal.until("does not show a column “links”")
        same(terminal.wait(), USAGE)


def on_a_terminal(house):
    """Colours and the width of the screen, unless it cannot or must not."""
    command = [house.grove, "ps", "-n", "2"]
    with Terminal(command, house.environment, columns=60) as terminal:
        same(terminal.wait(), OK)
        check(b"\x1b[1m" in terminal.raw, terminal.raw)
        check(all(len(line) <= 60 for line in terminal.screen.text().splitlines()), terminal.screen.text())
        has(terminal.screen.text(), "…")
    for environment, term in ((dict(house.environment, NO_COLOR="1"), "xterm"), (house.environment, "dumb")):
        with Terminal(command, environment, term=term) as terminal:
            same(terminal.wait(), OK)
            check(b"\x1b" not in terminal.raw, terminal.raw)


TESTS = [
    ls,
    no_system,
    two_systems,
    system,
    describe,
    ps,
    ps_rates,
    ps_errors,
    ps_watch,
    tree,
    tree_of_none,
    info,
    which_process,
    messages,
    kill,
    exit_with_reason,
    restart,
    priority,
    suspend,
    suspend_while,
    read_only,
    help_texts,
    colors,
    dial_stdio,
    dial_bytes,
    dial_dies,
    through_a_command,
    through_ssh,
    bad_addresses,
    tables,
    crashes,
    events,
    log,
    inside,
    supervisors,
    hostile,
    graph,
    top,
    top_acts,
    top_moves,
    top_lost,
    top_nowhere,
    on_a_terminal,
]


def main():
    wanted = sys.argv[3:]
    tests = [test for test in TESTS if not wanted or test.__name__ in wanted]
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        house = House(sys.argv[1], sys.argv[2])
        name = "/e2e/grove/" + test.__name__.replace("_", "-")
        try:
            house.start()
            test(house)
            print(f"ok {number} {name}", flush=True)
        except Skip as why:
            print(f"ok {number} {name} # SKIP {why}", flush=True)
        except Exception as failure:  # pylint: disable=broad-except
            print(f"not ok {number} {name}", flush=True)
            for line in (traceback.format_exc() if not isinstance(failure, Failure) else str(failure)).splitlines():
                print(f"# {line}", flush=True)
        finally:
            house.stop()


main()
