# SPDX-License-Identifier: Apache-2.0
"""The include rule, licence lines and line lengths, on small trees."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import lint  # noqa: E402


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(lint, "TOP", str(tmp_path))

    def make(**files):
        names = []
        for name, text in files["files"].items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            names.append(name)
        return names

    return make


FILES = {
    "nucleus/pool.h": "",
    "nucleus/include/skink/types.h": "",
    "hat/policy.h": "",
}


@pytest.mark.parametrize("name, line, wrong", [
    ("hat/a.c", '#include "policy.h"', False),
    ("hat/test/a.c", '#include "../policy.h"', False),
    ("hat/a.c", "#include <skink/types.h>", False),
    ("hat/a.c", "#include <stdio.h>", False),
    ("hat/a.c", '#include "../nucleus/pool.h"', True),
    ("hat/a.c", '#include "nucleus/pool.h"', True),
    ("hat/a.c", '#include "pool.h"', True),
    ("hat/a.c", "#  include <pool.h>", True),
    ("hat/a.c", '#include "../nucleus/include/skink/types.h"', False),
    ("nucleus/riscv/a.S", '#include "pool.h"', False),
])
def test_include_rule(tree, name, line, wrong):
    names = tree(files={**FILES, name: f"\n{line}\n"})
    found = list(lint.check_includes(names))
    assert bool(found) == wrong, found
    if wrong:
        assert found[0].startswith(f"{name}:2: ") and "private to nucleus" in found[0]


def test_licence_line_is_asked_of_sources_not_of_prose(tree):
    names = tree(files={"a.c": "int x;\n", "b.c": f"/* {lint.SPDX} */\n", "c.md": "# c\n",
                        "LICENSE": "x\n", "d.py": f"#!/usr/bin/python3\n# {lint.SPDX}\n"})
    assert list(lint.check_spdx(names)) == [f"a.c:1: no line '{lint.SPDX}'"]


def test_lines_are_measured_with_tabs_of_eight(tree):
    names = tree(files={"a.c": "\t" * 12 + "12345\n" + "\t" * 12 + "1234\n" + "x \n#if 0\n"})
    assert [f.split(": ")[0] for f in lint.check_lines(names)] == ["a.c:1", "a.c:3", "a.c:4"]
