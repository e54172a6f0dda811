#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trace_check.py - says what is wrong with a file in Chrome's trace-event format. Strict where
viewers are lenient: what they would drop or guess is an error here.

    trace_check.py FILE...

Its rules are those of the "Trace Event Format" document (the JSON object format), as far as events
of the kinds B E X i C b e s t f M go; other kinds are refused.
"""

import bisect
import itertools
import json
import sys

KINDS = set("BEXiCbestfM")
WANTED = {"ph": str, "pid": int, "tid": int, "name": str, "cat": str}
METADATA = {"process_name": "name", "thread_name": "name", "process_labels": "labels",
            "process_sort_index": "sort_index", "thread_sort_index": "sort_index"}


class Checker:
    def __init__(self):
        self.errors, self.last_ts = [], None
        self.stacks, self.slices, self.asyncs, self.flows = {}, {}, {}, {}
        self.points, self.used, self.named = [], set(), {}

    def error(self, at, text):
        self.errors.append(f"event {at}: {text}")

    def shape(self, at, e):
        if not isinstance(e, dict):
            self.error(at, "is no object")
            return False
        for key, kind in WANTED.items():
            if not isinstance(e.get(key), kind) or isinstance(e.get(key), bool):
                self.error(at, f"{key} is missing or of the wrong type")
                return False
        if e["ph"] not in KINDS:
            self.error(at, f"ph {e['ph']!r} is not one of {''.join(sorted(KINDS))}")
            return False
        ts = e.get("ts")
        if not isinstance(ts, (int, float)) or isinstance(ts, bool) or ts < 0:
            self.error(at, "ts is missing or of the wrong type")
            return False
        if not isinstance(e.get("args", {}), dict):
            self.error(at, "args is no object")
            return False
        return True

    def event(self, at, e):
        if not self.shape(at, e):
            return
        if e["ph"] == "M":
            self.metadata(at, e)
            return
        if self.last_ts is not None and e["ts"] < self.last_ts:
            self.error(at, f"ts {e['ts']} is before {self.last_ts}")
        self.last_ts = e["ts"]
        self.used.add((e["pid"], e["tid"]))
        getattr(self, {"B": "begin", "E": "end", "X": "complete", "i": "instant", "C": "counter",
                       "b": "async_begin", "e": "async_end"}.get(e["ph"], "flow"))(at, e)

    def metadata(self, at, e):
        key = METADATA.get(e["name"])
        if key is None or key not in e.get("args", {}):
            self.error(at, f"metadata {e['name']} is unknown or lacks its argument")
        elif key == "name":
            who = e["pid"] if e["name"] == "process_name" else (e["pid"], e["tid"])
            if self.named.setdefault(who, e["args"]["name"]) != e["args"]["name"]:
                self.error(at, f"{who} has two names")

    def begin(self, at, e):
        self.stacks.setdefault((e["pid"], e["tid"]), []).append((at, e))

    def end(self, at, e):
        stack = self.stacks.get((e["pid"], e["tid"]))
        if not stack:
            self.error(at, "E without a B on its thread")
            return
        _, b = stack.pop()
        if (b["name"], b["cat"]) != (e["name"], e["cat"]):
            self.error(at, f"E {e['name']!r} ends B {b['name']!r}")
        self.slices.setdefault((e["pid"], e["tid"]), []).append((b["ts"], e["ts"]))

    def complete(self, at, e):
        if not isinstance(e.get("dur"), (int, float)) or e["dur"] < 0:
            self.error(at, "X without a dur")
            return
        self.slices.setdefault((e["pid"], e["tid"]), []).append((e["ts"], e["ts"] + e["dur"]))

    def instant(self, at, e):
        if e.get("s") not in ("g", "p", "t"):
            self.error(at, "i without a scope")

    def counter(self, at, e):
        args = e.get("args", {})
        if not args or not all(isinstance(v, (int, float)) for v in args.values()):
            self.error(at, "C without numbers")

    def async_key(self, at, e):
        if not isinstance(e.get("id"), (str, int)):
            self.error(at, f"{e['ph']} without an id")
        return e["cat"], e.get("id")

    def async_begin(self, at, e):
        self.asyncs.setdefault(self.async_key(at, e), []).append((at, e))

    def async_end(self, at, e):
        stack = self.asyncs.get(self.async_key(at, e))
        if not stack:
            self.error(at, "e without its b")
        elif (b := stack.pop()[1])["name"] != e["name"] or b["pid"] != e["pid"]:
            self.error(at, f"e {e['name']!r} ends b {b['name']!r}")

    def flow(self, at, e):
        key = e["cat"], e["name"], e.get("id")
        if not isinstance(e.get("id"), (str, int)):
            self.error(at, f"{e['ph']} without an id")
        state = self.flows.get(key)
        if e["ph"] == "s" and state is not None:
            self.error(at, f"a second s of flow {key}")
        elif e["ph"] != "s" and state != "open":
            self.error(at, f"{e['ph']} of a flow that is not open: {key}")
        if e["ph"] != "s" and e.get("bp") != "e":
            self.error(at, f"{e['ph']} does not say that it binds to what encloses it")
        self.flows[key] = "done" if e["ph"] == "f" else "open"
        self.points.append((at, e["pid"], e["tid"], e["ts"]))

    def finish(self):
        for where, stack in self.stacks.items():
            for at, e in stack:
                self.error(at, f"B {e['name']!r} on {where} has no E")
        for key, stack in self.asyncs.items():
            for at, _ in stack:
                self.error(at, f"b of {key} has no e")
        for key, state in self.flows.items():
            if state != "done":
                self.errors.append(f"flow {key} has no f")
        ends = {where: sorted_ends(slices) for where, slices in self.slices.items()}
        for at, pid, tid, ts in self.points:
            starts, latest = ends.get((pid, tid), ([], []))
            before = bisect.bisect_right(starts, ts)
            if before == 0 or latest[before - 1] < ts:
                self.error(at, f"a point of a flow is in no slice of {(pid, tid)}")
        for pid, tid in sorted(self.used):
            if pid not in self.named or (pid, tid) not in self.named:
                self.errors.append(f"process {pid} or its thread {tid} has no name")


def sorted_ends(slices):
    """The starts in order, and for each the latest end of it and those before."""
    slices = sorted(slices)
    return [a for a, _ in slices], list(itertools.accumulate((b for _, b in slices), max))


def check(document):
    """What is wrong with a parsed file: a list of lines."""
    if not isinstance(document, dict) or not isinstance(document.get("traceEvents"), list):
        return ["no object with a list traceEvents"]
    checker = Checker()
    if document.get("displayTimeUnit", "ms") not in ("ms", "ns"):
        checker.errors.append("displayTimeUnit is neither ms nor ns")
    for at, e in enumerate(document["traceEvents"]):
        checker.event(at, e)
    checker.finish()
    return checker.errors


def main(argv):
    status = 0
    for name in argv:
        try:
            with open(name) as f:
                errors = check(json.load(f))
        except (OSError, ValueError) as e:
            errors = [str(e)]
        for line in errors:
            print(f"{name}: {line}")
        status |= bool(errors)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
