# SPDX-License-Identifier: Apache-2.0
"""test_trace.py - tracelogger, and what becomes of its output for a viewer: every event by name, in
order, none lost or all that were lost told; the file by the rules of its format; and that who
traces may be killed at any time."""

import base64
import copy
import importlib
import json
import os
import re
import subprocess
import sys
import xml.dom.minidom

import pytest
from manifests import roomy
from state import around, between
from test_hostile import SHELL as HOSTILE

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "config"))
trace_read = importlib.import_module("trace_read")
trace_json = importlib.import_module("trace_json")
trace_check = importlib.import_module("trace_check")
trace_svg = importlib.import_module("trace_svg")
trace_run = importlib.import_module("trace_run")

THREE = ["t-trace", "trace-a", "trace-b"]


class Seen:
    """A trace with its events by name: (event, who, about)."""

    def __init__(self, data):
        self.trace = trace_read.decode(data)
        self.builder = trace_json.Builder(self.trace)
        self.document = self.builder.build()
        names = trace_read.event_names()
        self.events = [(names[e.what], e) for e in self.trace.events]

    def who(self, tid):
        return self.builder.thread_name(tid)

    def messages(self):
        """SEND, RECEIVE and REPLY as (what, who, whom)."""
        result = []
        for name, e in self.events:
            if name == "SEND":
                result.append((name, self.who(e.a), self.builder.channel_name(e.b)))
            elif name in ("RECEIVE", "REPLY"):
                result.append((name, self.who(e.a), self.who(e.b)))
        return result

    def viewer(self, **wanted):
        return [e for e in self.document["traceEvents"]
                if all(e.get(k) == v for k, v in wanted.items())]


def traced(vm, options, command="", status=0, **kwargs):
    """What tracelogger says on the console; and the rest that was said."""
    result = vm.run(f"tracelogger {options} {command}", mem=256, **kwargs)
    assert result.status == status, result
    data, rest = trace_read.split_lines(result.raw)
    return data, rest.decode()


@pytest.fixture(scope="module")
def boot(vm, tmp_path_factory):
    """make trace CMD='t-trace 3; rtc-alarm; exit 3', once: (status, output, data)."""
    folder = tmp_path_factory.mktemp("three")
    vm.gather(folder, THREE + ["rtc-alarm"], {})
    args = trace_run.parse(["--extra", str(folder), "t-trace 3; rtc-alarm; exit 3"])
    status, output, errors = trace_run.boot(args)
    data, rest = trace_read.split_lines(output)
    assert errors == b"", errors
    return status, rest.decode(), data


@pytest.fixture(scope="module")
def seen(boot):
    return Seen(boot[2])


# ---- what is traced ----

def test_command_runs_as_without_a_trace(boot):
    status, output, _ = boot
    assert status == 3
    assert re.fullmatch(r"3 messages through three processes\nrang \d+ us late\n", output)


def test_trace_is_whole(seen):
    trace = seen.trace
    assert (trace.lost, trace.broken, trace.ended, trace.full) == ([], 0, True, False)
    assert len(trace.events) > 1000
    assert seen.events[0][0] == "CLASSES" and seen.events[-1][0] == "CLASSES"


def test_message_through_three_processes_is_seen_in_order(seen):
    among = [m for m in seen.messages() if m[1] in THREE and m[2] in THREE]
    once = [("SEND", "t-trace", "trace-a"), ("RECEIVE", "trace-a", "t-trace"),
            ("SEND", "trace-a", "trace-b"), ("RECEIVE", "trace-b", "trace-a"),
            ("REPLY", "trace-b", "trace-a"), ("REPLY", "trace-a", "t-trace")]
    assert among == once * 3


def test_switches_follow_the_message(seen):
    at = [i for i, (name, e) in enumerate(seen.events) if name == "SEND" and
          (seen.who(e.a), seen.builder.channel_name(e.b)) == ("t-trace", "trace-a")]
    switches = [seen.who(e.a) for name, e in seen.events[at[0]:at[1]] if name == "SWITCH"]
    assert switches == ["trace-a", "trace-b", "trace-a", "t-trace"]


