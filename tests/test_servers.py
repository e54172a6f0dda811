# SPDX-License-Identifier: Apache-2.0
"""test_servers.py - the servers as their clients see them: the terminal at a keyboard, files,
pipes, the clock, and what comes out when a server is killed in the middle. Restart policy is
test_restart.py's."""

import os
import select
import subprocess
import time
import tty

import pytest
from vm import BUILD, TOP, VM, open_terminal

PATIENT = 'restart_limit = 0\ncold_after = 0\n'
PROGRAMS = ["template", "qnx-resmgr", "rtc-alarm"]
KILLER = "(i=0; while [ $i -lt 25 ]; do {} i=$((i+1)); sleep 0.003; done)"


@pytest.fixture
def patient(tmp_path):
    """The board's manifest, with services that may be killed any number of times, and the template
    driver."""
    with open(os.path.join(TOP, "config/qemu-virt.toml")) as f:
        text = f.read()
    for name in ("devc-ns16550", "pipe", "tmpfs", "rtc"):
        assert f"[service.{name}]\n" in text
        text = text.replace(f"[service.{name}]\n", f"[service.{name}]\n{PATIENT}")
    path = tmp_path / "manifest.toml"
    path.write_text(text + f"""
[service.template]
args = ["/dev/template"]
priority = 15
memory = "512K"
keep = "16K"
paths = ["/dev/template"]
{PATIENT}
[service.qnx-resmgr]
priority = 15
memory = "512K"
paths = ["/dev/sample"]
""")
    return path


def killer(*names):
    return KILLER.format("".join(f"inject kill {n} > /dev/null; " for n in names))


def test_output_is_the_same_when_terminal_killed_in_the_middle(vm, patient):
    dump = "hexdump /proc/boot/tmpfs 2> /dev/null | head -n 600"
    whole = vm.check(dump, programs=PROGRAMS, manifest=patient)
    broken = vm.check(f"{killer('devc-ns16550')} & {dump}; wait; pidin deaths > /tmp/deaths;"
                      " grep -c devc /tmp/deaths", programs=PROGRAMS, manifest=patient)
    assert len(whole.lines) == 600, whole
    assert broken.lines[:600] == whole.lines, broken
    assert int(broken.lines[600]) >= 10, broken


def test_bytes_pass_pipes_once_when_pipe_and_tmpfs_killed(vm, patient):
    command = ("hexdump /proc/boot/tmpfs | cat | cat > /tmp/dump; wc < /tmp/dump;"
               " tail -n 3 /tmp/dump")
    whole = vm.check(command, programs=PROGRAMS, manifest=patient)
    broken = vm.check(f"{killer('pipe', 'tmpfs')} & {command}; wait; pidin deaths | grep -c pipe",
                      programs=PROGRAMS, manifest=patient)
    assert broken.lines[:4] == whole.lines[:4], broken
    assert int(broken.lines[-1]) >= 10, broken


def test_template_does_each_request_once_when_killed(vm, patient):
    """Before a request, and 0.1 to 2 ms after the program that makes one was started."""
    kill = "inject kill template > /dev/null"
    result = vm.check(f"echo hello > /dev/template; {kill}; cat /dev/template;"
                      f" for i in {' '.join(f'{n:02d}' for n in range(1, 21))};"
                      f" do (sleep 0.00$i; {kill}) & echo again $i > /dev/template; wait;"
                      " cat /dev/template; done; pidin deaths > /tmp/deaths;"
                      " grep -c template /tmp/deaths", programs=PROGRAMS, manifest=patient)
    assert result.lines == ["HELLO", *(f"AGAIN {n:02d}" for n in range(1, 21)), "21"], result


def test_qnx_resource_manager_serves(vm, patient):
    result = vm.check("cat /dev/sample; echo another text > /dev/sample; cat /dev/sample;"
                      " qnx-resmgr client; ls -l /dev/sample",
                      programs=PROGRAMS, manifest=patient)
    assert result.lines[:4] == ["a sample", "another text", "length 1013 error 0",
                                "other command: error 88"], result


