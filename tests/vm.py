# SPDX-License-Identifier: Apache-2.0
"""vm.py - how tests run the system: one call boots it, runs a command and returns what it said.
Owns the emulator's processes; knows nothing of what is tested."""

import os
import pty
import shutil
import subprocess
import tempfile

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("SKINK_BUILD", os.path.join(TOP, "build"))
VM = os.path.join(TOP, "bsp/qemu-virt/vm")


class Result:
    """What a command said (`out`, text), its `status`, the system's log and vm's own `err`."""

    def __init__(self, command, status, out, err, log):
        self.command = command
        self.status = status
        self.out = out.decode(errors="replace")
        self.raw = out
        self.err = err.decode(errors="replace")
        self.log = log.decode(errors="replace")

    @property
    def lines(self):
        return self.out.split("\n")[:-1] if self.out.endswith("\n") else self.out.split("\n")

    def __repr__(self):
        return (f"status {self.status} of {self.command!r}\n--- output\n{self.out}\n--- errors\n"
                f"{self.err}\n--- log\n{self.log[-4000:]}")


def open_terminal():
    """A pseudo-terminal's two ends; where there are none (a bare chroot), the test is skipped."""
    try:
        return pty.openpty()
    except OSError:
        pytest.skip("no pseudo-terminals here")


def options(icount, mem, smp, timeout, manifest, flash):
    result = ["--timeout", str(timeout), "--mem", str(mem)]
    if icount:
        result.append("--icount")
    if smp != 1:
        result += ["--smp", str(smp)]
    if manifest:
        result += ["--manifest", str(manifest)]
    if flash:
        result += ["--flash", str(flash)]
    return result


def gather(folder, programs, files):
    """Puts test programs (by name, or by path) and files {name: text} into a folder."""
    for program in programs:
        path = program if os.path.sep in str(program) else os.path.join(BUILD, "test-bin", program)
        shutil.copy(path, folder)
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data.encode() if isinstance(data, str) else data)


def run(command, programs=(), files=None, icount=True, mem=128, smp=1, timeout=60, manifest=None,
        flash=None):
    """Boots, runs `command` in the shell, and returns a Result; the status is not judged.

    programs: test programs (test_program in a build.mk) or paths, brought in beside the image's
    files: {name: contents} likewise.
    """
    with tempfile.TemporaryDirectory(prefix="skink-test-") as folder:
        extra = os.path.join(folder, "extra")
        os.mkdir(extra)
        gather(extra, programs, files or {})
        log = os.path.join(folder, "log")
        argv = [VM, "exec", *options(icount, mem, smp, timeout, manifest, flash), "--log", log]
        if os.listdir(extra):
            argv += ["--extra", extra]
        done = subprocess.run(argv + ["--", command], stdin=subprocess.DEVNULL, capture_output=True)
        text = b""
        if os.path.exists(log):
            with open(log, "rb") as f:
                text = f.read()
        return Result(command, done.returncode, done.stdout, done.stderr, text)


def check(command, **kwargs):
    """run(), and the command must succeed."""
    result = run(command, **kwargs)
    assert result.status == 0, result
    return result
