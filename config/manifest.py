#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""manifest.py - compiles a system manifest from TOML to what the system reads in place. Owns the
language (docs/manifest.md) and its checks; the binary form is config/include/skink/manifest.h.

    manifest.py -o OUTPUT [--program NAME]... FILE

Every error names file and line, and both parties where two lines are at odds. With --program, a
service whose program is none of the names is an error.
"""

import argparse
import os
import re
import struct
import sys
import tomllib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import schema  # noqa: E402
from locate import Locator  # noqa: E402

MAGIC = 0x464D4B53
VERSION = 2
POOLS = 16
RESTART = {"never": 0, "on-failure": 1, "always": 2}
POLICY = {"fifo": 1, "rr": 2}
FLAGS = {"critical": 0x1, "session": 0x2, "boot": 0x4, "manual": 0x8}
DEVICE_FLAGS = {"optional": 0x1, "interrupts": 0x2}


class ManifestErrors(Exception):
    """All that is wrong with a manifest, one line each."""

    def __init__(self, lines):
        super().__init__("\n".join(lines))
        self.lines = lines


class Checker:
    """Collects errors about one file."""

    def __init__(self, name, locator):
        self.name = name
        self.locator = locator
        self.errors = []

    def line(self, *where):
        return self.locator.line(*where)

    def error(self, where, text):
        self.errors.append((self.line(*where), f"{self.name}:{self.line(*where)}: {text}"))

    def finish(self):
        if self.errors:
            raise ManifestErrors([text for _, text in sorted(self.errors, key=lambda e: e[0])])


def read_table(check, table, given, keys, what):
    """The values of one table by its schema: defaults filled in, every value checked."""
    values = {}
    for key in given:
        if key not in keys:
            guess = schema.did_you_mean(key, keys)
            check.error((table, key), f"{what}: unknown key '{key}'{guess}")
    for key, kind in keys.items():
        if key not in given:
            if kind.required:
                check.error((table,), f"{what}: '{key}' is missing")
            values[key] = kind.default
            continue
        try:
            values[key] = kind.read(given[key])
        except ValueError as e:
            check.error((table, key), f"{what}: {key}: {e}")
            values[key] = kind.default
    return values


def service_table(name):
    return f"service.{name}"


def check_unique(check, services, key, verb, name_of=lambda x: x):
    """No two services may name the same thing."""
    owner = {}
    for name, s in services.items():
        for item in s[key]:
            item = name_of(item)
            where = (service_table(name), key, item)
            if item not in owner:
                owner[item] = name
                continue
            other = owner[item]
            line = check.line(service_table(other), key, item)
            if other == name:
                check.error(where, f"service {name}: {item} is named twice")
            else:
                check.error(
                    where,
                    f"service {name} {verb} {item}, and so does service {other} (line {line})",
                )


def check_references(check, services, key):
    for name, s in services.items():
        for item in s[key]:
            if item not in services:
                check.error(
                    (service_table(name), key, item),
                    f"service {name}: {key}: there is no service '{item}'"
                    + schema.did_you_mean(item, services),
                )
            elif key == "after" and services[item]["manual"]:
                check.error(
                    (service_table(name), key, item),
                    f"service {name} waits for service {item}, which nobody starts"
                    f" (manual, line {check.line(service_table(item), 'manual')})",
                )


def check_cycles(check, services):
    """`after` must have an order. Each cycle is told once, with all its parties."""
    done = set()

    def visit(name, path):
        if name in path:
            cycle = path[path.index(name) :]
            check.error(
                (service_table(cycle[-1]), "after", name),
                "services wait for each other: "
                + " after ".join(
                    f"{n} (line {check.line(service_table(n), 'after')})" for n in cycle
                )
                + f" after {name}",
            )
            done.update(cycle)
            return
        if name in done:
            return
        for other in services[name]["after"]:
            if other in services:
                visit(other, path + [name])
        done.add(name)

    for name in services:
        visit(name, [])


def check_quotas(check, facts, nucleus, procmgr, services):
    """What is promised to all must be there: the nucleus takes it from pools sized at boot."""
    for quota in facts.quotas + ["processes"]:
        shares = [(s["processes"] + 1 if quota == "processes" else s["quota"].get(quota, 0), n)
                  for n, s in services.items()]
        own = 1 if quota == "processes" else procmgr[quota]
        total = own + sum(n for n, _ in shares)
        pool = nucleus[quota]
        if total <= pool:
            continue
        largest = sorted(shares, reverse=True)[:3]
        told = ", ".join(f"{n} {v} (line {check.line(service_table(n), 'quota', quota)})"
                         for v, n in largest)
        check.error(
            ("nucleus", quota),
            f"pool of {quota}: {pool} there, {total} promised: procmgr {own}, {told}"
            + (", ..." if len(shares) > 3 else ""),
        )


def check_service(check, facts, name, s, given):
    table = service_table(name)

    def error(key, text):
        check.error((table, key), f"service {name}: {text}")

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or len(name) >= facts.name_max:
        check.error((table,), f"service {name}: a name has letters, digits and ._- , and fewer"
                              f" than {facts.name_max} of them")
    if s["priority_max"] is None:
        s["priority_max"] = s["priority"]
    if s["priority_max"] < s["priority"]:
        error("priority_max", f"priority_max {s['priority_max']} is below priority {s['priority']}")
    if s["keep"] > s["memory"]:
        error("keep", "keep memory is part of memory, and larger than it")
    if s["restart_delay_max"] < s["restart_delay"]:
        error("restart_delay_max" if "restart_delay_max" in given else "restart_delay",
              "restart_delay is above restart_delay_max")
    if s["restart_limit"] and s["cold_after"] > s["restart_limit"]:
        error("cold_after", f"cold_after {s['cold_after']} is never reached: restart_limit is"
                            f" {s['restart_limit']} (line {check.line(table, 'restart_limit')})")
    for ability in s["abilities"]:
        if ability not in facts.abilities:
            check.error((table, "abilities", ability),
                        f"service {name}: no ability is called '{ability}'"
                        + schema.did_you_mean(ability, facts.abilities))
    for key, value in s["quota"].items():
        if key not in facts.quotas:
            check.error((table, "quota", key),
                        f"service {name}: no quota is called '{key}'"
                        + schema.did_you_mean(key, facts.quotas))
        elif type(value) is not int or not 0 <= value <= facts.index_max:
            check.error((table, "quota", key),
                        f"service {name}: quota {key}: a number from 0 to {facts.index_max}")
            s["quota"][key] = 0
    if s["quota"].get("threads", 1) < 1:
        check.error((table, "quota", "threads"), f"service {name}: it needs a thread")


def check_programs(check, services, programs):
    for name, s in services.items():
        program = s["program"] or name
        plain = program.removeprefix("/proc/boot/")
        if "/" not in plain and plain not in programs:
            table = service_table(name)
            check.error((table, "program") if s["program"] else (table,),
                        f"service {name}: the image has no program '{plain}'"
                        + schema.did_you_mean(plain, programs))


def parse(text, name, facts, programs=None):
    """A checked manifest as plain values; raises ManifestErrors."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        found = re.search(r"\(at line (\d+), column \d+\)", str(e))
        line = found.group(1) if found else text.count("\n") + 1
        raise ManifestErrors([f"{name}:{line}: {e}"]) from None
    check = Checker(name, Locator(text))
    for key, value in document.items():
        if key not in ("name", "nucleus", "procmgr", "service"):
            check.error(("", key) if not isinstance(value, dict) else (key,),
                        f"unknown {'table' if isinstance(value, dict) else 'key'} '{key}'"
                        + schema.did_you_mean(key, ["name", "nucleus", "procmgr", "service"]))
    for key in ("nucleus", "procmgr", "service"):
        if not isinstance(document.get(key, {}), dict):
            check.error(("", key), f"'{key}' is a table: [{key}]")
            check.finish()
    if not isinstance(document.get("name", ""), str):
        check.error(("", "name"), "name: a string")
    nucleus = read_table(check, "nucleus", document.get("nucleus", {}), schema.nucleus_keys(facts),
                         "nucleus")
    procmgr = read_table(check, "procmgr", document.get("procmgr", {}), schema.procmgr_keys(facts),
                         "procmgr")
    services = {}
    for service, given in document.get("service", {}).items():
        if not isinstance(given, dict):
            check.error(("service", service), f"'{service}' is a table: [service.{service}]")
            continue
        s = read_table(check, service_table(service), given, schema.service_keys(facts),
                       f"service {service}")
        s["quota"] = {**facts.quota_defaults, **s["quota"]}
        check_service(check, facts, service, s, given)
        services[service] = s
    if not document.get("service"):
        check.error(("",), "no service: the system would do nothing")
    if len(services) > facts.services_max:
        check.error((service_table(list(services)[facts.services_max]),),
                    f"more than {facts.services_max} services")
    sessions = [n for n, s in services.items() if s["session"]]
    if len(sessions) > 1:
        line = check.line(service_table(sessions[0]), "session")
        check.error((service_table(sessions[1]), "session"),
                    f"service {sessions[1]} is the session, and so is service {sessions[0]}"
                    f" (line {line})")
    check_unique(check, services, "paths", "attaches")
    check_unique(check, services, "devices", "uses the device", lambda d: d["path"])
    check_references(check, services, "peers")
    check_references(check, services, "after")
    check_cycles(check, services)
    if programs is not None:
        check_programs(check, services, programs)
    if not check.errors:
        check_quotas(check, facts, nucleus, procmgr, services)
    check.finish()
    return {"name": document.get("name", ""), "nucleus": nucleus, "procmgr": procmgr,
            "services": services}


