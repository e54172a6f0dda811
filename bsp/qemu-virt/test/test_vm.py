# SPDX-License-Identifier: Apache-2.0
"""vm with an emulator that only plays the guest's side of the protocol."""

import os
import subprocess
import sys
import time

import pytest

VM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "vm")

# Reads the command from the image; the command's text says what to play.
FAKE = r"""#!{python}
import os, re, sys, time
if "--version" in sys.argv:
    print("QEMU emulator version {version}")
    sys.exit()
out = sys.stdout.buffer
with open({arguments!r}, "w") as f:
    f.write("\n".join([str(os.getpid()), *sys.argv]))
image = open(sys.argv[sys.argv.index("-initrd") + 1], "rb").read()
command = rb"(exec|serve) ([0-9a-f]{{16}})\n(.*?)\n(?:\0|070701)"
mode, nonce, text = re.search(command, image, re.S).groups()
def say(data):
    out.write(data)
    out.flush()
say(b"firmware\r\n")
if text == b"silent":
    time.sleep(30)
if text == b"early":
    say(b"panic: no image\r\n")
    sys.exit(1)
if mode == b"serve":
    say(b"\x1eR" + nonce + b"\nlogged\n")
    time.sleep(30 if text != b"dies" else 0.2)
    sys.exit(3)
say(b"\x1eB" + nonce + b"\n")
if text == b"panic":
    say(b"half")
    sys.exit(1)
if text == b"slow":
    say(b"first\n")
    time.sleep(30)
if text == b"stream":
    for part in (b"a", b"\x1eL" + nonce, b"log 1\n", b"b\x1e", b"L" + nonce + b"log 2\nc\x1eX\n"):
        say(part)
        time.sleep(0.05)
if text == b"bytes":
    say(bytes(b for b in range(256) if b != 0x1e) * 500)
say(b"\x1eE" + nonce + b" %d\n" % (7 if text == b"seven" else 0))
if text == b"late panic":
    say(b"panic: at the end\r\n")
    sys.exit(1)
if text == b"no power off":
    time.sleep(30)
"""


@pytest.fixture
def fake(tmp_path):
    """A function that runs vm with the fake emulator; `fake.process` starts it without waiting."""
    build = tmp_path / "build"
    build.mkdir()
    (build / "startup.elf").write_text("")
    (build / "program").write_text("#!esh\n")
    (build / "image.list").write_text(f"{build}/program\n")
    (build / "skink.img").write_text("")
    qemu = tmp_path / "qemu"
    environment = {**os.environ, "SKINK_BUILD": str(build), "QEMU": str(qemu), "OPENSBI": str(qemu)}

    def start(*arguments, version="10.0.2", **kwargs):
        qemu.write_text(FAKE.format(python=sys.executable, version=version,
                                    arguments=str(tmp_path / "arguments")))
        qemu.chmod(0o755)
        return subprocess.Popen([VM, *arguments], env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **kwargs)

    def run(*arguments, version="10.0.2"):
        process = start(*arguments, version=version, stdin=subprocess.DEVNULL)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err.decode()

    run.process = start
    run.build = build
    run.arguments = lambda: (tmp_path / "arguments").read_text().split("\n")
    return run


def test_exec_status_is_the_commands(fake):
    assert fake("exec", "seven") == (7, b"", "")
    assert fake("exec", "true") == (0, b"", "")


def test_exec_output_is_the_commands_alone_and_the_log_the_rest(fake, tmp_path):
    log = tmp_path / "log"
    assert fake("exec", "--log", str(log), "stream") == (0, b"abc\x1eX\n", "")
    assert log.read_bytes() == b"firmware\r\nlog 1\nlog 2\n"


def test_exec_passes_every_byte(fake):
    status, out, _ = fake("exec", "bytes")
    assert status == 0
    assert out == bytes(b for b in range(256) if b != 0x1E) * 500


def test_exec_streams(fake):
    process = fake.process("exec", "slow", stdin=subprocess.DEVNULL)
    assert process.stdout.readline() == b"first\n"
    assert process.poll() is None
    process.terminate()
    process.wait(timeout=10)
    assert process.returncode == 128 + 15


