#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check.py - runs every test and counts. Owns the last line of `make check`, which is
`N passed, N failed`; knows no test.

    check.py --build DIR [--native NAME]... [--only WORD]

Native tests print `ok NAME` or `not ok NAME` a test (tests/include/test.h); one that ends badly
without a `not ok`, or says nothing, counts as a test of its own name. Python tests are pytest's.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTEST_DIRS = ["config/test", "bsp/qemu-virt/test", "tests"]
NATIVE_TIMEOUT_S = 300
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}


def run_native(program):
    """(passed, failed) of one program; prints its output only where something failed."""
    try:
        done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, **SANITIZERS}, timeout=NATIVE_TIMEOUT_S)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as e:
        output, code = (e.stdout or b"").decode(errors="replace"), "time-out"
    passed = len(re.findall(r"^ok ", output, re.M))
    failed = len(re.findall(r"^not ok ", output, re.M))
    if code != 0 and failed == 0:
        failed = 1
        if type(code) is int and code < 0:
            code = signal.Signals(-code).name
        output += f"ended with {code}\n"
    elif code == 0 and passed + failed == 0:
        passed = 1
    if failed:
        print(output, end="" if output.endswith("\n") else "\n")
    return passed, failed


def run_pytest(build, only):
    """(passed, failed, skipped) of the Python tests."""
    folders = [d for d in PYTEST_DIRS if os.path.isdir(os.path.join(TOP, d))]
    report = os.path.join(build, "check.xml")
    if os.path.exists(report):
        os.remove(report)
    # A soak takes hours: it names each test as it runs.
    detail = "-v" if os.environ.get("SKINK_SOAK") else "-q"
    command = [sys.executable, "-m", "pytest", detail, "-p", "no:cacheprovider", "--durations=5",
               "--import-mode=importlib",
               f"--junitxml={report}", *folders]
    if only:
        command += ["-k", only]
    code = subprocess.run(command, cwd=TOP).returncode
    if not os.path.exists(report):
        return 0, 0 if code == 5 else 1, 0
    counts = [0, 0, 0]
    for suite in xml.parse(report).getroot().iter("testsuite"):
        tests, failures, errors, skipped = (
            int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped"))
        bad = failures + errors
        for i, n in enumerate((tests - bad - skipped, bad, skipped)):
            counts[i] += max(n, 0)
    if code not in (0, 5) and counts[1] == 0:
        counts[1] = 1
    return tuple(counts)


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--native", action="append", default=[])
    parser.add_argument("--only")
    args = parser.parse_args(argv)
    build = os.path.abspath(args.build)
    start = time.monotonic()
    passed = failed = 0
    for name in args.native:
        if args.only and args.only not in name:
            continue
        p, f = run_native(os.path.join(build, "native", name))
        print(f"{'FAIL' if f else 'ok':4}  {name}: {p} passed, {f} failed", flush=True)
        passed += p
        failed += f
    p, f, skipped = run_pytest(build, args.only)
    passed += p
    failed += f
    if skipped:
        print(f"{skipped} skipped")
    print(f"{time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
