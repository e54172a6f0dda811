# SPDX-License-Identifier: Apache-2.0
"""test_realtime.py - who waits for whom: inherited priorities with and without a hog, and deaths on
either side of a message, each judged by who ran in between."""

import re

from manifests import board

SLACK_NS = 20000


def test_client_waits_for_its_servers_only_when_a_hog_runs(vm):
    result = vm.check("t-inherit", programs=["t-inherit"])
    print(result.out)
    found = {name: (int(alone), int(hog)) for name, alone, hog in
             re.findall(r"^(\S+) +alone (\d+) hog (\d+)$", result.out, re.M)}
    assert set(found) == {"direct", "busy", "chain", "chain-busy", "mutex"}, result
    for name, (alone, hog) in found.items():
        assert hog <= alone + SLACK_NS, (name, result)
    # Three servers of 200 us each.
    assert 600000 <= found["chain"][0] <= 660000, result


def test_survivors_get_their_outcome_before_anything_lower_runs(vm):
    result = vm.check("t-deaths", programs=["t-deaths"])
    print(result.out)
    lines = [line.split() for line in result.lines]
    assert len(lines) == 7, result
    assert all(words[1] == "ok" and words[-1] == "0" for words in lines), result


SERVICE = """
[service.t-{name}]
program = "t-deaths"
args = ["durable", "/dev/t-{name}"]
priority = 11
priority_max = 14
policy = "fifo"
memory = "512K"
paths = ["/dev/t-{name}"]
{policy}
"""
POLICIES = {"never": 'restart = "never"', "cold": "cold_after = 1", "again": "cold_after = 0"}


def test_clients_of_a_durable_server_get_their_outcome(vm, tmp_path):
    """Given up, started cold, started again: with one client in REPLY and one in SEND."""
    path = tmp_path / "manifest.toml"
    text = board() + "".join(SERVICE.format(name=n, policy=p) for n, p in POLICIES.items())
    path.write_text(re.sub(r"^(\w+s) = (\d+)$", lambda m: f"{m[1]} = {int(m[2]) * 3 // 2}", text,
                           count=9, flags=re.M))
    result = vm.run("t-deaths service " + " ".join(f"/dev/t-{n}" for n in POLICIES),
                    programs=["t-deaths"], manifest=path)
    print(result.out)
    lines = [line.split() for line in result.lines]
    assert len(lines) == 7, result
    assert all(words[1] == "ok" for words in lines), result
