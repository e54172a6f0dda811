# SPDX-License-Identifier: Apache-2.0
"""schema.py - the keys of a manifest: their kinds, defaults and limits. Facts that the C headers
own (pools, quotas, abilities) are read from there; nothing is listed twice."""

import difflib
import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TIME_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9}
SIZE_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def did_you_mean(word, choices):
    close = difflib.get_close_matches(word, list(choices), 1, 0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def header(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def x_list(text, name):
    """The arguments of each X(...) in a header's list."""
    found = re.search(rf"^#define {name}\(X\)((?:.*\\\n)*.*)\n", text, re.M)
    if not found:
        raise RuntimeError(f"no list {name} in the header")
    body = re.sub(r"/\*.*?\*/", "", found.group(1), flags=re.S)
    return [[a.strip() for a in x.split(",")] for x in re.findall(r"\bX\(([^)]*)\)", body)]


def number(text, name):
    return int(re.search(rf"^#define {name}\s+(\d+)", text, re.M).group(1))


def plural(word):
    if word.endswith("ss"):
        return word + "es"
    return word if word.endswith("s") else word + "s"


class Facts:
    """What the headers say."""

    def __init__(self, types, abilities, manifest):
        self.abilities = {
            name.lower().replace("_", "-"): int(bit)
            for name, bit in x_list(abilities, "SKINK_ABILITIES")
        }
        self.quotas = [plural(field) for _, field in x_list(types, "SKINK_QUOTAS")]
        self.pools = self.quotas + [plural(field) for _, field in x_list(types, "SKINK_POOLS")]
        self.name_max = number(types, "SKINK_NAME_MAX")
        self.index_max = (1 << number(types, "SKINK_INDEX_BITS")) - 1
        self.services_max = number(manifest, "SKINK_SERVICES_MAX")
        self.restarts_max = number(manifest, "SKINK_RESTARTS_MAX")
        # What a small server needs; a service's own quota line changes single numbers.
        self.quota_defaults = {"threads": 2, "channels": 2, "connections": 16, "timers": 2,
                               "interrupts": 0, "syncs": 8, "pulses": 16, "events": 8, "coids": 3}

    @classmethod
    def from_headers(cls):
        return cls(header("nucleus/include/skink/types.h"),
                   header("procmgr/include/skink/abilities.h"),
                   header("config/include/skink/manifest.h"))


class Kind:
    """One key: how its value is read, and what it is when absent."""

    def __init__(self, read, default=None, required=False):
        self._read = read
        self._default = default
        self.required = required

    @property
    def default(self):
        return self._default.copy() if isinstance(self._default, (list, dict)) else self._default

    def read(self, value):
        return self._read(value)


def whole(low, high):
    def read(value):
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}, not {value!r}")
        return value

    return read


def power_of_two(low, high):
    def read(value):
        value = size(value)
        if not low <= value <= high or value & (value - 1):
            raise ValueError(f"a power of two from {low} to {high}, not {value}")
        return value

    return read


def with_unit(value, units, what):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", value) if type(value) is str else None
    if not found or found.group(2) not in units:
        names = ", ".join(u for u in units if u)
        raise ValueError(f"{what} with a unit ({names}) in quotes, not {value!r}")
    return round(float(found.group(1)) * units[found.group(2)])


def time(value):
    if value == 0 and type(value) is int:
        return 0
    ns = with_unit(value, TIME_UNITS, "a time")
    if ns >= 1 << 62:
        raise ValueError("the time is too long")
    return ns


def size(value):
    if type(value) is int and value >= 0:
        return value
    return with_unit(value, SIZE_UNITS, "a size")


def pages(value):
    value = size(value)
    if value % 4096:
        raise ValueError(f"a size in whole pages of 4096 bytes, not {value}")
    return value


def text(value):
    if type(value) is not str or "\0" in value:
        raise ValueError(f"a string, not {value!r}")
    return value


def program(value):
    if not text(value) or value.endswith("/"):
        raise ValueError("the name of a program")
    return value


def path(value):
    value = text(value)
    if not value.startswith("/") or "//" in value or value != "/" and value.endswith("/"):
        raise ValueError(f"a path from the root without a slash at its end, not {value!r}")
    return value


def truth(value):
    if type(value) is not bool:
        raise ValueError(f"true or false, not {value!r}")
    return value


def choice(*names):
    def read(value):
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}, not {value!r}"
                             + (did_you_mean(value, names) if type(value) is str else ""))
        return value

    return read


