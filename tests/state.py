# SPDX-License-Identifier: Apache-2.0
"""state.py - what the system has in use, the nucleus's pools and free memory, before and after what
a test does. Owns the command that shows it; judges nothing."""

import re

STATE = "pidin mem | grep '^free'; pidin nucleus"


def state_of(text):
    """({pool: used}, free bytes) from what STATE printed."""
    pools = {w[0]: int(w[2]) for w in map(str.split, text.split("\n"))
             if len(w) == 4 and w[1].isdigit()}
    assert len(pools) >= 10, text
    return pools, int(re.search(r"^free +(\d+)", text, re.M)[1])


def around(command):
    """The command with STATE before and after it."""
    return (f"echo before; {STATE}; echo during; {command}; sleep 0.2;"
            f" echo after; {STATE}; echo done")


def between(text):
    """(state before, state after, what the command of around() printed)."""
    before, _, rest = text.partition("before\n")[2].partition("during\n")
    during, _, after = rest.partition("after\n")
    return state_of(before), state_of(after), during
