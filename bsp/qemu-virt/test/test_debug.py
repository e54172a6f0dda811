# SPDX-License-Identifier: Apache-2.0
"""The debugger's macros: what they read of the nucleus's structures is there to be read. Without a
debugger, which set-up does not install for the tests, no more can be said."""

import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
HEADERS = ["nucleus.h", "arch.h", "heap.h", "list.h", "pool.h", "include/skink/manager.h"]


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def test_macros_when_they_name_a_field_find_it_in_a_header():
    headers = re.sub(r"/\*.*?\*/", "", "".join(read("nucleus/" + h) for h in HEADERS), flags=re.S)
    fields = set(re.findall(r'\["(\w+)"\]', read("bsp/qemu-virt/skink.gdb")))
    assert len(fields) > 15
    assert [f for f in sorted(fields) if not re.search(rf"\b{f}\b", headers)] == []
