# SPDX-License-Identifier: Apache-2.0
"""test_console.py - a person at the terminal: types, erases, interrupts, ends the shell; the serial
driver dies under the hands and no keystroke is lost."""

import os
import re
import select
import signal
import subprocess
import time

import pytest
import vm as vm_module

PROMPT = re.compile(rb"[$#] $")


class Terminal:
    """`vm run` on a terminal of its own."""

    def __init__(self):
        master, slave = vm_module.open_terminal()
        self.fd = master
        self.process = subprocess.Popen([vm_module.VM, "run"], stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)
        self.said = b""

    def read(self, pattern, timeout=30):
        """Waits until what has been said since the last read has the pattern; returns it."""
        end = time.monotonic() + timeout
        while not re.search(pattern, self.said):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self.fd], [], [], left)[0]
            assert ready, f"no {pattern!r} in {self.said!r}"
            self.said += os.read(self.fd, 4096)
        said, self.said = self.said, b""
        return said

    def type(self, text, pause=0.0):
        for byte in text.encode():
            os.write(self.fd, bytes([byte]))
            if pause:
                time.sleep(pause)

    def run(self, line, timeout=30, pause=0.0):
        """Types a line; returns what came between its echo and the next prompt."""
        self.type(line + "\r", pause)
        said = self.read(rb"\n(?s:.*)[$#] $", timeout)
        return said.decode(errors="replace").replace("\r", "")

    def end(self):
        self.type("\x01x")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.fd)


@pytest.fixture
def terminal():
    t = Terminal()
    try:
        t.read(rb"[$#] $", 60)
        yield t
    finally:
        t.end()


def test_person_types_and_is_answered(terminal):
    assert "\nhello\n" in terminal.run("echo hello")
    # Erase, and moving in the line.
    assert "\nabc\n" in terminal.run("echo abx\x7fc")
    assert "\none\n" in terminal.run("cho one\x1b[He\x1b[F")
    # History.
    terminal.type("\x1b[A")
    assert "\none\n" in terminal.run("")
    # ^C ends what runs, or drops the line; ^D ends the input of a program.
    terminal.type("sleep 1000\r")
    terminal.read(rb"sleep 1000")
    time.sleep(1)
    terminal.type("\x03")
    terminal.read(rb"[$#] $")
    assert "130" in terminal.run("echo $?")
    terminal.type("echo never\x03")
    terminal.read(rb"[$#] $")
    terminal.type("cat\r")
    terminal.read(rb"cat\r+\n")
    # Typing ahead of a program that is just being started is a known fault: see docs/status.md.
    time.sleep(2)
    terminal.type("line\r")
    terminal.read(rb"line\r+\nline\r+\n")
    terminal.type("\x04")
    terminal.read(rb"[$#] $")
    # ^D at the prompt ends the shell, and ham brings another.
    terminal.type("\x04")
    terminal.read(rb"[$#] $")
    assert "\nback\n" in terminal.run("echo back")


def test_no_keystroke_is_lost_when_the_serial_driver_dies(terminal):
    """As often as ham starts it warm within a minute: a cold start may lose what was typed."""
    for n in range(4):
        terminal.type("inject kill --after 300000 devc-ns16550 &\r")
        terminal.read(rb"[$#] $")
        words = " ".join(f"word{n}{i}" for i in range(12))
        said = terminal.run(f"echo {words}", pause=0.012)
        assert f"\n{words}\n" in said, said
    deaths = terminal.run("pidin deaths")
    assert len(re.findall(r"devc-ns16550 +signal=9", deaths)) == 4, deaths
