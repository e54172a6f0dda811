#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""symbols.py - writes the image's `.symbols`: the functions of its programs, in few bytes. The
format is procmgr/symbols.h's. Reads ELF files; knows nothing of the image.

    symbols.py -o FILE PROGRAM...
"""

import argparse
import os
import struct
import sys

MAGIC = 0x59534B53
VERSION = 1
STT_FUNC = 2
SHT_SYMTAB = 2
SHF_EXECINSTR = 4


class NotElf(Exception):
    pass


def functions(path):
    """[(address, name)] by address, one name for each address; and the end of the text."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:6] != b"\x7fELF\x02\x01":
        raise NotElf(f"{path} is no 64-bit little-endian ELF file")
    shoff, = struct.unpack_from("<Q", data, 40)
    shentsize, shnum = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * shentsize)
                for i in range(shnum)]
    end = max((s[3] + s[5] for s in sections if s[2] & SHF_EXECINSTR), default=0)
    found = {}
    for s in sections:
        if s[1] != SHT_SYMTAB:
            continue
        strings = sections[s[6]][4]
        for at in range(s[4], s[4] + s[5], 24):
            name, info, _, index, value, _ = struct.unpack_from("<IBBHQQ", data, at)
            if info & 15 != STT_FUNC or index == 0:
                continue
            text = data[strings + name:data.index(b"\0", strings + name)]
            # A global name is better than a local one; of equals the first by spelling.
            key = (info >> 4 == 0, text)
            if value not in found or key < found[value]:
                found[value] = key
    return sorted((a, k[1]) for a, k in found.items()), end


def leb128(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def build(programs):
    """`programs`: {name: (functions, end)}."""
    uses = {}
    for symbols, _ in programs.values():
        for _, name in symbols:
            uses[name] = uses.get(name, 0) + 1
    # The most used names get the smallest numbers.
    names = sorted(uses, key=lambda n: (-uses[n], n))
    number = {n: i for i, n in enumerate(names)}
    head = struct.pack("<IIII", MAGIC, VERSION, len(programs), len(names))
    table_size = len(head) + 16 * len(programs) + 4 * len(names)
    body = bytearray()

    def add(data):
        at = table_size + len(body)
        body.extend(data)
        return at

    entries = b""
    for program in sorted(programs, key=str.encode):
        symbols, end = programs[program]
        at = add(program.encode() + b"\0")
        stream, last = b"", 0
        for address, name in symbols:
            stream += leb128(address - last) + leb128(number[name])
            last = address
        entries += struct.pack("<IIII", at, add(stream), len(symbols), end)
    offsets = b"".join(struct.pack("<I", add(n + b"\0")) for n in names)
    return head + entries + offsets + bytes(body)


def main(argv):
    parser = argparse.ArgumentParser(description="Collect the image's symbols.")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args(argv)
    try:
        programs = {os.path.basename(p): functions(p) for p in args.programs}
        with open(args.output, "wb") as f:
            f.write(build(programs))
    except (NotElf, OSError) as e:
        print(f"symbols: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
