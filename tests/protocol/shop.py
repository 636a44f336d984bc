# SPDX-License-Identifier: MIT
"""A real shop for tests in Python."""

import contextlib
import shutil
import signal
import subprocess
import tempfile

from client import PATIENCE, check


@contextlib.contextmanager
def shop(program, *options):
    """A directory in which a shop serves."""
    directory = tempfile.mkdtemp(prefix="grove-python-")
    process = subprocess.Popen(
        [program, "--name", "shop", "--directory", directory, *options], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        check("serving as" in line, f"the shop said {line!r}")
        yield directory
        process.send_signal(signal.SIGTERM)
        check(process.wait(PATIENCE) == 0, f"the shop ended with {process.returncode}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
        shutil.rmtree(directory, ignore_errors=True)
