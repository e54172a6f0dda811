#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""lint.py - the checks of form: clang-format, cppcheck, the include rule, licence lines, line
lengths. Owns no fixes; it only tells. Every finding is one line, FILE:LINE: WHAT.

clang-format judges .c files. Headers are laid out by hand: their tables and comments are the
manual."""

import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMPONENTS = ["nucleus", "procmgr", "drivers", "netstack", "fs", "libc-glue", "hat", "bsp",
              "config", "apps", "tests"]
SOURCES = (".c", ".h", ".S", ".ld")
SPDX = "SPDX-License-Identifier: Apache-2.0"
NO_SPDX = {".gitignore", ".editorconfig", ".clang-format", "LICENSE", "config/third-party.list"}
LINE_MAX = 100
CPPCHECK = ["cppcheck", "--quiet", "--std=c11", "--error-exitcode=1", "--inline-suppr",
            "--enable=warning,performance,portability", "--platform=unix64",
            "--suppress=missingIncludeSystem", "-j2",
            "--template={file}:{line}: {severity}: {message} [{id}]"]


def tracked():
    out = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout
    return [n for n in out.decode().split("\0") if n and os.path.isfile(os.path.join(TOP, n))]


def read_lines(name):
    with open(os.path.join(TOP, name), encoding="utf-8", errors="replace") as f:
        return f.read().split("\n")


def component(name):
    return name.split("/")[0]


def check_spdx(names):
    for name in names:
        if name.endswith((".md", ".txt", ".png")) or name in NO_SPDX or "/data/" in name:
            continue
        if not any(SPDX in line for line in read_lines(name)[:3]):
            yield f"{name}:1: no line '{SPDX}'"


def check_lines(names):
    for name in names:
        if not name.endswith(SOURCES) and not name.endswith(".py"):
            continue
        for number, line in enumerate(read_lines(name), start=1):
            if len(line.expandtabs(8)) > LINE_MAX:
                yield f"{name}:{number}: longer than {LINE_MAX} columns"
            if line != line.rstrip():
                yield f"{name}:{number}: space at the end of the line"
            if re.match(r"\s*#\s*if\s+0\b", line):
                yield f"{name}:{number}: #if 0"


# Headers of the C library that share their name with one of ours.
C_LIBRARY = {"elf.h"}


def check_includes(names):
    """Nobody includes what another component does not show in its include/ folder."""
    private = {}
    for name in names:
        if name.endswith(".h") and "/include/" not in name:
            private.setdefault(os.path.basename(name), set()).add(component(name))
    for name in names:
        if not name.endswith((".c", ".h", ".S")):
            continue
        for number, line in enumerate(read_lines(name), start=1):
            found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if not found:
                continue
            path = found.group(2)
            target = None
            if found.group(1) == '"':
                target = os.path.normpath(os.path.join(os.path.dirname(name), path))
                if not os.path.exists(os.path.join(TOP, target)):
                    target = None
            elif path in C_LIBRARY:
                continue
            if target is None:
                owners = private.get(os.path.basename(path), set())
                if component(path) in COMPONENTS and "/" in path and os.path.exists(
                        os.path.join(TOP, path)):
                    target = path
                elif owners and component(name) not in owners and not is_public(path):
                    yield f"{name}:{number}: {path} is private to {', '.join(sorted(owners))}"
                    continue
                else:
                    continue
            if component(target) != component(name) and "/include/" not in target:
                yield f"{name}:{number}: {path} is private to {component(target)}"


def is_public(path):
    return any(os.path.exists(os.path.join(TOP, c, "include", path)) for c in COMPONENTS)


def run_tool(command, names):
    done = subprocess.run(command + names, cwd=TOP, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return [] if done.returncode == 0 else done.stdout.rstrip().split("\n")


def check_format(names):
    sources = [n for n in names if n.endswith(".c")]
    command = ["clang-format-14", "-n", "-Werror", "--style=file"]
    told = run_tool(command, sources) if sources else []
    places = dict.fromkeys(":".join(line.split(":")[:2]) for line in told
                           if "-Wclang-format-violations" in line)
    return [f"{place}: not as clang-format has it" for place in places] or told


def check_cppcheck(names):
    sources = [n for n in names if n.endswith(".c")]
    includes = [f"-I{c}/include" for c in COMPONENTS
                if os.path.isdir(os.path.join(TOP, c, "include"))]
    defines = ["-D__riscv=1", "-D__riscv_xlen=64", "-D__GNUC__=12"]
    return run_tool(CPPCHECK + includes + defines, sources) if sources else []


def main():
    names = tracked()
    failed = 0
    for check in (check_spdx, check_lines, check_includes, check_format, check_cppcheck):
        findings = list(check(names))
        for line in findings:
            print(line)
        print(f"{check.__name__[6:]}: {'clean' if not findings else 'not clean'}")
        failed += bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
