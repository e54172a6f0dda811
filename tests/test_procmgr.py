# SPDX-License-Identifier: Apache-2.0
"""procmgr on the system: its memory from a program's side, and messages made of anything."""

import pytest


def test_memory_and_requests(vm):
    result = vm.run("t-procmgr", programs=["t-procmgr"])
    assert result.status == 0, result
    assert not [line for line in result.lines if not line.startswith("ok ")], result


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_messages_made_of_anything(vm, seed):
    result = vm.run(f"t-procmgr fuzz {seed} 50000", programs=["t-procmgr"], timeout=120)
    assert result.status == 0, result
    assert result.lines[-1] == "ok fuzz", result


def test_fault_is_told_by_cause_and_symbol(vm):
    result = vm.check("inject fault tmpfs; sleep 1; ls /tmp; pidin deaths")
    line = result.lines[-1].split()
    assert line[3] == "tmpfs" and line[4] == "fault=STORE" and line[-1] == "_start+0x18", result


def test_nothing_is_lost_over_processes_and_deaths(vm):
    count = "pidin mem | grep free"
    work = "echo x | cat > /dev/null; ls /tmp; inject kill slogger > /dev/null; sleep 0.3; "
    result = vm.check(f"{work} {work} {count}; {work} {work} {work} {count}")
    frees = [line for line in result.lines if line.startswith("free")]
    assert len(frees) == 2 and frees[0] == frees[1], result
