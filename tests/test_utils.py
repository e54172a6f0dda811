# SPDX-License-Identifier: Apache-2.0
"""test_utils.py - the utilities, as a script sees them: options, output, messages and statuses. One
boot runs all the lines of the table below, each in a subshell of its own in /tmp/w, where the files
of FILES are. What a line prints, standard error included, and its status are compared."""

import re

import pytest

FILES = r"""
mkdir -p /tmp/w/dir/sub; cd /tmp/w
printf 'one\ntwo\nthree\nfour\nfive\n' >five
printf 'b 10\na 9\nc 9\nB 1\n' >pairs
printf 'no newline' >cut
printf '' >empty
printf 'x' >dir/x; printf 'y' >dir/sub/y; printf '' >dir/.hidden
seq 1 40 >forty
"""

# (command, output, status). An output that is a compiled pattern is matched as a whole.
CASES = [
    # cat
    ("cat five cut", "one\ntwo\nthree\nfour\nfive\nno newline", 0),
    ("echo in | cat cut - empty", "no newlinein\n", 0),
    ("cat none five | head -n 1; cat none", "cat: none: No such file or directory\none\n"
     "cat: none: No such file or directory\n", 1),
    ("cat dir; wc -l dir; head dir; tail dir", "cat: dir: Is a directory\nwc: dir: Is a directory\n"
     "head: dir: Is a directory\ntail: dir: Is a directory\n", 1),
    ("grep x dir", "grep: dir: Is a directory\n", 2),
    ("sort dir", "sort: dir: Is a directory\n", 2),
    ("cat -q", "cat: unknown option: -q\nusage: cat [-u] [FILE...]\n", 2),
    ("cat -- five | wc -l", "5\n", 0),
    ("cat <five >/dev/null", "", 0),
    ("cat /proc/boot/esh /proc/boot/esh | head -c 4 | hexdump -C",
     "00000000  7f 45 4c 46                                       |.ELF|\n00000004\n", 0),
    # cp, mv, rm, mkdir
    ("cp five new && cat new | wc -c", "24\n", 0),
    ("cp five dir && cat dir/five | head -1; rm dir/five", "one\n", 0),
    ("cp five none/x", "cp: none/x: No such file or directory\n", 1),
    ("cp none x", "cp: none: No such file or directory\n", 1),
    ("cp dir x", "cp: dir: Is a directory\n", 1),
    ("cp five five", "cp: five: the same file\n", 1),
    ("cp five cut five", "cp: five: Not a directory\n", 1),
    ("cp five", "usage: cp [-r] FILE... TARGET\n", 2),
    ("cp -r dir copy && ls -aR copy; cat copy/sub/y; rm -r copy",
     re.compile(r"(copy:\n)?\.hidden\nsub\nx\n\ncopy/sub:\ny\ny"), 0),
    ("cp -r dir dir/sub 2>&1 | tail -n 1; rm -r dir/sub/dir",
     re.compile(r"cp: .*dir.*\n"), 0),
    ("cp five cut dir && ls dir; rm dir/five dir/cut", "cut\nfive\nsub\nx\n", 0),
    ("echo a >m1; mv m1 m2 && cat m2; cat m1", "a\ncat: m1: No such file or directory\n", 1),
    ("echo a >m3; mv m3 dir; cat dir/m3; rm dir/m3", "a\n", 0),
    ("mv none x", "mv: none: x: No such file or directory\n", 1),
    ("mv five", "usage: mv [-f] FILE... TARGET\n", 2),
    ("mv dir dir/sub", "mv: dir: dir/sub/dir: Invalid argument\n", 1),
    ("rm none", "rm: none: No such file or directory\n", 1),
    ("rm -f none", "", 0),
    ("rm dir", "rm: dir: Is a directory\n", 1),
    ("rm", "usage: rm [-fr] FILE...\n", 2),
    ("rm -f", "", 0),
    ("mkdir -p d1/d2/d3 && echo x >d1/d2/f; rm -r d1; ls d1", "ls: d1: No such file or directory\n",
     1),
    ("mkdir dir", "mkdir: dir: Already exists\n", 1),
    ("mkdir -p dir", "", 0),
    ("mkdir five/x", "mkdir: five/x: Not a directory\n", 1),
    ("mkdir -p five", "mkdir: five: Already exists\n", 1),
    ("mkdir -m 700 m7; ls -ld m7; rm -r m7", re.compile(r"drwx------ .* m7\n"), 0),
    ("mkdir -m 9 m9", "usage: mkdir [-p] [-m MODE] DIRECTORY...\n", 2),
    ("mkdir", "usage: mkdir [-p] [-m MODE] DIRECTORY...\n", 2),
    # ls
    ("ls", "cut\ndir\nempty\nfive\nforty\nm2\nnew\npairs\n", 0),
    ("ls -F dir", "sub/\nx\n", 0),
    ("ls -a dir", ".hidden\nsub\nx\n", 0),
    ("ls five dir none", "ls: none: No such file or directory\nfive\n\ndir:\nsub\nx\n", 1),
    ("ls -d dir five", "dir\nfive\n", 0),
    ("ls -l five", re.compile(r"-rw-r--r-- +1 .* 24 \d{4}-\d\d-\d\d \d\d:\d\d five\n"), 0),
    ("ls -R dir", re.compile(r"(dir:\n)?sub\nx\n\ndir/sub:\ny\n"), 0),
    ("ls -Z", re.compile(r"ls: unknown option: -Z\nusage: ls .*\n"), 2),
    # head, tail
    ("head -n 2 five", "one\ntwo\n", 0),
    ("head -2 five", "one\ntwo\n", 0),
    ("head -c 5 five", "one\nt", 0),
    ("head -n 0 five", "", 0),
    ("head forty | wc -l", "10\n", 0),
    ("head -n 1 five cut", "==> five <==\none\n\n==> cut <==\nno newline", 0),
    ("head -n 1 none five", "==> none <==\nhead: none: No such file or directory\n\n==> five <==\n"
     "one\n", 1),
    ("head -n x five", "head: x: bad number\n", 2),
    ("head -n", "head: a value is missing: -n\nusage: head [-n LINES | -c BYTES] [FILE...]\n", 2),
    ("tail -n 2 five", "four\nfive\n", 0),
    ("tail -2 five", "four\nfive\n", 0),
    ("tail -c 5 five", "five\n", 0),
    ("tail -n +4 five", "four\nfive\n", 0),
    ("tail -c +20 five", "five\n", 0),
    ("tail -n 0 five", "", 0),
    ("tail cut", "no newline", 0),
    ("seq 100 | tail -n 1", "100\n", 0),
    ("tail -n 1 five empty cut",
     "==> five <==\nfive\n\n==> empty <==\n\n==> cut <==\nno newline", 0),
    # wc
    ("wc five", "      5       5      24 five\n", 0),
    ("wc -l five cut", "5 five\n0 cut\n5 total\n", 0),
    ("wc -w <pairs", "8\n", 0),
    ("wc -c none", "wc: none: No such file or directory\n", 1),
    # grep
    ("grep o five", "one\ntwo\nfour\n", 0),
    ("grep -v o five", "three\nfive\n", 0),
    ("grep -c o five cut", "five:3\ncut:1\n", 0),
    ("grep -n three five", "3:three\n", 0),
    ("grep -i ONE five", "one\n", 0),
    ("grep -l o five empty cut", "five\ncut\n", 0),
    ("grep -q o five", "", 0),
    ("grep zzz five", "", 1),
    ("grep x none", "grep: none: No such file or directory\n", 2),
    ("grep -s x none", "", 2),
    ("grep '^t.*e$' five", "three\n", 0),
    ("grep -E '^(one|two)$' five", "one\ntwo\n", 0),
    ("grep -F '.' five", "", 1),
    ("grep -e one -e two five", "one\ntwo\n", 0),
    ("grep -h o five cut", "one\ntwo\nfour\nno newline\n", 0),
    ("grep -H one five", "five:one\n", 0),
    ("grep '[' five", re.compile(r"grep: .*\n"), 2),
    ("grep", re.compile(r"usage: grep .*\n"), 2),
    # sort, seq, tee
    ("sort pairs", "B 1\na 9\nb 10\nc 9\n", 0),
    ("sort -r five", "two\nthree\none\nfour\nfive\n", 0),
    ("sort -n -k 2 pairs", "B 1\na 9\nc 9\nb 10\n", 0),
    ("printf 'b\\na\\nb\\n' | sort -u", "a\nb\n", 0),
    ("sort -n forty | tail -n 1", "40\n", 0),
    ("sort cut", "no newline\n", 0),
    ("sort none", "sort: none: No such file or directory\n", 2),
    ("seq 3", "1\n2\n3\n", 0),
    ("seq 5 -2 1", "5\n3\n1\n", 0),
    ("seq 3 1", "", 0),
    ("seq 1 0 2", "seq: a step of 0 has no end\n", 2),
    ("seq x", "seq: x: bad number\n", 2),
    ("echo t | tee t1 t2; cat t1 t2; echo u | tee -a t1 >/dev/null; cat t1; rm t1 t2",
     "t\nt\nt\nt\nu\n", 0),
    ("echo t | tee none/x", "tee: none/x: No such file or directory\nt\n", 1),
    # echo, printf, true, false
    ("/proc/boot/echo -n a b", "a b", 0),
    ("/proc/boot/echo a '  b'", "a   b\n", 0),
    ("/proc/boot/true; echo $?; /proc/boot/false", "0\n", 1),
    ("/proc/boot/printf '%s-%5d|%-4s|%04x\\n' a 42 b 255", "a-   42|b   |00ff\n", 0),
    ("/proc/boot/printf '%s\\n' a b c", "a\nb\nc\n", 0),
    ("/proc/boot/printf '%b%c%%\\n' 'x\\ty' zed", "x\tyz%\n", 0),
    ("/proc/boot/printf '%d\\n' x", "printf: x: bad number\n0\n", 1),
    ("/proc/boot/printf '\\101\\n'", "A\n", 0),
    ("/proc/boot/printf", "usage: printf FORMAT [ARGUMENT...]\n", 2),
    # hexdump
    ("hexdump -C five", "00000000  6f 6e 65 0a 74 77 6f 0a  74 68 72 65 65 0a 66 6f  "
     "|one.two.three.fo|\n00000010  75 72 0a 66 69 76 65 0a                           "
     "|ur.five.|\n00000018\n", 0),
    ("hexdump -C -s 4 -n 3 five", "00000004  74 77 6f                                          "
     "|two|\n00000007\n", 0),
    ("head -c 4 five | hexdump", f"0000000 6e6f 0a65{'':30}\n0000004\n", 0),
    ("printf '%064d' 0 | hexdump -C",
     "00000000  30 30 30 30 30 30 30 30  30 30 30 30 30 30 30 30  |0000000000000000|\n*\n"
     "00000040\n", 0),
    # touch, date, uname, free, env, time, sleep
    ("touch tt && ls tt; touch -c none; ls none; rm tt",
     "tt\nls: none: No such file or directory\n",
     0),
    ("touch none/x", "touch: none/x: No such file or directory\n", 1),
    ("touch", "usage: touch [-c] FILE...\n", 2),
    ("date +%Y-%H", re.compile(r"20\d\d-\d\d\n"), 0),
    ("date -u", re.compile(r"\w+ \w+ +\d+ \d\d:\d\d:\d\d UTC 20\d\d\n"), 0),
    ("uname; uname -m; uname -sm", "Skink\nriscv64\nSkink riscv64\n", 0),
    ("uname -z", re.compile(r"uname: unknown option: -z\nusage: .*\n"), 2),
    ("free | head -1; free -m | head -1; free -b | grep -c .",
     re.compile(r"total +131072\ntotal +128\n14\n"), 0),
    ("env -i A=1 B=2 env", "A=1\nB=2\n", 0),
    ("A=1 env -u A env | grep ^A=", "", 1),
    ("env none", "env: none: No such file or directory\n", 127),
    ("env dir/x", re.compile(r"env: dir/x: .*\n"), 126),
    ("env esh -c 'exit 7'", "", 7),
    ("time -p esh -c 'exit 3'",
     re.compile(r"real \d+\.\d+\nuser \d+\.\d+\nsys \d+\.\d+\n"), 3),
    ("time none", "time: none: No such file or directory\n", 127),
    ("time", re.compile(r"usage: time .*\n"), 2),
    ("sleep 0.01 0", "", 0),
    ("sleep x", "sleep: x: bad time\n", 2),
    ("sleep", re.compile(r"usage: sleep .*\n"), 2),
    # kill, stty
    ("sleep 100 & kill $!; wait $!", "", 143),
    ("sleep 100 & kill -9 $!; wait $!", "", 137),
    ("sleep 100 & kill -s INT $!; kill -s KILL $!; wait $!", "", 137),
    ("/proc/boot/kill -l | grep -c TERM", "1\n", 0),
    ("/proc/boot/kill 99999999", "kill: 99999999: No such process, thread or channel\n", 1),
    ("/proc/boot/kill -s NONE 1", re.compile(r"kill: .*NONE.*\n"), 2),
    ("stty <five", re.compile(r"stty: .*\n"), 1),
    # All alike.
    ("cut=$(cat --help | head -1); echo \"$cut\"", "usage: cat [-u] [FILE...]\n", 0),
    # A reader that leaves.
    ("seq 20000 | head -n 1", "1\n", 0),
    ("(seq 20000; echo $? >&2) | true", "141\n", 0),
    ("trap '' PIPE; (seq 20000; echo $? >&2) | true", "seq: write error: Broken pipe\n1\n", 0),
]


@pytest.fixture(scope="module")
def results(vm):
    """What each line printed, and its status."""
    script = [FILES]
    for command, _, _ in CASES:
        script.append(f"echo '=== case'\n(\n{command}\n) >/tmp/out 2>&1\n"
                      "s=$?; cat /tmp/out; echo \"=== status $s\"")
    done = vm.run("\n".join(script), timeout=120)
    found = re.findall(r"=== case\n(.*?)=== status (\d+)\n", done.out, re.S)
    assert len(found) == len(CASES), done
    return found


@pytest.mark.parametrize("n", range(len(CASES)), ids=[case[0][:40] for case in CASES])
def test_utility_does_what_it_says(results, n):
    command, output, status = CASES[n]
    said, got = results[n]
    if isinstance(output, re.Pattern):
        assert output.fullmatch(said), (command, said)
    else:
        assert said == output, command
    assert int(got) == status, (command, said)
