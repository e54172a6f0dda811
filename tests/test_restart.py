# SPDX-License-Identifier: Apache-2.0
"""test_restart.py - what the system promises about restarts, on the booted system: killed, hung and
crash-looping services, ham's own death, and the two kill campaigns of tests/target/r-kill*.c."""

import re

import pytest
from manifests import board, change, larger

ESTALE = 133
ESRCH = 3
ESRVRFAULT = 2000
RESTARTABLE = ["devc-ns16550", "slogger", "rtc", "reset", "pipe", "tmpfs"]

COUNTER = """
[service.r-counter]
priority = 15
memory = "512K"
keep = "16K"
paths = ["/dev/counter"]
heartbeat = "20ms"
"""
PATIENT = {"restart_limit": "0", "cold_after": "0"}


@pytest.fixture
def manifest(tmp_path):
    """manifest(services, changes): a file with the board's manifest plus services."""
    def make(services=COUNTER, changes=None):
        text = larger(board()) + services
        for service, keys in (changes or {}).items():
            text = change(text, f"service.{service}", keys)
        path = tmp_path / "manifest.toml"
        path.write_text(text)
        return path

    return make


def services_of(result):
    """{name: {column: word}} of the last `pidin services` table in a command's output."""
    found = {}
    columns = None
    for line in result.lines:
        words = line.split()
        if words[:3] == ["no", "name", "STATE"]:
            columns, found = words, {}
        elif columns and len(words) == len(columns) and words[0].isdigit():
            found[words[1]] = dict(zip(columns, words))
    assert found, result
    return found


def deaths_of(result, name):
    """The lines of `pidin deaths` about a process, as lists of words."""
    return [w for w in (line.split() for line in result.lines)
            if len(w) == 9 and w[0].isdigit() and w[3] == name]


@pytest.mark.parametrize("name", RESTARTABLE)
def test_service_comes_back_when_killed(vm, name):
    result = vm.check(f"slay -Qs KILL {name}; echo slain $?; sleep 0.3;"
                      " echo text > /tmp/file; cat /tmp/file | cat; pidin services; pidin deaths")
    assert result.lines[0] == "slain 1", result
    assert result.lines[1] == "text", result
    service = services_of(result)[name]
    assert service["STATE"] == "RUNNING" and service["restarts"] == "1", result
    assert deaths_of(result, name)[0][4] == "signal=9", result


def test_client_notices_nothing_when_server_killed_under_it(vm, manifest):
    result = vm.check("r-count times 200 1 & inject kill --repeat 8 --every 10000 r-counter; wait;"
                      " r-count get; pidin services", programs=["r-count", "r-counter"],
                      manifest=manifest(change(COUNTER, "service.r-counter", PATIENT)))
    assert "times: 200" in result.lines and "get: 200" in result.lines, result
    assert services_of(result)["r-counter"]["restarts"] == "8", result


def test_crash_loop_backs_off_then_starts_cold_then_is_given_up(vm, manifest):
    crashing = """
[service.r-crash]
args = ["1", "fault"]
priority = 15
restart_delay = "2ms"
restart_delay_max = "20ms"
restart_limit = 6
cold_after = 4
"""
    result = vm.check("sleep 1; pidin services", programs=["r-crash"], manifest=manifest(crashing))
    service = services_of(result)["r-crash"]
    assert service["STATE"] == "GIVEN_UP", result
    assert (service["restarts"], service["colds"], service["deaths"]) == ("6", "3", "7"), result
    assert service["last"] == "fault=STORE", result
    delays = [int(n) for n in re.findall(r"r-crash ended: .*; \w+ start in (\d+) ms", result.log)]
    assert delays == [2, 4, 8, 16, 20, 20], result
    assert len(re.findall(r"gave up r-crash after 6 restarts", result.log)) == 1, result


def test_service_ends_when_policy_allows(vm, manifest):
    services = "".join(f"""
[service.r-end-{policy}]
program = "r-crash"
args = ["1", "{status}"]
priority = 15
restart = "{policy}"
restart_limit = 2
cold_after = 0
""" for policy, status in (("on-failure", 0), ("never", 3), ("always", 0)))
    result = vm.check("sleep 0.5; pidin services", programs=["r-crash"],
                      manifest=manifest(services))
    found = services_of(result)
    assert found["r-end-on-failure"]["STATE"] == "ENDED", result
    assert found["r-end-never"]["STATE"] == "GIVEN_UP", result
    assert found["r-end-always"]["STATE"] == "GIVEN_UP", result
    assert found["r-end-always"]["restarts"] == "2", result


