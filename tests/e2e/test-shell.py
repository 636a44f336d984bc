#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-shell.py SHOP [EDITING]: the shop's shell (--shell), driven through a pipe and, as a person would,
through a terminal; and killed over the protocol, as an observer would.

Answers are told apart by a command that does not exist, whose error ends each of them.
"""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tap import check, like, run_tests, same  # pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; more than any answer takes
PID = r"<0\.\d+\.\d+>"


class Shop:
    """The program, its input and output, and its socket."""

    def __init__(self, program, terminal=None, output=None, options=()):
        self.directory = tempfile.mkdtemp(prefix="grove-shell-")
        self.text = ""
        self.marks = 0
        command = [program, "--shell", "--name", "shop", "--directory", self.directory, *options]
        environment = dict(os.environ)
        environment.pop("TERM", None)
        self.terminal = terminal is not None
        if self.terminal:
            self.master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, b"\x18\x00\xa0\x00\0\0\0\0")
            self.slave = slave
            self.before = termios.tcgetattr(slave)
            if terminal:
                environment["TERM"] = terminal
            self.program = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                env=environment,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
            self.input = self.output = self.master
        else:
            read, self.input = os.pipe()
            os.set_inheritable(read, True)
            self.program = subprocess.Popen(command, stdin=read, stdout=output or subprocess.PIPE, env=environment)
            os.close(read)
            self.output = self.program.stdout.fileno() if not output else None

    def __enter__(self):
        return self

    def __exit__(self, *what):
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        if self.terminal:
            os.close(self.master)
            os.close(self.slave)
        else:
            self.close_input()
            if self.program.stdout:
                self.program.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def close_input(self):
        if self.input is not None:
            os.close(self.input)
            self.input = None

    def type(self, text):
        os.write(self.input, text.encode())

    def until(self, pattern):
        """What was written up to where @pattern is, and the match."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.text, re.S)
            if found:
                before, self.text = self.text[: found.start()], self.text[found.end() :]
                return before, found
            left = end - time.monotonic()
            check(left > 0 and select.select([self.output], [], [], left)[0], f"no {pattern!r} in {self.text!r}")
            try:
                more = os.read(self.output, 65536)
            except OSError:
                more = b""
            check(more, f"the output ended without {pattern!r}: {self.text!r}")
            self.text += more.decode()

    def ready(self):
        self.until(r"serving as [^\n]*\n")

    def ask(self, *commands):
        """What the shell says to them, through a pipe."""
        self.marks += 1
        mark = f"mark{self.marks}"
        self.type("".join(command + "\n" for command in commands) + mark + "\n")
        answer = self.until(rf'error: shell: [^\n]*\n  {mark}\n  \^\n')[0]
        return answer[:-1] if answer.endswith("\n") else answer

    def ask_until(self, command, pattern):
        deadline = time.monotonic() + PATIENCE
        while not re.fullmatch(pattern, answer := self.ask(command), re.S):
            check(time.monotonic() < deadline, f"got {answer!r}, never like {pattern!r}")

    def ends(self):
        return self.program.wait(PATIENCE)