class Writer:
    """Lays out a manifest: fixed structs first, then arrays and strings behind them."""

    def __init__(self, fixed_bytes):
        self.fixed_bytes = fixed_bytes
        self.tail = bytearray()
        self.strings = {}

    def place(self, data, align):
        self.tail += b"\0" * (-(self.fixed_bytes + len(self.tail)) % align)
        offset = self.fixed_bytes + len(self.tail)
        self.tail += data
        return offset

    def string(self, text):
        if not text:
            return 0
        if text not in self.strings:
            self.strings[text] = self.place(text.encode() + b"\0", 1)
        return self.strings[text]

    def string_array(self, texts):
        offsets = [self.place(b"\0", 1) if t == "" else self.string(t) for t in texts]
        return (self.place(struct.pack(f"<{len(offsets)}I", *offsets), 4) if offsets else 0,
                len(offsets))

    def device_array(self, devices):
        data = b"".join(
            struct.pack("<II", self.string(d["path"]),
                        sum(bit for key, bit in DEVICE_FLAGS.items() if d[key]))
            for d in devices)
        return (self.place(data, 4) if devices else 0, len(devices))


def implied_abilities(s):
    """A line that grants something carries the ability to use it."""
    names = set(s["abilities"])
    if s["paths"]:
        names.add("paths")
    if s["keep"]:
        names.add("keep")
    if s["devices"]:
        names.add("io")
    if any(d["interrupts"] for d in s["devices"]):
        names.add("interrupt")
    return names


