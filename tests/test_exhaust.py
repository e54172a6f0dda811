# SPDX-License-Identifier: Apache-2.0
"""test_exhaust.py - each resource: a process meets its limit while another works on, and all comes
back."""

import re

import pytest
from manifests import board, roomy

# A program gets a sixteenth of these; threads enough that syncs, each of which takes a waiting
# thread, end first.
SHELL = {"threads": 320, "channels": 96, "connections": 1000, "timers": 128, "interrupts": 4,
         "syncs": 128, "pulses": 400, "events": 128}
RESOURCES = ["threads", "channels", "connections", "timers", "syncs", "pulses", "events", "memory",
             "descriptors", "processes"]
STATE = "pidin mem | grep '^free'; pidin nucleus"


def state_of(text):
    """({pool: used}, free bytes) from what STATE printed."""
    pools = {w[0]: int(w[2]) for w in map(str.split, text.split("\n"))
             if len(w) == 4 and w[1].isdigit()}
    return pools, int(re.search(r"^free +(\d+)", text, re.M)[1])


@pytest.fixture(scope="module")
def result(vm, tmp_path_factory):
    manifest = tmp_path_factory.mktemp("exhaust") / "manifest.toml"
    manifest.write_text(roomy(SHELL, board()))
    each = "; ".join(f"t-exhaust {r}; echo status {r} $?" for r in RESOURCES)
    # Twice: procmgr keeps room for small objects for good once it has been needed.
    return vm.check(f"{each}; sleep 0.2; {STATE}; echo begin; {STATE}; echo work; {each};"
                    f" sleep 0.2; echo end; {STATE}", programs=["t-exhaust"],
                    manifest=manifest, timeout=120)


@pytest.mark.parametrize("resource", RESOURCES)
def test_limit_is_met_while_another_works_on(result, resource):
    assert f"status {resource} 0" in result.lines, result
    print(next(line for line in result.lines if line.startswith(f"{resource} got")))


def test_all_comes_back_when_the_programs_have_ended(result):
    before, _, after = result.out.partition("begin\n")[2].partition("work\n")
    after = after.partition("end\n")[2]
    print(before, after, sep="")
    assert state_of(before) == state_of(after), result