class Wire:
    """A session of an observer that may act."""

    def __init__(self, shop):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(os.path.join(shop.directory, "shop.sock"))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.id = 0
        same(json.loads(self.lines.readline())["method"], "hello")
        self.call("session.open", major=1, client={"name": "test-shell", "version": "1"}, role="control")

    def call(self, method, **params):
        answer = self.ask(method, **params)
        check("result" in answer, f"{method}: {answer}")
        return answer["result"]

    def until_gone(self, pid):
        deadline = time.monotonic() + PATIENCE
        while "result" in self.ask("process.get", pid=pid):
            check(time.monotonic() < deadline, f"{pid} is still there")

    def ask(self, method, **params):
        self.id += 1
        request = {"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}
        self.socket.sendall((json.dumps(request, separators=(",", ":")) + "\n").encode())
        while True:
            answer = json.loads(self.lines.readline())
            if answer.get("id") == self.id:
                return answer

    def close(self):
        self.lines.close()
        self.socket.close()


# ---- Through a pipe -------------------------------------------------------------------------------------


def test_help(program):
    with Shop(program) as shop:
        shop.ready()
        names = [line.split()[0] for line in shop.ask("help").split("\n")[:-1]]
        for name in (
            "help quit halt spawn self processes info link unlink monitor demonitor exit priority trap_exit register "
            "unregister whereis registered send receive flush call cast state status suspend resume applications tree "
            "children count terminate restart delete"
        ).split():
            check(name in names, f"help does not tell of {name}")
            like(shop.ask(f"help {name}"), rf"{name} .*")
        like(shop.ask("help spawn"), r".*functions:\n  echo .*")


def test_messages(program):
    with Shop(program) as shop:
        shop.ready()
        me = shop.ask("self")
        like(me, PID)
        same(shop.ask("whereis shell"), me)
        same(shop.ask("whereis nobody_at_all"), "undefined")
        same(shop.ask('send shell {whisper, <<"hi">>}'), '{whisper,<<"hi">>}')
        same(shop.ask(f"send {me} #{{a => [1, 2.5 | {me}]}}."), f"#{{a => [1,2.5|{me}]}}")
        same(shop.ask("send shell three"), "three")
        same(shop.ask("receive"), '{whisper,<<"hi">>}')
        same(shop.ask("flush"), f"#{{a => [1,2.5|{me}]}}\nthree\n2 messages")
        same(shop.ask("flush"), "0 messages")
        same(shop.ask("receive 0"), "error: receive: the time was up first")
        agent = shop.ask("spawn echo")
        like(agent, PID)
        same(shop.ask(f"send {agent} \"caf\u00e9\""), '"caf\u00e9"')
        same(shop.ask("receive"), '{echo,"caf\u00e9"}')
        same(shop.ask(f"register 'my echo' {agent}"), "true")
        same(shop.ask("send 'my echo' hello"), "hello")
        same(shop.ask("receive"), "{echo,hello}")
        check(f"'my echo' {agent}" in shop.ask("registered").split("\n"), "it is not listed")
        same(shop.ask("unregister 'my echo'"), "true")
        same(shop.ask("whereis 'my echo'"), "undefined")
        # To one who has gone, a message is sent and lost, as in Erlang.
        same(shop.ask("send <0.999999.7> hello"), "hello")


def test_processes(program):
    with Shop(program) as shop:
        shop.ready()
        me = shop.ask("self")
        bomb = shop.ask("spawn bomb {went, off}")
        like(shop.ask(f"monitor {bomb}"), r"#Ref<[^>]*>")
        same(shop.ask(f"demonitor {bomb}"), "true")
        like(shop.ask(f"demonitor {bomb}"), r"error: demonitor: .*")
        like(shop.ask(f"monitor {bomb}"), r"#Ref<[^>]*>")
        same(shop.ask("trap_exit on"), "off")
        same(shop.ask(f"link {bomb}"), "true")
        info = shop.ask(f"info {bomb}")
        check(f"{{links,[{me}]}}" in info and f"{{monitored_by,[{me}]}}" in info, info)
        same(shop.ask(f"unlink {bomb}"), "true")
        same(shop.ask(f"link {bomb}"), "true")
        same(shop.ask(f"priority {bomb} high"), "normal")
        same(shop.ask(f"priority {bomb} max"), "high")
        same(shop.ask(f"send {bomb} light"), "light")
        got = {shop.ask("receive"), shop.ask("receive")}
        check(f"{{'EXIT',{bomb},{{went,off}}}}" in got, got)
        check(any(re.fullmatch(rf"{{'DOWN',#Ref<[^>]*>,process,{re.escape(bomb)},{{went,off}}}}", g) for g in got), got)
        same(shop.ask("trap_exit off"), "on")
        same(shop.ask(f"link {bomb}"), "error: link: no such process")
        same(shop.ask(f"info {bomb}"), "error: info: no such process")
        same(shop.ask(f"priority {bomb} low"), "error: priority: no such process")
        echo = shop.ask("spawn echo")
        like(shop.ask(f"processes {echo}"), rf"pid .*{echo} +(runnable|running|waiting) .*  echo\n1 process")
        same(shop.ask(f"exit {echo} kill"), "true")
        same(shop.ask(f"info {echo}"), "error: info: no such process")
        like(shop.ask("processes nothing_like_that"), r"pid [^\n]*\n0 processes")
        like(shop.ask("processes session_1"), r".*<0\.\d+\.0> .*session_100\n12 processes")
        like(shop.ask("spawn nap 1"), PID)


def test_servers(program):
    with Shop(program) as shop:
        shop.ready()
        like(shop.ask("call ledger balance"), r"{ok,-?\d+,\d+}")
        like(shop.ask("call ledger balance 60000"), r"{ok,-?\d+,\d+}")
        same(shop.ask("call ledger {what, 'is this'} 60000"), "{error,unknown_request}")
        same(shop.ask("cast ledger {book, 5}"), "ok")
        like(shop.ask("state ledger"), r"#\{balance => \d+,pages => \d+\}")
        same(shop.ask("state fraud_check"), "undescribed")
        like(shop.ask("status ledger"), rf"{{status,{PID},{{module,ledger}},\[running,{PID},#{{balance => \d+,pages => \d+}}\]}}")
        same(shop.ask("suspend ledger"), "ok")
        like(shop.ask("status ledger"), r".*\[suspended,.*")
        same(shop.ask("call ledger balance 50"), "error: call: the time was up first")
        same(shop.ask("resume ledger"), "ok")
        like(shop.ask("call ledger balance"), r"{ok,-?\d+,\d+}")
        like(shop.ask("call shell x"), r"error: call: .*itself.*")


def test_supervisors(program):
    with Shop(program) as shop:
        shop.ready()
        names = [line.split()[1] for line in shop.ask("applications").split("\n")]
        same(names, ["billing", "warehouse", "shop", "shell"])
        # It is asked only when it has started, and with it the shell is in the tree.
        same(shop.ask("count shell_sup"), "[{specs,1},{active,1},{supervisors,0},{workers,1}]")
        like(shop.ask("tree shell_sup"), rf"{PID} shell_sup\n  {PID} shell")
        like(shop.ask("tree"), rf".*\n  {PID} billing \(billing_sup\) one_for_one\n    {PID} ledger_sup .*")
        like(shop.ask("children ledger_sup"), rf"{PID} supervisor audit_sup\n{PID} worker closing_clock\n{PID} worker ledger")
        same(shop.ask("count ledger_sup"), "[{specs,3},{active,3},{supervisors,1},{workers,2}]")
        like(shop.ask("restart ledger_sup ledger"), r"error: restart: that child runs; terminate it first.*")
        same(shop.ask("terminate ledger_sup ledger"), "ok")
        same(shop.ask("whereis ledger"), "undefined")
        same(shop.ask("count ledger_sup"), "[{specs,3},{active,2},{supervisors,1},{workers,2}]")
        again = shop.ask("restart ledger_sup ledger")
        like(again, PID)
        same(shop.ask("whereis ledger"), again)
        like(shop.ask("delete ledger_sup ledger"), r"error: delete: that child runs.*")
        same(shop.ask("terminate ledger_sup closing_clock"), "ok")
        same(shop.ask("delete ledger_sup closing_clock"), "ok")
        for command in ("terminate", "restart", "delete"):
            like(shop.ask(f"{command} ledger_sup closing_clock"), rf"error: {command}: it has no such child.*")
        # A server that is none is not asked, and does not crash on it.
        ledger = shop.ask("whereis ledger")
        for command in ("children ledger", "count ledger", "restart ledger x", "tree ledger", "terminate ledger x"):
            like(shop.ask(command), r"error: \w+: a supervisor is wanted here; .*")
        same(shop.ask("whereis ledger"), ledger)


BAD_LINES = {  # what is typed: where the error points, and what it says
    "nonsense": (0, "no such command"),
    "Self": (0, "no such command"),
    "self self": (5, "nothing more"),
    "send": (4, "a process is wanted"),
    "send <0.5 hello": (5, "<0.12.0>"),
    "send <0.5.0.0> hello": (5, "<0.12.0>"),
    "send 12 hello": (5, "<0.12.0>"),
    "send nobody_at_all hello": (5, "nobody has that name"),
    "send 'half hello": (5, "an atom"),
    "send shell": (10, "a term is wanted"),
    "send shell {a, [1}": (17, "expected"),
    "send shell a b": (13, "the end expected"),
    "send shell Variable": (11, ""),
    'send shell <<"\u00e9"': (16, ""),
    "call shell {a": (13, "expected"),
    "call ledger balance soon": (20, "milliseconds"),
    "call ledger balance 3600001": (20, "milliseconds"),
    "call ledger balance -1": (20, "milliseconds"),
    "receive soon": (8, "milliseconds are wanted here, from 0 to 3600000"),
    "receive 1 2": (8, "milliseconds"),
    "spawn": (5, "the name of a function"),
    "spawn system": (6, "no such function"),
    "spawn nap {": (11, ""),
    "register shell": (14, "a pid is wanted"),
    "register shell shell": (15, "a pid is wanted"),
    "register Shell <0.1.0>": (9, "a name is wanted"),
    "whereis": (7, "a name is wanted"),
    "whereis <0.1.0>": (8, "a name is wanted"),
    "priority ledger": (15, "low, normal, high or max"),
    "priority ledger extreme": (16, "low, normal, high or max"),
    "trap_exit": (9, "on or off"),
    "trap_exit maybe": (10, "on or off"),
    "exit ledger": (11, "a term is wanted"),
    "exit ledger [": (13, ""),
    "children shell": (9, "a supervisor is wanted"),
    "restart ledger_sup": (18, "the id of a child"),
    "restart ledger_sup 5": (19, "the id of a child"),
    "help nonsense": (5, "no such command"),
    "tree shell_sup shell_sup": (15, "nothing more"),
}


def test_bad_lines(program):
    with Shop(program) as shop:
        shop.ready()
        me, ledger = shop.ask("self"), shop.ask("whereis ledger")
        for line, (position, about) in BAD_LINES.items():
            lines = shop.ask(line).split("\n")
            same(len(lines), 3)
            check(lines[0].startswith("error: ") and about in lines[0], f"{line}: {lines[0]}")
            same(lines[1], "  " + line)
            same((line, lines[2]), (line, "  " + " " * position + "^"))
        # None of them had an effect.
        same(shop.ask("flush"), "0 messages")
        same(shop.ask("self", "whereis ledger"), f"{me}\n{ledger}")
        same(shop.ask("register shell <0.1.0>"), "error: register: the name is taken")
        same(shop.ask("unregister nobody_at_all"), "error: unregister: nobody has that name")
        like(shop.ask("exit shop_main \x01"), "error: a line is text, without control characters")
        same(shop.ask("", "   ", "\t"), "")


def test_bounds(program):
    with Shop(program) as shop:
        shop.ready()
        same(shop.ask("send shell " + "a" * 9000), "error: a line has at most 8192 bytes")
        same(shop.ask("flush"), "0 messages")
        long = "[" + ",".join(["abcdefgh"] * 880) + "]"
        answer = shop.ask("send shell " + long)
        check(4000 < len(answer) < 4096 and answer.endswith("..."), f"{len(answer)}: {answer[-20:]}")
        # More than an answer holds: what is not shown stays.
        shop.ask(*["send shell " + long] * 20)
        first, second = shop.ask("flush"), shop.ask("flush")
        check(len(first) < 65536 and len(second) < 65536, "it is too long")
        counts = [int(re.search(r"(\d+) messages?$", answer)[1]) for answer in (first, second)]
        same(sum(counts), 21)
        check(counts[0] > 5 and counts[1] > 0, counts)
        # A far position is shown with what is around it.
        lines = shop.ask("send shell [" + "a," * 2000 + "}").split("\n")
        check(len(lines[1]) < 200 and lines[1][len(lines[2]) - 1] == "}", lines)


# ---- Ends -----------------------------------------------------------------------------------------------


def test_end_of_input(program):
    with Shop(program) as shop:
        shop.ready()
        me = shop.ask("self")
        # The last line may lack its end.
        shop.type("whereis shell_sup")
        shop.close_input()
        shop.until(PID + "\n")
        wire = Wire(shop)
        wire.until_gone(me)
        check(wire.call("system.info")["applications"], "the system does not go on")
        wire.close()
        same(shop.program.poll(), None)
        shop.program.send_signal(signal.SIGINT)
        same(shop.ends(), 0)


def test_files(program):
    with tempfile.TemporaryFile("w+") as script, tempfile.TemporaryFile("w+") as output:
        script.write("self\nhalt\nself\n")
        script.flush()
        script.seek(0)
        with tempfile.TemporaryDirectory() as directory:
            command = [program, "--shell", "--directory", directory]
            same(subprocess.run(command, stdin=script, stdout=output, timeout=PATIENCE).returncode, 0)
        output.seek(0)
        like(output.read(), rf"shop: serving as [^\n]*\n{PID}\n")


def test_halt_and_quit(program):
    with Shop(program) as shop:
        shop.ready()
        shop.type("halt\nself\n")
        same(shop.ends(), 0)
    with Shop(program) as shop:
        shop.ready()
        same(shop.ask("help quit").split()[0], "quit")
        shop.type("quit\nself\nhalt\n")
        Wire(shop).call("system.info")
        same(shop.program.poll(), None)


def test_output_closed(program):
    """Nobody reads what it says: it ends, the system does not."""
    read, write = os.pipe()
    with Shop(program, output=write) as shop:
        os.close(write)
        shop.output = read
        shop.ready()
        me = shop.ask("self")
        os.close(read)
        shop.type("help\n")
        wire = Wire(shop)
        wire.until_gone(me)
        wire.close()
        same(shop.program.poll(), None)


def killed(shop, me):
    wire = Wire(shop)
    wire.call("process.kill", pid=me, wait_ms=5000)
    wire.close()


def test_killed(program):
    with Shop(program, options=("--schedulers", "1")) as shop:
        shop.ready()
        me = shop.ask("self")
        shop.type("whereis she")  # the half of a line outlives the process that read it
        killed(shop, me)
        _, found = shop.until(rf"shell: ({PID}) goes on for {me}, which ended: killed\n")
        shop.type("ll\n")
        _, answer = shop.until(rf"({PID})\n")
        same(answer[1], found[1])
        check(found[1] != me, "it has the same pid")
        same(shop.ask("self", "whereis shell"), f"{found[1]}\n{found[1]}")
        # It answers as soon as it runs; its supervisor counts when it hears that it does.
        shop.ask_until("tree shell_sup", r".*shell, 1 restart")


def test_crashed(program):
    """By a link, and by itself."""
    with Shop(program) as shop:
        shop.ready()
        me, bomb = shop.ask("self"), shop.ask("spawn bomb {went, off}")
        same(shop.ask(f"link {bomb}"), "true")
        shop.type(f"send {bomb} light\n")
        _, found = shop.until(rf"shell: ({PID}) goes on for {me}, which ended: {{went,off}}\n")
        same(shop.ask("self"), found[1])
        shop.type("exit shell boom\nself\n")
        shop.until(rf"shell: ({PID}) goes on for {found[1]}, which ended: boom\n{PID}\n")


def test_waits_parked(program):
    """While it waits for a line, the only scheduler does other things."""
    with Shop(program, options=("--schedulers", "1")) as shop:
        shop.ready()
        me = shop.ask("self")
        wire = Wire(shop)
        while wire.call("process.get", pid=me)["status"] != "waiting":
            pass
        check(wire.call("system.info")["uptime_ns"] < wire.call("system.info")["uptime_ns"], "time stands still")
        wire.close()
        like(shop.ask("call ledger balance"), r"{ok,.*")


# ---- Through a terminal ---------------------------------------------------------------------------------

PROMPT = "grove> "


def test_terminal_without_editing(program):
    with Shop(program, terminal="dumb") as shop:
        shop.until(rf"Grove's shell is the process ({PID})[^\n]*\n")
        shop.until(re.escape(PROMPT))
        shop.type("self\n")
        shop.until(rf"self\r?\n{PID}\r?\n{PROMPT}")
        shop.type("halt\n")
        same(shop.ends(), 0)


def test_editing(program):
    with Shop(program, terminal="xterm") as shop:
        _, greeting = shop.until(rf"Grove's shell is the process ({PID})[^\n]*\n")
        me = re.escape(greeting[1])

        def line(text, answer):
            """Types it at the prompt. Between two lines the terminal is the system's, which would take
            Ctrl-D and its like for itself, and show what nobody has read yet."""
            shop.until(re.escape(PROMPT))
            shop.type(text)
            return shop.until(answer + r"\r?\n")[1]

        line("selvx\x08\x7ff\n", me)
        # History: the line before.
        line("\x1b[A\n", me)
        # Editing within the line.
        line("whereis hell\x01\x05\x1b[D\x1b[D\x1b[D\x1b[Ds\n", me)
        # Completion of a command, a function and a name.
        line("wher\tshell_s\t\n", PID)
        line("spawn ec\t\n", PID)
        shop.until(re.escape(PROMPT))
        shop.type("uns\t\x15")
        shop.type("re\t\t")
        shop.until(r"receive +resume +restart|registered")
        shop.type("\x15\n")
        line('send shell "caf\u00e9"\n', '"caf\u00e9"\r?\n[^\n]*"caf\u00e9"|"caf\u00e9"')
        line("flush\n", "1 message")
        # Killed in the middle of a line: the next one has a terminal in order.
        shop.until(re.escape(PROMPT))
        shop.type("whereis le")
        shop.until("whereis le")  # it has read it: what is left in the terminal is its successor's
        killed(shop, greeting[1])
        _, found = shop.until(rf"shell: ({PID}) goes on for {me}, which ended: killed\r?\n")
        again = re.escape(found[1])
        line("self\n", again)
        # What was typed at the one before is in the history.
        line("\x1b[A\x1b[A\x1b[A\x15whereis shell\n", again)
        shop.until(re.escape(PROMPT))
        shop.type("\x04")  # Ctrl-D ends the shell
        wire = Wire(shop)
        wire.until_gone(found[1])
        wire.close()
        # It gave the terminal back before.
        same(termios.tcgetattr(shop.slave), shop.before)
        same(shop.program.poll(), None)
        shop.program.send_signal(signal.SIGTERM)
        same(shop.ends(), 0)


def test_interrupt(program):
    """Ctrl-C ends the program, and leaves the terminal as it was."""
    with Shop(program, terminal="xterm") as shop:
        shop.until(re.escape(PROMPT))
        shop.type("whereis led\x03")
        same(shop.ends(), 0)
        same(termios.tcgetattr(shop.slave), shop.before)


TESTS = [
    test_help,
    test_messages,
    test_processes,
    test_servers,
    test_supervisors,
    test_bad_lines,
    test_bounds,
    test_end_of_input,
    test_files,
    test_halt_and_quit,
    test_output_closed,
    test_killed,
    test_crashed,
    test_waits_parked,
    test_terminal_without_editing,
    test_interrupt,
]


def main(program, *options):
    tests = TESTS + ([test_editing] if "editing" in options else [])
    wanted = [option[2:] for option in options if option.startswith("-p")]
    return run_tests("/e2e/shell/", tests, program, wanted=wanted)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