def test_services_start_in_order_when_they_depend(vm, manifest):
    services = """
[service.r-last]
program = "r-crash"
args = ["1000000"]
priority = 15
after = ["r-middle"]

[service.r-middle]
program = "r-counter"
priority = 15
memory = "512K"
keep = "16K"
paths = ["/dev/counter"]
after = ["tmpfs", "r-broken"]

[service.r-broken]
program = "r-crash"
args = ["20", "1"]
priority = 15
restart = "never"
start_limit = 0
"""
    result = vm.check("sleep 0.2; pidin services", programs=["r-crash", "r-counter"],
                      manifest=manifest(services))
    found = services_of(result)
    assert found["r-broken"]["STATE"] == "GIVEN_UP", result
    up = {name: float(found[name]["up"]) for name in ("tmpfs", "r-middle", "r-last")}
    assert up["tmpfs"] > up["r-middle"] > up["r-last"], result


def test_hung_server_is_found_and_restarted(vm, manifest):
    result = vm.check("r-count add; inject hang r-counter; r-count add add; pidin services;"
                      " pidin deaths", programs=["r-count", "r-counter"], manifest=manifest())
    assert re.findall(r"^add: (\d)$", result.out, re.M) == ["1", "2", "3"], result
    assert services_of(result)["r-counter"]["restarts"] == "1", result
    assert re.search(r"r-counter\[\d+\] is hung: killed", result.log), result
    assert deaths_of(result, "r-counter")[0][4] == "signal=9", result


def test_request_that_hangs_its_server_is_refused_at_last(vm, manifest):
    result = vm.check("r-count loop get", programs=["r-count", "r-counter"], manifest=manifest())
    assert result.lines == [f"loop: error {ESRVRFAULT}", "get: 0"], result
    assert len(re.findall(r"r-counter\[\d+\] is hung: killed", result.log)) == 2, result


def test_request_that_kills_its_server_is_refused_while_others_go_on(vm, manifest):
    result = vm.check("r-count times 100 1 & sleep 0.02; r-count crash get; wait; r-count get",
                      programs=["r-count", "r-counter"], manifest=manifest())
    assert f"crash: error {ESRVRFAULT}" in result.lines, result
    assert "times: 100" in result.lines and result.lines[-1] == "get: 100", result


def test_clients_get_estale_when_server_starts_cold(vm, manifest):
    result = vm.check("r-count add crash add; r-count get",
                      programs=["r-count", "r-counter"],
                      manifest=manifest(COUNTER + "cold_after = 1\n"))
    assert result.lines == ["add: 1", f"crash: error {ESTALE}", f"add: error {ESTALE}", "get: 0"]


PARKED = """
[service.r-parked]
args = ["serve", "/tmp/parked"]
priority = 15
abilities = ["connect-any"]
"""


@pytest.mark.parametrize("policy, answers", [
    ('restart = "never"\n', [f"error {ESRCH}", f"error {ESRCH}"]),
    ("cold_after = 1\n", [f"error {ESTALE}", "status 42"])], ids=["given-up", "cold"])
def test_waiters_are_failed_where_the_channel_has_no_path(vm, manifest, policy, answers):
    result = vm.check("sleep 0.1; r-parked send /tmp/parked; pidin nucleus", programs=["r-parked"],
                      manifest=manifest(PARKED + 'after = ["tmpfs"]\n' + policy))
    assert result.lines[:2] == answers, result


def test_fault_is_told_in_one_line_and_kept(vm, manifest):
    result = vm.check("r-count add crash; pidin deaths; pidin deaths r-counter",
                      programs=["r-count", "r-counter"], manifest=manifest())
    lines = re.findall(r"r-counter\[\d+\] fault: store at 0x20 pc 0x[0-9a-f]+ in \S+", result.log)
    assert len(lines) == 2, result
    first = deaths_of(result, "r-counter")[0]
    assert first[4] == "fault=STORE" and first[6] == "0x20", result
    assert re.search(r"^  x1  0x[0-9a-f]{16}", result.out, re.M), result


