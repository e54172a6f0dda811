# SPDX-License-Identifier: Apache-2.0
"""The SDK: a program from outside the tree, by each way that the SDK offers."""

import os
import shutil
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = """#include <math.h>
#include <stdio.h>
#include <sys/neutrino.h>

int
main(int argc, char **argv)
{
	printf("%s %d %.3f\\n", argv[1], argc, sqrt(2.0 * argc));
	return 5;
}
"""


@pytest.fixture(scope="module")
def sdk(vm, tmp_path_factory):
    """The SDK, moved away from where it was made, and a folder with a program's source."""
    subprocess.run(["make", "sdk", f"O={os.path.relpath(vm.BUILD, TOP)}"], cwd=TOP, check=True,
                   capture_output=True)
    folder = tmp_path_factory.mktemp("sdk")
    shutil.move(os.path.join(vm.BUILD, "sdk"), folder / "moved")
    (folder / "hello.c").write_text(SOURCE)
    return folder / "moved", folder


def test_sdk_compiler_makes_a_program_that_runs(vm, sdk):
    tools, folder = sdk
    program = folder / "hello"
    subprocess.run([tools / "bin/skink-cc", "-O2", "-Wall", "-Werror", "-o", program,
                    folder / "hello.c", "-lm"], check=True)
    result = vm.run("hello world", programs=[str(program)])
    assert (result.out, result.status) == ("world 2 2.000\n", 5), result


def test_sdk_compiler_compiles_and_links_apart(sdk):
    tools, folder = sdk
    compiler = tools / "bin/skink-cc"
    subprocess.run([compiler, "-c", "-o", folder / "h.o", folder / "hello.c"], check=True)
    subprocess.run([compiler, "-o", folder / "h", folder / "h.o"], check=True)
    assert (folder / "h").read_bytes()[:4] == b"\x7fELF"


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="pkg-config is not installed")
def test_sdk_pkg_config_links(sdk):
    tools, folder = sdk
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "skink"], check=True,
                           env={**os.environ, "PKG_CONFIG_PATH": str(tools / "lib/pkgconfig")},
                           capture_output=True, text=True).stdout.split()
    subprocess.run(["riscv64-unknown-elf-gcc", "-o", folder / "p", folder / "hello.c", *flags],
                   check=True)


@pytest.mark.skipif(not shutil.which("cmake"), reason="cmake is not installed")
def test_sdk_cmake_builds(sdk):
    tools, folder = sdk
    (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.13)\n"
                                           "project(hello C)\nadd_executable(hi hello.c)\n")
    subprocess.run(["cmake", "-S", folder, "-B", folder / "b",
                    f"-DCMAKE_TOOLCHAIN_FILE={tools}/cmake/skink.cmake"], check=True)
    subprocess.run(["cmake", "--build", folder / "b"], check=True)
    assert (folder / "b/hi").exists()
