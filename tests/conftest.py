# SPDX-License-Identifier: Apache-2.0
"""conftest.py - what every whole-system test gets: the `vm` module, the seed, the size of a run."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import vm as vm_module  # noqa: E402


@pytest.fixture(scope="session")
def vm():
    """vm.run(command, ...) and vm.check(command, ...): see tests/vm.py."""
    return vm_module


@pytest.fixture(scope="session")
def soak():
    """How many times longer than in CI a test runs: 1, or SKINK_SOAK's number (at least 100)."""
    given = os.environ.get("SKINK_SOAK")
    return max(100, int(given)) if given else 1


@pytest.fixture
def seed(request):
    """The seed of a random test: fixed, or SKINK_SEED's; told where the test fails."""
    value = int(os.environ.get("SKINK_SEED", "1"))
    request.node.add_report_section("call", "seed", f"SKINK_SEED={value}")
    return value
