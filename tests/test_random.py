# SPDX-License-Identifier: Apache-2.0
"""test_random.py - the random driver's long runs, and what they promise: to go on where they were
broken off, and to name the seed that fails. Its CI-sized runs are among the native tests."""

import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, os.environ.get("SKINK_BUILD", "build"))
SOAK = os.path.join(TOP, "nucleus/test/soak")
SEED_OPERATIONS = 200000


def run(folder, program, seeds):
    """(exit code, lines) of a run on one processor with a program and a state file of its own."""
    done = subprocess.run([SOAK, str(seeds * SEED_OPERATIONS), "--jobs", "1", "--program",
                           str(program), "--state", str(folder / "done")],
                          stdout=subprocess.PIPE, text=True)
    return done.returncode, done.stdout.splitlines()


def pretender(folder, script):
    """In the driver's place; $2 is the seed."""
    program = folder / "program"
    program.write_text("#!/bin/sh\n" + script + "\n")
    program.chmod(0o755)
    return program


def test_random_calls_break_nothing_in_a_long_run(soak, capsys):
    """A hundred million operations in a soak, two in CI; progress is told as it comes."""
    count = SEED_OPERATIONS * (10 if soak == 1 else 500)
    with capsys.disabled():
        done = subprocess.run([SOAK, str(count)])
    assert done.returncode == 0


def test_random_run_when_broken_off_goes_on_where_it_was(tmp_path):
    log = tmp_path / "log"
    program = pretender(tmp_path, f"echo $2 >> {log}")
    assert run(tmp_path, program, 2)[0] == 0
    code, lines = run(tmp_path, program, 4)
    assert code == 0 and "400,000 operations were done before" in lines[0], lines
    assert sorted(log.read_text().split()) == ["1", "2", "3", "4"]


def test_random_run_when_the_program_is_another_begins_anew(tmp_path):
    log = tmp_path / "log"
    assert run(tmp_path, pretender(tmp_path, f"echo $2 >> {log}"), 2)[0] == 0
    assert run(tmp_path, pretender(tmp_path, f"echo $2 >> {log}; true"), 2)[0] == 0
    assert sorted(log.read_text().split()) == ["1", "1", "2", "2"]


def test_random_run_when_a_seed_fails_names_the_command_that_does_it_again(tmp_path):
    program = pretender(tmp_path, "[ $2 -ne 4 ] || { echo 'what is wrong'; exit 1; }")
    for _ in range(2):  # what has failed is not done
        code, lines = run(tmp_path, program, 6)
        assert code == 1 and "what is wrong" in lines, lines
        assert lines[-1].endswith("again: build/native/nucleus --random 4 200000 general"), lines


def test_random_run_is_the_same_with_sanitizers_and_without():
    for ways in [], ["general"]:
        first, second = (subprocess.run([os.path.join(BUILD, program), "--random", "7", "30000",
                                         *ways], stdout=subprocess.PIPE, check=True).stdout
                         for program in ("native/nucleus", "random/nucleus"))
        assert first == second and first
