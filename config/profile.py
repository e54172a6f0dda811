#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""profile.py - where the instructions of one command go, by process and function. Boots under
--icount with every instruction logged, so figures are exact and repeat. Owns the reading of the
emulator's log; docs/measurement-spawn.md shows how it is used.

    config/profile.py [--extra DIR] [--manifest FILE] [--skip N]
                      [--from PROGRAM:FUNCTION [--to PROGRAM:FUNCTION]]
                      [--steps] 'COMMAND'

--from: only what runs from the (N+1)th entry of that function on, until the next entry of it or
of the function named by --to. --steps: also what ran after what. The log says no process, and all
programs lie at the same addresses: a process is recognised by where it goes on
when the nucleus returns to it, its program by where its instructions begin.
"""

import argparse
import bisect
import collections
import os
import re
import stat
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("SKINK_BUILD", os.path.join(TOP, "build"))
USER_END = 0x4000000000
FIRMWARE = (0x80000000, 0x80200000)
PAIRS = 4000  # steps of a process that are compared with each program's text


class Program:
    """The functions and the text of an ELF file."""

    def __init__(self, path):
        self.name = os.path.basename(path)
        out = subprocess.run(["riscv64-unknown-elf-nm", "-n", path], capture_output=True,
                             text=True, check=True).stdout
        found = {}
        for line in out.split("\n"):
            part = line.split()
            if len(part) == 3 and part[1] in "tTwW" and part[2][0] not in "$.":
                found.setdefault(int(part[0], 16), part[2])
        self.starts = sorted(found)
        self.names = [found[a] for a in self.starts]
        self.address = {n: a for a, n in found.items()}
        self.text, self.base = self._text(path)

    @staticmethod
    def _text(path):
        out = subprocess.run(["riscv64-unknown-elf-objdump", "-h", path], capture_output=True,
                             text=True, check=True).stdout
        found = re.search(r"\.text\s+(\w+)\s+(\w+)\s+\w+\s+(\w+)", out)
        size, base, offset = (int(x, 16) for x in found.groups())
        with open(path, "rb") as f:
            f.seek(offset)
            return f.read(size), base

    def function(self, pc):
        i = bisect.bisect(self.starts, pc) - 1
        return self.names[i] if i >= 0 else hex(pc)

    def agrees(self, pc, step):
        at = pc - self.base
        if not 0 <= at < len(self.text):
            return False
        return (4 if self.text[at] & 3 == 3 else 2) == step


class Process:
    """One thread of user code, as far as the log tells."""

    def __init__(self, entry):
        self.last = entry
        self.pairs = set()
        self.program = None
        self.judged = 0  # pairs at the last judgement

    def recognise(self, programs):
        if len(self.pairs) > self.judged * 5 // 4:
            self.judged = len(self.pairs)
            self.program = max(programs, key=lambda p: sum(p.agrees(*x) for x in self.pairs))
        return self.program or programs[0]


class Profile:
    """Reads program counters one by one; counts those in the window."""

    def __init__(self, nucleus, programs, args):
        self.nucleus, self.programs = nucleus, programs
        self.entries = {p.address.get("_start") for p in programs}
        self.first, self.last = self._mark(args.window), self._mark(args.to or args.window)
        self.skip = args.skip
        self.active = args.window is None
        self.processes = []
        self.now = None  # the process that runs, or was interrupted
        self.inside = False  # user code runs
        self.nucleus_runs = False
        self.caller = "boot"
        self.counts = collections.Counter()
        self.calls = collections.Counter()
        self.call_cost = collections.Counter()
        self.steps = []  # [(process, pc) or None for the nucleus, instructions]
        self.total = 0

    def _mark(self, text):
        if text is None:
            return None
        name, function = text.split(":")
        return next((p.address[function], p) for p in self.programs if p.name == name)

    def _resume(self, pc):
        """The process that goes on at pc: behind its call, where it was interrupted, or near."""
        for distance in ((4,), (0, 2), range(-4096, 4096)):
            near = [p for p in self.processes if pc - p.last in distance]
            if near:
                return max(near, key=lambda p: (p is self.now, -abs(pc - p.last)))
            if pc in self.entries:
                break
        fresh = Process(pc)
        self.processes.append(fresh)
        return fresh

    def _is_at(self, mark, process, pc):
        return mark and pc == mark[0] and process.recognise(self.programs) is mark[1]

    def feed_user(self, pc):
        """False: the window is over."""
        if not self.inside:
            self.now = self._resume(pc)
            self.inside = True
            if self.active:
                self.steps.append([(self.now, pc), 0])
        process = self.now
        step = pc - process.last
        if 0 < step <= 4 and len(process.pairs) < PAIRS:
            process.pairs.add((process.last, step))
        process.last = pc
        if self.active and self._is_at(self.last, process, pc):
            return False
        if not self.active and self._is_at(self.first, process, pc):
            self.active = self.skip == 0
            self.skip -= 1
            if self.active:
                self.steps.append([(process, pc), 0])
        if self.active:
            self.counts[process, pc] += 1
        return True

    def feed_other(self, pc):
        if self.inside:
            self.inside = False
            self.caller = (self.now, self.now.last)
            if self.active:
                self.calls[self.caller] += 1
                self.steps.append([None, 0])
        if self.active:
            self.counts[None, pc] += 1
            self.call_cost[self.caller] += 1

    def feed(self, pc):
        if pc < USER_END and not FIRMWARE[0] <= pc < FIRMWARE[1] and self.nucleus_runs:
            if not self.feed_user(pc):
                return False
        else:
            self.feed_other(pc)
        if self.active:
            self.total += 1
            if self.steps:
                self.steps[-1][1] += 1
        return True

    def read(self, lines):
        match = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/").search
        for line in lines:
            found = match(line)
            if not found:
                continue
            pc = int(found[1], 16)
            if pc >= USER_END:
                self.nucleus_runs = True
            if not self.feed(pc):
                return


def show(profile, top):
    by_process, by_function = collections.Counter(), collections.Counter()
    for (process, pc), n in profile.counts.items():
        if process is None:
            name = ("firmware" if FIRMWARE[0] <= pc < FIRMWARE[1] else
                    "nucleus" if pc >= USER_END else "start-up")
            function = profile.nucleus.function(pc) if name == "nucleus" else ""
        else:
            program = process.recognise(profile.programs)
            name, function = program.name, program.function(pc)
        by_process[name] += n
        by_function[name, function] += n
    print(f"{profile.total} instructions")
    for name, n in by_process.most_common():
        print(f"{n:10} {100 * n / profile.total:5.1f} %  {name}")
    print("\nby function")
    for (name, function), n in by_function.most_common(top):
        print(f"{n:10} {100 * n / profile.total:5.1f} %  {name}:{function}")
    print("\nnucleus, by who called it: instructions, times")
    cost, times = collections.Counter(), collections.Counter()
    for caller, n in profile.call_cost.items():
        if caller == "boot":
            key = "boot"
        else:
            program = caller[0].recognise(profile.programs)
            key = f"{program.name}:{program.function(caller[1])}"
        cost[key] += n
        times[key] += profile.calls[caller]
    for key, n in cost.most_common(top):
        print(f"{n:10} {times[key]:6}  {key}")


def show_steps(profile):
    print("\nstep by step: at, instructions, who")
    at = 0
    for who, n in profile.steps:
        name = "  nucleus"
        if who:
            program = who[0].recognise(profile.programs)
            name = f"{program.name}:{program.function(who[1])}"
        print(f"{at:10} {n:6}  {name}")
        at += n


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extra", metavar="DIR")
    parser.add_argument("--manifest", metavar="FILE")
    parser.add_argument("--from", dest="window", metavar="PROGRAM:FUNCTION")
    parser.add_argument("--to", metavar="PROGRAM:FUNCTION")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--top", type=int, default=40)
    parser.add_argument("command")
    args = parser.parse_args(argv)
    paths = [os.path.join(BUILD, d, n) for d in ("bin", "test-bin")
             for n in sorted(os.listdir(os.path.join(BUILD, d))) if not n.endswith(".map")]
    profile = Profile(Program(os.path.join(BUILD, "nucleus.elf")), [Program(p) for p in paths],
                      args)
    vm = os.path.join(TOP, "bsp/qemu-virt/vm")
    with tempfile.TemporaryDirectory(prefix="skink-profile-") as folder:
        log, wrapper = os.path.join(folder, "log"), os.path.join(folder, "qemu")
        os.mkfifo(log)
        real = os.environ.get("QEMU", "qemu-system-riscv64")
        with open(wrapper, "w") as f:
            f.write(f'#!/bin/sh\n[ "$1" = --version ] && exec {real} --version\n'
                    f'exec {real} -accel tcg,one-insn-per-tb=on -d exec,nochain -D {log} "$@"\n')
        os.chmod(wrapper, os.stat(wrapper).st_mode | stat.S_IXUSR)
        command = [vm, "exec", "--icount", "--timeout", "600"]
        command += ["--extra", args.extra] if args.extra else []
        command += ["--manifest", args.manifest] if args.manifest else []
        run = subprocess.Popen(command + [args.command], env={**os.environ, "QEMU": wrapper},
                               stdout=sys.stderr)
        with open(log, "rb") as f:
            profile.read(f)
        run.terminate()
        run.wait()
    show(profile, args.top)
    if args.steps:
        show_steps(profile)


if __name__ == "__main__":
    main(sys.argv[1:])
