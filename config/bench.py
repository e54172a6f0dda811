#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py - `make bench`: runs the measurements in the guest and judges them. Owns the table, the
histograms, build/bench.json and the baseline; measures nothing itself.

    bench.py --build DIR [--quick] [--renew] [FIGURE...]

FIGURE... takes only these. --quick: fewer samples, and only the runs that take seconds. --renew
does that, and writes what was measured into the baseline, which quick runs are held against. The
exit status is 1 when a figure is above its limit, 2 when one could not be measured.
"""

import argparse
import html
import json
import os
import re
import subprocess
import sys
import tomllib

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

VM = os.path.join(TOP, "bsp/qemu-virt/vm")
MANIFEST = os.path.join(TOP, "config/bench.toml")
FIGURES = os.path.join(TOP, "config/bench/figures.toml")
BASELINE = os.path.join(TOP, "config/bench/baseline.toml")
TOLERANCE = 0.02


MICRO = ["null_syscall", "call_sched_get", "ipc_rt_0", "ipc_rt_32", "ipc_rt_64", "ipc_rt_512",
         "ipc_rt_960", "ipc_rt_32_msgreceive", "ipc_rt_32_fpu", "ipc_4k", "ipc_64k",
         "pulse_to_higher", "switch_process", "irq_to_thread_idle", "irq_to_thread_busy",
         "timer_to_thread_idle"]


ADVERSARIES = ["messages", "parts", "killing", "unmapping", "destroying", "timers", "broadcasts",
               "chains", "zeroing", "console", "all"]
LATENESS = "cyclictest -q -m -N -p 240 -i 211 --sweep 997 -h 4000 --json /tmp/json"
# At the priority of what else runs; cyclictest is above all of it.
LOADS = "hackbench -t 9999 & hackbench -M -t 9999 & stress -c 1 -s 1 -m 1 -i 1 -t 9999 &"
BUSY_LEAST = 0.95


# The board's own system, with what measures beside it; and the same as it is delivered.
BENCH_OPTIONS = ["--mem", "256", "--manifest", MANIFEST, "--extra", "{build}/bench"]
PLAIN_OPTIONS = []


class Run:
    """One boot: the command that prints some figures, and what else its words tell."""

    def __init__(self, figures, command, quick=None, usual="", derive=None, timeout=900,
                 options=BENCH_OPTIONS):
        self.figures = figures
        self.options = options
        self.command = command
        self.counts = {True: quick, False: usual}
        self.derive = derive
        self.timeout = timeout


def from_adversaries(text, figures, histograms):
    """The worst of all loads is a figure of its own, and so is the longest step they found."""
    worst = [f for n, f in figures.items() if n.startswith("adversarial_")]
    if worst:
        figures["irq_worst_adversarial"] = {
            "value": max(f["value"] for f in worst), "min": min(f["min"] for f in worst),
            "max": max(f["max"] for f in worst), "count": sum(f["count"] for f in worst)}
    step = int(re.search(r"^longest step +(\d+)", text, re.M)[1])
    if step:
        figures["nucleus_max_step"] = dict.fromkeys(("value", "min", "max"), step) | {"count": 1}


def from_cyclictest(text, figures, histograms):
    """Its JSON, between two looks at how long the hart has been idle."""
    times = re.findall(r"^(uptime|idle) +(\d+)\.(\d{6}) s$", text, re.M)
    ns = [int(s) * 1000000 + int(us) for _, s, us in times]
    busy = 1 - (ns[3] - ns[1]) / (ns[2] - ns[0])
    if busy < BUSY_LEAST:
        raise BenchError(f"under load the hart was busy for {busy:.1%} of the time only")
    thread = json.loads(text[text.index("{"):text.rindex("}") + 1])["thread"]["0"]
    bars = {int(a): n for a, n in thread["histogram"].items()}
    below, median = 0, 0
    for median, n in sorted(bars.items()):
        below += n
        if below * 2 >= thread["cycles"]:
            break
    figures["cyclictest_load_max"] = {"value": median, "min": thread["min"],
                                      "max": thread["max"], "count": thread["cycles"]}
    histograms["cyclictest_load_max"] = 100, bars


def from_boot(text, figures, histograms):
    """The clock is 0 at the nucleus's entry; the first command runs behind the shell's start."""
    seconds, us = re.search(r"^uptime +(\d+)\.(\d{6}) s$", text, re.M).groups()
    at = (int(seconds) * 1000000 + int(us)) * 1000
    figures["boot_to_prompt"] = dict.fromkeys(("value", "min", "max"), at) | {"count": 1}
    user = int(re.search(r"^boot: to user +(\d+)$", text, re.M).group(1))
    figures["boot_to_user"] = dict.fromkeys(("value", "min", "max"), user) | {"count": 1}


# `quick` is what stands for {n} in a quick run; a run without it is left out there.
RUNS = [
    Run(MICRO, "bench -H {n} {names}", quick="-n 1000"),
    Run(["spawn_wait", "fault_to_notice", "fault_to_answer"], "bench -H {n} {names}",
        quick="-n 10"),
    Run(["boot_to_prompt", "boot_to_user"], "pidin nucleus", quick="", derive=from_boot,
        options=PLAIN_OPTIONS),
    Run(["cyclictest_load_max"],
        LOADS + " sleep {after}; pidin nucleus; " + LATENESS + " -l {n} > /dev/null; "
        "pidin nucleus; cat /tmp/json", usual="5000", derive=from_cyclictest),
    Run([f"{kind}_{name}" for kind in ("adversarial", "behind_equal") for name in ADVERSARIES]
        + ["irq_worst_adversarial", "nucleus_max_step"],
        "bench -H {n} {names}; pidin nucleus", derive=from_adversaries),
]
DERIVED = {"irq_worst_adversarial": [f"adversarial_{name}" for name in ADVERSARIES],
           "nucleus_max_step": [f"adversarial_{name}" for name in ADVERSARIES]}


class BenchError(Exception):
    """Why nothing was measured."""


def load_figures():
    with open(FIGURES, "rb") as f:
        return tomllib.load(f)


def load_baseline():
    if not os.path.exists(BASELINE):
        return {}
    with open(BASELINE, "rb") as f:
        return tomllib.load(f)


def boot(build, command, timeout, options):
    """What the command said."""
    argv = [VM, "exec", "--icount", "--timeout", str(timeout),
            *[o.format(build=build) for o in options], "--", command]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, "SKINK_BUILD": build})
    if done.returncode != 0:
        raise BenchError(f"`{command}` ended with {done.returncode}:\n"
                         + "\n".join((done.stdout + done.stderr).split("\n")[-40:]))
    return done.stdout


def parse(text):
    """{name: {"value", "min", "max", "count"}} and {name: (width, {from: count})}."""
    figures, histograms = {}, {}
    for name, value, least, most, count in re.findall(
            r"^figure (\w+) value (\d+) min (\d+) max (\d+) count (\d+)$", text, re.M):
        figures[name] = {"value": int(value), "min": int(least), "max": int(most),
                         "count": int(count)}
    for name, width, bars in re.findall(r"^histogram (\w+) width (\d+):(.*)$", text, re.M):
        histograms[name] = int(width), {int(a): int(n) for a, n in
                                        re.findall(r"(\d+)=(\d+)", bars)}
    return figures, histograms


def measure(build, names=None, quick=False, count=None, timeout=None, after="0.05"):
    """Boots what is needed for these figures (all: None). `count` is put for {n}, if given; `after`
    is how long, in seconds, loads that go on have been at it when sampling begins."""
    figures, histograms = {}, {}
    for run in RUNS:
        wanted = [f for f in run.figures if names is None or f in names]
        number = run.counts[bool(quick)] if count is None else count
        if not wanted or number is None:
            continue
        asked = []
        for name in wanted:
            asked += [n for n in DERIVED.get(name, [name]) if n not in asked]
        command = run.command.format(n=number, names=" ".join(asked), after=after)
        said = boot(build, command, timeout or run.timeout, run.options)
        more, bars = parse(said)
        if run.derive:
            run.derive(said, more, bars)
        missing = [f for f in wanted if f not in more]
        if missing:
            raise BenchError(f"`{command}` did not tell {', '.join(missing)}:\n{said}")
        figures.update({f: more[f] for f in wanted})
        histograms.update(bars)
    return figures, histograms


def judged(name, figure, facts):
    return figure[facts.get(name, {}).get("judged", "value")]


def over_limit(figures, facts):
    return [n for n, f in figures.items()
            if "limit" in facts.get(n, {}) and judged(n, f, facts) > facts[n]["limit"]]


def worse_than_baseline(figures, facts, baseline):
    """(name, now, baseline) of those that are more than the tolerance worse."""
    result = []
    for name, figure in figures.items():
        now = judged(name, figure, facts)
        if name in baseline and now > baseline[name] * (1 + TOLERANCE):
            result.append((name, now, baseline[name]))
    return result


def grouped(n):
    return f"{n:,}" if n is not None else "-"


def print_table(figures, facts, baseline):
    print(f"{'figure':24} {'value':>11} {'min':>11} {'max':>11} {'limit':>11} {'baseline':>11}  "
          "peers")
    for name, f in figures.items():
        fact = facts.get(name, {})
        limit = fact.get("limit")
        now = judged(name, f, facts)
        mark = " " if limit is None or now <= limit else "!"
        peers = ", ".join(f"{who} {grouped(n)}" for who, n in fact.get("peers", {}).items())
        print(f"{name:24} {grouped(f['value']):>11} {grouped(f['min']):>11} "
              f"{grouped(f['max']):>11} {grouped(limit):>11} {grouped(baseline.get(name)):>11} "
              f"{mark} {peers}")


def write_json(build, figures, facts):
    result = {}
    for name, f in figures.items():
        result[name] = {"value": judged(name, f, facts), "min": f["min"], "max": f["max"],
                        "unit": "insn", "limit": facts.get(name, {}).get("limit")}
    with open(os.path.join(build, "bench.json"), "w") as f:
        json.dump(result, f, indent=1)
        f.write("\n")


# ---- histograms ----

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 240, 60, 40


def svg(name, figure, width, bars):
    """One histogram: samples (logarithmic, so that a single worst one shows) over instructions."""
    import math

    low, high = min(bars), max(bars) + width
    most = max(bars.values())
    across = (WIDTH - LEFT - 20) / (high - low)
    up = (HEIGHT - BOTTOM - 30) / math.log10(most * 10)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
             f'font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="18" font-size="13">{html.escape(name)}: median '
             f'{grouped(figure["value"])}, min {grouped(figure["min"])}, '
             f'max {grouped(figure["max"])}, {grouped(sum(bars.values()))} samples</text>']
    base = HEIGHT - BOTTOM
    for start, n in sorted(bars.items()):
        tall = up * math.log10(n * 10)
        parts.append(f'<rect x="{LEFT + (start - low) * across:.1f}" y="{base - tall:.1f}" '
                     f'width="{max(width * across, 1.5):.1f}" height="{tall:.1f}" '
                     f'fill="#2a6f4e"><title>{start}: {n}</title></rect>')
    n = 1
    while n <= most:
        y = base - up * math.log10(n * 10)
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{grouped(n)}</text>'
                     f'<line x1="{LEFT - 3}" x2="{LEFT}" y1="{y:.1f}" y2="{y:.1f}" '
                     'stroke="black"/>')
        n *= 10
    parts.append(f'<path d="M{LEFT} 30V{base}H{WIDTH - 20}" fill="none" stroke="black"/>')
    for at in (low, (low + high) // 2, high):
        x = LEFT + (at - low) * across
        parts.append(f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{grouped(at)}</text>')
    parts.append(f'<text x="{(WIDTH + LEFT) // 2}" y="{HEIGHT - 6}" text-anchor="middle">'
                 'instructions</text></svg>')
    return "\n".join(parts) + "\n"


def write_histograms(build, figures, histograms):
    folder = os.path.join(build, "bench-svg")
    os.makedirs(folder, exist_ok=True)
    for name, (width, bars) in histograms.items():
        if name in figures and bars:
            with open(os.path.join(folder, name + ".svg"), "w") as f:
                f.write(svg(name, figures[name], width, bars))


def renew(figures, facts, baseline):
    baseline.update({n: judged(n, f, facts) for n, f in figures.items()})
    with open(BASELINE, "w") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0\n"
                "# Written by `make bench BASELINE=1`: what quick runs count, in instructions.\n")
        f.writelines(f"{name} = {n}\n" for name, n in sorted(baseline.items()))


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("figures", nargs="*")
    args = parser.parse_args(argv)
    args.quick |= args.renew
    build = os.path.abspath(args.build)
    facts, baseline = load_figures(), load_baseline()
    unknown = [n for n in args.figures if not any(n in r.figures for r in RUNS)]
    if unknown:
        print(f"bench: no figure is {', '.join(unknown)}", file=sys.stderr)
        return 2
    try:
        figures, histograms = measure(build, args.figures or None, args.quick)
    except BenchError as e:
        print(f"bench: {e}", file=sys.stderr)
        return 2
    figures = {n: figures[n] for n in sorted(figures, key=[*facts, *figures].index)}
    print_table(figures, facts, baseline)
    write_json(build, figures, facts)
    write_histograms(build, figures, histograms)
    worse = worse_than_baseline(figures, facts, baseline) if args.quick else []
    for name, now, before in worse:
        print(f"worse than the baseline: {name} {grouped(now)}, was {grouped(before)}")
    if args.renew:
        renew(figures, facts, baseline)
    over = over_limit(figures, facts)
    if over:
        print(f"{len(over)} of {len(figures)} above the limit: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
