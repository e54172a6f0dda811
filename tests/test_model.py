# SPDX-License-Identifier: Apache-2.0
"""The model of the nucleus's messages (nucleus/model, docs/model.md), checked by Spin: every state
of each configuration is right, and each planted bug is found within the same run."""

import concurrent.futures
import os
import re
import shutil
import subprocess

import pytest

from vm import BUILD, TOP

MODEL = os.path.join(TOP, "nucleus/model")
TIMEOUT_S = 300
SAFETY = ["-O1", "-DSAFETY"]
LIVENESS = ["-O1", "-DNOREDUCE", "-DNFAIR=3"]  # rendezvous and fairness: no reduction
QUICK = ["-O0", "-DSAFETY"]  # where an error is near

CONFIGURATIONS = ["restart", "given-up", "chain", "chain-death", "time", "pulse", "copy", "pool",
                  "lives"]
# Each planted bug, and where it shows; what is found there, in a word.
BUGS = {
    "LOST_WAKEUP": "time",
    "LOST_PUT_BACK": "copy",
    "UNRELEASED_BOOST": "restart",
    "NO_BOOST": "restart",
    "NO_CHAIN": "chain",
    "DOUBLE_DELIVERY": "restart",
    "NEW_NUMBER": "restart",
    "STALE_ID": "pool",
    "SLOT_NUMBER": "pool",
    "STALE_UNBLOCK": "time",
    "LOST_COUNT": "pulse",
    "TIMEOUT_STAYS": "time",
    "NO_GRACE_END": "time",
    "DEATHS": "restart",
    "STRANDED": "copy",
    "ABORT": "lives",
    "ADOPT_EMPTY": "restart",
}


class Run:
    """One search: `errors` found, `states` stored, `cut` when it was not exhaustive, all `out`."""

    def __init__(self, out):
        self.out = out
        self.errors = int(re.search(r"errors: (\d+)", out).group(1))
        self.states = int(re.search(r"(\d+) states, stored", out).group(1))
        self.cut = re.search(r"too small|truncated|out of memory|aborting|limit", out, re.I)
        # Parts of the nucleus's steps that no execution came to.
        nucleus = out.split("proctype Nucleus", 1)[-1].split("\nunreached in", 1)[0]
        self.unreached = set(re.findall(r'nucleus.pml:\d+, state (\d+), "D_STEP', nucleus))


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, f"{' '.join(command)} in {cwd}\n{done.stdout}"
    return done.stdout


def search(name, defines=(), flags=SAFETY, options=(), depth=100000):
    """Spin's verdict on one configuration. The trail of an error lies in build/model."""
    folder = os.path.join(BUILD, "model", "-".join([name, *(d.split("=")[-1] for d in defines)]))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    source = os.path.join(MODEL, name + ".pml")
    run("spin", *(f"-D{d}" for d in defines), "-a", source, cwd=folder)
    run("gcc", "-w", *flags, "-DCOLLAPSE", "-DVECTORSZ=2048", "-o", "pan", "pan.c", cwd=folder)
    result = Run(run("./pan", f"-m{depth}", *options, cwd=folder))
    for part in os.listdir(folder):
        if not part.endswith(".trail"):
            os.remove(os.path.join(folder, part))
    return result


def at_once(jobs):
    """The results of {key: arguments of search}, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = {key: pool.submit(search, *job) for key, job in jobs.items()}
        return {key: future.result() for key, future in futures.items()}


@pytest.fixture(scope="module")
def verified():
    return at_once({name: (name,) for name in CONFIGURATIONS})


def replay(name, *defines):
    flags = " ".join(f"-D{d}" for d in defines)
    return f"see it: nucleus/model/replay {name} {flags}"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_model_when_all_states_are_visited_has_no_error(verified, name):
    result = verified[name]
    assert result.errors == 0, f"{replay(name)}\n{result.out}"
    assert not result.cut, result.out
    assert result.states > 1000


def test_model_when_all_configurations_have_run_has_no_step_that_none_took(verified):
    unreached = set.intersection(*(result.unreached for result in verified.values()))
    assert not unreached, f"states of proctype Nucleus: {unreached}"


def test_model_when_clients_never_end_ends_every_wait():
    result = search("live", flags=LIVENESS, options=["-a", "-f"])
    assert result.errors == 0, f"{replay('live')}\n{result.out}"
    assert not result.cut, result.out
    # The search can fail: with the model's other assertions off (-A), only the claim is left.
    bad = search("live", ["BUG=BUG_ADOPT_EMPTY"], flags=LIVENESS, options=["-a", "-f", "-A"])
    assert bad.errors > 0 and "acceptance cycle" in bad.out, bad.out


@pytest.fixture(scope="module")
def planted():
    return at_once({bug: (name, [f"BUG=BUG_{bug}"], QUICK) for bug, name in BUGS.items()})


@pytest.mark.parametrize("bug", BUGS)
def test_model_when_a_bug_is_planted_finds_it(planted, bug):
    assert planted[bug].errors > 0, f"{BUGS[bug]} with {bug}\n{planted[bug].out}"


def test_model_lists_the_bugs_that_are_tested():
    with open(os.path.join(MODEL, "nucleus.pml")) as f:
        names = re.findall(r"^#define BUG_(\w+)", f.read(), re.M)
    assert sorted(names) == sorted(BUGS)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_model_when_runs_are_longer_has_no_error(soak, name):
    if soak == 1:
        pytest.skip("for make soak")
    result = search(name, ["MORE=1"], flags=["-O2", "-DSAFETY", "-DHC4"])
    assert result.errors == 0, f"{replay(name, 'MORE=1')}\n{result.out}"
    assert not result.cut, result.out
