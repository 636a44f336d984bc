# SPDX-License-Identifier: MIT
"""A living shop, and the command-line program to observe it with: for tests of what each command prints, as
text and as JSON, what it ends with, and what it says when something is wrong."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from tap import Failure, Skipped, check, has, run_tests, same  # pylint: disable=wrong-import-position,unused-import

PATIENCE = 60  # seconds; more than any answer takes
PID = r"<0\.\d+\.\d+>"
OK, REFUSED, USAGE, UNREACHABLE, UNKNOWN = range(5)


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
        # What runs on this machine besides is not the tests' matter.
        self.environment["GROVE_BEAM"] = "/no/such/grove-beam"

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


def main(tests):
    """As GROVE SHOP [NAME]...: each of @tests with a house of its own, or those that are named."""
    grove, shop, *wanted = sys.argv[1:]

    def in_house(test):
        def run():
            house = House(grove, shop)
            try:
                house.start()
                test(house)
            finally:
                house.stop()

        run.__name__ = test.__name__
        return run

    sys.exit(run_tests("/e2e/grove/", [in_house(test) for test in tests], wanted=wanted))
