# SPDX-License-Identifier: Apache-2.0
"""Set-up's reading of the system's package lists, in both formats, and the list made from them."""

import os
import re
import subprocess

import pytest

SETUP = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "setup")


def call(tmp_path, function):
    """Runs one of the script's functions on the lists in tmp_path."""
    with open(SETUP) as f:
        functions = "\n".join(re.findall(r"^[a-z_]+\(\) {\n.*?^}$", f.read(), re.M | re.S))
    script = (f"set -euo pipefail\n{functions}\n"
              f"apt_etc={tmp_path} apt_dir={tmp_path}/private source_suite=trixie\n{function}")
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True)


def entries(tmp_path, name, text):
    (tmp_path / "sources.list.d").mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    done = call(tmp_path, "system_entries")
    assert done.returncode == 0, done.stderr
    return [tuple(" ".join(part.split()) for part in line.split("|"))
            for line in done.stdout.splitlines()]


@pytest.mark.parametrize("text, expected", [
    ("deb http://a.example/d bookworm main\n",
     [("", "http://a.example/d", "bookworm", "main")]),
    ("# deb http://no.example/x bookworm main\ndeb-src http://no.example/x bookworm main\n", []),
    ("deb [arch=amd64 signed-by=/k.gpg] http://a.example/d bookworm main contrib # why\n",
     [("arch=amd64 signed-by=/k.gpg", "http://a.example/d", "bookworm", "main contrib")]),
    ("deb [ trusted=yes ] http://a.example/d bookworm main\n",
     [("trusted=yes", "http://a.example/d", "bookworm", "main")]),
    ("", []),
])
def test_one_line_lists_are_read(tmp_path, text, expected):
    assert entries(tmp_path, "sources.list", text) == expected
    os.remove(tmp_path / "sources.list")
    assert entries(tmp_path, "sources.list.d/x.list", text) == expected


@pytest.mark.parametrize("text, expected", [
    ("Types: deb\nURIs: http://a.example/d\nSuites: bookworm bookworm-updates\nComponents: main\n"
     "Signed-By: /k.gpg\n",
     [("signed-by=/k.gpg", "http://a.example/d", "bookworm", "main"),
      ("signed-by=/k.gpg", "http://a.example/d", "bookworm-updates", "main")]),
    ("Types: deb deb-src\nURIs: http://a.example/d\n  http://b.example/d\n# note\n"
     "Suites: bookworm\nComponents: main\n\nTypes: deb-src\nURIs: http://c.example/d\n"
     "Suites: bookworm\nComponents: main\n",
     [("", "http://a.example/d", "bookworm", "main"),
      ("", "http://b.example/d", "bookworm", "main")]),
    ("Enabled: no\nTypes: deb\nURIs: http://a.example/d\nSuites: bookworm\nComponents: main\n", []),
    ("types: deb\nuris: http://a.example/d\nsuites: bookworm\ncomponents: main\nSigned-By:\n"
     " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n",
     [("", "http://a.example/d", "bookworm", "main")]),
])
def test_deb822_lists_are_read(tmp_path, text, expected):
    assert entries(tmp_path, "sources.list.d/x.sources", text) == expected


def test_private_list_adds_backports_and_sources_of_the_main_archive(tmp_path):
    codename = subprocess.run("bash -c '. /etc/os-release; echo $VERSION_CODENAME'", shell=True,
                              capture_output=True, text=True).stdout.strip()
    (tmp_path / "sources.list").write_text(
        f"deb [signed-by=/k.gpg] http://a.example/d {codename} main contrib\n"
        f"deb http://s.example/d {codename}-security main\ndeb http://o.example/x other main\n")
    done = call(tmp_path, "write_private_list")
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split())
             for line in (tmp_path / "private/sources.list").read_text().splitlines()]
    assert f"deb [signed-by=/k.gpg] http://a.example/d {codename} main contrib" in lines
    assert "deb-src [signed-by=/k.gpg] http://a.example/d trixie main" in lines
    assert f"deb http://s.example/d {codename}-security main" in lines
    assert not any("o.example" in line for line in lines)
    backports = f"deb [signed-by=/k.gpg] http://a.example/d {codename}-backports main"
    assert (backports in lines) == (codename == "bookworm")


def test_private_list_without_the_main_archive_is_told(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://o.example/x other main\n")
    done = call(tmp_path, "write_private_list")
    assert done.returncode != 0
    assert "no entry" in done.stderr


def make(goal, third):
    top = os.path.dirname(os.path.dirname(SETUP))
    return subprocess.run(["make", "-n", "-C", top, goal, f"THIRD={third}"], capture_output=True,
                          text=True)


@pytest.mark.parametrize("goal", ["all", "programs", "native", "sdk", "build/bin/cat"])
def test_make_tells_to_set_up_when_nothing_is(tmp_path, goal):
    done = make(goal, tmp_path)
    assert done.returncode == 2
    assert "run `make setup` first" in done.stderr


@pytest.mark.parametrize("goal", ["setup", "help", "clean"])
def test_make_helps_when_nothing_is_set_up(tmp_path, goal):
    assert make(goal, tmp_path).returncode == 0
