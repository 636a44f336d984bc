# SPDX-License-Identifier: MIT
"""A real shop for tests in Python."""

import contextlib
import shutil
import signal
import subprocess
import tempfile

from client import PATIENCE, check


class Shop:
    """A running shop, in a directory of its own; ended, if it has not ended, when the block is left."""

    def __init__(self, program, *options):
        self.directory = tempfile.mkdtemp(prefix="grove-python-")
        self.process = subprocess.Popen(
            [program, "--name", "shop", "--directory", self.directory, *options], stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        line = self.process.stdout.readline()
        if "serving as" not in line:
            self.__exit__(Exception)
        check("serving as" in line, f"the shop said {line!r}")
        return self

    def __exit__(self, failure, *_):
        try:
            if self.process.poll() is None and failure is None:
                self.process.send_signal(signal.SIGTERM)
                check(self.process.wait(PATIENCE) == 0, f"the shop ended with {self.process.returncode}")
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def shop(program, *options):
    """The directory in which a shop serves."""
    with Shop(program, *options) as running:
        yield running.directory
