# SPDX-License-Identifier: Apache-2.0
"""The library on the system: the cases of the programs in tests/target that are named here, each
counted."""

import re

import pytest


def run_cases(vm, program):
    result = vm.run(program, programs=[program], timeout=120)
    failed = [line for line in result.lines if line.startswith("not ok")]
    passed = [line for line in result.lines if line.startswith("ok ")]
    assert not failed, result
    assert result.status == 0, result
    assert result.lines[-1] == f"{len(passed)} run, 0 failed", result
    return result


def test_threads_and_locks(vm):
    result = run_cases(vm, "t-pthread")
    lines = [line for line in result.lines if "line of thread" in line]
    assert len(lines) == 150
    assert all(re.fullmatch(r"line of thread \d", line) for line in lines), lines


@pytest.mark.parametrize("program", ["t-file", "t-stream", "t-memory", "t-child", "t-message",
                                     "t-float", "t-registers", "t-join"])
def test_library_keeps_its_promises(vm, program):
    run_cases(vm, program)


def test_pidin_tells_whom_a_thread_joins(vm):
    result = vm.run("t-join hold & sleep 0.2; pidin | grep t-join; slay -f t-join",
                    programs=["t-join"])
    threads = [line.split() for line in result.lines]
    joins = [t for t in threads if "JOIN" in t]
    others = [t for t in threads if "NANOSLEEP" in t]
    assert len(joins) == 1 and len(others) == 1, result
    assert joins[0][joins[0].index("JOIN") + 1].startswith("tid="), result
