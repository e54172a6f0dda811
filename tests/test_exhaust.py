# SPDX-License-Identifier: Apache-2.0
"""test_exhaust.py - each resource: a process meets its limit while another works on, and all comes
back."""

import pytest
from manifests import board, roomy
from state import around, between

# A program gets a sixteenth of these; threads enough that syncs, each of which takes a waiting
# thread, end first.
SHELL = {"threads": 320, "channels": 96, "connections": 1000, "timers": 128, "interrupts": 4,
         "syncs": 128, "pulses": 400, "events": 128}
RESOURCES = ["threads", "channels", "connections", "timers", "syncs", "pulses", "events", "memory",
             "descriptors", "scattered", "processes"]


@pytest.fixture(scope="module")
def result(vm, tmp_path_factory):
    manifest = tmp_path_factory.mktemp("exhaust") / "manifest.toml"
    manifest.write_text(roomy(SHELL, board()))
    each = "; ".join(f"t-exhaust {r}; echo status {r} $?" for r in RESOURCES)
    # Twice: procmgr keeps room for small objects for good once it has been needed.
    return vm.check(f"{each}; sleep 0.2; {around(each)}", programs=["t-exhaust"],
                    manifest=manifest, timeout=120)


@pytest.mark.parametrize("resource", RESOURCES)
def test_limit_is_met_while_another_works_on(result, resource):
    assert f"status {resource} 0" in result.lines, result
    print(next(line for line in result.lines if line.startswith(f"{resource} got")))


def test_all_comes_back_when_the_programs_have_ended(result):
    before, after, _ = between(result.out)
    print(before)
    assert before == after, result