def pack_service(writer, facts, numbers, name, s):
    def service_set(names):
        return sum(1 << numbers[n] for n in names)

    program = s["program"] or name
    args = writer.string_array([os.path.basename(program)] + s["args"])
    env = writer.string_array([f"{k}={v}" for k, v in s["env"].items()])
    devices = writer.device_array(s["devices"])
    paths = writer.string_array(s["paths"])
    stdio = [writer.string(p) for p in (s["stdio"] + ["", "", ""])[:3]]
    flags = sum(bit for key, bit in FLAGS.items() if s[key])
    abilities = sum(1 << facts.abilities[a] for a in implied_abilities(s))
    quota = [s["quota"].get(q, 0) for q in facts.quotas]
    return struct.pack(
        f"<2I8I3II3iI6Q{len(quota)}I3I3Q2I2Q",
        writer.string(name), writer.string(program), *args, *env, *devices, *paths, *stdio, flags,
        s["priority"], s["priority_max"], POLICY[s["policy"]], s["deaths_max"],
        abilities, service_set(s["peers"]), service_set(s["after"]),
        s["memory"], s["stack"], s["keep"], *quota, s["processes"], RESTART[s["restart"]],
        s["cold_after"], s["restart_delay"], s["restart_delay_max"], s["restart_window"],
        round(s["restart_backoff"] * 100), s["restart_limit"],
        s["heartbeat"], s["start_limit"])


def pack(manifest, facts):
    """The binary form: skink/manifest.h."""
    services = manifest["services"]
    nucleus = manifest["nucleus"]
    quotas = len(facts.quotas)
    head_bytes = 24 + 4 * POOLS + 4 * quotas + 20
    service_bytes = 180 + 4 * quotas
    writer = Writer(head_bytes + service_bytes * len(services))
    numbers = {name: i for i, name in enumerate(services, start=1)}
    name = writer.string(manifest["name"])
    packed = b"".join(pack_service(writer, facts, numbers, n, s) for n, s in services.items())
    pools = [nucleus[p] for p in facts.pools] + [0] * (POOLS - len(facts.pools))
    size = writer.fixed_bytes + len(writer.tail)
    head = struct.pack(
        f"<4I2I{POOLS}I{quotas}IIQ2I",
        MAGIC, VERSION, size, name, head_bytes, len(services), *pools,
        *[manifest["procmgr"][q] for q in facts.quotas],
        nucleus["deaths"], nucleus["rr_slice"], nucleus["trace_entries"], nucleus["log"])
    assert len(head) == head_bytes and len(packed) == service_bytes * len(services)
    return head + packed + bytes(writer.tail)


def compile_file(path, programs=None):
    """The compiled form of the TOML file `path`; raises ManifestErrors, OSError."""
    facts = schema.Facts.from_headers()
    with open(path, "rb") as f:
        raw = f.read()
    try:
        text = raw.decode()
    except UnicodeDecodeError as e:
        line = raw[: e.start].count(b"\n") + 1
        raise ManifestErrors([f"{path}:{line}: not UTF-8"]) from None
    return pack(parse(text, path, facts, programs), facts)


def main(argv):
    parser = argparse.ArgumentParser(description="Compile a system manifest.")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--program", action="append")
    parser.add_argument("file")
    args = parser.parse_args(argv)
    try:
        data = compile_file(args.file, args.program)
        with open(args.output, "wb") as f:
            f.write(data)
    except ManifestErrors as e:
        print("\n".join(e.lines), file=sys.stderr)
        return 1
    except OSError as e:
        print(f"manifest: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
