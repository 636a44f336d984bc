# SPDX-License-Identifier: MIT
"""What a test program in Python is made of: checks that say what was wrong, and TAP of a list of functions."""

import re
import traceback


class Failure(Exception):
    """What was found wrong."""


class Skipped(Exception):
    """Why a test cannot be run here."""


def check(condition, what):
    if not condition:
        raise Failure(what)


def same(got, wanted):
    check(got == wanted, f"got {got!r}, not {wanted!r}")


def has(text, pattern):
    check(re.search(pattern, text, re.S | re.M), f"no {pattern!r} in {text!r}")


def like(text, pattern):
    check(re.fullmatch(pattern, text, re.S), f"got {text!r}, not like {pattern!r}")


def name_of(test):
    return test.__name__.removeprefix("test_").replace("_", "-")


def run_tests(prefix, tests, *given, wanted=()):
    """Each is a function of what is @given, named as it is told; @wanted leaves out all others. Prints TAP and
    gives the program's status. A test that fails must not keep the others from being run."""
    tests = [test for test in tests if not wanted or name_of(test) in wanted]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        try:
            test(*given)
            print(f"ok {number} {prefix}{name_of(test)}", flush=True)
        except Skipped as reason:
            print(f"ok {number} {prefix}{name_of(test)} # SKIP {str(reason).splitlines()[0]}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
            print(f"not ok {number} {prefix}{name_of(test)}", flush=True)
    return 1 if failed else 0