def test_arrow_of_a_message_goes_there_and_back(seen):
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in seen.viewer(name="thread_name")}
    for name, who in (("message to trace-a", ["t-trace", "trace-a", "trace-a", "t-trace"]),
                      ("message to trace-b", ["trace-a", "trace-b", "trace-b", "trace-a"])):
        points = [e for e in seen.viewer(name=name) if e["ph"] in "stf"]
        assert len(points) == 4 * 3
        for i in range(0, 12, 4):
            flow = [e for e in points if e["id"] == points[i]["id"]]
            assert [e["ph"] for e in flow] == ["s", "t", "t", "f"]
            assert [names[e["pid"], e["tid"]] for e in flow] == who


def test_pulse_is_seen_from_its_sender_to_its_receiver(seen):
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in seen.viewer(name="thread_name")}
    for name, who in (("pulse 7 to trace-a", ["t-trace", "trace-a"]),
                      ("pulse 7 to trace-b", ["trace-a", "trace-b"])):
        flow = [e for e in seen.viewer(name=name, cat="pulse") if e["ph"] in "sf"]
        assert [e["ph"] for e in flow] == ["s", "f"]
        assert [names[e["pid"], e["tid"]] for e in flow] == who


def test_interrupt_and_its_pulse_are_seen_by_name(seen):
    interrupts = seen.viewer(cat="interrupt")
    assert [e["name"] for e in interrupts] == ["interrupt 11 rtc"]
    pulses = [e["name"] for e in seen.viewer(cat="pulse", ph="s", pid=trace_json.HART)
              if 0 <= e["ts"] - interrupts[0]["ts"] < 1]
    assert len(pulses) == 1 and re.fullmatch(r"pulse \d+ to rtc", pulses[0])


def test_everything_has_a_name(seen):
    for e in seen.document["traceEvents"]:
        text = e["args"]["name"] if e["ph"] == "M" and "name" in e["args"] else e["name"]
        assert not re.search(r"unknown|(process|thread|channel|call|state|event) \d", text), e


def test_processes_that_came_and_went_have_names(seen):
    names = {e["args"]["name"] for e in seen.viewer(name="process_name")}
    assert names >= {"hart 0", "procmgr", "t-trace", "trace-a", "trace-b", "rtc-alarm", "esh"}
    ended = {e["name"] for e in seen.viewer(cat="lifecycle")}
    assert {f"process end {name}" for name in THREE} <= ended


def test_user_events_are_seen_where_they_were_made(seen):
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in seen.viewer(name="thread_name")}
    user = seen.viewer(name="user 1")
    assert [names[e["pid"], e["tid"]] for e in user] == ["trace-a", "trace-b"] * 3
    assert [e["args"]["a"] for e in user] == [0, 0, 1, 1, 2, 2]


def test_hart_runs_one_thread_at_a_time(seen):
    depth = 0
    for e in seen.viewer(cat="running"):
        depth += 1 if e["ph"] == "B" else -1
        assert depth in (0, 1), e
    assert depth == 0
    assert len(seen.viewer(cat="running", ph="B")) >= \
        sum(name == "SWITCH" for name, _ in seen.events)


# ---- the file ----

