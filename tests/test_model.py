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
TIMEOUT_S = 3600
SAFETY = ["-O1", "-DSAFETY"]
LIVENESS = ["-O1", "-DNOREDUCE", "-DNFAIR=3"]  # rendezvous and fairness: no reduction
LONGER = ["-O2", "-DSAFETY", "-DHC4"]  # states by their hashes: a few bytes each
QUICK = ["-O0", "-DSAFETY"]  # where an error is near

CONFIGURATIONS = ["copy", "late", "restart", "given-up", "chain-death", "time", "pulse", "lives",
                  "chain", "pool"]
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
    "TIMEOUT_LOST": "late",
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
        self.unreached = set(re.findall(r'"(D_STEP\d+)"', nucleus))


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
    if "-DHC4" not in flags:
        flags = [*flags, "-DCOLLAPSE"]
    run("gcc", "-w", *flags, "-DVECTORSZ=2048", "-o", "pan", "pan.c", cwd=folder)
    result = Run(run("./pan", f"-m{depth}", *options, cwd=folder))
    for part in os.listdir(folder):
        if not part.endswith(".trail"):
            os.remove(os.path.join(folder, part))
    return result


def jobs(soak):
    """{name: arguments of search}: all configurations, the formula, each planted bug."""
    more, flags = ([], SAFETY) if soak == 1 else (["MORE=1"], LONGER)
    fair = {"flags": LIVENESS, "options": ["-a", "-f"]}
    # With the assertions off (-A), only the claim is left to find the bug.
    claim = {"flags": LIVENESS, "options": ["-a", "-f", "-A"]}
    yield from ((name, [name, more, flags], {}) for name in CONFIGURATIONS)
    yield "live", ["live", more], fair
    yield "bad live", ["live", ["BUG=BUG_ADOPT_EMPTY"]], claim
    yield from ((bug, [name, [f"BUG=BUG_{bug}"], QUICK], {}) for bug, name in BUGS.items())


@pytest.fixture(scope="module")
def searches(soak):
    """{name: Run}, done two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(search, *args, **how) for name, args, how in jobs(soak)}
        return {name: future.result() for name, future in futures.items()}


def replay(name, *defines):
    flags = " ".join(f"-D{d}" for d in defines)
    return f"see it: nucleus/model/replay {name} {flags}"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_model_when_all_states_are_visited_has_no_error(searches, name):
    result = searches[name]
    assert result.errors == 0, f"{replay(name)}\n{result.out}"
    assert not result.cut, result.out
    assert result.states > 1000


def test_model_when_all_configurations_have_run_has_no_step_that_none_took(searches):
    unreached = set.intersection(*(searches[name].unreached for name in CONFIGURATIONS))
    assert not unreached, f"lines of nucleus.pml: {unreached}"


def test_model_when_clients_never_end_ends_every_wait(searches):
    result = searches["live"]
    assert result.errors == 0, f"{replay('live')}\n{result.out}"
    assert not result.cut, result.out


def test_model_when_waiters_are_forgotten_breaks_its_formula(searches):
    result = searches["bad live"]
    assert result.errors > 0 and "acceptance cycle" in result.out, result.out


@pytest.mark.parametrize("bug", BUGS)
def test_model_when_a_bug_is_planted_finds_it(searches, bug):
    assert searches[bug].errors > 0, f"{BUGS[bug]} with {bug}\n{searches[bug].out}"


def test_replay_when_there_is_an_error_tells_the_calls_that_lead_to_it():
    folder = os.path.join(BUILD, "model")
    os.makedirs(folder, exist_ok=True)
    out = run(os.path.join(MODEL, "replay"), "pool", "-DBUG=BUG_STALE_ID", cwd=folder)
    assert "assertion violated (answered[t]==seq[t])" in out
    assert re.search(r"^Server +K_REPLY_RECEIVE thread \d, 0, 1$", out, re.M), out


def test_model_when_it_lists_a_bug_has_a_test_for_it():
    with open(os.path.join(MODEL, "nucleus.pml")) as f:
        names = re.findall(r"^#define BUG_(\w+)", f.read(), re.M)
    assert sorted(names) == sorted(BUGS)