def list_of(read_one, most=None):
    def read(value):
        if type(value) is not list:
            raise ValueError(f"a list, not {value!r}")
        if most is not None and len(value) > most:
            raise ValueError(f"at most {most} of them")
        return [read_one(v) for v in value]

    return read


def environment(value):
    if type(value) is not dict:
        raise ValueError("a table, { NAME = \"value\" }")
    for name, item in value.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or type(item) is not str:
            raise ValueError(f"NAME = \"value\", not {name} = {item!r}")
    return dict(value)


def table(value):
    if type(value) is not dict:
        raise ValueError("a table, { name = number }")
    return dict(value)


def backoff(value):
    if type(value) not in (int, float) or not 1 <= value <= 100:
        raise ValueError(f"a factor from 1 to 100, not {value!r}")
    return value


def device(value):
    """A device-tree path, or { path = ..., optional = ..., interrupts = ... }."""
    if type(value) is str:
        value = {"path": value}
    if type(value) is not dict or "path" not in value:
        raise ValueError("a device-tree path, or { path = ..., optional = ..., interrupts = ... }")
    result = {"path": path(value["path"]), "optional": False, "interrupts": True}
    for key, item in value.items():
        if key not in result:
            raise ValueError(f"unknown key '{key}'{did_you_mean(key, result)}")
        if key != "path":
            result[key] = truth(item)
    return result


def nucleus_keys(facts):
    keys = {pool: Kind(whole(1, facts.index_max), 0, required=True) for pool in facts.pools}
    keys.update(
        rr_slice=Kind(time, 4 * 10**6),
        trace_entries=Kind(power_of_two(128, 1 << 19), 32768),
        log=Kind(power_of_two(4096, 1 << 20), 16384),
        deaths=Kind(whole(1, 1024), 32),
    )
    return keys


def procmgr_keys(facts):
    return {quota: Kind(whole(0, facts.index_max), 0, required=True) for quota in facts.quotas}


def service_keys(facts):
    count = whole(0, facts.restarts_max)
    return {
        "program": Kind(program),
        "args": Kind(list_of(text), []),
        "env": Kind(environment, {}),
        "stdio": Kind(list_of(lambda v: path(v) if v else "", 3), []),
        "critical": Kind(truth, False),
        "session": Kind(truth, False),
        "boot": Kind(truth, False),
        "manual": Kind(truth, False),
        "priority": Kind(whole(1, 254), 10, required=True),
        "priority_max": Kind(whole(1, 254)),
        "policy": Kind(choice("fifo", "rr"), "rr"),
        "memory": Kind(pages, 1 << 20),
        "stack": Kind(pages, 16384),
        "keep": Kind(pages, 0),
        "quota": Kind(table, {}),
        "processes": Kind(whole(0, 4095), 0),
        "devices": Kind(list_of(device), []),
        "paths": Kind(list_of(path), []),
        "peers": Kind(list_of(text), []),
        "after": Kind(list_of(text), []),
        "abilities": Kind(list_of(text), []),
        "restart": Kind(choice("always", "on-failure", "never"), "always"),
        "restart_delay": Kind(time, 0),
        "restart_delay_max": Kind(time, 5 * 10**9),
        "restart_backoff": Kind(backoff, 2),
        "restart_window": Kind(time, 60 * 10**9),
        "restart_limit": Kind(count, 10),
        "cold_after": Kind(count, 5),
        "deaths_max": Kind(whole(1, 1000), 2),
        "heartbeat": Kind(time, 0),
        "start_limit": Kind(time, 5 * 10**9),
    }
