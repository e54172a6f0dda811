# SPDX-License-Identifier: Apache-2.0
"""conftest.py - what every whole-system test gets: the `vm` module, the seed, the size of a run."""

import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import vm as vm_module  # noqa: E402

SOAK = os.environ.get("SKINK_SOAK")
# What a soak that was broken off has already passed; the next one goes on behind it.
SOAK_DONE = os.path.join(vm_module.BUILD, "soak.done")


def pytest_collection_modifyitems(config, items):
    if not SOAK or not os.path.exists(SOAK_DONE):
        return
    with open(SOAK_DONE) as f:
        done = set(f.read().split("\n"))
    passed = [i for i in items if i.nodeid in done]
    if passed and len(passed) < len(items):
        print(f"soak: {len(passed)} tests passed before, going on (from the start: rm {SOAK_DONE})")
        config.hook.pytest_deselected(items=passed)
        items[:] = [i for i in items if i.nodeid not in done]
    else:
        os.remove(SOAK_DONE)


def pytest_runtest_logreport(report):
    if SOAK and report.when == "call" and report.passed:
        with open(SOAK_DONE, "a") as f:
            f.write(report.nodeid + "\n")


@pytest.fixture(scope="session")
def vm():
    """vm.run(command, ...) and vm.check(command, ...): see tests/vm.py."""
    return vm_module


# How many times longer than in CI a test runs: 1, or SKINK_SOAK's number (at least 100).
SOAK_TIMES = max(100, int(SOAK)) if SOAK else 1


@pytest.fixture(scope="session")
def soak():
    return SOAK_TIMES


def pytest_generate_tests(metafunc):
    """`turn`: in a soak the test is done that often, and can be broken off after each."""
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", range(SOAK_TIMES))


@pytest.fixture
def seed(request):
    """The seed of a random test: fixed, or SKINK_SEED's; told where the test fails."""
    value = int(os.environ.get("SKINK_SEED", "1"))
    request.node.add_report_section("call", "seed", f"SKINK_SEED={value}")
    return value


@pytest.fixture(scope="session")
def fast(vm):
    """The nucleus has its fast path (FAST=0 leaves it out): else the name is the general way's."""
    names = subprocess.run(["riscv64-unknown-elf-nm", os.path.join(vm.BUILD, "nucleus.elf")],
                           capture_output=True, text=True, check=True).stdout
    if " T fast_msg_send\n" not in names:
        pytest.skip("the fast path is not linked")
