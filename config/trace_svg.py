#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trace_svg.py - draws a part of a trace as SVG: the hart's track, the tracks of the threads that
take part, and the arrows between them. Reads what `make trace` wrote; knows nothing of tracelogger.

    trace_svg.py [-o FILE] [--message NAME] [--margin US] [--title TEXT] [TRACE.JSON]

The part drawn is around the last arrow of that NAME, such as "message to trace-a"; without one,
around the last of all.
"""

import argparse
import html
import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LEFT, WIDTH, ROW, BAR, TOP_SPACE = 150, 1000, 58, 24, 56
COLOURS = {"RUNNING": "#4c9f70", "READY": "#a9d8b8", "SEND": "#e08e79", "REPLY": "#f2cc8f",
           "RECEIVE": "#dfe3ea", "running": "#457b9d"}
OTHER = "#c9b6d4"
ARROWS = {"message": "#b5179e", "pulse": "#e36414", "wake": "#6c757d"}
LEGEND = ["RUNNING", "READY", "SEND", "REPLY", "RECEIVE"]


class Slice:
    def __init__(self, where, start, end, name, cat):
        self.where, self.start, self.end, self.name, self.cat = where, start, end, name, cat


def slices_of(events):
    stacks, result = {}, []
    for e in events:
        where = e["pid"], e["tid"]
        if e["ph"] == "B":
            stacks.setdefault(where, []).append(e)
        elif e["ph"] == "E":
            b = stacks[where].pop()
            result.append(Slice(where, b["ts"], e["ts"], b["name"], b["cat"]))
    return result


def flows_of(events):
    """{id: [event, ...]} of the arrows."""
    result = {}
    for e in events:
        if e["ph"] in "stf":
            result.setdefault(e["id"], []).append(e)
    return result


def colour(piece):
    if piece.cat == "running":
        return COLOURS["running"]
    return COLOURS.get(piece.name.split(" ")[0], OTHER)


class Picture:
    def __init__(self, document):
        events = document["traceEvents"]
        self.names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events
                      if e["name"] == "thread_name"}
        self.processes = {e["pid"]: e["args"]["name"] for e in events
                          if e["name"] == "process_name"}
        self.events = [e for e in events if e["ph"] != "M"]
        self.slices, self.flows = slices_of(self.events), flows_of(self.events)
        self.out = []

    def choose(self, name, margin):
        """The time shown, and the tracks: those that the arrow touches, and the arrows in it."""
        last = [f for f in self.flows.values() if name in (None, f[0]["name"])]
        if not last:
            raise SystemExit(f"trace_svg.py: no arrow is called {name!r}")
        flow = last[-1]
        self.start, self.end = flow[0]["ts"] - margin, flow[-1]["ts"] + margin
        self.arrows = [f for f in self.flows.values()
                       if f[0]["ts"] >= self.start and f[-1]["ts"] <= self.end]
        touched = []
        for f in sorted(self.arrows, key=lambda f: f[0]["ts"]):
            for e in f:
                if (e["pid"], e["tid"]) not in touched:
                    touched.append((e["pid"], e["tid"]))
        hart = {s.where for s in self.slices if s.cat == "running"}
        self.rows = {where: i for i, where in
                     enumerate([w for w in touched if w in hart] or sorted(hart))}
        for where in touched:
            self.rows.setdefault(where, len(self.rows))

    def x(self, ts):
        inside = min(max(ts, self.start), self.end)
        return LEFT + (inside - self.start) / (self.end - self.start) * WIDTH

    def y(self, where):
        return TOP_SPACE + self.rows[where] * ROW

    def text(self, x, y, text, more=""):
        self.out.append(f'<text x="{x:.1f}" y="{y:.1f}" {more}>{html.escape(text)}</text>')

    def draw_rows(self):
        for where in self.rows:
            y, name, process = self.y(where), self.names[where], self.processes[where[0]]
            self.text(LEFT - 8, y + 16, process, 'text-anchor="end" font-weight="bold"')
            if name != process:
                self.text(LEFT - 8, y + 30, name, 'text-anchor="end" fill="#555" font-size="10"')
            self.out.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y + BAR + 6}" '
                            f'y2="{y + BAR + 6}" stroke="#ddd"/>')

    def draw_slices(self):
        for s in self.slices:
            if s.where not in self.rows or s.end <= self.start or s.start >= self.end:
                continue
            x, wide = self.x(s.start), self.x(s.end) - self.x(s.start)
            y = self.y(s.where)
            tip = f"{s.name}: {(s.end - s.start) * 1000:.0f} ns"
            self.out.append(f'<rect x="{x:.1f}" y="{y}" width="{max(wide, 0.5):.1f}" '
                            f'height="{BAR}" fill="{colour(s)}" stroke="#fff" stroke-width="0.5">'
                            f'<title>{html.escape(tip)}</title></rect>')
            if wide > 6.2 * len(s.name):
                ink = "#fff" if s.cat == "running" else "#000"
                self.text(x + wide / 2, y + 16, s.name,
                          f'text-anchor="middle" font-size="10" fill="{ink}"')

    def draw_arrows(self):
        for f in self.arrows:
            tint = ARROWS.get(f[0]["cat"], "#333")
            for a, b in zip(f, f[1:]):
                from_, to = (a["pid"], a["tid"]), (b["pid"], b["tid"])
                if from_ == to or from_ not in self.rows or to not in self.rows:
                    continue
                down = self.y(to) > self.y(from_)
                y1 = self.y(from_) + (BAR if down else 0)
                y2 = self.y(to) + (0 if down else BAR)
                self.out.append(f'<line x1="{self.x(a["ts"]):.1f}" y1="{y1}" '
                                f'x2="{self.x(b["ts"]):.1f}" y2="{y2}" stroke="{tint}" '
                                f'stroke-width="1.6" marker-end="url(#head-{f[0]["cat"]})">'
                                f'<title>{html.escape(f[0]["name"])}</title></line>')

    def draw_instants(self):
        for e in self.events:
            where = e["pid"], e["tid"]
            if e["ph"] in "iX" and e["cat"] != "call" and where in self.rows and \
                    self.start <= e["ts"] <= self.end:
                x, y = self.x(e["ts"]), self.y(where) + BAR
                self.out.append(f'<path d="M{x:.1f} {y} l-3 6 h6 z" fill="#333"><title>'
                                f'{html.escape(e["name"])}</title></path>')

    def draw_axis(self, height):
        span = self.end - self.start
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 500, 1000, 10000, 1e9)
                    if span / s <= 12)
        for i in range(int(span / step) + 1):
            x = self.x(self.start + i * step)
            self.out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP_SPACE - 12}" y2="{height}" '
                            'stroke="#eee"/>')
            self.text(x, TOP_SPACE - 16, f"{i * step:g} µs", 'text-anchor="middle" fill="#555"')

    def draw_legend(self, y):
        x = LEFT
        for name in LEGEND:
            self.out.append(f'<rect x="{x}" y="{y}" width="12" height="12" '
                            f'fill="{COLOURS[name]}"/>')
            self.text(x + 16, y + 10, name)
            x += 30 + 8 * len(name)
        for name in sorted({f[0]["cat"] for f in self.arrows}):
            tint = ARROWS.get(name, "#333")
            self.out.append(f'<line x1="{x}" x2="{x + 18}" y1="{y + 6}" y2="{y + 6}" '
                            f'stroke="{tint}" stroke-width="1.6" marker-end="url(#head-{name})"/>')
            self.text(x + 26, y + 10, name)
            x += 46 + 8 * len(name)

    def draw(self, title):
        height = TOP_SPACE + len(self.rows) * ROW
        self.text(LEFT, 18, title, 'font-size="13" font-weight="bold"')
        self.draw_axis(height)
        self.draw_rows()
        self.draw_slices()
        self.draw_instants()
        self.draw_arrows()
        self.draw_legend(height + 4)
        heads = "".join(
            f'<marker id="head-{cat}" markerWidth="8" markerHeight="8" refX="6" refY="3" '
            f'orient="auto"><path d="M0 0 L6 3 L0 6 z" fill="{tint}"/></marker>'
            for cat, tint in ARROWS.items())
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 20}" '
                f'height="{height + 28}" font-family="sans-serif" font-size="11">\n'
                '<!-- SPDX-License-Identifier: Apache-2.0; drawn by config/trace_svg.py -->\n'
                f'<defs>{heads}</defs>\n<rect width="100%" height="100%" fill="#fff"/>\n'
                + "\n".join(self.out) + "\n</svg>\n")


def main(argv):
    parser = argparse.ArgumentParser(prog="trace_svg.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = os.environ.get("SKINK_BUILD", os.path.join(TOP, "build"))
    parser.add_argument("-o", dest="out")
    parser.add_argument("--message", metavar="NAME")
    parser.add_argument("--title")
    parser.add_argument("--margin", type=float, default=1.0, metavar="US")
    parser.add_argument("trace", nargs="?", default=os.path.join(build, "trace.json"))
    args = parser.parse_args(argv)
    with open(args.trace) as f:
        picture = Picture(json.load(f))
    picture.choose(args.message, args.margin)
    svg = picture.draw(args.title or args.message or "trace")
    if args.out is None:
        sys.stdout.write(svg)
        return 0
    with open(args.out, "w") as f:
        f.write(svg)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
