#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""size.py - sizes and line counts against their limits. Owns the limits; counts what the debug
information of the built nucleus names and what its files include (a header of macros alone is not
in the former), so that no file is forgotten. Judged are lines of code: the headers are the manual,
and a limit must not make comments dear."""

import argparse
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINES_MAX = 6000
TEXT_MAX = 64 << 10
# Memory at the prompt: bytes of RAM less free memory.
MEMORY_MAX = 4 << 20
CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")
OFFSETS = "nucleus/riscv/offsets.c"


def tool(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def source_files(elf, generated):
    """Every file that the debug information names, from the top of the tree; (ours, others')."""
    text = tool(CROSS + "readelf", "--debug-dump=rawline", "-W", elf)
    files = set()
    for unit in text.split("The Directory Table")[1:]:
        table, _, names = unit.partition("The File Name Table")
        names = names.partition("Line Number Statements")[0]
        folders = dict(re.findall(r"^\s+(\d+)\s+\(.*?\)\s+\(offset: \w+\): (.*)$", table, re.M))
        for folder, name in re.findall(
                r"^\s+\d+\s+\(udata\)\s+(\d+)\s+\(.*?\)\s+\(offset: \w+\): (.*)$", names, re.M):
            files.add(os.path.join(folders[folder], name))
    if not files:
        raise SystemExit(f"size: {elf} has no debug information that this understands")
    ours, others = set(), set()
    for name in files:
        path = os.path.normpath(name if os.path.isabs(name) else os.path.join(TOP, name))
        if not os.path.isfile(path):
            continue
        short = os.path.relpath(path, TOP)
        if short.startswith("..") or "third_party" in short:
            others.add(short)
        elif generated not in os.path.realpath(path):
            ours.add(short)
    return ours, others


def included_files(objects):
    """Our headers that the dependency files of a folder of objects name."""
    found = set()
    for folder, _, names in os.walk(objects):
        for name in names:
            source = os.path.join(TOP, os.path.relpath(folder, objects), name[:-2])
            # Of a file that has gone, its dependencies may still lie there.
            if name.endswith(".d") and any(os.path.isfile(source + end) for end in (".c", ".S")):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    found.update(re.findall(r"(?<!\S)nucleus/\S+\.h(?=[\s:])", f.read()))
    return {name for name in found if os.path.isfile(os.path.join(TOP, name))}


def count_lines(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return sum(1 for _ in f)


def count_code(name):
    """Lines that are neither blank nor comment alone."""
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), f.read(), flags=re.S)
    return sum(1 for line in text.split("\n") if line.strip())


def sections(elf):
    """Bytes of text, data and bss of an ELF file."""
    text, data, bss = (int(x) for x in tool(CROSS + "size", elf).split("\n")[1].split()[:3])
    return text, data, bss


def executable_bytes(elf):
    """What is in executable segments' sections: the text proper, without constants."""
    total = 0
    for line in tool(CROSS + "readelf", "-SW", elf).split("\n"):
        found = re.match(r"\s*\[\s*\d+\]\s+\S+\s+PROGBITS\s+\w+\s+\w+\s+(\w+)\s+\w+\s+(\w+)", line)
        if found and "X" in found.group(2):
            total += int(found.group(1), 16)
    return total


def judge(what, value, limit):
    good = value <= limit
    print(f"{what:34}{value:>10,} of {limit:>10,}  {'ok' if good else 'TOO LARGE'}")
    return good


def memory_at_prompt():
    """What the running system says of its memory, or None."""
    vm = os.path.join(TOP, "bsp/qemu-virt/vm")
    done = subprocess.run([vm, "exec", "--icount", "pidin nucleus; pidin mem"], capture_output=True,
                          text=True)
    return done.stdout if done.returncode == 0 else None


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--no-boot", action="store_true", help="do not ask the running system")
    args = parser.parse_args(argv)
    build = os.path.abspath(args.build)
    elf = os.path.join(build, "nucleus.elf")
    ours, _ = source_files(elf, os.path.join(build, "gen"))
    ours |= included_files(os.path.join(build, "obj/nucleus"))
    if os.path.exists(os.path.join(TOP, OFFSETS)):
        ours.add(OFFSETS)
    startup, others = source_files(os.path.join(build, "startup.elf"), os.path.join(build, "gen"))
    startup -= ours
    lines = {n: count_lines(n) for n in ours}
    print("  lines   code")
    for name in sorted(lines):
        print(f"  {lines[name]:5}  {count_code(name):5} {name}")
    good = judge("nucleus: lines of code", sum(map(count_code, lines)), LINES_MAX)
    print(f"  with blank and comment lines: {sum(lines.values()):,}")
    good &= judge("nucleus: text, bytes", executable_bytes(elf), TEXT_MAX)
    text, data, bss = sections(elf)
    print(f"nucleus: text and constants {text:,}, data {data:,}, bss {bss:,} bytes")
    print("trusted base: nucleus, start-up and procmgr")
    print(f"  start-up, while booting alone: lines {sum(map(count_lines, startup)):,}, of code "
          f"{sum(map(count_code, startup)):,}; third party, apart: "
          + ", ".join(sorted(os.path.basename(n) for n in others if n.endswith(".c"))))
    print("  procmgr: text and constants "
          f"{sections(os.path.join(build, 'bin/procmgr'))[0]:,} bytes"
          if os.path.exists(os.path.join(build, "bin/procmgr")) else "procmgr is not built")
    image = os.path.join(build, "skink.img")
    if os.path.exists(image):
        print(f"image: {os.path.getsize(image):,} bytes")
    if not args.no_boot:
        told = memory_at_prompt()
        if told is None:
            print("memory at the prompt: the system did not answer")
            good = False
        else:
            print(told, end="")
            places = dict(re.findall(r"^(\w+)\s+(\d+)$", told, re.M))
            if "ram" in places and "free" in places:
                used = int(places["ram"]) - int(places["free"])
                good &= judge("memory at the prompt, bytes", used, MEMORY_MAX)
            else:
                print("memory at the prompt: pidin mem does not tell ram and free")
                good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
