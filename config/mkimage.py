#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mkimage.py - builds the boot image. Owns the archive's layout, which
config/include/skink/image.h describes; knows nothing of what the files mean.

    mkimage.py -o IMAGE [--extra DIR] [--command FILE] FILE...

Each FILE goes in by its plain name. --extra adds the files of a folder (one with the same name
takes the place of a FILE); --command adds a file as `.command`.
"""

import argparse
import itertools
import os
import struct
import sys

PAGE = 4096
MAGIC = 0x474D4B53
VERSION = 1
HEAD = struct.Struct("<IIQQQ")
HEAD_OFFSET = 120
BODY = HEAD_OFFSET + HEAD.size
HEADER_BYTES = 110
NAME_MAX = 255


class ImageError(Exception):
    pass


def round_up(n, unit):
    return -(-n // unit) * unit


def entry(offset, index, name, data, mode, align):
    """One archive entry that starts at `offset`; its data at a multiple of `align`."""
    name_bytes = name.encode() + b"\0"
    data_at = round_up(offset + HEADER_BYTES + len(name_bytes), align)
    name_bytes = name_bytes.ljust(data_at - offset - HEADER_BYTES, b"\0")
    fields = (index, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name_bytes), 0)
    header = b"070701" + b"".join(b"%08x" % f for f in fields)
    return header + name_bytes + data.ljust(round_up(len(data), 4), b"\0")


def sums(body):
    """See skink_image_sum() in image.h."""
    words = struct.unpack(f"<{len(body) // 8}Q", body)
    running = list(itertools.accumulate(words))
    mask = (1 << 64) - 1
    return (running[-1] & mask, sum(running) & mask)


def build(files):
    """The image of `files`, a dict from name to (data, is a program)."""
    parts = []
    offset = BODY
    for index, name in enumerate(sorted(files, key=str.encode), start=2):
        data, executable = files[name]
        mode = 0o100555 if executable else 0o100444
        parts.append(entry(offset, index, name, data, mode, PAGE))
        offset += len(parts[-1])
    parts.append(entry(offset, 0, "TRAILER!!!", b"", 0, 4))
    offset += len(parts[-1])
    size = round_up(offset, PAGE)
    body = b"".join(parts).ljust(size - BODY, b"\0")
    head = HEAD.pack(MAGIC, VERSION, size, *sums(body))
    return entry(0, 1, ".image", head, 0o100444, 4) + body


def is_program(data):
    return data.startswith(b"\x7fELF") or data.startswith(b"#!")


def read_into(files, path, replace):
    name = os.path.basename(path)
    if name in files and not replace:
        raise ImageError(f"two files are called {name}")
    if len(name.encode()) > NAME_MAX:
        raise ImageError(f"{path}: the name is longer than {NAME_MAX} bytes")
    with open(path, "rb") as f:
        data = f.read()
    files[name] = (data, is_program(data))


def collect(paths, extra=None, command=None):
    """What build() takes, from files on disk. `command` is text for the shell, or None."""
    files = {}
    for path in paths:
        read_into(files, path, replace=False)
    if extra:
        for name in sorted(os.listdir(extra)):
            path = os.path.join(extra, name)
            if name.startswith("."):
                continue
            if not os.path.isfile(path):
                raise ImageError(f"{path} is not a file; the image has no folders")
            read_into(files, path, replace=True)
    if command is not None:
        files[".command"] = (command, False)
    return files


def main(argv):
    parser = argparse.ArgumentParser(description="Build the boot image.")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--extra")
    parser.add_argument("--command")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args(argv)
    try:
        command = None
        if args.command:
            with open(args.command, "rb") as f:
                command = f.read()
        image = build(collect(args.files, args.extra, command))
        temporary = f"{args.output}.{os.getpid()}"
        with open(temporary, "wb") as f:
            f.write(image)
        os.replace(temporary, args.output)
    except (ImageError, OSError) as e:
        print(f"mkimage: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
