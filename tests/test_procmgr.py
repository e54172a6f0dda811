# SPDX-License-Identifier: Apache-2.0
"""procmgr on the system: its memory from a program's side, and messages made of anything."""

import re

import pytest


def test_memory_and_requests(vm):
    result = vm.run("t-procmgr", programs=["t-procmgr"])
    assert result.status == 0, result
    assert not [line for line in result.lines if not line.startswith("ok ")], result
    refused = re.findall(r"t-procmgr\[\d+\] is refused: it was made for version (\d+) of the "
                         r"requests, this is version (\d+)", result.log)
    assert len(refused) == 1 and int(refused[0][0]) == int(refused[0][1]) + 1, result


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


def test_shell_runs_thirty_programs_at_once(vm):
    result = vm.check("i=0; while [ $i -lt 30 ]; do sleep 100 & i=$((i + 1)); done;"
                      " pidin > /tmp/all; slay -f sleep; sleep 0.2; grep -c sleep /tmp/all")
    assert result.out == "30\n", result


def test_programs_grow_at_need_or_get_what_is_asked_for(vm):
    """How many channels t-exhaust got: at need a quarter, else what `on -q` says."""
    got = {}
    for name, way in {"need": "", "much": "on -q 75 ", "little": "on -q 10 "}.items():
        result = vm.check(f"{way}t-exhaust channels", programs=["t-exhaust"])
        got[name] = int(result.out.split()[2])
    print(got)
    # The shell's manifest has 32.
    assert 6 <= got["need"] <= 8 and got["much"] >= 20 and got["little"] <= 3, got


def test_greedy_programs_leave_room_for_others(vm):
    """Four that take all they can get and keep it, one after the other: a pipe still runs."""
    result = vm.check("for i in 1 2 3 4; do t-exhaust keep connections & sleep 0.2; done;"
                      " cat /proc/boot/true | wc -c; slay -f t-exhaust; true",
                      programs=["t-exhaust"])
    kept = [int(line.split()[2]) for line in result.lines if line.startswith("connections kept")]
    print(kept)
    assert len(kept) == 4 and kept == sorted(kept, reverse=True) and kept[0] > 50, result
    assert result.lines[-1].isdigit(), result
