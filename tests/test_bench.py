# SPDX-License-Identifier: Apache-2.0
"""test_bench.py - the measurements: that no figure got worse than its baseline, that two runs tell
the same, and that what is above its limit is said so. The figures themselves are `make bench`'s."""

import importlib.util
import json
import os

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
spec = importlib.util.spec_from_file_location("bench", os.path.join(TOP, "config/bench.py"))
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)


@pytest.fixture(scope="module")
def quick(vm):
    """The figures that take seconds, once."""
    return bench.measure(vm.BUILD, quick=True)


def test_no_figure_is_worse_than_its_baseline(quick):
    figures, _ = quick
    facts, baseline = bench.load_figures(), bench.load_baseline()
    bench.print_table(figures, facts, baseline)
    assert set(figures) <= set(baseline)
    assert not bench.worse_than_baseline(figures, facts, baseline), "make bench BASELINE=1 renews"


def test_two_runs_tell_the_same(vm):
    names = ["ipc_rt_32", "pulse_to_higher"]
    figures, histograms = bench.measure(vm.BUILD, names, quick=True)
    again, bars = bench.measure(vm.BUILD, names, quick=True)
    assert figures == again
    assert histograms == bars


def test_histogram_has_every_sample(quick):
    figures, histograms = quick
    assert set(figures) - set(histograms) == {"boot_to_user", "boot_to_prompt"}
    for name, (_, bars) in histograms.items():
        assert sum(bars.values()) == figures[name]["count"]
        assert min(bars) == figures[name]["min"]


def test_figure_above_its_limit_is_marked_and_in_the_exit_status(vm, tmp_path, monkeypatch, capsys):
    said = "figure null_syscall value 50 min 50 max 90 count 10\n"
    monkeypatch.setattr(bench, "boot", lambda *a: said + "histogram null_syscall width 1: 50=10\n")
    assert bench.main(["--build", str(tmp_path), "null_syscall"]) == 0
    assert "!" not in capsys.readouterr().out
    said = said.replace("50", "500")
    assert bench.main(["--build", str(tmp_path), "null_syscall"]) == 1
    out = capsys.readouterr().out
    assert "! seL4" in out and "above the limit: null_syscall" in out
    with open(tmp_path / "bench.json") as f:
        result = json.load(f)["null_syscall"]
    assert result == {"value": 500, "min": 500, "max": 90, "unit": "insn", "limit": 65}
    assert (tmp_path / "bench-svg/null_syscall.svg").read_text().startswith("<svg")


def test_figure_that_is_not_told_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "boot", lambda *a: "nothing\n")
    assert bench.main(["--build", str(tmp_path), "null_syscall"]) == 2
    assert "null_syscall" in capsys.readouterr().err


def test_only_what_is_over_two_per_cent_is_worse():
    facts = {"a": {}, "b": {"judged": "max"}}
    figures = {"a": {"value": 102, "max": 500}, "b": {"value": 1, "max": 103}}
    assert bench.worse_than_baseline(figures, facts, {"a": 100, "b": 100}) == [("b", 103, 100)]


def test_wrong_command_line_is_status_2(vm):
    """A name that is none, and samples that are none."""
    for command in ("bench nosuch", "bench -n 0", "bench -x"):
        result = vm.run(command, programs=[os.path.join(vm.BUILD, "bench/bench")])
        assert result.status == 2, result
