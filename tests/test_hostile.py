# SPDX-License-Identifier: Apache-2.0
"""test_hostile.py - random nucleus calls by unprivileged processes: nobody is hurt, each call is
seen to succeed and to return each of its documented errors, and all that was used comes back."""

import os
import re

import pytest
from manifests import roomy
from state import around, between

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEEDS = [1, 2, 3]
CALLS = 75000
WARM_UP = 8000
MILLION = 334000  # for each seed in a soak: together more than a million
# A program gets a sixteenth; its worker more than half of that.
SHELL = {"threads": 260, "channels": 112, "connections": 160, "timers": 96, "interrupts": 4,
         "syncs": 64, "pulses": 128, "events": 96}

# What no unprivileged process can bring about alone; other tests do.
ELSEWHERE = {
    "msg_send": {"ESRVRFAULT", "ESTALE"},  # test_restart.py: servers that die
    "connect_attach": {"EAGAIN"},  # pools that no quota of one process empties
    "connect_dup": {"EAGAIN"},
    "msg_receive": {"EAGAIN"},  # more threads than a worker may have
    "msg_reply_receive": {"EAGAIN"},
    "msg_read": {"EBUSY"},  # two threads in one long copy: the nucleus's own tests
    "msg_write": {"EBUSY"},
    "interrupt_attach": {"EBUSY", "EAGAIN", "EFAULT", "ENOTSUP", "EBADF"},  # needs a granted source
    "interrupt_wait": {"ETIMEDOUT"},
}
NEVER_RETURN = {"process_exit"}
NEED_A_SOURCE = {"interrupt_attach", "interrupt_wait", "interrupt_mask"}


def documented():
    """{call: (who, errors)} as the one list of calls says."""
    with open(os.path.join(TOP, "nucleus/include/skink/syscalls.h")) as f:
        text = f.read()
    rows = re.findall(r'X\(\d+, (\w+), [A-Z]+, (\w+),[\s\\]*"([A-Z ]*)"\)', text)
    assert len(rows) == text.count("\tX(")
    return {name: (who, set(errors.split())) for name, who, errors in rows}


def seen_in(result):
    """{call: {"ok" or error: times}} from the program's report."""
    seen = {}
    for line in result.lines:
        words = line.split()
        if len(words) >= 3 and words[1] == "ok" and words[2].isdigit():
            seen[words[0]] = {k: int(n) for k, n in zip(words[1::2], words[2::2])}
    return seen


@pytest.fixture(scope="module")
def runs(vm, soak, tmp_path_factory):
    manifest = tmp_path_factory.mktemp("hostile") / "manifest.toml"
    manifest.write_text(roomy(SHELL))
    calls = MILLION if soak > 1 else CALLS
    # A short run first: procmgr keeps room for small objects for good once it has been needed.
    return [vm.run(f"t-hostile {seed} {WARM_UP} > /dev/null; echo alive > /tmp/a; sleep 0.2;" +
                   around(f"t-hostile {seed} {calls}; echo status $?") +
                   "; pidin deaths; cat /tmp/a", programs=["t-hostile"], manifest=manifest,
                   timeout=3600 if soak > 1 else 120) for seed in SEEDS]


@pytest.mark.parametrize("index", range(len(SEEDS)))
def test_nobody_is_hurt_by_hostile_calls(runs, index):
    result = runs[index]
    assert result.status == 0, result
    assert "status 0" in result.lines, result
    assert result.lines[-1] == "alive", result
    assert "panic" not in result.log, result
    victims = set(re.findall(r"(\S+)\[\d+\] fault", result.log)) - {"t-hostile"}
    assert not victims, result


@pytest.mark.parametrize("index", range(len(SEEDS)))
def test_pools_and_memory_are_as_before_hostile_calls(runs, index):
    before, after, _ = between(runs[index].out)
    print(before)
    assert before == after, runs[index]


def test_each_call_succeeds_and_returns_each_documented_error(runs):
    union = {}
    for result in runs:
        for call, counts in seen_in(result).items():
            into = union.setdefault(call, {})
            for what, times in counts.items():
                into[what] = into.get(what, 0) + times
    missing = []
    for call, (who, errors) in documented().items():
        seen = {k for k, n in union.get(call, {}).items() if n}
        print(call, *(f"{k} {n}" for k, n in sorted(union.get(call, {}).items())))
        wanted = {"EPERM"} if who == "ONLY" else errors | {"ok"}
        wanted -= ELSEWHERE.get(call, set())
        if call in NEVER_RETURN | NEED_A_SOURCE:
            wanted -= {"ok"}
        missing += [f"{call}: {what}" for what in sorted(wanted - seen)]
    assert not missing, "\n".join(missing)
