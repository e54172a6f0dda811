# SPDX-License-Identifier: Apache-2.0
"""manifests.py - manifests for tests, made from the board's own text. Knows the file's form, not
what its lines mean."""

import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def board():
    """The text of the board's manifest."""
    with open(os.path.join(TOP, "config/qemu-virt.toml")) as f:
        return f.read()


def change(text, table, keys):
    """Sets keys (to TOML text) of one table, such as "nucleus" or "service.esh"."""
    head, mark, tail = text.partition(f"[{table}]\n")
    assert mark, table
    body, rest = re.match(r"((?:(?!\n\[).)*)(.*)", tail, re.S).groups()
    for key, value in keys.items():
        body = re.sub(rf"^{key} = .*\n?", "", body, flags=re.M)
        body = f"{key} = {value}\n{body}"
    return head + mark + body + rest


def roomy(shell, text=None):
    """A manifest whose shell has quotas of its own, {kind: number}, and whose pools have the room
    for it. A program that a command starts gets a sixteenth of the shell's quotas."""
    text = text or board()
    shell = {"coids": shell["connections"] // 32 + 80, **shell}
    quota = ", ".join(f"{kind} = {number}" for kind, number in shell.items())
    text = change(text, "service.esh", {"quota": f"{{ {quota} }}"})
    pools = {}
    for kind, number in shell.items():
        found = re.search(rf"^{kind} = (\d+)", text, re.M)
        pools[kind] = str(int(found[1]) + number)
    return change(text, "nucleus", pools)


def larger(text):
    """With half as much again in each pool: tests' services come on top."""
    head, mark, tail = text.partition("[procmgr]")
    pools = "processes|threads|channels|connections|timers|syncs|pulses|events|coids"
    head = re.sub(rf"^({pools}) = (\d+)", lambda m: f"{m[1]} = {int(m[2]) * 3 // 2}", head,
                  flags=re.M)
    return head + mark + tail
