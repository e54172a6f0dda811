# SPDX-License-Identifier: Apache-2.0
"""test_boot.py - what the system says of itself as it comes up, how small it is then, and what it
says when it cannot come up, or not as a whole."""

import os
import re
import socket
import subprocess
import sys
import time

import vm as vm_module
from manifests import board, change

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MIB = 1 << 20
PROMPT_BYTES = 4 * MIB
PROMPT_INSTRUCTIONS = 15000000
USER_INSTRUCTIONS = 3000000


def notices(result):
    """What the log says beside the firmware's greeting."""
    return [line for line in result.log.split("\n") if re.match(r"(nucleus|\d+\.\d{6} )", line)]


def test_first_command_answers(vm):
    result = vm.check("uname -a; pidin; ls /proc/boot | wc -l")
    assert result.lines[0].startswith("Skink "), result
    assert "riscv64" in result.lines[0], result
    for name in ("procmgr", "ham", "devc-ns16550", "esh", "pidin"):
        assert re.search(rf"^ +\d+ +\d+ {name} ", result.out, re.M), result
    assert int(result.lines[-1]) > 30, result


def test_runs_with_injected_faults_are_the_same(vm):
    command = ("inject fault --repeat 6 --every 3000 tmpfs & for i in 1 2 3 4 5 6 7 8 9; do"
               " echo $i > /tmp/file; cat /tmp/file | cat; done; wait; pidin deaths; pidin nucleus")
    one, two = vm.run(command), vm.run(command)
    assert [str(i) for i in range(1, 10)] == [w for w in one.lines if re.fullmatch(r"\d", w)], one
    assert "tmpfs" in one.out, one
    assert one.raw == two.raw
    assert one.log == two.log


def test_memory_at_the_prompt(vm):
    result = vm.check("sleep 0.5; pidin mem")
    sizes = {w[0]: int(w[1]) for w in map(str.split, result.lines)
             if len(w) == 2 and w[1].isdigit()}
    used = sizes["ram"] - sizes["free"]
    parts = {k: v for k, v in sizes.items() if k not in ("ram", "free", "largest")}
    print(*(f"{k} {v}" for k, v in parts.items()), f"used {used}", sep="\n")
    assert all(0 <= v < PROMPT_BYTES for v in parts.values()), result
    # What nobody accounts for is less than a page a part.
    assert abs(used - sum(parts.values())) <= 65536, result
    assert used < PROMPT_BYTES, result


def test_instructions_from_entry_to_prompt(vm):
    """In virtual time one instruction is a nanosecond, and the clock starts at the nucleus's
    entry; the figure has the way of the first command in it."""
    uptime = re.search(r"^uptime +(\d+)\.(\d{6}) s", vm.check("pidin nucleus").out, re.M)
    instructions = (int(uptime[1]) * 1000000 + int(uptime[2])) * 1000
    print(f"entry to the first command's output: {instructions} instructions")
    assert instructions < PROMPT_INSTRUCTIONS


def test_instructions_from_entry_to_user_mode(vm):
    said = vm.check("pidin nucleus").out
    startup, user = (int(re.search(rf"^boot: {what} +(\d+)$", said, re.M)[1])
                     for what in ("start-up", "to user"))
    print(f"entry to the first instruction in user mode: {user}, to the nucleus: {startup}")
    assert 0 < startup < user < USER_INSTRUCTIONS


def test_memory_that_does_not_hold_the_image_is_one_line_and_a_stop(vm):
    """The emulator itself says it: there is nothing to boot."""
    result = vm.run("true", mem=8, timeout=20)
    assert result.status == 125, result
    assert len([line for line in result.log.split("\n") if "memory" in line]) == 1, result


def test_pools_beyond_memory_are_one_line_and_a_stop(vm, tmp_path):
    path = tmp_path / "manifest.toml"
    path.write_text(change(board(), "nucleus", {"connections": "4000", "threads": "4000",
                                                "events": "4000"}))
    result = vm.run("true", mem=16, manifest=path, timeout=20)
    assert result.status == 125, result
    said = [n for n in notices(result) if "start hart" not in n]
    assert len([n for n in said if "memory" in n]) == 1, result


def test_wrong_manifest_is_an_error_that_names_both_lines(vm, tmp_path):
    text = board() + '\n[service.rival]\npriority = 10\npaths = ["/tmp"]\n'
    path = tmp_path / "manifest.toml"
    path.write_text(text)
    line = text[:text.index("[service.rival]")].count("\n") + 1
    result = vm.run("true", manifest=path)
    assert result.status == 125, result
    said = re.search(rf"manifest\.toml:{line + 2}:(.*)", result.err)
    assert said and "rival" in said[1] and "tmpfs" in said[1], result
    done = subprocess.run(["make", f"O={os.path.relpath(vm.BUILD, TOP)}", f"MANIFEST={path}",
                           f"{os.path.relpath(vm.BUILD, TOP)}/manifest.bin"], cwd=TOP,
                          capture_output=True, text=True)
    assert done.returncode != 0
    assert f"manifest.toml:{line + 2}" in done.stdout + done.stderr, done


def test_device_that_the_tree_lacks_costs_only_its_service(vm, tmp_path):
    services = """
[service.needs-it]
program = "true"
priority = 10
devices = ["/soc/no-such@10009000"]
restart = "never"
"""
    path = tmp_path / "manifest.toml"
    path.write_text(board() + services)
    result = vm.check("sleep 0.2; echo up; pidin services", manifest=path)
    assert result.lines[0] == "up", result
    said = [n for n in notices(result) if "/soc/no-such@10009000" in n]
    assert len(said) == 1 and "needs-it" in said[0], result
    assert re.search(r"needs-it +ABSENT", result.out), result


