# SPDX-License-Identifier: Apache-2.0
"""The manifest compiler: each wrong manifest gets its line, a right one its bytes."""

import glob
import os
import re
import shutil
import struct
import subprocess
import sys

import pytest

CONFIG = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(CONFIG)
sys.path.insert(0, CONFIG)
import manifest  # noqa: E402
import schema  # noqa: E402

FACTS = schema.Facts.from_headers()
BASE = """name = "test"
[nucleus]
processes = 8
threads = 40
channels = 40
connections = 200
timers = 40
interrupts = 8
syncs = 80
pulses = 200
events = 80
coids = 10
[procmgr]
threads = 1
channels = 2
connections = 20
timers = 1
interrupts = 0
syncs = 1
pulses = 10
events = 1
coids = 1
"""
BASE_LINES = BASE.count("\n")


def compile_text(services, base=BASE, programs=None):
    return manifest.parse(base + services, "m.toml", FACTS, programs)


def errors_of(services, base=BASE, programs=None):
    with pytest.raises(manifest.ManifestErrors) as caught:
        compile_text(services, base, programs)
    return caught.value.lines


# Each case: the text behind BASE, the line within it (1 is the first), words that the error says.
WRONG = {
    "same path twice": (
        '[service.a]\npriority = 9\npaths = ["/dev/x",\n  "/dev/ser1"]\n'
        '[service.b]\npriority = 9\npaths = ["/dev/ser1"]\n',
        7, ["service b", "/dev/ser1", "service a", f"line {BASE_LINES + 4}"]),
    "same device twice": (
        '[service.a]\npriority = 9\ndevices = ["/soc/u@1"]\n[service.b]\npriority = 9\n'
        'devices = [{ path = "/soc/u@1", optional = true }]\n',
        6, ["service b", "/soc/u@1", "service a", f"line {BASE_LINES + 3}"]),
    "one service names a path twice": (
        '[service.a]\npriority = 9\npaths = ["/x", "/x"]\n', 3, ["twice"]),
    "unknown key": ("[service.a]\npriority = 9\nprogramm = 'x'\n", 3, ["'programm'", "'program'"]),
    "unknown pool key": ("[service.a]\npriority = 9\nquota = { thread = 1 }\n", 3,
                         ["'thread'", "'threads'"]),
    "unknown table": ("[service.a]\npriority = 9\n[servise]\n", 3, ["'servise'", "'service'"]),
    "unknown peer": ("[service.slogger]\npriority = 9\n[service.b]\npriority = 9\n"
                     "peers = ['sloger']\n", 5, ["'sloger'", "'slogger'"]),
    "unknown ability": ("[service.a]\npriority = 9\nabilities = ['kil']\n", 3, ["'kil'", "'kill'"]),
    "priority 0": ("[service.a]\npriority = 0\n", 2, ["1 to 254", "0"]),
    "priority 255": ("[service.a]\npriority = 255\n", 2, ["1 to 254", "255"]),
    "priority true": ("[service.a]\npriority = true\n", 2, ["1 to 254"]),
    "no priority": ("[service.a]\npolicy = 'rr'\n", 1, ["'priority' is missing"]),
    "ceiling below priority": ("[service.a]\npriority = 9\npriority_max = 8\n", 3, ["8", "9"]),
    "policy": ("[service.a]\npriority = 9\npolicy = 'fif'\n", 3, ["'fif'", "did you mean 'fifo'"]),
    "time without unit": ("[service.a]\npriority = 9\nheartbeat = 5\n", 3, ["unit"]),
    "half a page": ("[service.a]\npriority = 9\nmemory = 5000\n", 3, ["whole pages"]),
    "keep above memory": ("[service.a]\npriority = 9\nmemory = '1M'\nkeep = '2M'\n", 4, ["keep"]),
    "cold never reached": ("[service.a]\npriority = 9\nrestart_limit = 3\ncold_after = 4\n", 4,
                           ["cold_after 4", "restart_limit is 3", f"line {BASE_LINES + 3}"]),
    "limit beyond what is remembered": ("[service.a]\npriority = 9\nrestart_limit = 33\n", 3,
                                        ["restart_limit", "0 to 32", "33"]),
    "cold start beyond what is remembered": (
        "[service.a]\npriority = 9\nrestart_limit = 0\ncold_after = 33\n", 4,
        ["cold_after", "0 to 32", "33"]),
    "relative path": ("[service.a]\npriority = 9\npaths = ['dev']\n", 3, ["from the root"]),
    "cycle": ("[service.a]\npriority = 9\nafter = ['b']\n[service.b]\npriority = 9\n"
              "after = ['c']\n[service.c]\npriority = 9\nafter = ['a']\n", 9,
              ["service", "after b", "after c", "after a", f"line {BASE_LINES + 6}"]),
    "after itself": ("[service.a]\npriority = 9\nafter = ['a']\n", 3, ["wait for each other"]),
    "after a manual one": ("[service.a]\npriority = 9\nafter = ['b']\n"
                           "[service.b]\npriority = 9\nmanual = true\n", 3, ["nobody starts"]),
    "two sessions": ("[service.a]\npriority = 9\nsession = true\n[service.b]\npriority = 9\n"
                     "session = true\n", 6, ["service a", f"line {BASE_LINES + 3}"]),
    "long name": ("[service.aaaaaaaaaaaaaaaaaaaaaaaa]\npriority = 9\n", 1, ["fewer"]),
    "no threads": ("[service.a]\npriority = 9\n[service.a.quota]\nthreads = 0\n", 4, ["thread"]),
    "device key": ("[service.a]\npriority = 9\ndevices = [{ path = '/x', optinal = true }]\n", 3,
                   ["'optinal'", "'optional'"]),
    "service is no table": ("[service]\na = 1\n", 2, ["[service.a]"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_manifest_error_names_line_and_parties(name):
    text, line, words = WRONG[name]
    errors = errors_of(text)
    assert len(errors) == 1, errors
    assert errors[0].startswith(f"m.toml:{BASE_LINES + line}: "), errors
    for word in words:
        assert word in errors[0]


def test_manifest_quota_sum_above_the_pool_names_the_largest():
    errors = errors_of("[service.a]\npriority = 9\nquota = { threads = 30 }\n"
                       "[service.b]\npriority = 9\nquota = { threads = 20 }\n")
    assert errors == [f"m.toml:4: pool of threads: 40 there, 51 promised: procmgr 1, a 30 (line "
                      f"{BASE_LINES + 3}), b 20 (line {BASE_LINES + 6})"]


def test_manifest_too_many_processes():
    errors = errors_of("[service.a]\npriority = 9\nprocesses = 7\n")
    assert len(errors) == 1 and "pool of processes: 8 there, 9 promised" in errors[0]


def test_manifest_missing_program_is_told_with_a_guess():
    errors = errors_of("[service.a]\npriority = 9\nprogram = 'devc-ns1655'\n",
                       programs=["devc-ns16550", "esh"])
    assert errors == [f"m.toml:{BASE_LINES + 3}: service a: the image has no program "
                      "'devc-ns1655'; did you mean 'devc-ns16550'?"]


def test_manifest_several_errors_come_in_order_of_lines():
    errors = errors_of("[service.a]\npriority = 0\nfoo = 1\nmemory = 'x'\n")
    lines = [int(e.split(":")[1]) for e in errors]
    assert lines == [BASE_LINES + 2, BASE_LINES + 3, BASE_LINES + 4]


@pytest.mark.parametrize("text, line", [("[service.a\n", 1), ("a = \n", 1), ("x = 1\nx = 2\n", 2),
                                        ("[service.a]\ns = '''\n", 2)])
def test_manifest_syntax_error_has_a_line(text, line):
    with pytest.raises(manifest.ManifestErrors) as caught:
        manifest.parse(text, "m.toml", FACTS)
    assert re.match(rf"m\.toml:{line}|m\.toml:{line + 1}", caught.value.lines[0])


def test_manifest_missing_pools_are_all_told():
    errors = errors_of("", base="[service.a]\npriority = 1\n")
    assert len([e for e in errors if "is missing" in e]) == len(FACTS.pools) + len(FACTS.quotas)


def test_manifest_not_utf8(tmp_path):
    path = tmp_path / "m.toml"
    path.write_bytes(b"name = 'x'\n# \xff\n")
    with pytest.raises(manifest.ManifestErrors) as caught:
        manifest.compile_file(str(path))
    assert caught.value.lines == [f"{path}:2: not UTF-8"]


READER = r"""
#include <skink/manifest.h>
#include <stdio.h>
#include <stdlib.h>

static void
strings(const struct skink_manifest *m, const char *what, struct skink_array a)
{
	const uint32_t *s = (const uint32_t *)((const char *)m + a.offset);

	printf("%s:", what);
	for (uint32_t i = 0; i < a.count; i++)
		printf(" %s", skink_manifest_string(m, s[i]));
	printf("\n");
}

int
main(void)
{
	static _Alignas(8) char buffer[65536];
	size_t n = fread(buffer, 1, sizeof(buffer), stdin);
	const struct skink_manifest *m = (const struct skink_manifest *)buffer;
	const struct skink_service *s = skink_manifest_services(m);

	if (m->magic != SKINK_MANIFEST_MAGIC || m->version != SKINK_MANIFEST_VERSION ||
	    m->size_bytes != n)
		return 1;
	printf("%s %u %u %u %llu\n", skink_manifest_string(m, m->name),
	    m->pools[SKINK_POOL_PROCESS], m->pools[SKINK_POOL_COIDS],
	    m->procmgr_quota[SKINK_POOL_CONNECTION], (unsigned long long)m->rr_slice_ns);
	for (uint32_t i = 0; i < m->services.count; i++, s++) {
		const char *in = skink_manifest_string(m, s->stdio[0]);

		printf("%s %s %d %d %d %llx %llx %llx %llu %llu %llu\n",
		    skink_manifest_string(m, s->name), skink_manifest_string(m, s->program),
		    s->priority, s->priority_max, s->policy,
		    (unsigned long long)s->abilities, (unsigned long long)s->peers,
		    (unsigned long long)s->after, (unsigned long long)s->memory_bytes,
		    (unsigned long long)s->stack_bytes, (unsigned long long)s->keep_bytes);
		strings(m, "args", s->args);
		strings(m, "env", s->env);
		strings(m, "paths", s->paths);
		const struct skink_device *d =
		    (const struct skink_device *)((const char *)m + s->devices.offset);
		for (uint32_t k = 0; k < s->devices.count; k++)
			printf("device %s %u\n", skink_manifest_string(m, d[k].path), d[k].flags);
		printf("%s %x %u %u %u %u\n", in ? in : "-", s->flags,
		    s->quota[SKINK_POOL_THREAD], s->quota[SKINK_POOL_EVENT],
		    s->processes, s->deaths_max);
		printf("%u %llu %llu %llu %u %u %u %llu %llu\n", s->restart,
		    (unsigned long long)s->delay_ns, (unsigned long long)s->delay_max_ns,
		    (unsigned long long)s->window_ns, s->backoff_percent, s->limit, s->cold_after,
		    (unsigned long long)s->heartbeat_ns, (unsigned long long)s->start_limit_ns);
	}
	return 0;
}
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")
def test_manifest_compiled_is_read_by_c(tmp_path):
    text = """
[service.uart]
program = "devc"
args = ["-x", ""]
env = { A = "1", B = "" }
priority = 21
policy = "fifo"
memory = "2M"
stack = "8K"
keep = "64K"
devices = ["/soc/u@1", { path = "/soc/v@2", optional = true, interrupts = false }]
paths = ["/dev/u", "/dev/v"]
peers = ["shell"]
abilities = ["kill"]
quota = { threads = 3, events = 9 }
deaths_max = 4
restart = "on-failure"
restart_delay = "1.5ms"
restart_delay_max = "2s"
restart_backoff = 1.5
restart_window = "1min"
restart_limit = 7
cold_after = 3
heartbeat = "20us"
start_limit = 0
critical = true
[service.shell]
priority = 10
priority_max = 60
session = true
after = ["uart"]
processes = 3
stdio = ["/dev/u", "/dev/u", "/dev/u"]
"""
    data = manifest.pack(compile_text(text), FACTS)
    (tmp_path / "r.c").write_text(READER)
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined",
                    f"-I{CONFIG}/include", f"-I{TOP}/nucleus/include", "-o", tmp_path / "r",
                    tmp_path / "r.c"], check=True)
    out = subprocess.run([tmp_path / "r"], input=data, capture_output=True, check=True).stdout
    abilities = FACTS.abilities
    uart = sum(1 << abilities[a] for a in ("kill", "io", "interrupt", "paths", "keep"))
    assert out.decode() == f"""test 8 10 20 4000000
uart devc 21 21 1 {uart:x} 4 0 2097152 8192 65536
args: devc -x{" "}
env: A=1 B=
paths: /dev/u /dev/v
device /soc/u@1 2
device /soc/v@2 1
- 1 3 9 0 4
1 1500000 2000000000 60000000000 150 7 3 20000 0
shell shell 10 60 2 0 0 2 1048576 16384 0
args: shell
env:
paths:
/dev/u 2 2 8 3 2
2 0 5000000000 60000000000 200 10 5 0 5000000000
"""


@pytest.mark.parametrize("path", sorted(glob.glob(os.path.join(CONFIG, "*.toml"))))
def test_manifest_of_every_board_compiles(path):
    assert len(manifest.compile_file(path)) > 0


def test_manifest_twice_is_the_same():
    text = "[service.a]\npriority = 9\npaths = ['/a']\n[service.b]\npriority = 9\npeers = ['a']\n"
    one = manifest.pack(compile_text(text), FACTS)
    assert one == manifest.pack(compile_text(text), FACTS)
    assert struct.unpack_from("<I", one, 8)[0] == len(one)


def test_main_writes_or_tells(tmp_path, capsys):
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(BASE + "[service.a]\npriority = 9\n")
    bad.write_text(BASE + "[service.a]\npriority = 999\n")
    out = tmp_path / "out"
    assert manifest.main(["-o", str(out), str(bad)]) == 1
    assert not out.exists()
    assert capsys.readouterr().err.startswith(f"{bad}:{BASE_LINES + 2}: ")
    assert manifest.main(["-o", str(out), str(good)]) == 0
    assert out.stat().st_size > 0