def test_alarm_rings_in_time_when_clock_killed(vm, patient):
    result = vm.check("rtc-alarm; (sleep 0.01; inject kill rtc > /dev/null) & rtc-alarm; wait;"
                      " pidin deaths > /tmp/deaths; grep -c rtc /tmp/deaths",
                      programs=PROGRAMS, manifest=patient)
    late = [int(line.split()[1]) for line in result.lines[:-1]]
    assert len(late) == 2 and max(late) < 1000, result
    assert result.lines[-1] == "1", result


def test_tmpfs_keeps_files_and_gives_memory_back(vm):
    result = vm.check("free > /tmp/none; rm /tmp/none; pidin mem | grep free; mkdir /tmp/d;"
                      " hexdump /proc/boot/tmpfs > /tmp/d/big; mv /tmp/d/big /tmp/d/b; ls /tmp/d;"
                      " cat /tmp/d/b > /tmp/d/c; rm /tmp/d/b /tmp/d/c; rm -r /tmp/d;"
                      " ls /tmp; pidin mem | grep free")
    frees = [line for line in result.lines if line.startswith("free")]
    assert "b" in result.lines, result
    assert len(frees) == 2 and frees[0] == frees[1], result


def test_reset_refuses_nonsense(vm):
    result = vm.check("echo nonsense > /dev/reset || echo refused; echo poweroff 70000 > /dev/reset"
                      " || echo refused")
    assert result.lines.count("refused") == 2, result


class Keyboard:
    """A system with its console on a terminal of ours."""

    def __init__(self):
        self.master, slave = open_terminal()
        tty.setraw(slave)
        self.process = subprocess.Popen([VM, "run"], stdin=slave, stdout=slave, stderr=slave,
                                        env={**os.environ, "SKINK_BUILD": BUILD})
        os.close(slave)
        self.seen = b""

    def type(self, text):
        os.write(self.master, text)

    def expect(self, text, timeout=60):
        end = time.monotonic() + timeout
        while text not in self.seen:
            assert time.monotonic() < end, f"no {text!r} in {self.seen[-2000:]!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                self.seen += os.read(self.master, 4096)
        head, self.seen = self.seen.split(text, 1)
        return head + text

    def close(self):
        self.process.terminate()
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def keyboard():
    k = Keyboard()
    try:
        k.expect(b"# ")
        yield k
    finally:
        k.close()


def test_terminal_edits_lines_and_ends_files(keyboard):
    keyboard.type(b"cat\r")
    keyboard.expect(b"\n")
    time.sleep(0.5)
    keyboard.type(b"line onX\x7fe\rtwo\x17three\rgone\x15")
    keyboard.type(b"last\r\x04")
    shown = keyboard.expect(b"# ").replace(b"\r", b"")
    assert b"\nline one\nthree\nlast\n" in shown or (
        b"line one\n" in shown and shown.endswith(b"last\n# ")), shown


def test_interrupt_ends_the_foreground_program(keyboard):
    keyboard.type(b"sleep 1000\r")
    keyboard.expect(b"\n")
    time.sleep(0.5)
    keyboard.type(b"\x03")
    assert b"^C" in keyboard.expect(b"# ", 20)
    keyboard.type(b"echo status $?\r")
    keyboard.expect(b"\nstatus 130\r")


def test_typed_ahead_survives_the_terminal(keyboard):
    keyboard.type(b"sleep 1; inject kill devc-ns16550; sleep 1\r")
    keyboard.expect(b"\n")
    time.sleep(0.3)
    keyboard.type(b"echo typed ahead\r")
    keyboard.expect(b"\ntyped ahead\r")
    keyboard.expect(b"# ")
    keyboard.type(b"sleep 1000\r")
    time.sleep(1)
    keyboard.type(b"\x03")
    keyboard.expect(b"# ", 20)
    keyboard.type(b"pidin deaths\r")
    assert keyboard.expect(b"# ", 20).count(b"devc-ns16550") == 1
