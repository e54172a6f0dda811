#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trace_run.py - `make trace`: runs a command in the guest with the trace on, and writes what a
viewer opens. Owns the run; what entries mean is trace_read.py's and trace_json.py's.

    trace_run.py [-o FILE] [--extra DIR] [-n BUFFERS] [-k BUFFERS] [-F CLASS]... COMMAND
    trace_run.py [-o FILE] --from FILE...

FILE... are tracelogger's own, or a console's output with its lines in it. The command's output goes
to standard output, and its status is the exit status; 2: nothing was traced.
"""

import argparse
import json
import os
import subprocess
import sys

import trace_check
import trace_json
import trace_read

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VM = os.path.join(TOP, "bsp/qemu-virt/vm")
MEM_MIB = 256


def boot(args):
    """(status, output, standard error) of the command under tracelogger."""
    options = ["-n", str(args.buffers)]
    if args.ring:
        options += ["-k", str(args.ring)]
    for name in args.without:
        options += ["-F", name]
    # Beside the command, not above it: so it has the quotas that it has without a trace.
    command = (f"tracelogger {' '.join(options)} -f - & trace=$!; tracelogger -w; "
               f"trap 'tracelogger -x; wait $trace' EXIT\n{args.command}\n")
    argv = [VM, "exec", "--icount", "--mem", str(MEM_MIB), "--timeout", str(args.timeout)]
    if args.extra:
        argv += ["--extra", args.extra]
    done = subprocess.run([*argv, "--", command], stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def read_files(names):
    data = b""
    for name in names:
        with open(name, "rb") as f:
            content = f.read()
        lines, _ = trace_read.split_lines(content)
        data += lines or content
    return data


def write(document, name):
    folder = os.path.dirname(name)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(name, "w") as f:
        head = {**document, "traceEvents": None}
        text = json.dumps(head).replace('"traceEvents": null', '"traceEvents": [\n%s\n]')
        f.write(text % ",\n".join(json.dumps(e) for e in document["traceEvents"]) + "\n")


def tell(trace, name):
    events = trace.events
    span = (events[-1].ns - events[0].ns) / 1e6 if events else 0
    print(f"{name}: {len(events)} events in {span:.3f} ms; open it in https://ui.perfetto.dev or "
          "chrome://tracing", file=sys.stderr)
    if trace.lost_count:
        print(f"{name}: {trace.lost_count} events were lost; -k makes the ring larger",
              file=sys.stderr)
    if trace.full:
        print(f"{name}: the buffers were full before the end: -n takes more", file=sys.stderr)
    elif not trace.ended:
        print(f"{name}: tracelogger did not come to its end", file=sys.stderr)
    if trace.broken:
        print(f"{name}: {trace.broken} frames were damaged", file=sys.stderr)


def parse(argv):
    parser = argparse.ArgumentParser(prog="trace_run.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = os.environ.get("SKINK_BUILD", os.path.join(TOP, "build"))
    parser.add_argument("-o", dest="out", default=os.path.join(build, "trace.json"))
    parser.add_argument("--from", dest="files", nargs="+")
    parser.add_argument("--extra", metavar="DIR")
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("-n", dest="buffers", type=int, default=256, help="of 1,024 events (256)")
    parser.add_argument("-k", dest="ring", type=int, help="buffers of the nucleus's ring")
    parser.add_argument("-F", dest="without", action="append", default=[], metavar="CLASS")
    parser.add_argument("command", nargs="?")
    args = parser.parse_args(argv)
    if (args.command is None) == (args.files is None):
        parser.error("a COMMAND, or --from FILE...")
    return args


def main(argv):
    args = parse(argv)
    status = 0
    if args.files:
        data = read_files(args.files)
    else:
        status, output, errors = boot(args)
        data, rest = trace_read.split_lines(output)
        sys.stdout.buffer.write(rest)
        sys.stdout.flush()
        sys.stderr.buffer.write(errors)
    try:
        trace = trace_read.decode(data)
    except trace_read.TraceError as e:
        print(f"trace_run.py: {e}", file=sys.stderr)
        return status or 2
    document = trace_json.convert(trace)
    write(document, args.out)
    wrong = trace_check.check(document)
    for line in wrong[:20]:
        print(f"{args.out}: {line}", file=sys.stderr)
    tell(trace, args.out)
    return 2 if wrong else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
