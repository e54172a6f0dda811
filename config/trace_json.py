# SPDX-License-Identifier: Apache-2.0
"""trace_json.py - a trace as Chrome's trace-event JSON, which Perfetto's viewer and
chrome://tracing open. Owns the picture of the system that the events draw: who runs, who waits for
what, which message is under way. docs/tracing.md says what is shown how."""

import re

from schema import header
from trace_read import WRAP, call_names, event_names, pulse_names, state_names

# The hart is a "process" of its own; no pid is as high (31 bits).
HART = 0x7fffffff
RUNNING_TRACK, INTERRUPT_TRACK = 1, 2
HART_PLACE = {"pid": HART, "tid": INTERRUPT_TRACK}
NUCLEUS_CAUSES = ("INTERRUPT", "TIMER")
INDEX = 0xfff
COLOURS = {"RUNNING": "thread_state_running", "READY": "thread_state_runnable",
           "SEND": "terrible", "REPLY": "thread_state_iowait", "COPY": "thread_state_iowait",
           "RECEIVE": "thread_state_sleeping", "MUTEX": "bad", "CONDVAR": "thread_state_unknown",
           "SEM": "thread_state_unknown", "FAULT": "black"}


def timer_kinds():
    found = re.search(r"enum timer_kind \{([^}]*)\}", header("nucleus/nucleus.h"))
    return [w.strip().removeprefix("TIMER_").lower() for w in found[1].split(",")] if found else []


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


class Message:
    """A send that has not ended: the points of its arrow are (tid, ns, what)."""

    def __init__(self, client, chid, ns, number):
        self.client, self.chid, self.number = client, chid, number
        self.points = [(client, ns)]
        self.server = None


