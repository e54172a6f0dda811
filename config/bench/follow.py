#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""follow.py - follows one sample of a figure instruction by instruction, from outside: how many
there are, in which function, and which 64-byte lines of code and data they touch.

    follow.py --build DIR [--warm N] [--lines] [FIGURE]

The machine is stopped at the counter's first read of sample N (20) and stepped to the second. What
the guest counts itself must agree; tests/test_bench.py holds the two together.
"""

import argparse
import bisect
import collections
import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stub  # noqa: E402

TOP = stub.TOP
LINE = 64
STEPS_MAX = 2000000
NUCLEUS = 1 << 63  # from there on addresses are the nucleus's
OPTIONS = ["exec", "--icount", "--mem", "256",
           "--manifest", os.path.join(TOP, "config/bench.toml"), "--extra"]

# The function of `bench` that holds the two reads.
READER = {"null_syscall": "measure_call", "switch_process": "measure_switch"}
USUAL_READER = "take_trips"

# Phases by function, first match; what is the nucleus's and matches none is the rest.
PHASES = [
    ("user", r"^user:"),
    ("entry", r"entry|nucleus_syscall|call_execute|step_begin|clock_instret|vector"),
    ("return", r"return|restore|leave|resume"),
    ("copy", r"copy|buffer|mem(cpy|move|set)|aspace_lookup|translate"),
    ("switch", r"BEHIND COMMIT|hand_over|list_|_key|dispatch|switch|ready|heap|merge|ticket"
               r"|priority|effective|timer|interrupt|fpu|wake|block|queue|kick|clock|timeout"
               r"|aspace"),
]
REST = "checks"
BEHIND_COMMIT = "BEHIND COMMIT"


# ---- what an instruction reads or writes ----

def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def bits(insn, high, low):
    return insn >> low & ((1 << (high - low + 1)) - 1)


def wide_access(insn):
    """(register, offset, bytes, is_store) of a 32-bit instruction; None: touches no memory."""
    opcode, funct3, rs1 = insn & 0x7F, bits(insn, 14, 12), bits(insn, 19, 15)
    if opcode in (0x03, 0x07):  # loads, integer and floating point
        return rs1, signed(insn >> 20, 12), 1 << (funct3 & 3), False
    if opcode in (0x23, 0x27):
        offset = signed(bits(insn, 31, 25) << 5 | bits(insn, 11, 7), 12)
        return rs1, offset, 1 << (funct3 & 3), True
    if opcode == 0x2F:  # atomics: only a load-reserved does not write
        return rs1, 0, 1 << (funct3 & 3), insn >> 27 != 2
    return None


def short_access(insn):
    """The same of a 16-bit one."""
    quadrant, funct3 = insn & 3, bits(insn, 15, 13)
    store = funct3 >= 5
    kind = funct3 & 3  # 1: double float, 2: word, 3: doubleword
    if kind == 0 or quadrant == 1:
        return None
    size = 4 if kind == 2 else 8
    if quadrant == 0:
        high = bits(insn, 12, 10) << 3
        low = bits(insn, 6, 5) << 6
        if kind == 2:
            low = bits(insn, 6, 6) << 2 | bits(insn, 5, 5) << 6
        return 8 + bits(insn, 9, 7), high | low, size, store
    if not store:
        if kind == 2:
            offset = bits(insn, 12, 12) << 5 | bits(insn, 6, 4) << 2 | bits(insn, 3, 2) << 6
        else:
            offset = bits(insn, 12, 12) << 5 | bits(insn, 6, 5) << 3 | bits(insn, 4, 2) << 6
    elif kind == 2:
        offset = bits(insn, 12, 9) << 2 | bits(insn, 8, 7) << 6
    else:
        offset = bits(insn, 12, 10) << 3 | bits(insn, 9, 7) << 6
    return 2, offset, size, store


def access(insn):
    # Quadrant 2's funct3 4 is moves and jumps, quadrant 0's is reserved.
    if insn & 3 == 3:
        return wide_access(insn)
    return None if bits(insn & 0xFFFF, 15, 13) in (0, 4) else short_access(insn & 0xFFFF)


# ---- names ----

def is_behind_commit(place):
    """Whether a line, "file:number", stands between its function's COMMIT and its end."""
    path, _, number = place.partition(" ")[0].rpartition(":")
    if not number.isdigit() or not os.path.isfile(os.path.join(TOP, path)):
        return False
    with open(os.path.join(TOP, path)) as f:
        before = f.read().split("\n")[:int(number)]
    for line in reversed(before):
        if "/* COMMIT */" in line:
            return True
        if line == "{":
            return False
    return False