def test_exec_time_out_of_the_command_is_124(fake):
    start = time.monotonic()
    status, out, err = fake("exec", "--timeout", "0.5", "slow")
    assert (status, out) == (124, b"first\n")
    assert "did not end within 0.5 s" in err
    assert time.monotonic() - start < 10


def test_exec_system_that_does_not_come_up_is_125_with_the_tail(fake):
    status, out, err = fake("exec", "--timeout", "0.5", "silent")
    assert (status, out) == (125, b"")
    assert "firmware" in err


@pytest.mark.parametrize("command, told", [("early", "panic: no image"), ("panic", "half"),
                                           ("late panic", "panic: at the end")])
def test_exec_machine_that_stops_badly_is_125_with_the_tail(fake, command, told):
    status, _, err = fake("exec", command)
    assert status == 125
    assert "status 1" in err and told in err


def test_exec_guest_that_stays_is_ended(fake):
    start = time.monotonic()
    assert fake("exec", "no power off")[0] == 0
    assert time.monotonic() - start < 10


def test_serve_says_ready_and_ends_with_its_input(fake):
    process = fake.process("serve", "stay", stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(timeout=10) == 0
    assert process.stdout.read() == b""


def test_serve_machine_that_dies_is_125(fake):
    process = fake.process("serve", "dies", stdin=subprocess.PIPE)
    assert process.wait(timeout=10) == 125
    assert b"status 3" in process.stderr.read()


@pytest.mark.parametrize("version", ["7.2.22 (Debian)", "8.0.4"])
def test_old_emulator_is_told_clearly(fake, version):
    status, _, err = fake("exec", "true", version=version)
    assert status == 125
    assert "8.1 or newer" in err and version[:3] in err and err.count("\n") == 1


def test_emulator_of_the_least_version_runs(fake):
    assert fake("exec", "true", version="8.1.0")[0] == 0


def test_icount_runs_in_virtual_time(fake):
    assert fake("exec", "--icount", "--mem", "16", "--smp", "2", "true")[0] == 0
    arguments = fake.arguments()
    for option, value in (("-icount", "shift=0,sleep=off"), ("-m", "16M"), ("-smp", "2"),
                          ("-rtc", "clock=vm,base=2026-01-01T00:00:00"), ("-seed", "1")):
        assert arguments[arguments.index(option) + 1] == value


def test_flash_is_made_blank_if_absent(fake, tmp_path):
    flash = tmp_path / "flash"
    assert fake("exec", "--flash", str(flash), "true")[0] == 0
    assert flash.stat().st_size == 32 << 20
    with open(flash, "rb") as f:
        assert f.read(4096) == b"\xff" * 4096
    flash.write_bytes(b"short")
    status, _, err = fake("exec", "--flash", str(flash), "true")
    assert status == 125 and "5 bytes" in err


@pytest.mark.parametrize("arguments", [["exec"], ["run", "x"], ["exec", "--forward", "1", "x"],
                                       ["exec", "--bogus", "x"], ["serve", "--mem", "x", "y"]])
def test_wrong_usage_is_125_not_a_commands_status(fake, arguments):
    status, out, err = fake(*arguments)
    assert (status, out) == (125, b"")
    assert "vm: " in err


def test_missing_build_says_what_to_do(fake):
    os.remove(fake.build / "startup.elf")
    status, _, err = fake("exec", "true")
    assert status == 125 and "run 'make'" in err


def test_wrong_manifest_is_told_with_its_line(fake, tmp_path):
    path = tmp_path / "m.toml"
    path.write_text("[service.a]\npriority = 0\n")
    status, _, err = fake("exec", "--manifest", str(path), "true")
    assert status == 125 and f"{path}:2: " in err


def is_running(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as f:
            return " Z " not in f.read()
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return False  # gone meanwhile, or no /proc to tell a zombie by


def test_no_emulator_outlives_its_vm(fake):
    process = fake.process("exec", "slow", stdin=subprocess.DEVNULL)
    assert process.stdout.readline() == b"first\n"
    pid = int(fake.arguments()[0])
    assert is_running(pid) or not os.path.exists("/proc/self")
    process.kill()
    process.wait()
    for _ in range(50):
        if not is_running(pid):
            return
        time.sleep(0.1)
    pytest.fail("the emulator still runs")
