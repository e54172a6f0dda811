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
    terminal.type("sleep 1000\r\x03")
    terminal.read(rb"[$#] $")
    assert "130" in terminal.run("echo $?")
    terminal.type("echo never\x03")
    terminal.read(rb"[$#] $")
    terminal.type("cat\r")
    terminal.type("line\r")
    terminal.read(rb"cat\r+\nline\r+\nline\r+\n")
    terminal.type("\x04")
    terminal.read(rb"[$#] $")
    # ^D at the prompt ends the shell, and ham brings another.
    terminal.type("\x04")
    terminal.read(rb"[$#] $")
    assert "\nback\n" in terminal.run("echo back")


def type_with_pause(terminal, text, at, pause):
    terminal.type(text[:at])
    time.sleep(pause)
    terminal.type(text[at:])


def test_what_is_typed_ahead_reaches_the_program(terminal):
    """Whenever it is typed: before the shell has read its own line, while it starts the program,
    or after; all at once, or torn apart anywhere. It looks the same each time."""
    text = "sort -r\rlinx\x7fe\rnext\r\x04"
    for n in range(60):
        type_with_pause(terminal, text, n % len(text), n * 0.0003)
        said = terminal.read(rb"\n(?s:.*)\n[$#] $").decode().replace("\r", "")
        said = said.replace("x\b \b", "")
        assert re.fullmatch(r"sort -r\nline\nnext\nnext\nline\n[$#] ", said), (n, said)


def test_interrupt_typed_ahead_ends_the_program(terminal):
    for n in range(30):
        type_with_pause(terminal, "sleep 1000\r\x03", 11, n * 0.0005)
        terminal.read(rb"\^C(?s:.*)[$#] $")
        assert "\n130\n" in terminal.run("echo $?")


def test_interrupt_ends_a_loop_of_the_shell(terminal):
    terminal.type("while :; do :; done\r")
    terminal.read(rb"done\r+\n")
    terminal.type("\x03")
    terminal.read(rb"[$#] $")
    assert "\n130\n" in terminal.run("echo $?")


def test_interrupt_ends_a_wait_of_the_shell(terminal):
    for line in ("read x", "sleep 1000 & wait", "wait %1"):
        terminal.type(line + "\r")
        terminal.read(re.escape(line).encode() + rb"\r+\n")
        time.sleep(0.2)
        terminal.type("\x03")
        terminal.read(rb"\^C(?s:.*)[$#] $")
        assert "\n130\n" in terminal.run("echo $?")
    terminal.type("fg\r")
    terminal.read(rb"sleep 1000\r+\n")
    terminal.type("\x03")
    terminal.read(rb"[$#] $")
    assert "\n130\n" in terminal.run("echo $?")


def test_reader_in_the_background_leaves_the_keyboard_to_the_shell(terminal):
    terminal.type("cat | sort &\r")
    terminal.read(rb"\[1\] \d+\r+\n[$#] $")
    for n in range(3):
        assert f"\nmine{n}\n" in terminal.run(f"echo mine{n}")
    # A driver that comes back holds it again.
    assert "\nmine still\n" in terminal.run("inject kill devc-ns16550; echo mine still")
    assert "\nmine too\n" in terminal.run("echo mine too")
    terminal.type("fg\r")
    terminal.read(rb"cat \| sort\r+\n")
    terminal.type("b\ra\r\x04")
    terminal.read(rb"b\r+\na\r+\na\r+\nb\r+\n[$#] $")


def test_reader_of_another_session_leaves_the_keyboard_to_the_shell(terminal):
    """One that is detached, and one whose shell has ended."""
    terminal.run("on -d cat")
    terminal.run("cat &")
    for n in range(3):
        assert f"\nmine{n}\n" in terminal.run(f"echo mine{n}")
    terminal.type("exit\r")
    terminal.read(rb"esh ended(?s:.*)[$#] $")
    for n in range(3):
        assert f"\nagain{n}\n" in terminal.run(f"echo again{n}")
    assert len(re.findall(r" cat .*REPLY", terminal.run("pidin"))) == 2


def test_readers_that_died_leave_the_keyboard_to_the_shell(terminal):
    """More than wait at a time: what they had asked for is not in the way of who lives."""
    said = terminal.run("n=0; while [ $n -lt 40 ]; do cat & kill $!; n=$((n+1)); done; echo done")
    said += terminal.run("echo mine")
    assert "esh ended" not in said
    assert "\nmine\n" in said


def test_many_readers_in_the_background_leave_the_keyboard_to_the_shell(terminal):
    said = terminal.run("n=0; while [ $n -lt 30 ]; do cat & n=$((n+1)); done; echo done")
    said += terminal.run("echo mine")
    assert "esh ended" not in said
    assert "\nmine\n" in said


def test_screen_is_cleared(terminal):
    terminal.type("echo a\x0c")
    terminal.read(rb"\x1b\[H\x1b\[J\r?. echo a")
    assert "\na\n" in terminal.run("")


def test_lines_typed_ahead_of_the_shell_are_run_in_order(terminal):
    terminal.type("sleep 0.3\recho one; read x\rtwo\recho $x\rcat\rthree\r\x04echo end\r")
    said = terminal.read(rb"\nend\r+\n[$#] $").decode().replace("\r", "")
    assert re.search(r"\none\n(?s:.*)\ntwo\n(?s:.*)\nthree\n(?s:.*)\nend\n", said), said


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