class Names:
    """Addresses to functions, of one program: where code was inlined, both who has it and what it
    is, as "outer: inner"; where it stands behind its function's COMMIT, that."""

    def __init__(self, elf, prefix=""):
        text = subprocess.run(["riscv64-unknown-elf-nm", "-n", elf], capture_output=True, text=True,
                              check=True).stdout
        found = [(int(m[1], 16), m[2]) for m in
                 re.finditer(r"^([0-9a-f]+) [tT] ([^.$\s]\S*)$", text, re.M)]
        self._elf = elf
        self._prefix = prefix
        self._starts = [a for a, _ in found]
        self._names = [n for _, n in found]

    def of(self, addresses):
        """{address: name} of many."""
        asked = "".join(f"{a:#x}\n" for a in addresses)
        text = subprocess.run(["riscv64-unknown-elf-addr2line", "-a", "-f", "-i", "-e", self._elf],
                              input=asked, capture_output=True, text=True, check=True).stdout
        result = {}
        # An address, then a function and a place for each level, the innermost first.
        for part in re.split(r"^0x", text, flags=re.M)[1:]:
            lines = part.split("\n")
            address = int(lines[0], 16)
            outer = self._names[bisect.bisect_right(self._starts, address) - 1]
            inner = lines[1]
            name = outer
            if inner not in ("??", outer):
                name = f"{outer}: {inner}"
            elif is_behind_commit(lines[2]):
                name = f"{outer}: {BEHIND_COMMIT}"
            result[address] = self._prefix + name
        return result


def reads_of(elf, function):
    """The addresses of the first two reads of the counter in a function."""
    text = subprocess.run(["riscv64-unknown-elf-objdump", "-d", "--no-show-raw-insn",
                           f"--disassemble={function}", elf], capture_output=True, text=True,
                          check=True).stdout
    found = [int(a, 16) for a in re.findall(r"^ *([0-9a-f]+):\trdcycle", text, re.M)]
    if len(found) < 2:
        raise stub.StubError(f"{function} has {len(found)} reads of the counter")
    return found[:2]


# ---- the trace ----

