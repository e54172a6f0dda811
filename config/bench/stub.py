# SPDX-License-Identifier: Apache-2.0
"""stub.py - a machine stopped and looked at from outside, by the emulator's debug stub:
breakpoints, single steps, registers, memory. Knows gdb's remote protocol, and nothing of what
runs."""

import importlib.machinery
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VM = os.path.join(TOP, "bsp/qemu-virt/vm")
PC = 32
CSR = {"cycle": 0xC00, "satp": 0x180}


class StubError(Exception):
    """What the stub answered to what was asked."""


def load_vm(build):
    """bsp/qemu-virt/vm as a module, for its way to the emulator's command line."""
    loader = importlib.machinery.SourceFileLoader("skink_vm", VM)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("skink_vm", loader))
    loader.exec_module(module)
    module.BUILD = build
    return module


class Machine:
    """What `vm` would run for these arguments, stopped before its first instruction.

    With --icount virtual time stands still while the machine is stopped, which it does not as vm
    runs it: there, a hart that does nothing lets time jump.
    """

    def __init__(self, build, *argv):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        vm = load_vm(build)
        args = vm.parse([*argv, "--gdb", str(port)])
        self._folder = tempfile.mkdtemp(prefix="skink-stub-")
        text = None
        if args.mode != "run":
            nonce = vm.command_nonce(args.mode, args.command or "")
            text = f"{args.mode} {nonce}\n{args.command or ''}\n".encode()
        command = vm.qemu_command(args, vm.make_image(args, self._folder, text))
        command = [a.replace("sleep=off", "sleep=on").replace("mon:stdio", "stdio")
                   for a in command]
        self._log = open(os.path.join(self._folder, "console"), "w+b")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._log,
                                        stderr=subprocess.STDOUT)
        self._data = b""
        for _ in range(200):
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
                break
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    raise StubError(self.said()) from None
                time.sleep(0.05)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._csr_base = self._find_csrs()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def said(self):
        """All that came over the console."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def ask(self, text):
        self._socket.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())
        while True:
            found = re.search(rb"\$([^#]*)#..", self._data, re.S)
            if found:
                self._data = self._data[found.end():]
                self._socket.sendall(b"+")
                return found[1].decode("latin-1")
            more = self._socket.recv(65536)
            if not more:
                raise StubError("the machine has ended")
            self._data += more

    def _find_csrs(self):
        """The stub numbers control registers from somewhere on, and tells where in a text."""
        text, at = "", 0
        self.ask("qSupported:xmlRegisters=riscv")
        while True:
            part = self.ask(f"qXfer:features:read:riscv-csr.xml:{at:x},2000")
            if part[:1] not in ("m", "l"):
                raise StubError("no control registers: " + part)
            text += part[1:]
            at += len(part) - 1
            if part[0] == "l":
                break
        found = re.search(r'name="satp"[^>]*regnum="(\d+)"', text)
        if not found:
            raise StubError("no number for satp among the control registers")
        return int(found[1]) - CSR["satp"]

    def registers(self):
        """x0..x31 and pc."""
        data = bytes.fromhex(self.ask("g"))
        return [int.from_bytes(data[i:i + 8], "little") for i in range(0, 33 * 8, 8)]

    def register(self, number):
        answer = self.ask(f"p{number:x}")
        if not re.fullmatch(r"[0-9a-f]+", answer) or len(answer) % 2:
            raise StubError(f"register {number}: {answer!r}")
        return int.from_bytes(bytes.fromhex(answer), "little")

    def csr(self, name):
        return self.register(self._csr_base + CSR[name])

    def memory(self, address, size, physical=False):
        """Bytes, as the hart would see them now; None where nothing is mapped."""
        if physical:
            self.ask("Qqemu.PhyMemMode:1")
        answer = self.ask(f"m{address:x},{size:x}")
        if physical:
            self.ask("Qqemu.PhyMemMode:0")
        return None if answer.startswith("E") else bytes.fromhex(answer)

    def step(self):
        self.ask("s")

    def run_to(self, address, is_meant=lambda: True):
        """Runs until it is at `address`, where is_meant() says so: programs share addresses."""
        if self.ask(f"Z1,{address:x},4") != "OK":
            raise StubError("no breakpoint")
        while True:
            answer = self.ask("c")
            if not answer.startswith(("T05", "S05")):
                raise StubError(f"stopped by {answer!r}")
            if is_meant():
                break
            # Over the breakpoint, which would stop it again at once.
            self.ask(f"z1,{address:x},4")
            self.step()
            self.ask(f"Z1,{address:x},4")
        self.ask(f"z1,{address:x},4")


def symbols(elf):
    """{name: address} of a program's functions and objects."""
    text = subprocess.run(["riscv64-unknown-elf-nm", elf], capture_output=True, text=True,
                          check=True).stdout
    return {m[2]: int(m[1], 16) for m in re.finditer(r"^([0-9a-f]+) \w (\S+)$", text, re.M)}
