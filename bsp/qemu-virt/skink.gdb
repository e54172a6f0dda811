# SPDX-License-Identifier: Apache-2.0
# skink.gdb - what gdb knows of this system: symbols, and commands about threads and queues.
# `help skink` lists the commands.
set pagination off
set confirm off
set architecture riscv:rv64
set print pretty on
python
import os
import gdb

BUILD = os.path.abspath(os.environ.get("SKINK_BUILD", "build"))
gdb.execute("file " + os.path.join(BUILD, "nucleus.elf"))
loaded = []


class Skink(gdb.Command):
    """Commands for Skink; `help skink` lists them."""

    def __init__(self):
        super().__init__("skink", gdb.COMMAND_USER, prefix=True)


class SkinkProgram(gdb.Command):
    """skink program NAME: symbols of a program, in place of the last one's: all programs have
    the same addresses, so only one's symbols are right at a time."""

    def __init__(self):
        super().__init__("skink program", gdb.COMMAND_FILES)

    def complete(self, text, word):
        names = os.listdir(os.path.join(BUILD, "bin"))
        return [n for n in names if n.startswith(word) and not n.endswith(".map")]

    def invoke(self, argument, from_tty):
        path = os.path.join(BUILD, "bin", argument.strip())
        if not os.path.isfile(path):
            path = os.path.join(BUILD, "test-bin", argument.strip())
        if not os.path.isfile(path):
            raise gdb.GdbError(f"no program {argument.strip()!r} is built")
        while loaded:
            gdb.execute("remove-symbol-file " + loaded.pop(), to_string=True)
        gdb.execute("add-symbol-file " + path, to_string=True)
        loaded.append(path)


Skink()
SkinkProgram()
end
python gdb.execute("target remote 127.0.0.1:" + os.environ.get("SKINK_PORT", "1234"))
