#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-tls.py GROVE GROVE_BEAM HOUSE: distribution over TLS: the certificate and its host name are checked, in
both directions, and it is said which of them is wrong."""

import os
import subprocess
import sys
from urllib.parse import quote

from node import OK, PATIENCE, UNREACHABLE, Place, check, has, run_tests, same


class Authority:
    """Signs certificates, for this test only."""

    def __init__(self, directory, name):
        self.directory = directory
        self.name = name
        self.certificate = self.path(".pem")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-keyout", self.path(".key"), "-out", self.certificate)

    def path(self, ending):
        return os.path.join(self.directory, self.name + ending)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=PATIENCE)

    def sign(self, name, alternative):
        """A file with a certificate and its key."""
        request, key, certificate, both = (os.path.join(self.directory, name + ending) for ending in (".csr", ".key", ".crt", ".both.pem"))
        extension = os.path.join(self.directory, name + ".ext")
        with open(extension, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={alternative}\n")
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-days", "2", "-in", request, "-CA", self.certificate, "-CAkey", self.path(".key"),
                     "-CAcreateserial", "-extfile", extension, "-out", certificate)
        with open(both, "w", encoding="ascii") as file:
            for path in (certificate, key):
                with open(path, encoding="ascii") as part:
                    file.write(part.read())
        return both


class Cluster:
    """A node that speaks TLS and wants a certificate of its own authority from whoever comes, another whose
    certificate is for another host, and one that speaks no TLS."""

    def __init__(self, place):
        self.place = place
        self.authority = Authority(place.directory, "ours")
        self.stranger = Authority(place.directory, "stranger")
        self.mine = self.authority.sign("observer", "DNS:observer")
        self.foreign = self.stranger.sign("foreigner", "DNS:observer")
        self.here = self.authority.sign("here", "IP:127.0.0.1,DNS:localhost")
        self.node = self.start("guarded", self.here)
        self.elsewhere = self.start("elsewhere", self.authority.sign("there", "DNS:there.example"))
        self.plain = place.start("plain")

    def modern(self):
        """A node that speaks TLS 1.3 only, where our certificate is looked at when we think that we are in."""
        path = os.path.join(self.place.directory, "dist.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(
                f'[{{server, [{{certfile, "{self.here}"}}, {{cacertfile, "{self.authority.certificate}"}}, '
                "{versions, ['tlsv1.3']}, {verify, verify_peer}, {fail_if_no_peer_cert, true}]}].\n"
            )
        return self.place.start("modern", arguments=["-proto_dist", "inet_tls", "-ssl_dist_optfile", path])

    def start(self, alive, certificate):
        return self.place.start(alive, arguments=[
            "-proto_dist", "inet_tls", "-ssl_dist_opt", "server_certfile", certificate,
            "-ssl_dist_opt", "server_cacertfile", self.authority.certificate,
            "-ssl_dist_opt", "server_verify", "verify_peer", "-ssl_dist_opt", "server_fail_if_no_peer_cert", "true",
        ])

    def call(self, node, authority=None, certificate=None):
        target = f"beam:{node.name}?tls"
        if authority is not None:
            target += f"&ca={quote(authority.certificate)}"
        if certificate is not None:
            target += f"&cert={quote(certificate)}"
        return subprocess.run([self.place.grove, "-s", target, "system"], env=self.place.environment,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)

    def fails(self, pattern, *arguments):
        done = self.call(*arguments)
        check(done.returncode == UNREACHABLE, f"{done.returncode} {done.stdout!r} {done.stderr!r}")
        has(done.stderr, pattern)


def right(cluster):
    done = cluster.call(cluster.node, cluster.authority, cluster.mine)
    same((done.returncode, done.stderr), (OK, ""))
    has(done.stdout, "^system +guarded@127.0.0.1 ")


def by_another_name(cluster):
    """It has a certificate for that one too."""
    name, cluster.node.name = cluster.node.name, "guarded@localhost"
    try:
        done = cluster.call(cluster.node, cluster.authority, cluster.mine)
    finally:
        cluster.node.name = name
    same((done.returncode, done.stderr), (OK, ""))


def wrong_authority(cluster):
    cluster.fails("No secure connection to “guarded@127.0.0.1”\n.*(self-signed|unable to get local issuer)", cluster.node, cluster.stranger, cluster.mine)
    cluster.fails("No secure connection to “guarded@127.0.0.1”\n.*(self-signed|unable to get local issuer)", cluster.node, None, cluster.mine)


def wrong_host(cluster):
    cluster.fails("No secure connection to “elsewhere@127.0.0.1”\n.*IP address mismatch", cluster.elsewhere, cluster.authority, cluster.mine)


def no_certificate_of_ours(cluster):
    cluster.fails("“guarded@127.0.0.1”.*certificate", cluster.node, cluster.authority)
    cluster.fails("“guarded@127.0.0.1”.*(unknown ca|certificate)", cluster.node, cluster.authority, cluster.foreign)


def version_13(cluster):
    node = cluster.modern()
    done = cluster.call(node, cluster.authority, cluster.mine)
    same((done.returncode, done.stderr), (OK, ""))
    cluster.fails("No secure connection to “modern@127.0.0.1”\n.*certificate", node, cluster.authority)
    cluster.fails("No secure connection to “modern@127.0.0.1”\n.*(unknown ca|certificate)", node, cluster.authority, cluster.foreign)
    node.close()


def no_file(cluster):
    cluster.fails("No secure connection to “guarded@127.0.0.1”\n.*/no/such/file cannot be read: No such file", cluster.node, cluster.authority, "/no/such/file")


def no_such_part(cluster):
    """A file without what it is named for; the certificate's own holds no key."""
    cookie = os.path.join(cluster.place.directory, ".erlang.cookie")
    cluster.fails("erlang.cookie holds no certificate in PEM form", cluster.node, cluster.authority, cookie)
    cluster.fails("holds no private key in PEM form", cluster.node, cluster.authority, cluster.authority.certificate)


def one_side_only(cluster):
    """TLS to a node that speaks none, and none to one that does."""
    cluster.fails("No secure connection to “plain@127.0.0.1”\n.*inet_tls", cluster.plain, cluster.authority, cluster.mine)
    done = subprocess.run([cluster.place.grove, "-s", f"beam:{cluster.node.name}", "ps"], env=cluster.place.environment,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    same(done.returncode, UNREACHABLE)
    has(done.stderr, "“guarded@127.0.0.1” (closed the connection at once|does not answer)\n.*TLS")


def large_answers(cluster):
    """In many records, and much in both directions."""
    with cluster.node.observe("control", "--tls", "--tls-ca", cluster.authority.certificate, "--tls-cert", cluster.mine) as session:
        session.description = None
        asked = [session.start("process.get", pid="<0.0.0>") for _ in range(200)]
        for one in asked:
            same(session.finish(one)["pid"], "<0.0.0>")


def main():
    grove, beam, *sources = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(*sources)
        return run_tests("/e2e/beam-tls/", (right, by_another_name, wrong_authority, wrong_host, no_certificate_of_ours, version_13,
                                            no_file, no_such_part, one_side_only, large_answers), Cluster(place))


if __name__ == "__main__":
    sys.exit(main())
