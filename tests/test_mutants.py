# SPDX-License-Identifier: Apache-2.0
"""test_mutants.py - planted bugs in the nucleus: the random driver's CI-sized run finds each."""

import os
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUTANTS = os.path.join(TOP, "nucleus/test/mutants")
NAMES = subprocess.run([MUTANTS, "--list"], stdout=subprocess.PIPE, check=True,
                       universal_newlines=True).stdout.split()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "none"])
def test_random_driver_finds_the_planted_bug(name):
    done = subprocess.run([MUTANTS, name], stdout=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stdout


def test_random_driver_finds_nothing_when_nothing_is_planted():
    done = subprocess.run([MUTANTS, "none"], stdout=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stdout