def run_image(vm, folder, image):
    """The build's start-up and nucleus with this image: (exit status, what is said)."""
    (folder / "skink.img").write_bytes(image)
    if not os.path.lexists(folder / "startup.elf"):
        os.symlink(os.path.join(vm.BUILD, "startup.elf"), folder / "startup.elf")
    done = subprocess.run([vm_module.VM, "run"], env={**os.environ, "SKINK_BUILD": str(folder)},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace")


def test_damaged_image_is_one_line_and_a_stop(vm, tmp_path):
    with open(os.path.join(vm.BUILD, "skink.img"), "rb") as f:
        whole = f.read()
    bits = bytearray(whole)
    bits[len(bits) // 2 + 3] ^= 0x10
    last = bytearray(whole)
    last[-1] ^= 1
    swapped = bytearray(whole)
    at = len(whole) // 4 // 8 * 8
    other = next(n for n in range(at + 8, len(whole), 8) if whole[n:n + 8] != whole[at:at + 8])
    swapped[at:at + 8], swapped[other:other + 8] = whole[other:other + 8], whole[at:at + 8]
    for image, why in ((bits, "wrong sum"), (last, "wrong sum"), (swapped, "wrong sum"),
                       (whole[:-4096], "cut short"), (b"x" * 8192, "not an image")):
        status, said = run_image(vm, tmp_path, image)
        assert status != 0
        lines = [line for line in said.splitlines() if line.startswith("nucleus:")]
        assert len(lines) == 1, said
        assert lines[0].startswith(f"nucleus: stop: damaged image: {why}"), said


def test_incomplete_image_is_one_line_and_a_stop(vm, tmp_path):
    sys.path.insert(0, os.path.join(TOP, "config"))
    import mkimage

    with open(os.path.join(vm.BUILD, "image.list")) as f:
        paths = [p for p in f.read().split() if not p.endswith("manifest.bin")]
    status, said = run_image(vm, tmp_path, mkimage.build(mkimage.collect(paths, None, None)))
    assert status != 0
    assert "nucleus: not in the image: manifest.bin" in said, said
    assert "panic" not in said, said


class Debugger:
    """What there must be of gdb's remote protocol to stop the machine and move its pc."""

    def __init__(self, port):
        for _ in range(100):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.data = b""

    def send(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())

    def receive(self):
        while True:
            found = re.search(rb"\$([^#]*)#..", self.data)
            if found:
                self.data = self.data[found.end():]
                self.socket.sendall(b"+")
                return found[1].decode()
            more = self.socket.recv(4096)
            assert more, "the emulator has gone"
            self.data += more

    def ask(self, text):
        self.send(text)
        return self.receive()


def test_wild_jump_of_the_nucleus_is_a_panic_that_tells_all(vm):
    """A debugger moves the pc where the nucleus begins to put a thread to sleep."""
    names = subprocess.run(["riscv64-unknown-elf-nm", os.path.join(vm.BUILD, "nucleus.elf")],
                           capture_output=True, text=True, check=True).stdout
    at = re.search(r"^(\w+) T sys_thread_sleep$", names, re.M)[1].lstrip("0")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [vm_module.VM, "exec", "--gdb", str(port), "--timeout", "60", "sleep 1000"]
    guest = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    try:
        debugger = Debugger(port)
        assert debugger.ask(f"Z1,{at},4") == "OK"
        debugger.ask("c")
        assert debugger.ask("P20=" + (0x123450).to_bytes(8, "little").hex()) == "OK"
        assert debugger.ask(f"z1,{at},4") == "OK"
        debugger.send("c")
        _, said = guest.communicate(timeout=60)
    finally:
        if guest.poll() is None:
            guest.kill()
            guest.wait()
    print(said)
    assert guest.returncode == 125, said
    assert re.search(r"the machine stopped with status [1-9]", said), said
    assert "nucleus: panic: trap in the nucleus cause=12 value=0x123450 pc=0x123450" in said, said
    assert re.search(r"nucleus: thread \w+ '.*' pid \d+ tid \d+ pc [0-9a-f]+", said), said
    assert "nucleus: return addresses ffffffc08" in said, said
    assert len(re.findall(r"nucleus: trace \d+ ns \w+", said)) >= 8, said


def test_procmgr_cannot_be_killed_or_injected(vm):
    result = vm.run("kill -9 1; echo $?; slay -Qf procmgr; for k in kill fault hang jump; do"
                    " inject $k procmgr; echo $?; done; echo alive")
    assert result.lines[-1] == "alive", result
    assert "0" not in result.lines, result


def test_user_fault_is_one_line_and_an_entry(vm):
    result = vm.run("sleep 100 & inject fault sleep; sleep 0.1; pidin deaths")
    said = [n for n in notices(result) if " fault: " in n]
    assert len(said) == 1, result
    assert re.search(r"sleep\[\d+\] fault: store at 0x[0-9a-f]+ pc 0x[0-9a-f]+ in \w+"
                     r"\+0x[0-9a-f]+$", said[0]), result
    entry = [line.split() for line in result.lines if " sleep " in line and "fault=STORE" in line]
    assert len(entry) == 1, result
