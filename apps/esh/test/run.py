#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py - tests of esh as built for this machine.

    run.py ESH [WORD]

Runs the scripts of same.txt in esh and in a reference shell, those of expect.txt against what is
written there, and the line editor through a pseudo-terminal. Prints `ok NAME` or `not ok NAME` for
each; WORD picks those whose name contains it.
"""

import concurrent.futures
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT_S = 20
WAIT_S = 6
ENV = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C",
       "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


def read_cases(name):
    """The cases of a file, as (line number, text)."""
    cases, start, lines = [], 1, []
    with open(os.path.join(HERE, name)) as f:
        for n, line in enumerate(f, 1):
            if re.fullmatch(r"-{4,}\n", line):
                cases.append((start, "".join(lines)))
                start, lines = n + 1, []
            else:
                lines.append(line)
    cases.append((start, "".join(lines)))
    return cases[1:]


def run(shell, script, by_file=False):
    """(standard output, standard error, status) of a script, in a directory of its own."""
    folder = os.path.realpath(tempfile.mkdtemp())
    work = os.path.join(folder, "work")
    os.mkdir(work)
    command = [*shell, "-c", script]
    if by_file:
        with open(os.path.join(folder, "script"), "w") as f:
            f.write(script)
        command = [*shell, os.path.join(folder, "script")]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**ENV, "T": work}, timeout=TIMEOUT_S)
        out, err, status = done.stdout.decode(errors="replace"), done.stderr, done.returncode
        err = err.decode(errors="replace").replace(folder, "DIR")
    except subprocess.TimeoutExpired:
        out, err, status = "", "time-out", 124
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # What the sanitizers say where there is no /proc is not the shell's.
    noise = re.compile(r"==\d+==WARNING: reading executable name failed[^\n]*\n")
    return noise.sub("", out).replace(work, "WORK"), noise.sub("", err), status


def sanitized(err):
    return "runtime error" in err or "Sanitizer" in err


def test_same(esh, line, text):
    reference, script = ["dash"], text
    m = re.search(r"^## (dash|bash)\n", text, re.M)
    if m:
        reference = [m.group(1)]
        script = text.replace(m.group(0), "")
    want, _, want_status = run(reference, script)
    problems = []
    # One line is read the same way from a file; several are not.
    for by_file in (False, True) if "\n" in script.rstrip("\n") else (False,):
        got, err, status = run([esh], script, by_file)
        if (got, status) != (want, want_status) or sanitized(err):
            problems.append(f"  {'file' if by_file else '-c'}: want {want_status} {want!r}\n"
                            f"  got {status} {got!r}\n  stderr {err[-3000:]!r}")
            break
    return problems


def test_expect(esh, line, text):
    m = re.fullmatch(r"(?s)(.*?)^=> ?(-?\d+)\n(.*)", text, re.M | re.S)
    if m is None:
        return ["  no => line"]
    script, status, want = m.group(1), int(m.group(2)), m.group(3)
    options = []
    first = re.match(r"## ([^\n]*)\n", script)
    if first:
        options = first.group(1).split()
        script = script[first.end():]
    out, err, got_status = run([esh, *options], script)
    got = out + "".join(f"! {e}\n" for e in err.splitlines())
    if (got, got_status) != (want, status):
        return [f"  want {status} {want!r}\n  got  {got_status} {got!r}"]
    return []


def has_terminals():
    """Whether there are pseudo-terminals: a bare chroot has none."""
    try:
        for fd in pty.openpty():
            os.close(fd)
    except OSError:
        return False
    return True


class Terminal:
    """esh at a pseudo-terminal."""

    def __init__(self, esh, env=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir("/")
            os.execve(esh, [esh], {**ENV, "PS1": "$ ", **(env or {})})
        self.output = ""

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def expect(self, text):
        """Waits for text behind what was matched before; returns what came until then."""
        end = time.monotonic() + WAIT_S
        while text not in self.output:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"waited for {text!r}, got {self.output!r}")
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"end while waiting for {text!r}, got {self.output!r}")
            self.output += data.decode(errors="replace")
        before, self.output = self.output.split(text, 1)
        return before

    def close(self):
        """The exit status; a shell that does not end is killed."""
        end = time.monotonic() + WAIT_S
        try:
            while select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                if not os.read(self.fd, 4096):
                    break
            else:
                os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


LEFT, RIGHT, UP, DOWN, HOME, END, DEL = (
    "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[H", "\x1b[4~", "\x1b[3~")

# name: keys typed at the prompt, what the command then prints
EDITS = {
    "plain": ("echo hello", "hello"),
    "backspace": ("echo helxx\x7f\x7flo", "hello"),
    "insert-in-the-middle": ("echo hlo" + LEFT * 2 + "el", "hello"),
    "home-and-end": ("ho hello" + HOME + "ec" + END + "!", "hello!"),
    "control-a-e": ("ho hello\x01ec\x05!", "hello!"),
    "control-b-f": ("echo hllo\x02\x02\x02e\x06\x06\x06!", "hello!"),
    "kill-to-start": ("garbage\x15echo clean", "clean"),
    "kill-to-end": ("echo keep drop" + LEFT * 5 + "\x0b", "keep"),
    "kill-word": ("echo one two three\x17\x17\x17done", "done"),
    "delete": ("echo xhello" + LEFT * 6 + DEL, "hello"),
    "delete-control-d": ("echo xhello" + LEFT * 6 + "\x04", "hello"),
    "redraw": ("echo hel\x0clo", "hello"),
    "unknown-escape": ("echo he\x1b[99~\x1bOPllo", "hello"),
    "utf-8": ("echo é€x" + LEFT * 2 + "\x7f" + "ü", "ü€x"),
    "long-line": ("echo " + "x" * 150 + HOME + RIGHT * 5 + "y" + END + "z", "y" + "x" * 150 + "z"),
    "complete-file": ("echo /etc/pass\twd-", "/etc/passwd -wd-"),
    "complete-command": ("ech\tcompleted", "completed"),
}


def test_edit(esh, name):
    keys, want = EDITS[name]
    if name == "complete-file":
        keys, want = "echo /etc/host\tname", None
    t = Terminal(esh)
    try:
        t.expect("$ ")
        t.send(keys + "\r")
        if want is not None:
            t.expect("\r\n" + want + "\r\n")
        t.expect("$ ")
        t.send("exit 3\r")
        status = t.close()
        return [] if status == 3 else [f"  status {status}"]
    except AssertionError as e:
        t.close()
        return [f"  {e}"]


def session(script):
    """A test at a terminal: pairs of what to send and what to wait for, then the status."""
    def test(esh, name):
        t = Terminal(esh)
        try:
            t.expect("$ ")
            for send, wait in script[:-1]:
                if send:
                    t.send(send)
                if isinstance(wait, float):
                    time.sleep(wait)
                elif wait:
                    t.expect(wait)
            status = t.close()
            return [] if status == script[-1] else [f"  status {status}"]
        except AssertionError as e:
            t.send("\x15exit\r")
            t.close()
            return [f"  {e}"]
    return test


SESSIONS = {
    "history": [("echo one\r", "\r\none\r\n$ "), ("echo two\r", "\r\ntwo\r\n$ "),
                (UP + UP + "\r", "\r\none\r\n$ "), (UP + UP + UP + DOWN + "\r", "\r\ntwo\r\n$ "),
                ("unfinished" + UP + DOWN + "\x15history\r", "history\r\n$ "), ("\x04", None), 0],
    "abandon-line": [("echo no\x03", "^C\r\n$ "), ("echo yes\r", "\r\nyes\r\n$ "), ("\x04", None),
                     0],
    "abandon-continued-line": [("if true\r", "> "), ("echo no\x03", "^C\r\n$ "),
                               ("echo $?\r", "130\r\n$ "), ("exit\r", None), 0],
    "continued-line": [("echo 'a\r", "> "), ("b'\r", "\r\na\r\nb\r\n$ "), ("\x04", None), 0],
    "interrupt-child": [("sleep 30\r", 0.5), ("\x03", "$ "), ("echo $?\r", "\r\n130\r\n$ "),
                        ("\x04", None), 0],
    "interrupt-loop": [("while :; do sleep 30; done; echo no\r", 0.5), ("\x03", "\r\n$ "),
                       ("echo alive\r", "\r\nalive\r\n$ "), ("\x04", None), 0],
    "interrupt-pipeline": [("sleep 30 | cat\r", 0.5), ("\x03", "\r\n$ "),
                           ("echo alive\r", "\r\nalive\r\n$ "), ("\x04", None), 0],
    "interrupt-substitution": [("x=$(sleep 30); echo no\r", 0.5), ("\x03", "\r\n$ "),
                               ("echo alive\r", "\r\nalive\r\n$ "), ("\x04", None), 0],
    "syntax-error": [("echo )\r", "syntax error"), ("echo $?\r", "\r\n2\r\n$ "),
                     ("\x04", None), 0],
    "error-keeps-shell": [("echo ${x?gone}\r", "gone"), ("echo still\r", "\r\nstill\r\n$ "),
                          ("\x04", None), 0],
    "child-reads-terminal": [("cat\r", 0.5), ("typed\r", "typed\r\ntyped\r\n"),
                             ("\x04", "$ "), ("exit 4\r", None), 4],
    "killed-child-is-told": [("sh -c 'kill -9 $$'\r", "Killed"), ("echo $?\r", "\r\n137\r\n$ "),
                             ("\x04", None), 0],
    "background-job": [("sleep 0.2 &\r", "[1] "), ("jobs\r", "Running"),
                       ("wait; echo end\r", "\r\nend\r\n$ "), ("\x04", None), 0],
    "foreground": [("sleep 0.5 &\r", "[1] "), ("fg; echo end\r", "\r\nsleep 0.5\r\nend\r\n$ "),
                   ("fg %3; echo $?\r", "fg: %3: no such job\r\n1\r\n$ "), ("\x04", None), 0],
    "foreground-reads": [("{ sleep 0.3; cat; } &\r", "[1] "), ("fg %1\r", 0.6),
                         ("typed\r", "typed\r\ntyped\r\n"), ("\x04", "$ "), ("exit 4\r", None), 4],
    "foreground-interrupted": [("sleep 30 &\r", "[1] "), ("fg\r", 0.5), ("\x03", "$ "),
                               ("echo $?\r", "\r\n130\r\n$ "), ("\x04", None), 0],
    "kill-job": [("sleep 30 &\r", "[1] "), ("kill %1; wait; echo end\r", "\r\nend\r\n$ "),
                 ("\x04", None), 0],
    "modes-after-kill": [("stty raw -echo; kill -9 $$\x15sh -c 'stty raw -echo; kill -9 $$'\r",
                          "Killed"), ("stty -a | grep -c ' icanon'\r", "\r\n1\r\n$ "),
                         ("\x04", None), 0],
    "prompt-expands": [("PS1='<$x> '; x=5\r", "<5> "), ("\x04", None), 0],
    "end-of-file-status": [("false\r", "$ "), ("\x04", None), 1],
}


def main(argv):
    esh = os.path.abspath(argv[1])
    word = argv[2] if len(argv) > 2 else ""
    tests = []
    for line, text in read_cases("same.txt"):
        tests.append((f"esh_same_{line}", test_same, (line, text)))
    for line, text in read_cases("expect.txt"):
        tests.append((f"esh_expect_{line}", test_expect, (line, text)))
    for name in EDITS if has_terminals() else ():
        tests.append((f"esh_edit_{name}", test_edit, (name,)))
    for name, script in SESSIONS.items() if has_terminals() else ():
        tests.append((f"esh_session_{name}", session(script), (name,)))
    tests = [t for t in tests if word in t[0]]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        results = [(name, pool.submit(test, esh, *args)) for name, test, args in tests]
        for name, result in results:
            problems = result.result()
            print(f"{'not ok' if problems else 'ok'} {name}")
            for p in problems:
                print(p)
            failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
