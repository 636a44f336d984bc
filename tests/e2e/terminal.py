# SPDX-License-Identifier: MIT
"""A program on a terminal of its own, and what would be seen on its screen: as much of a terminal as curses
needs."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

PATIENCE = 60  # seconds
SEQUENCE = re.compile(r"\x1b(?:\[([?>!]?)([\d;]*)([@-~])|[()][A-Z0-9]|\][^\x07]*\x07|[=>78cDEMH])")


class Screen:
    """What is written on it, as lines of text."""

    def __init__(self, rows, columns):
        self.resize(rows, columns)
        self.rest = ""

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.y = self.x = 0
        self.last = " "
        self.region = (0, rows - 1)

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.cells)

    def feed(self, text):
        text, self.rest = self.rest + text, ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = SEQUENCE.match(text, at)
                if not found:
                    self.rest = text[at:]  # the end of it is still to come
                    return
                if found.group(3):
                    numbers = [int(number or 0) for number in found.group(2).split(";")]
                    self.control(found.group(3), numbers, bool(found.group(1)))
                elif found.group() == "\x1bM" and self.y == self.region[0]:
                    self.scroll(-1)
                elif found.group() == "\x1bM":
                    self.y = max(self.y - 1, 0)
                at = found.end()
                continue
            self.put(text[at])
            at += 1

    def put(self, character):
        if character == "\r":
            self.x = 0
        elif character == "\n" and self.y == self.region[1]:
            self.scroll(1)
        elif character == "\n":
            self.y = min(self.y + 1, self.rows - 1)
        elif character == "\b":
            self.x = max(self.x - 1, 0)
        elif character == "\t":
            self.x = min(self.x // 8 * 8 + 8, self.columns - 1)
        elif character >= " " and self.y < self.rows:
            if self.x >= self.columns:
                self.x, self.y = 0, min(self.y + 1, self.rows - 1)
            self.cells[self.y][self.x] = self.last = character
            self.x += 1

    def scroll(self, n):
        """The lines of the region go up, or down by a negative number."""
        first, last = self.region
        for _ in range(abs(n)):
            self.cells.pop(first if n > 0 else last)
            self.cells.insert(last if n > 0 else first, [" "] * self.columns)

    def clear(self, y, start, end):
        for x in range(max(start, 0), min(end, self.columns)):
            self.cells[y][x] = " "

    def control(self, final, numbers, private):
        n = numbers[0] if numbers else 0
        if private:
            return
        if final in "Hf":
            self.y = min(max(n, 1), self.rows) - 1
            self.x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.columns) - 1
        elif final == "d":
            self.y = min(max(n, 1), self.rows) - 1
        elif final == "G":
            self.x = min(max(n, 1), self.columns) - 1
        elif final == "A":
            self.y = max(self.y - max(n, 1), 0)
        elif final == "B":
            self.y = min(self.y + max(n, 1), self.rows - 1)
        elif final == "C":
            self.x = min(self.x + max(n, 1), self.columns - 1)
        elif final == "D":
            self.x = max(self.x - max(n, 1), 0)
        elif final == "Z":
            self.x = max((self.x - 1) // 8 * 8, 0)
        elif final == "K":
            self.clear(self.y, 0 if n else self.x, self.columns if n != 1 else self.x + 1)
        elif final == "J":
            self.clear(self.y, 0 if n else self.x, self.columns)
            for y in range(0 if n else self.y + 1, self.rows):
                self.clear(y, 0, self.columns)
        elif final == "r":
            bottom = numbers[1] if len(numbers) > 1 and numbers[1] else self.rows
            self.region = (max(n, 1) - 1, min(bottom, self.rows) - 1)
            self.y = self.x = 0
        elif final in "ST":
            self.scroll(max(n, 1) if final == "S" else -max(n, 1))
        elif final == "X":
            self.clear(self.y, self.x, self.x + max(n, 1))
        elif final == "P":
            line = self.cells[self.y]
            del line[self.x : self.x + max(n, 1)]
            line += [" "] * (self.columns - len(line))
        elif final == "@":
            line = self.cells[self.y]
            line[self.x : self.x] = [" "] * max(n, 1)
            del line[self.columns :]
        elif final == "b":
            for _ in range(max(n, 1)):
                self.put(self.last)
        elif final in "LM":
            for _ in range(max(n, 1)):
                if final == "L":
                    self.cells.insert(self.y, [" "] * self.columns)
                    self.cells.pop()
                else:
                    self.cells.pop(self.y)
                    self.cells.append([" "] * self.columns)


class Terminal:
    """A program that believes to sit before a person."""

    def __init__(self, command, environment, term="xterm", rows=24, columns=80):
        self.screen = Screen(rows, columns)
        self.raw = b""
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.master)
        self.program = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environment, TERM=term),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self.master)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def read(self, seconds):
        """Whether there is more to come."""
        if not select.select([self.master], [], [], max(seconds, 0))[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError:
            chunk = b""
        self.raw += chunk
        self.screen.feed(chunk.decode(errors="replace"))
        return bool(chunk)

    def until(self, pattern):
        """The match on the screen, once it is there; a dot is any character of one line."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.screen.text(), re.M)
            if found:
                return found
            if time.monotonic() > end or not self.read(end - time.monotonic()):
                raise AssertionError(f"no {pattern!r} on the screen:\n{self.screen.text()}")

    def wait(self):
        """What it ended with; everything it wrote has been read."""
        end = time.monotonic() + PATIENCE
        while self.read(end - time.monotonic()) and time.monotonic() < end:
            pass
        return self.program.wait(PATIENCE)