def test_file_follows_the_format(seen, tmp_path):
    assert trace_check.check(seen.document) == []
    name = str(tmp_path / "trace.json")
    trace_run.write(seen.document, name)
    with open(name) as f:
        assert json.load(f) == seen.document
    done = subprocess.run([sys.executable, os.path.join(TOP, "config/trace_check.py"), name],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def first(events, **wanted):
    return next(e for e in events if all(e.get(k) == v for k, v in wanted.items()))


SPOILS = {
    "E without": lambda ev: ev.remove(first(ev, ph="B")),
    "has no E": lambda ev: ev.remove([e for e in ev if e["ph"] == "E"][-1]),
    "is before": lambda ev: ev[-1].update(ts=0),
    "has no f": lambda ev: ev.remove(first(ev, ph="f")),
    "is not open": lambda ev: ev.remove(first(ev, ph="s")),
    "a second s": lambda ev: ev.insert(ev.index(first(ev, ph="s")), dict(first(ev, ph="s"))),
    "in no slice": lambda ev: first(ev, ph="s").update(tid=999),
    "has no e": lambda ev: ev.remove(first(ev, ph="e")),
    "without its b": lambda ev: ev.remove(first(ev, ph="b")),
    "binds to": lambda ev: first(ev, ph="f").pop("bp"),
    "ends B": lambda ev: first(ev, ph="E").update(name="other"),
    "without a dur": lambda ev: first(ev, ph="X").pop("dur"),
    "without a scope": lambda ev: first(ev, ph="i").pop("s"),
    "without numbers": lambda ev: first(ev, ph="C")["args"].clear(),
    "has no name": lambda ev: ev.remove(first(ev, name="thread_name")),
    "wrong type": lambda ev: first(ev, ph="B").update(pid="1"),
    "is not one of": lambda ev: first(ev, ph="i").update(ph="I"),
}


@pytest.mark.parametrize("complaint", SPOILS)
def test_checker_finds_what_is_wrong(seen, complaint):
    spoiled = copy.deepcopy(seen.document)
    SPOILS[complaint](spoiled["traceEvents"])
    assert any(complaint in line for line in trace_check.check(spoiled))


def test_damaged_frames_cost_only_what_they_hold(boot):
    data = boot[2]
    whole = trace_read.decode(data)
    places = [m.start() for m in re.finditer(re.escape(trace_read.MAGIC), data)]
    middle = places[len(places) // 2]
    flipped = data[:middle + 40] + bytes([data[middle + 40] ^ 1]) + data[middle + 41:]
    for spoiled in (flipped, data[:middle + 50] + data[places[len(places) // 2 + 1]:]):
        trace = trace_read.decode(spoiled)
        assert trace.broken == 1
        assert len(trace.lost) == 1
        assert len(trace.events) + trace.lost_count == len(whole.events)
        assert set(trace.events) < set(whole.events)
        document = trace_json.convert(trace)
        assert trace_check.check(document) == []
        assert [e["args"]["count"] for e in document["traceEvents"] if e["cat"] == "lost"] == \
            [trace.lost_count]
    # Twice the same is once.
    assert trace_read.decode(data + data).events == whole.events
    with pytest.raises(trace_read.TraceError):
        trace_read.decode(b"nothing")


def test_picture_shows_the_three_processes(seen):
    picture = trace_svg.Picture(seen.document)
    picture.choose("message to trace-a", 1.0)
    svg = picture.draw("title")
    xml.dom.minidom.parseString(svg)
    for name in THREE + ["hart 0", "REPLY trace-a", "REPLY trace-b"]:
        assert f">{name}<" in svg
    assert svg.count("marker-end") >= 4


# ---- the switch and the ring ----

def test_switch_and_ring_do_what_they_say(vm):
    """And leave no ring behind; the first run warms procmgr up."""
    said = vm.check("t-ring; free; t-ring >/dev/null; t-ring >/dev/null; free", programs=["t-ring"])
    assert len(re.findall("^ok ", said.out, re.M)) == 5, said
    free = re.findall(r"^free +(\d+)", said.out, re.M)
    assert len(free) == 2 and free[0] == free[1], said


# ---- tracelogger ----

@pytest.mark.parametrize("options", ["-k 1", "-k 1 -P 1"])
def test_lost_events_are_counted(vm, options):
    """A ring that is too small for its reader, and one whose reader gets the hart at the end: then
    all but the last are gone before it reads the first."""
    data, rest = traced(vm, f"-v {options} -n 64 -f -", "t-trace 300", status=1, programs=THREE)
    trace = trace_read.decode(data)
    events, lost = map(int, re.search(r"events=(\d+) lost=(\d+)", rest).groups())
    assert lost > 1000 and trace.ended
    assert (len(trace.events), trace.overwritten) == (events, lost)
    assert sum(count for _, count in trace.lost) == (lost if options == "-k 1" else 0)
    document = trace_json.convert(trace)
    assert trace_check.check(document) == []
    assert document["otherData"]["lost"] == str(lost)


def test_normal_load_loses_nothing(vm):
    data, rest = traced(vm, "-v -n 64 -f -", "t-trace 300", programs=THREE)
    trace = trace_read.decode(data)
    assert trace.lost == [] and trace.ended and "lost=0" in rest
    assert sum(m[0] == "SEND" and m[2] == "trace-b" for m in Seen(data).messages()) == 300


def test_full_buffers_end_the_trace(vm):
    data, rest = traced(vm, "-n 2 -f -", "t-trace 300", status=1, programs=THREE)
    trace = trace_read.decode(data)
    assert trace.full and "full" in rest
    assert len(trace.events) == 2048 and trace.lost == []


def test_ring_mode_keeps_the_last(vm):
    data, _ = traced(vm, "-r -k 1 -f -", "t-trace 300", programs=THREE)
    seen = Seen(data)
    assert 900 <= len(seen.trace.events) <= 1024 and seen.trace.lost == []
    assert seen.events[-1][0] == "CLASSES"
    # They had ended, and were created long before what is left.
    ended = {e["name"] for e in seen.viewer(cat="lifecycle")}
    assert {f"process end {name}" for name in THREE} <= ended


def test_class_that_is_left_out_is_not_there(vm):
    data, _ = traced(vm, "-F CALLS -F threads -f -", "true")
    names = {name for name, _ in Seen(data).events}
    assert "SEND" in names and not names & {"CALL", "SWITCH", "READY", "BLOCK"}


def test_trace_ends_after_its_seconds_or_when_it_is_switched_off(vm):
    said = vm.check("tracelogger -c -s 1 -f /tmp/a; tracelogger -c -f /tmp/b & tracelogger -w; "
                    "sleep 0.1; tracelogger -x; wait; cat /tmp/a /tmp/b")
    frames, broken = trace_read.frames_of(said.raw)
    assert broken == 0
    assert [kind for kind, _ in frames].count(trace_read.END) == 2
    events = trace_read.decode(said.raw).events
    off = [e.ns for e in events if trace_read.event_names()[e.what] == "CLASSES" and e.a == 0]
    assert len(off) == 2 and 1e9 <= off[0] - events[0].ns < 1.1e9


def test_wrong_options_are_status_125(vm):
    for options in ("-y", "-k 3", "-n 0", "-F NOSUCH", "-F LIFECYCLE", "-r -c true", "-r",
                    "-P 255"):
        assert vm.run(f"tracelogger {options}").status == 125, options


def test_failures_tell_why(vm):
    for command, status, why in (
            ("tracelogger -f /none/x true", 126, "/none/x"),
            ("tracelogger -f /tmp/x nosuch", 127, "nosuch"),
            ("tracelogger -n 4096 true", 126, "buffers"),
            ("tracelogger -P 200 true", 126, "cannot trace")):
        result = vm.run(command)
        assert (result.status, why in result.out) == (status, True), result
    assert vm.run("tracelogger -f /tmp/x false").status == 1


def test_what_the_trace_took_comes_back(vm):
    """Memory and objects after the second trace, as after the first; and after one that was killed
    and switched off by another."""
    trace, look = "tracelogger -f /dev/null true", "free; pidin nucleus; echo ---"
    killed = "tracelogger -c -f /dev/null & tracelogger -w; kill -KILL $!; wait; tracelogger -x"
    said = vm.check(f"{trace}; {killed}; {look}; {trace}; {look}; {killed}; {look}")
    figures = [re.findall(r"^(free +\d+|\w+ +\d+ +\d+)", part, re.M)
               for part in said.out.split("---\n")[:3]]
    assert figures[0] == figures[1] == figures[2], said
    assert len(figures[0]) > 10, said


def numbers_in_file(data):
    events = []
    for kind, payload in trace_read.frames_of(data)[0]:
        if kind == trace_read.EVENTS:
            trace_read.read_events(trace_read.Reader(payload), events)
    return [e.number for e in events]


def test_killed_tracelogger_is_followed_by_one_that_loses_nothing(vm):
    """Killed at many points of its work, and gone on with each time: the entries are those of one
    unbroken trace, each written once, and the system is unharmed."""
    kills = 25
    script = "\n".join(
        f"tracelogger -a -c -k 16 -n 4 -f /tmp/t & tracelogger -w; sleep 0.00{i * 37 % 97:02d}; "
        "kill -KILL $!; wait" for i in range(1, kills + 1))
    result = vm.check(f"{script}\ntracelogger -a -c -n 4 -f /tmp/t & tracelogger -w; sleep 0.05; "
                      "tracelogger -x; wait\ncat /tmp/t", timeout=120)
    trace = trace_read.decode(result.raw)
    names = trace_read.event_names()
    assert trace.ended and trace.lost == []
    numbers = numbers_in_file(result.raw)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    classes = [e.a != 0 for e in trace.events if names[e.what] == "CLASSES"]
    assert classes == [True] * (len(classes) - 1) + [False]
    ends = [e for e in trace.events if names[e.what] == "PROCESS_KILL" and
            trace.names.processes[e.a][1] == "tracelogger" and e.b & 0x7f == 9]
    assert len(ends) == kills
    assert trace_check.check(trace_json.convert(trace)) == []


@pytest.mark.parametrize("end", ["kill -KILL $!", "inject fault tracelogger >/dev/null",
                                 "inject hang tracelogger >/dev/null; kill -KILL $!"])
def test_system_under_load_is_unharmed_by_the_end_of_tracelogger(vm, end):
    """The load overruns the ring; memory is as before, and the next trace is as good as any."""
    rounds = "".join(f"tracelogger -a -c -k 1 -n 4 -f /tmp/t & sleep 0.00{i * 17 % 30:02d}; {end}; "
                     "wait $!; rm -f /tmp/t\n" for i in range(8))
    result = vm.check(f"t-trace 100000000 & load=$!\n{rounds}tracelogger -x; free\n{rounds}"
                      "tracelogger -x; free; kill -0 $load && echo loaded\n"
                      "kill -KILL $load; wait $load\n"
                      "tracelogger -v -f /tmp/t t-trace 5; cat /tmp/t", programs=THREE, timeout=120)
    free = re.findall(r"^free +(\d+)", result.out, re.M)
    assert len(free) == 2 and free[0] == free[1], free
    assert "\nloaded\n5 messages" in result.out and "lost=0" in result.out
    messages = Seen(result.raw).messages()
    assert sum(m == ("SEND", "t-trace", "trace-a") for m in messages) == 5


@pytest.mark.parametrize("options, most, status", [
    ("-k 1 -n 8", 8192, 1), ("-r -k 4", 4096, 0), ("-c -k 1 -n 2", None, None)],
    ids=["full", "ring", "overrun"])
def test_hostile_load_when_traced_stays_within_the_traces_bounds(vm, tmp_path, options, most,
                                                                 status):
    """Random calls by processes that fault and end: no more is kept than was asked for, what is
    lost is told to the last entry, and memory is as after the round before."""
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(roomy(HOSTILE))
    load = f"tracelogger -v {options} -f /tmp/t t-hostile 5 15000 > /tmp/said; echo status $?"
    # How long the file is depends on what is lost. When it has gone, tmpfs gives back a piece of
    # its memory whenever it has nothing else to do.
    end = "rm /tmp/said /tmp/t; for i in 1 2 3 4; do ls /tmp >/dev/null; done"
    result = vm.check(f"{load}; {end}; " + around(f"{load}; cat /tmp/said /tmp/t; {end}"),
                      programs=["t-hostile"], manifest=manifest, mem=256, timeout=300)
    trace = trace_read.decode(result.raw)
    events, lost = map(int, re.findall(r"events=(\d+) lost=(\d+)", result.out)[-1])
    assert trace.ended or trace.full, result.out[:500]
    assert len(trace.events) == events and sum(count for _, count in trace.lost) == lost
    assert most in (None, events)
    assert status is None or result.out.count(f"status {status}\n") == 2
    assert trace_check.check(trace_json.convert(trace)) == []
    before, after, _ = between(result.out)
    assert before == after
    assert "panic" not in result.log


def test_trace_stays_on_when_its_tracelogger_is_killed(vm):
    """And costs nothing but its ring: the next one finds it, or switches it off."""
    result = vm.check("tracelogger -c -f /tmp/t & tracelogger -w; kill -KILL $!; wait; "
                      "tracelogger -w && echo on; t-trace 2; tracelogger -r -s 1 -f -",
                      programs=THREE)
    assert "on\n" in result.out and "2 messages" in result.out
    messages = Seen(trace_read.split_lines(result.raw)[0]).messages()
    assert sum(m == ("SEND", "t-trace", "trace-a") for m in messages) == 2


def test_line_form_is_base64_of_frames(boot):
    data = boot[2]
    line = b"said before%trace " + base64.b64encode(data[:200]) + b"\nand after"
    assert trace_read.split_lines(line) == (data[:200], b"said beforeand after")
