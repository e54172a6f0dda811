# SPDX-License-Identifier: Apache-2.0
"""test_bench.py - the measurements: that no figure got worse than its baseline, that two runs tell
the same, and that what is above its limit is said so. The figures themselves are `make bench`'s."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
spec = importlib.util.spec_from_file_location("bench", os.path.join(TOP, "config/bench.py"))
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)
sys.path.insert(0, os.path.join(TOP, "config/bench"))
import follow  # noqa: E402
import stub  # noqa: E402


@pytest.fixture(scope="module")
def quick(vm):
    """The figures that take seconds, once."""
    return bench.measure(vm.BUILD, quick=True)


def test_no_figure_is_worse_than_its_baseline(fast, quick):
    figures, _ = quick
    facts, baseline = bench.load_figures(), bench.load_baseline()
    bench.print_table(figures, facts, baseline)
    assert set(figures) <= set(baseline)
    assert not bench.worse_than_baseline(figures, facts, baseline), "make bench BASELINE=1 renews"


def test_two_runs_tell_the_same(vm):
    names = ["ipc_rt_32", "pulse_to_higher", "fault_to_answer", "boot_to_user", "boot_to_prompt"]
    figures, histograms = bench.measure(vm.BUILD, names, quick=True)
    again, bars = bench.measure(vm.BUILD, names, quick=True)
    assert figures == again
    assert histograms == bars


def test_way_to_the_first_program_looks_as_long_from_outside(vm, quick):
    with stub.Machine(vm.BUILD, "exec", "--icount", "true") as machine:
        machine.run_to(stub.symbols(os.path.join(vm.BUILD, "startup.elf"))["_start"])
        start = machine.csr("cycle")
        machine.run_to(stub.symbols(os.path.join(vm.BUILD, "bin/procmgr"))["_start"])
        took = machine.csr("cycle") - start
    assert took == pytest.approx(quick[0]["boot_to_user"]["value"], rel=0.02)


@pytest.mark.parametrize("name", ["null_syscall", "ipc_rt_32", "ipc_rt_512"])
def test_trace_from_outside_counts_what_the_guest_counts(vm, quick, name):
    trace = follow.follow(vm.BUILD, name)
    follow.print_trace(vm.BUILD, name, trace, False)
    assert trace.count - 1 == pytest.approx(quick[0][name]["value"], rel=0.02)
    assert sum(trace.by_pc.values()) == trace.count
    assert trace.code["user"] and trace.code["nucleus"] and trace.data["nucleus"]


def test_short_ways_have_no_frame_and_only_jumps_lead_out_of_them(vm, fast):
    """Calls at their ends become jumps, and for others there would be a frame on the way."""
    text = subprocess.run(["riscv64-unknown-elf-objdump", "-d", "--no-show-raw-insn",
                           os.path.join(vm.BUILD, "nucleus.elf")],
                          capture_output=True, text=True, check=True).stdout
    ways = dict(re.findall(r"^\w+ <(fast_\w+)>:\n(.*?)\n\n", text, re.M | re.S))
    assert len(ways) == 7
    for name, body in ways.items():
        general = name.replace("fast_", "general_")
        assert re.search(rf"\tj\t\w+ <{general}>$", body, re.M), name
        assert not re.search(r"\t(jalr?|call)\t|\bsp\b", body), name


def test_planted_delay_moves_the_figure_by_just_that(vm, fast, quick, tmp_path):
    """Fifty instructions more behind COMMIT of the send's fast path, in a copy of the sources."""
    tree, build = tmp_path / "tree", tmp_path / "build"
    tree.mkdir()
    for name in ("nucleus", "config", "procmgr/include"):
        shutil.copytree(os.path.join(TOP, name), tree / name)
    shutil.copy(os.path.join(TOP, "Makefile"), tree)
    source = tree / "nucleus/fast.c"
    head, call, tail = source.read_text().partition("fast_msg_send(")
    delay = '/* COMMIT */\n__asm__ volatile(".rept 50\\nnop\\n.endr");\n'
    assert "/* COMMIT */\n" in tail
    source.write_text(head + call + tail.replace("/* COMMIT */\n", delay, 1))
    (tree / "build").mkdir()
    os.symlink(os.path.join(TOP, "build/third_party"), tree / "build/third_party")
    subprocess.run(["make", f"O={build}", f"{build}/startup.elf"], cwd=tree, check=True,
                   stdout=subprocess.DEVNULL)
    for name in os.listdir(vm.BUILD):
        if not (build / name).exists():
            os.symlink(os.path.join(vm.BUILD, name), build / name)
    delayed = bench.measure(str(build), ["ipc_rt_32", "null_syscall"], quick=True)[0]
    assert delayed["ipc_rt_32"]["value"] == quick[0]["ipc_rt_32"]["value"] + 50
    assert delayed["null_syscall"]["value"] == quick[0]["null_syscall"]["value"]


