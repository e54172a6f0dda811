# SPDX-License-Identifier: Apache-2.0
"""What making, ending and restarting processes costs, in instructions. Runs repeat to the
instruction, so a figure that rises has a cause; docs/measurement-spawn.md says what is in each."""

import re

# Each a few per cent above what it is; lower a limit when a figure has fallen.
LIMITS = {"spawn_wait": 53000, "fault_to_notice": 13000, "fault_to_answer": 160000}


def figures(vm):
    out = vm.check("process-cost 100", programs=["process-cost", "tiny"]).out
    found = re.findall(r"^(\w+) min (\d+) median (\d+) max (\d+)$", out, re.M)
    return {name: int(median) for name, _, median, _ in found}


def test_process_costs_when_measured_stay_below_their_limits(fast, vm):
    measured = figures(vm)
    assert set(measured) == set(LIMITS)
    over = {n: (v, LIMITS[n]) for n, v in measured.items() if v > LIMITS[n]}
    assert not over, over
