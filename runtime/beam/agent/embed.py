#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py ERLC ERL OUTPUT SOURCE...: compiles the agent and writes it as C, compiled and preprocessed.

The first SOURCE is the module; the others are what it includes. Its name ends in eight digits of the
hash of all of them: a node that has that name loaded has exactly this agent.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


def array(name, data):
    lines = [f"  {', '.join(str(byte) for byte in data[i:i + 24])}," for i in range(0, len(data), 24)]
    return (
        f"const uint8_t beam_agent_{name}[] = {{\n" + "\n".join(lines) + "\n};\n"
        f"const size_t  beam_agent_{name}_size = sizeof beam_agent_{name};\n"
    )


def main():
    erlc, erl, output, *sources = sys.argv[1:]
    texts = [Path(source).read_bytes() for source in sources]
    name = "grove_agent_" + hashlib.sha256(b"\0".join(texts)).hexdigest()[:8]
    with tempfile.TemporaryDirectory() as scratch:
        module = Path(scratch) / f"{name}.erl"
        module.write_bytes(texts[0])
        for source, text in zip(sources[1:], texts[1:]):
            (Path(scratch) / Path(source).name).write_bytes(text)
        command = [erlc, f"-DAGENT={name}", "+deterministic", "-Werror", "-o", scratch, str(module)]
        subprocess.run(command, check=True, cwd=scratch)
        code = (Path(scratch) / f"{name}.beam").read_bytes()
        subprocess.run([erlc, "-P", f"-DAGENT={name}", "-o", scratch, str(module)], check=True, cwd=scratch)
        listing = (Path(scratch) / f"{name}.P").read_text(encoding="utf-8").splitlines()
        form = "\n".join(line for line in listing if line.strip() and not line.startswith("-file(")) + "\n"
    asked = 'io:format("~s", [erlang:system_info(otp_release)]), halt().'
    release = subprocess.run([erl, "-noshell", "-eval", asked], check=True, capture_output=True, text=True).stdout
    Path(output).write_text(
        "/* Made by agent/embed.py. */\n"
        '#include "runtime/beam/blob.h"\n\n'
        f'const char    beam_agent_module[] = "{name}";\n'
        f"const int     beam_agent_release = {int(release)};\n"
        + array("code", code)
        + array("source", form.encode("utf-8")),
        encoding="utf-8",
    )


main()
