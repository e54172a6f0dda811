# SPDX-License-Identifier: Apache-2.0
"""trace_read.py - what tracelogger wrote, as Python objects. Knows the form of frames and entries
(apps/tracelogger/format.h, skink/trace.h); knows nothing of viewers.

The lists of events, states, calls and pulses are read from the headers that own them."""

import base64
import binascii
import collections
import re
import struct
import zlib

from schema import header, x_list

HEAD = struct.Struct("<4sBBHI")
MAGIC = b"SKTR"
VERSION = 1
LINE = re.compile(rb"%trace ([A-Za-z0-9+/]+={0,2})\r?\n")
NAMES, EVENTS, END = 1, 2, 3
PROCESS, THREAD, CHANNEL, INTERRUPT, PATH = 1, 2, 3, 4, 5
NUMBERS_OF = {PROCESS: 2, THREAD: 3, CHANNEL: 2, INTERRUPT: 2, PATH: 1}
HAS_TEXT = {PROCESS, THREAD, PATH}
WRAP = 1 << 32

Event = collections.namedtuple("Event", "number ns what a b")


class TraceError(Exception):
    """Why there is no trace in what was read."""


NUCLEUS = "nucleus/include/skink/"


def event_names():
    return {int(row[1], 0): row[0] for row in x_list(header(NUCLEUS + "trace.h"), "SKINK_TRACES")}


def state_names():
    return [row[0] for row in x_list(header(NUCLEUS + "types.h"), "SKINK_STATES")]


def call_names():
    rows = x_list(header(NUCLEUS + "syscalls.h"), "SKINK_SYSCALLS")
    return {int(row[0]): row[1] for row in rows}


def pulse_names():
    return {int(number): name for name, number in
            re.findall(r"^#define SKINK_PULSE_(\w+)\s+\((-\d+)\)", header(NUCLEUS + "types.h"),
                       re.M)}


class Names:
    """Who the numbers are: processes {pid: (ppid, name)}, threads {tid: (pid, ordinal, name)},
    channels {chid: pid}, interrupts {source: tid}, paths {pid: [path]}."""

    def __init__(self):
        self.processes, self.threads, self.channels = {}, {}, {}
        self.interrupts, self.paths = {}, {}

    def add(self, kind, numbers, text):
        if kind == PROCESS:
            self.processes[numbers[0]] = (numbers[1], text)
        elif kind == THREAD:
            self.threads[numbers[0]] = (numbers[1], numbers[2], text)
        elif kind == CHANNEL:
            self.channels[numbers[0]] = numbers[1]
        elif kind == INTERRUPT:
            self.interrupts[numbers[0]] = numbers[1]
        elif text not in self.paths.setdefault(numbers[0], []):
            self.paths[numbers[0]].append(text)


class Trace:
    """events: in order of their numbers, each once. lost: [(number of the event behind, how many)].
    overwritten: how many tracelogger says it came too late for, those before the first event too.
    broken: frames that were damaged or cut. ended: tracelogger came to its end; full: it had to
    stop before."""

    def __init__(self):
        self.events, self.names = [], Names()
        self.lost, self.broken, self.ended, self.full = [], 0, False, False
        self.overwritten = 0

    @property
    def lost_count(self):
        return max(self.overwritten, sum(count for _, count in self.lost))


class Reader:
    """Numbers and texts out of a frame's bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def more(self):
        return self.at < len(self.data)

    def number(self):
        value = shift = 0
        while True:
            if self.at >= len(self.data) or shift > 63:
                raise ValueError("a number is cut")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if not byte & 0x80:
                return value

    def text(self):
        length = self.number()
        text = self.data[self.at:self.at + length]
        if len(text) != length:
            raise ValueError("a text is cut")
        self.at += length
        return text.decode(errors="replace")


def frames_of(data):
    """(kind, payload) of each good frame in a file's bytes, and how many places are no frames."""
    at, broken, good = 0, 0, []
    while at < len(data):
        found = data.find(MAGIC, at)
        if found < 0:
            return good, broken + 1
        broken += found != at
        at = found + 1
        if found + HEAD.size > len(data):
            continue
        _, version, kind, length, total = HEAD.unpack_from(data, found)
        payload = data[found + HEAD.size:found + HEAD.size + length]
        if version == VERSION and len(payload) == length and \
                zlib.crc32(data[found + 4:found + 8] + payload) == total:
            good.append((kind, payload))
            at = found + HEAD.size + length
    return good, broken