def test_services_go_on_when_ham_killed(vm):
    result = vm.check("pidin services; slay -Qs KILL ham; sleep 0.1; pidin services;"
                      " slay -Qs KILL tmpfs; echo text > /tmp/file; cat /tmp/file; pidin services")
    tables = result.out.split(" no name")[1:]
    assert len(tables) == 3, result

    def pids(table):
        return {w[1]: w[3] for w in map(str.split, table.split("\n")) if len(w) > 9}

    before, between, after = map(pids, tables)
    assert before.pop("ham") != between.pop("ham"), result
    assert before == between, result
    assert after["tmpfs"] != before["tmpfs"], result
    assert services_of(result)["tmpfs"]["restarts"] == "1", result
    assert "text" in result.lines, result


def test_services_are_still_watched_when_ham_hung(vm, manifest):
    """It loops above everybody: only procmgr can end that."""
    result = vm.check("for i in 1 2 3; do inject hang ham > /dev/null; sleep 0.1;"
                      " echo $i > /tmp/file; inject kill tmpfs > /dev/null; cat /tmp/file; done;"
                      " sleep 1; pidin services; pidin deaths",
                      manifest=manifest("", {"ham": {**PATIENT, "heartbeat": '"50ms"'}}))
    assert result.lines[:3] == ["1", "2", "3"], result
    found = services_of(result)
    assert found["ham"]["restarts"] == "3" and found["tmpfs"]["restarts"] == "3", result
    assert [w[4] for w in deaths_of(result, "ham")] == ["signal=9"] * 3, result
    assert len(re.findall(r"service ham\[\d+\] is hung: killed", result.log)) == 3, result


def test_ham_is_not_hung_when_it_has_nothing_to_do_or_is_not_let(vm, manifest):
    """A hog above ham for longer than several of its heartbeats, then long idleness."""
    hog = "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done"
    result = vm.check(f"on -p 250f esh -c '{hog}'; sleep 2; pidin services",
                      manifest=manifest("", {"esh": {"priority_max": "254"},
                                             "ham": {"heartbeat": '"20ms"'}}))
    assert services_of(result)["ham"]["restarts"] == "0", result


def test_death_is_found_when_ham_is_dead_too(vm, manifest):
    result = vm.check("for i in 1 2 3 4 5; do slay -Qs KILL ham tmpfs; sleep 0.1;"
                      " echo $i > /tmp/file; cat /tmp/file; done; pidin services",
                      manifest=manifest("", {"ham": PATIENT, "tmpfs": PATIENT}))
    assert result.lines[:5] == list("12345"), result
    found = services_of(result)
    assert found["tmpfs"]["STATE"] == "RUNNING" and found["tmpfs"]["restarts"] == "5", result
    assert found["ham"]["restarts"] == "5", result


def test_operator_stops_starts_and_restarts(vm, manifest):
    result = vm.check("service restart r-counter && r-count add; service stop r-counter; sleep 0.1;"
                      " r-count get; service start r-counter; sleep 0.1; r-count get;"
                      " service stop nobody; echo $?; pidin services",
                      programs=["r-count", "r-counter"], manifest=manifest())
    assert result.lines[0] == "add: 1", result
    assert result.lines[1].startswith("open: error"), result
    assert result.lines[2] == "get: 0", result
    assert "1" in result.lines, result
    assert services_of(result)["r-counter"]["restarts"] == "0", result


@pytest.mark.parametrize("server", ["r-counter", "ham", *RESTARTABLE])
def test_request_is_answered_when_server_killed_at_every_point(vm, manifest, server):
    changes = {name: PATIENT for name in [*RESTARTABLE, "ham"]}
    changes["esh"] = {"priority_max": "220"}
    command = (f"r-killpoints {server}; echo begin; for kind in $(r-killpoints {server});"
               f" do r-killpoints {server} $kind 100 || exit 1; done")
    result = vm.check(command, programs=["r-killpoints", "r-counter"], timeout=600,
                      manifest=manifest(change(COUNTER, "service.r-counter", PATIENT), changes))
    kinds = result.lines[:result.lines.index("begin")]
    assert kinds and kinds == re.findall(rf"{server} (\S+): points=\d+ .* ok$", result.out, re.M)


def test_clients_are_right_when_servers_killed_at_any_moment(vm, manifest, seed, turn):
    kills = 1000
    keys = {**PATIENT, "deaths_max": "100", "heartbeat": '"20ms"'}
    changes = {name: keys for name in ("tmpfs", "pipe", "devc-ns16550")}
    result = vm.check(f"r-killrandom {kills} {seed + turn}", timeout=900,
                      programs=["r-killrandom", "r-counter"],
                      manifest=manifest(change(COUNTER, "service.r-counter", keys), changes))
    assert f"kills={kills}" in result.out, result