class Trace:
    """Every instruction from one address to another, with what it touched."""

    def __init__(self, machine):
        self._machine = machine
        self._insns = {}
        self._pages = {}
        self.count = 0
        self.by_pc = collections.Counter()
        self.code = {"user": set(), "nucleus": set()}
        self.data = {"user": set(), "nucleus": set()}
        self.written = set()

    def _insn(self, space, pc):
        key = (space, pc)
        if key not in self._insns:
            data = self._machine.memory(pc, 4) or self._machine.memory(pc, 2)
            self._insns[key] = int.from_bytes(data, "little")
        return self._insns[key]

    def _physical(self, satp, address):
        """By the page tables, as the hart would find it."""
        key = (satp, address >> 12)
        if key not in self._pages:
            table, entry = (satp & ((1 << 44) - 1)) << 12, 0
            for level in (2, 1, 0):
                at = table + (address >> (12 + 9 * level) & 511) * 8
                entry = int.from_bytes(self._machine.memory(at, 8, physical=True), "little")
                if entry & 0xE:
                    break
                table = (entry >> 10 & ((1 << 44) - 1)) << 12
            page = entry >> 10 & ((1 << 44) - 1)
            below = (1 << 9 * level) - 1
            self._pages[key] = (page & ~below | address >> 12 & below) << 12
        return self._pages[key] | address & 0xFFF

    def _touch(self, lines, satp, address, size):
        for a in {address // LINE * LINE, (address + size - 1) // LINE * LINE}:
            line = self._physical(satp, a) // LINE
            lines.add(line)
        return line

    def run(self, end):
        satp = self._machine.csr("satp")
        inside = False
        while True:
            registers = self._machine.registers()
            pc = registers[stub.PC]
            nucleus = pc >= NUCLEUS
            # The address space changes in the nucleus only.
            if nucleus or inside:
                satp = self._machine.csr("satp")
            inside = nucleus
            if pc == end and self.count > 0:
                return
            who = "nucleus" if nucleus else "user"
            insn = self._insn("nucleus" if nucleus else satp, pc)
            size = 4 if insn & 3 == 3 else 2
            self._touch(self.code[who], satp, pc, size)
            found = access(insn)
            if found:
                register, offset, size, store = found
                address = (registers[register] + offset) & ((1 << 64) - 1)
                line = self._touch(self.data[who], satp, address, size)
                if store:
                    self.written.add(line)
            self.by_pc[pc] += 1
            self.count += 1
            if self.count > STEPS_MAX:
                raise stub.StubError("the sample does not end")
            self._machine.step()


    def by_name(self, program, nucleus):
        """{name: instructions}, in order of each name's first one."""
        names = Names(program, "user: ").of([pc for pc in self.by_pc if pc < NUCLEUS])
        names |= Names(nucleus).of([pc for pc in self.by_pc if pc >= NUCLEUS])
        result = collections.Counter()
        for pc, n in self.by_pc.items():
            result[names[pc]] += n
        return result


def phase_of(name):
    # What was inlined says more than where.
    for phase, pattern in PHASES:
        if re.search(pattern, name if phase == "user" else name.split(": ")[-1]):
            return phase
    return REST


def follow(build, figure, warm=20):
    """The Trace of one sample."""
    program = os.path.join(build, "test-bin/bench")
    start, end = reads_of(program, READER.get(figure, USUAL_READER))
    command = f"bench -n {warm + 10} {figure}"
    with stub.Machine(build, *OPTIONS, os.path.join(build, "bench"), command) as machine:
        expected = instructions_at(program, start)
        for _ in range(warm):
            machine.run_to(start, lambda: machine.memory(start, len(expected)) == expected)
            machine.step()
        machine.run_to(start, lambda: machine.memory(start, len(expected)) == expected)
        trace = Trace(machine)
        trace.run(end)
    return trace


def instructions_at(elf, address, size=16):
    """A program's bytes there: other programs have others at the same address."""
    with open(elf, "rb") as f:
        data = f.read()
    first, = struct.unpack_from("<Q", data, 32)
    entry_size, count = struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, _, offset, start, _, length = struct.unpack_from("<IIQQQQ", data,
                                                               first + i * entry_size)
        if kind == 1 and start <= address < start + length:
            return data[offset + address - start:][:size]
    raise stub.StubError(f"{elf} has nothing at {address:#x}")


def print_trace(build, figure, trace, with_lines):
    by_name = trace.by_name(os.path.join(build, "test-bin/bench"),
                            os.path.join(build, "nucleus.elf"))
    # Of the two reads, one is within the count, as in what the guest subtracts.
    total = trace.count - 1
    phases = collections.Counter()
    for name, n in by_name.items():
        phases[phase_of(name)] += n
    print(f"{figure}: {total} instructions\n")
    print("| phase | instructions |\n|---|---|")
    for phase in [p for p, _ in PHASES] + [REST]:
        print(f"| {phase} | {phases[phase]} |")
    print("\n| function, in order of its first instruction | phase | instructions |\n|---|---|---|")
    for name, n in by_name.items():
        print(f"| `{name}` | {phase_of(name)} | {n} |")
    code, data = trace.code, trace.data
    print(f"\nDistinct lines of {LINE} bytes, by physical address: code "
          f"{len(code['user'] | code['nucleus'])} (user {len(code['user'])}, nucleus "
          f"{len(code['nucleus'])}), data {len(data['user'] | data['nucleus'])} (touched by "
          f"programs {len(data['user'])}, by the nucleus {len(data['nucleus'])}; "
          f"{len(trace.written)} of them written).")
    if with_lines:
        for kind, lines in (("code", code["user"] | code["nucleus"]),
                            ("data", data["user"] | data["nucleus"])):
            print(f"{kind}:", *(f"{line * LINE:x}" for line in sorted(lines)))


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--warm", type=int, default=20)
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("figure", nargs="?", default="ipc_rt_32")
    args = parser.parse_args(argv)
    build = os.path.abspath(args.build)
    trace = follow(build, args.figure, args.warm)
    print_trace(build, args.figure, trace, args.lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
