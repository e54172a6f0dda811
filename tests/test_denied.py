# SPDX-License-Identifier: Apache-2.0
"""test_denied.py - every ability: what it allows is refused, with its documented error, to a
process that lacks just that one, be it a child or the service itself when it has dropped it, and is
not to a service that has them all."""

import os
import re

import pytest
from manifests import board

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SERVICE = """
[service.t-denied]
priority = 10
memory = "2M"
keep = "16K"
devices = ["/soc/virtio_mmio@10001000"]
paths = ["/dev/denied"]
abilities = ["connect-any", "dma", "kill", "inject", "spawn-service", "clock-set", "reboot",
             "trace", "info", "log"]
quota = { threads = 8, channels = 8, connections = 40, interrupts = 1, coids = 8 }
processes = 2
stdio = ["", "/dev/ser1", "/dev/ser1"]
restart = "never"
manual = true
"""
# What who has the ability gets where `ok` would do harm, or where the attempt names nothing on
# purpose.
WITH = {"physical": "ENXIO", "inject": "ESRCH", "service-state": "ESRCH", "reset": "EINVAL",
        "reset-server": "EINVAL", "keep-drop": "ENOENT", "death-read": "ENOENT"}


@pytest.fixture(scope="module")
def results(vm, tmp_path_factory):
    """[(ability, attempt, result with it, result without it, when dropped)]"""
    manifest = tmp_path_factory.mktemp("denied") / "manifest.toml"
    text = board() + SERVICE
    text = re.sub(r"^(threads|channels|connections|coids) = (\d+)",
                  lambda m: f"{m[1]} = {int(m[2]) * 2}", text, count=4, flags=re.M)
    manifest.write_text(text)
    result = vm.check("service start t-denied; sleep 1", programs=["t-denied"], manifest=manifest)
    print(result.out)
    found = re.findall(r"^(\w+): (\S+) with (\S+) without (\S+) dropped (\S+)$", result.out, re.M)
    assert found, result
    return found


def test_abilities_each_have_an_attempt(results):
    with open(os.path.join(TOP, "procmgr/include/skink/abilities.h")) as f:
        text = f.read().partition("#define SKINK_ABILITIES(X)")[2]
    text = text.partition("enum skink_ability")[0]
    abilities = set(re.findall(r"X\((\w+), \d+\)", text))
    assert len(abilities) >= 14
    assert {r[0] for r in results} == abilities


def test_attempts_are_refused_without_the_ability(results):
    assert [r for r in results if r[3] != "EPERM"] == []


def test_attempts_are_refused_when_the_ability_was_dropped(results):
    assert [r for r in results if r[4] != "EPERM"] == []


def test_attempts_are_let_with_the_ability(results):
    assert [r for r in results if r[2] != WITH.get(r[1], "ok")] == []
