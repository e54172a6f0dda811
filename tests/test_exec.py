# SPDX-License-Identifier: Apache-2.0
"""The promises of vm about a real boot: statuses, exact output, runs that repeat."""

import os
import shutil
import subprocess

import pytest
import vm as vm_module


@pytest.mark.parametrize("command, status", [("true", 0), ("false", 1), ("exit 42", 42),
                                             ("no-such-program", 127)])
def test_exec_status_is_the_commands(vm, command, status):
    result = vm.run(command)
    assert result.status == status, result


def test_exec_output_has_plain_line_ends_and_nothing_else(vm):
    result = vm.check("echo one; echo two")
    assert result.raw == b"one\ntwo\n", result


def test_exec_output_without_a_last_newline(vm):
    assert vm.check("echo -n abc").raw == b"abc"


def test_two_runs_in_virtual_time_are_the_same(vm):
    command = "uname -a; pidin; ls /proc/boot | wc -l; date"
    one, two = vm.check(command), vm.check(command)
    assert one.raw == two.raw
    assert one.log == two.log


def test_exec_in_real_time(vm):
    assert vm.check("echo a", icount=False).out == "a\n"


def test_exec_least_memory(vm):
    assert vm.run("true", mem=16).status == 0


def test_extra_file_is_found(vm):
    result = vm.check("cat /proc/boot/words; esh /proc/boot/script",
                      files={"words": "some\n", "script": "echo ran\n"})
    assert result.out == "some\nran\n", result


def test_exec_time_out_is_124(vm):
    result = vm.run("echo before; sleep 1000", icount=False, timeout=5)
    assert result.status == 124, result
    assert result.out == "before\n"


def test_two_harts_are_not_there_yet_and_said_so(vm):
    result = vm.run("true", smp=2)
    assert "not there yet" in result.log + result.err, result


@pytest.mark.parametrize("damage", ["a bit", "the end", "all"])
def test_damaged_image_is_one_line_and_a_stop(tmp_path, damage):
    for name in ("startup.elf", "skink.img"):
        shutil.copy(os.path.join(vm_module.BUILD, name), tmp_path)
    image = bytearray((tmp_path / "skink.img").read_bytes())
    if damage == "a bit":
        image[len(image) // 2] ^= 0x10
    elif damage == "the end":
        del image[len(image) // 2 :]
    else:
        image[:] = b"not an image\n"
    (tmp_path / "skink.img").write_bytes(image)
    done = subprocess.run([vm_module.VM, "run"], env={**os.environ, "SKINK_BUILD": str(tmp_path)},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.returncode != 0
    said = [line for line in done.stdout.decode(errors="replace").split("\n") if "image" in line]
    assert said, done.stdout


@pytest.mark.parametrize("script", ["f() { f; }; f", "f() { if true; then x=$((1+1)); f; fi; }; f",
                                    "echo " + "$(" * 300 + "true" + ")" * 300])
def test_shell_refuses_what_nests_deeper_than_its_stack(vm, script):
    result = vm.run("esh /proc/boot/script; echo status $?", files={"script": script + "\n"})
    assert result.lines[-1] == "status 2", result
    assert "too deeply" in result.out + result.log, result