@pytest.mark.parametrize("text, result", [
    ("ld a0,2040(a1)", (11, 2040, 8, False)), ("sb a0,-1(s11)", (27, -1, 1, True)),
    ("fsd fs0,16(t6)", (31, 16, 8, True)), ("amoadd.w a0,a1,(a2)", (12, 0, 4, True)),
    ("lr.d a0,(a2)", (12, 0, 8, False)), ("c.ld a0,248(a5)", (15, 248, 8, False)),
    ("c.sw s0,124(s1)", (9, 124, 4, True)), ("c.ldsp ra,504(sp)", (2, 504, 8, False)),
    ("c.sdsp s0,264(sp)", (2, 264, 8, True)), ("c.swsp s0,252(sp)", (2, 252, 4, True)),
    ("c.lwsp s0,200(sp)", (2, 200, 4, False)), ("c.fsdsp fs0,8(sp)", (2, 8, 8, True)),
    ("c.fld fa0,8(a0)", (10, 8, 8, False)), ("c.mv a0,a1", None), ("c.addi a0,1", None),
    ("add a0,a1,a2", None), ("ecall", None), ("rdcycle a0", None), ("c.addi4spn a0,sp,8", None),
    ("c.slli a0,3", None), ("c.jr ra", None),
])
def test_trace_knows_what_an_instruction_touches(tmp_path, text, result):
    source, made, raw = tmp_path / "a.s", tmp_path / "a.o", tmp_path / "a.bin"
    source.write_text(text + "\n")
    subprocess.run(["riscv64-unknown-elf-as", "-march=rv64gc", "-o", made, source], check=True)
    subprocess.run(["riscv64-unknown-elf-objcopy", "-O", "binary", "-j", ".text", made, raw],
                   check=True)
    assert follow.access(int.from_bytes(raw.read_bytes()[:4], "little")) == result


def test_cyclictest_under_load_stays_within_its_limit_in_a_soak(vm, soak, turn, capsys):
    """A million samples in a soak, each turn from another moment of the loads; in CI a few, to see
    that loads load and that it is measured."""
    name = "cyclictest_load_max"
    count = 500 if soak == 1 else 10000
    figures, histograms = bench.measure(vm.BUILD, [name], count=count, timeout=3600,
                                        after=f"{0.05 + turn * 0.0137:.4f}")
    figure = figures[name]
    with capsys.disabled():
        print(f"cyclictest: turn {turn + 1} of {soak}: {figure}" if soak > 1 else "", end="")
    assert figure["count"] == count
    assert 0 < figure["min"] <= figure["value"] <= figure["max"]
    assert sum(histograms[name][1].values()) <= count
    if soak > 1:
        assert figure["max"] <= bench.load_figures()[name]["limit"]


def test_interrupts_under_a_load_are_late_by_what_the_nucleus_does(vm):
    """One load for all, with few samples: `make bench` has them all."""
    figures, _ = bench.measure(vm.BUILD, ["adversarial_parts", "behind_equal_parts"],
                               count="-n 50")
    alone = bench.measure(vm.BUILD, ["irq_to_thread_idle"], quick=True)[0]["irq_to_thread_idle"]
    assert figures["adversarial_parts"]["max"] > alone["value"]
    # Behind an equal it waits for that one's turn, too.
    assert figures["behind_equal_parts"]["max"] > 2 * figures["adversarial_parts"]["max"]


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