def split_lines(output):
    """A terminal's output: the frames in its trace lines, and the rest of it."""
    data = b""
    for found in LINE.finditer(output):
        try:
            data += base64.b64decode(found[1], validate=True)
        except binascii.Error:
            data += b"?"
    return data, LINE.sub(b"", output)


def read_names(reader, names):
    while reader.more():
        kind = reader.number()
        if kind not in NUMBERS_OF:
            raise ValueError("a name of an unknown kind")
        numbers = [reader.number() for _ in range(NUMBERS_OF[kind])]
        names.add(kind, numbers, reader.text() if kind in HAS_TEXT else "")


def read_events(reader, events):
    number, ns = reader.number() - 1, reader.number()
    while reader.more():
        what = reader.number()
        if what & 1:
            number += reader.number()
        number = (number + 1) % WRAP
        ns += reader.number()
        events.append(Event(number, ns, what >> 1, reader.number(), reader.number()))


def in_order(events):
    """Each number once, in order of time; what two files, or two readers, have both read is the
    same."""
    events = sorted({(e.ns, e.number): e for e in events}.values(), key=lambda e: e.ns)
    # Entries of the same nanosecond: by number, which wraps.
    return sorted(events, key=lambda e: (e.ns, (e.number - events[0].number) % WRAP)) \
        if events else []


def decode(data):
    """A Trace from one or more files' bytes, one behind another."""
    trace, events = Trace(), []
    frames, trace.broken = frames_of(data)
    for kind, payload in frames:
        reader = Reader(payload)
        try:
            if kind == NAMES:
                read_names(reader, trace.names)
            elif kind == EVENTS:
                read_events(reader, events)
            elif kind == END:
                trace.ended = True
                reader.number()
                trace.overwritten += reader.number()
                trace.full = reader.number() != 0
        except ValueError:
            trace.broken += 1
    if not frames:
        raise TraceError("there is no trace in what was read")
    trace.events = in_order(events)
    for before, after in zip(trace.events, trace.events[1:]):
        missing = (after.number - before.number - 1) % WRAP
        if missing:
            trace.lost.append((after.number, missing))
    learn(trace)
    return trace


def learn(trace):
    """Names that the events themselves tell: of processes that nobody could ask for."""
    what = {name: number for number, name in event_names().items()}
    told = None
    asked = {}
    for e in trace.events:
        if e.what in (what["PROCESS_CREATE"], what["PROCESS_END"]):
            told = e
        elif e.what == what["NAME"] and told and e.number == (told.number + 1) % WRAP:
            text = struct.pack("<QQ", e.a, e.b).partition(b"\0")[0].decode(errors="replace")
            trace.names.processes.setdefault(told.a, (0, text))
        elif e.what in (what["THREAD_CREATE"], what["THREAD_END"]):
            same = [t for t in trace.names.threads.values() if t[0] == e.b]
            trace.names.threads.setdefault(e.a, (e.b, len(same) + 1, ""))
        elif e.what == what["SEND"]:
            asked[e.a] = e.b
        elif e.what == what["RECEIVE"] and e.b in asked and e.a in trace.names.threads:
            trace.names.channels.setdefault(asked[e.b], trace.names.threads[e.a][0])
        elif e.what == what["PULSE_RECEIVE"] and e.a in trace.names.threads:
            trace.names.channels.setdefault(e.b >> 8, trace.names.threads[e.a][0])
