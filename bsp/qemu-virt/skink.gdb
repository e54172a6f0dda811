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


def names_of(enum, prefix):
    """The enumerators of a nucleus enum, by value, without their prefix."""
    return {f.enumval: f.name.removeprefix(prefix) for f in gdb.lookup_type("enum " + enum).fields()}


def pool(kind):
    """The living objects of a pool: kind is thread, channel, ..."""
    number = next(v for v, n in names_of("skink_pool", "SKINK_POOL_").items() if n == kind.upper())
    p = gdb.parse_and_eval("'pool.c'::pools")[number]
    pointer = gdb.lookup_type("struct " + kind).pointer()
    for index in range(int(p["total"])):
        o = gdb.Value(int(p["base"]) + index * int(p["size"])).cast(pointer)
        if int(o["object"]["id"]) != 0:
            yield o


def text(chars):
    return chars.string(errors="replace", length=24).split("\0")[0]


def label(thread):
    """A thread as a person reads it: program.ordinal; - for none."""
    if int(thread) == 0:
        return "-"
    return f"{text(thread['process']['attr']['name'])}.{int(thread['ordinal'])}"


def heap_nodes(node):
    if int(node) != 0:
        yield node
        yield from heap_nodes(node["left"])
        yield from heap_nodes(node["right"])


def container(node, kind, field):
    """The object that a queue's node is embedded in."""
    target = gdb.lookup_type("struct " + kind)
    offset = next(f.bitpos // 8 for f in target.fields() if f.name == field)
    return gdb.Value(int(node) - offset).cast(target.pointer())


def list_length(head):
    count, at = 0, head["next"]
    while int(at) != int(head.address):
        count, at = count + 1, at["next"]
    return count


def waits_for(t):
    """The thread that `t` waits for, or None."""
    state = names_of("skink_state", "SKINK_STATE_")[int(t["state"])]
    other = t["server"] if state in ("REPLY", "COPY") else None
    if state in ("MUTEX", "JOIN") and int(t["sync"]) != 0:
        other = t["sync"]["owner"]
    return other if other is not None and int(other) != 0 else None


class SkinkThreads(gdb.Command):
    """skink threads: every thread, its state and priorities, and what it waits for."""

    def __init__(self):
        super().__init__("skink threads", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        states = names_of("skink_state", "SKINK_STATE_")
        print(f"{'tid':>10} {'thread':24} {'state':10} own eff  {'pc':18} waits for")
        for t in pool("thread"):
            state = states[int(t["state"])]
            other = waits_for(t)
            where = label(other) if other is not None else ""
            channel = t["channel"]
            if state in ("SEND", "REPLY", "COPY", "RECEIVE") and int(channel) != 0:
                owner = channel["owner"]
                whose = text(owner["attr"]["name"]) if int(owner) != 0 else "parked"
                where += f" channel {int(channel['object']['id'])} of {whose}"
            pc = int(t["regs"]["pc"]) if any(f.name == "pc" for f in t["regs"].type.fields()) else 0
            print(f"{int(t['object']['id']):10} {label(t):24} {state:10} {int(t['priority']):3} "
                  f"{int(t['effective']):3}  {pc:#018x} {where.strip()}")


class SkinkWaits(gdb.Command):
    """skink waits: who waits for whom, as chains that end with one who does not wait."""

    def __init__(self):
        super().__init__("skink waits", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        awaited = {int(o) for t in pool("thread") if (o := waits_for(t)) is not None}
        for t in pool("thread"):
            if waits_for(t) is None or int(t) in awaited:
                continue
            chain, seen = [label(t)], {int(t)}
            while (t := waits_for(t)) is not None:
                chain.append(label(t))
                if int(t) in seen:
                    chain.append("DEADLOCK")
                    break
                seen.add(int(t))
            print(" -> ".join(chain))


class SkinkChannels(gdb.Command):
    """skink channels: every channel, whose it is, what is queued, who receives."""

    def __init__(self):
        super().__init__("skink channels", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for c in pool("channel"):
            owner = text(c["owner"]["attr"]["name"]) if int(c["owner"]) != 0 else "parked"
            queue = []
            for node in heap_nodes(c["queue"]["root"]):
                queue.append("pulse" if int(node["kind"]) else label(container(node, "thread", "wait")))
            print(f"{int(c['object']['id']):10} {owner:20} flags {int(c['flags']):#06x} "
                  f"receivers {list_length(c['receivers'])} unanswered {list_length(c['clients'])} "
                  f"queue: {' '.join(queue) or '-'}")


class SkinkReady(gdb.Command):
    """skink ready: the run queues, highest priority first."""

    def __init__(self):
        super().__init__("skink ready", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        hart = gdb.parse_and_eval("hart0")
        print("running: " + label(hart["current"]))
        for priority in range(255, -1, -1):
            head = hart["ready"][priority]
            at, names = head["next"], []
            while int(at) not in (0, int(head.address)):
                names.append(label(container(at, "thread", "ready_link")))
                at = at["next"]
            if names:
                print(f"{priority:3}: " + " ".join(names))


class SkinkPools(gdb.Command):
    """skink pools: how full each pool of nucleus objects is."""

    def __init__(self):
        super().__init__("skink pools", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        pools = gdb.parse_and_eval("'pool.c'::pools")
        for number, name in names_of("skink_pool", "SKINK_POOL_").items():
            if name != "COUNT":
                p = pools[number]
                print(f"{name.lower():12} {int(p['used']):5} of {int(p['total']):5}, "
                      f"at most {int(p['peak'])}")


for command in (Skink, SkinkProgram, SkinkThreads, SkinkWaits, SkinkChannels, SkinkReady, SkinkPools):
    command()
end
python gdb.execute("target remote 127.0.0.1:" + os.environ.get("SKINK_PORT", "1234"))