class Builder:
    """Takes the events one by one; `out` are the viewer's, not in order yet."""

    def __init__(self, trace):
        self.trace, self.names = trace, trace.names
        self.out, self.seen = [], {}
        self.event, self.state = event_names(), state_names()
        self.call, self.pulse, self.timer = call_names(), pulse_names(), timer_kinds()
        self.open, self.running, self.messages, self.pulses = {}, None, {}, {}
        self.arrows = 0
        self.before = None
        self.sources = self.served_sources()
        self.handlers = {number: getattr(self, "on_" + name.lower(), self.on_other)
                         for number, name in self.event.items()}

    # ---- names ----

    def pid_of(self, tid):
        return self.names.threads.get(tid, (0, 0, ""))[0]

    def process_name(self, pid):
        return self.names.processes.get(pid, (0, f"process {pid}"))[1]

    def thread_name(self, tid):
        pid, ordinal, name = self.names.threads.get(tid, (0, 0, ""))
        process = self.process_name(pid) if pid else f"thread {tid}"
        if ordinal <= 1 and name in ("", process):
            return process
        return f"{process}/{ordinal} {name}".rstrip() if name != process else f"{process}/{ordinal}"

    def channel_name(self, chid):
        pid = self.names.channels.get(chid)
        return f"channel {chid & INDEX}" if pid is None else self.process_name(pid)

    def pulse_name(self, code):
        return self.pulse.get(code, str(code))

    def source_name(self, source):
        """By whom it wakes: the thread that waits for it, or the owner of the channel its pulse is
        for."""
        if source not in self.sources and source in self.names.interrupts:
            self.sources[source] = self.thread_name(self.names.interrupts[source])
        return f"interrupt {source} {self.sources.get(source, '')}".rstrip()

    def served_sources(self):
        result = {}
        for e, after in zip(self.trace.events, self.trace.events[1:]):
            if self.event.get(e.what) == "INTERRUPT":
                what = self.event.get(after.what)
                if what == "PULSE":
                    result[e.a] = self.channel_name(after.a)
                elif what == "READY":
                    result[e.a] = self.thread_name(after.a)
        return result

    # ---- what goes out ----

    def put(self, ph, ns, pid, tid, name, cat, **more):
        self.seen.setdefault(pid, set()).add(tid)
        event = {"ph": ph, "ts": ns / 1000, "pid": pid, "tid": tid, "name": name, "cat": cat}
        event.update(more)
        self.out.append(event)

    def at_thread(self, tid):
        return {"pid": self.pid_of(tid), "tid": tid}

    def instant(self, ns, name, cat, tid=None, **args):
        """On a thread's track; on the hart's, something without length, where arrows can begin."""
        if tid is None:
            self.put("X", ns, name=name, cat=cat, dur=0, args=args, **HART_PLACE)
        else:
            self.put("i", ns, name=name, cat=cat, s="t", args=args, **self.at_thread(tid))

    def caused_by_nucleus(self, e):
        """An interrupt or an expiry was the entry right before."""
        return self.before is not None and self.event.get(self.before.what) in NUCLEUS_CAUSES and \
            e.number == (self.before.number + 1) % WRAP

    def arrow(self, points, name, cat):
        """Points are (place, ns); one alone is no arrow."""
        if len(points) < 2:
            return
        self.arrows += 1
        for i, (place, ns) in enumerate(points):
            ph = "s" if i == 0 else "f" if i == len(points) - 1 else "t"
            more = {"bp": "e"} if ph != "s" else {}
            self.put(ph, ns, name=name, cat=cat, id=self.arrows, **more, **place)

    def set_state(self, tid, ns, state, detail="", **args):
        """The thread's track shows this from now on; None: nothing."""
        if tid in self.open:
            self.put("E", ns, cat="state", **self.open.pop(tid), **self.at_thread(tid))
        if state is None:
            return
        # Chrome's viewer takes the colour from the end.
        self.open[tid] = shown = {"name": f"{state} {detail}".rstrip()}
        if state in COLOURS:
            shown["cname"] = COLOURS[state]
        self.put("B", ns, cat="state", args=args, **shown, **self.at_thread(tid))

    def set_running(self, tid, ns, priority=None):
        """Who has the hart, on the hart's track; None: nobody."""
        if self.running is not None:
            self.put("E", ns, HART, RUNNING_TRACK, self.thread_name(self.running), "running")
        self.running = tid
        if tid is not None:
            args = {} if priority is None else {"priority": priority}
            self.put("B", ns, HART, RUNNING_TRACK, self.thread_name(tid), "running", args=args)

    def counter(self, tid, ns, priority):
        pid = self.pid_of(tid)
        self.put("C", ns, pid, tid, f"priority of {self.thread_name(tid)}", "priority",
                 id=tid, args={"priority": priority})

    def acts(self, tid, ns):
        """It does something, of which the trace has not heard yet: so it has the hart, or somebody
        else's call serves it where it waits to receive."""
        if tid in self.open:
            return
        if self.running is None:
            self.set_running(tid, ns)
        self.set_state(tid, ns, "RUNNING" if self.running == tid else "RECEIVE")

    def finish(self, ns):
        """Nothing is known of what comes now: the trace's end, or events that were lost."""
        for message in list(self.messages.values()):
            self.message_ends(message, ns, None)
        for tid in list(self.open):
            self.set_state(tid, ns, None)
        self.set_running(None, ns)
        self.pulses.clear()

    # ---- threads ----

    def on_switch(self, e):
        if self.running is not None:
            self.set_state(self.running, e.ns, "READY", preempted=True)
        self.set_running(e.a, e.ns, e.b)
        self.set_state(e.a, e.ns, "RUNNING", priority=e.b)

    def on_block(self, e):
        state = self.state[e.b] if e.b < len(self.state) else f"state {e.b}"
        if e.a == self.running:
            self.set_running(None, e.ns)
        message = self.messages.get(e.a)
        to = self.channel_name(message.chid) if message and state == "SEND" else ""
        self.set_state(e.a, e.ns, state, to)

    def on_ready(self, e):
        self.set_state(e.a, e.ns, "READY", priority=e.b)
        if self.caused_by_nucleus(e):
            self.arrow([(HART_PLACE, self.before.ns), (self.at_thread(e.a), e.ns)],
                       f"wakes {self.thread_name(e.a)}", "wake")
        if e.a in self.messages:
            self.message_ends(self.messages[e.a], e.ns, e.a)

    def on_boost(self, e):
        self.counter(e.a, e.ns, e.b)
        self.instant(e.ns, f"priority {e.b}", "priority", e.a, priority=e.b)

    def on_thread_create(self, e):
        self.instant(e.ns, "thread created", "lifecycle", e.a)

    def on_thread_end(self, e):
        if e.a in self.messages:
            self.message_ends(self.messages[e.a], e.ns, None)
        self.instant(e.ns, "thread ended", "lifecycle", e.a)
        self.set_state(e.a, e.ns, None)
        if e.a == self.running:
            self.set_running(None, e.ns)

    # ---- messages ----

    def message_ends(self, message, ns, waker):
        client, pid = message.client, self.pid_of(message.client)
        if waker is not None:
            message.points.append((client, ns))
        to = self.channel_name(message.chid)
        self.arrow([(self.at_thread(t), at) for t, at in message.points], f"message to {to}",
                   "message")
        self.put("e", ns, pid, client, f"message to {to}", "message", id=f"m{message.number}")
        del self.messages[client]

    def on_send(self, e):
        self.acts(e.a, e.ns)
        if e.a in self.messages:
            self.message_ends(self.messages[e.a], e.ns, None)
        self.messages[e.a] = message = Message(e.a, e.b, e.ns, e.number)
        to = self.channel_name(e.b)
        self.put("b", e.ns, name=f"message to {to}", cat="message", id=f"m{message.number}",
                 args={"chid": e.b}, **self.at_thread(e.a))

    def on_receive(self, e):
        self.acts(e.a, e.ns)
        self.set_state(e.b, e.ns, "REPLY", self.thread_name(e.a))
        self.instant(e.ns, f"receive from {self.thread_name(e.b)}", "message", e.a)
        if e.b in self.messages:
            self.messages[e.b].points.append((e.a, e.ns))

    def on_reply(self, e):
        self.acts(e.a, e.ns)
        self.instant(e.ns, f"reply to {self.thread_name(e.b)}", "message", e.a)
        if e.b in self.messages:
            self.messages[e.b].points.append((e.a, e.ns))

    def on_message_refused(self, e):
        self.instant(e.ns, "message refused", "lifecycle", e.a, deaths=e.b)

    # ---- pulses, interrupts, time ----

    def on_pulse(self, e):
        code = signed(e.b, 64)
        name = f"pulse {self.pulse_name(code)} to {self.channel_name(e.a)}"
        tid = None if self.caused_by_nucleus(e) else self.running
        self.instant(e.ns, name, "pulse", tid, chid=e.a, code=code)
        place = HART_PLACE if tid is None else self.at_thread(tid)
        self.pulses.setdefault(e.a << 8 | code & 255, []).append((place, e.ns, name))

    def on_pulse_receive(self, e):
        self.acts(e.a, e.ns)
        code = signed(e.b & 255, 8)
        self.instant(e.ns, f"receive pulse {self.pulse_name(code)}", "pulse", e.a, code=code)
        waiting = self.pulses.get(e.b)
        if waiting:
            place, ns, name = waiting.pop(0)
            self.arrow([(place, ns), (self.at_thread(e.a), e.ns)], name, "pulse")

    def on_interrupt(self, e):
        self.instant(e.ns, self.source_name(e.a), "interrupt", source=e.a)

    def on_timer(self, e):
        kind = self.timer[e.a] if e.a < len(self.timer) else str(e.a)
        self.instant(e.ns, f"timer {kind}", "time", late_ns=e.ns - e.b)

    # ---- the rest ----

    def on_call(self, e):
        self.acts(e.a, e.ns)
        self.instant(e.ns, self.call.get(e.b, f"call {e.b}"), "call", e.a)

    def on_user(self, e):
        args = {"code": e.a >> 56, "a": e.a & ((1 << 56) - 1), "b": e.b}
        self.instant(e.ns, f"user {e.a >> 56}", "user", self.running, **args)

    def on_fault(self, e):
        self.instant(e.ns, f"fault at 0x{e.b:x}", "lifecycle", e.a, address=e.b)

    def on_name(self, e):
        """Read beforehand, as names."""

    def on_classes(self, e):
        self.instant(e.ns, "trace on" if e.a else "trace off", "lifecycle", classes=e.a)

    def on_other(self, e):
        """Of a process or a channel: told on the hart's track, by name."""
        what = self.event.get(e.what, f"event {e.what:#x}")
        who = self.process_name(e.a) if what.startswith("PROCESS") else self.channel_name(e.a)
        self.instant(e.ns, f"{what.lower().replace('_', ' ')} {who}", "lifecycle", a=e.a, b=e.b)

    # ---- all ----

    def metadata(self):
        def name(kind, pid, tid, **args):
            return {"ph": "M", "ts": 0, "pid": pid, "tid": tid, "name": kind, "cat": "__metadata",
                    "args": args}
        result = []
        for pid, tids in sorted(self.seen.items()):
            hart = pid == HART
            text = "hart 0" if hart else self.process_name(pid) if pid else "unknown"
            result.append(name("process_name", pid, min(tids), name=text))
            index = -1 if hart else pid
            result.append(name("process_sort_index", pid, min(tids), sort_index=index))
            if pid in self.names.paths:
                result.append(name("process_labels", pid, min(tids),
                                   labels=", ".join(self.names.paths[pid])))
            for tid in sorted(tids):
                text = {RUNNING_TRACK: "running", INTERRUPT_TRACK: "interrupts, timers, pulses"}
                result.append(name("thread_name", pid, tid,
                                   name=text[tid] if hart else self.thread_name(tid)))
                result.append(name("thread_sort_index", pid, tid, sort_index=tid))
        return result

    def build(self):
        lost = dict(self.trace.lost)
        for e in self.trace.events:
            if e.number in lost:
                self.finish(self.before.ns)
                self.instant(e.ns, f"{lost[e.number]} events lost", "lost", count=lost[e.number])
            self.handlers.get(e.what, self.on_other)(e)
            self.before = e
        if self.before is not None:
            self.finish(self.before.ns)
        # A place in the list decides among those of the same time.
        events = sorted(self.out, key=lambda event: event["ts"])
        return {"traceEvents": self.metadata() + events, "displayTimeUnit": "ns",
                "otherData": {"system": "Skink", "events": str(len(self.trace.events)),
                              "lost": str(self.trace.lost_count),
                              "complete": str(not self.trace.full and self.trace.ended)}}


def convert(trace):
    return Builder(trace).build()
