#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-ssh.py GROVE SHOP: a system on another machine, through a real sshd on the loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

from house import Failure, PATIENCE, Skipped, UNREACHABLE, check, has, main, same


class Door:
    """An sshd of our own on the loopback, that lets in only us, and knows where our systems are."""

    def __init__(self, house):
        self.sshd = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if not self.sshd or not shutil.which("ssh"):
            raise Skipped("sshd and ssh are not installed")
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


main(
    [
        through_ssh,
    ]
)
