# SPDX-License-Identifier: Apache-2.0
"""The image: a valid newc archive, files on pages, sums that notice damage."""

import os
import shutil
import struct
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import mkimage  # noqa: E402

FILES = {
    "b": (b"#!x\n", True),
    "a": (b"", False),
    "page": (bytes(range(256)) * 16, False),
    "more": (b"z" * 4097, False),
    ".command": (b"exec 0\ntrue\n", False),
}


def walk(image):
    """(name, mode, offset of data, data) of each entry, read as newc readers do."""
    at = 0
    while True:
        assert image[at : at + 6] == b"070701"
        field = [int(image[at + 6 + 8 * i : at + 14 + 8 * i], 16) for i in range(13)]
        name = image[at + 110 : at + 110 + field[11]].split(b"\0")[0].decode()
        data_at = (at + 110 + field[11] + 3) & ~3
        if name == "TRAILER!!!":
            return
        yield name, field[1], data_at, image[data_at : data_at + field[6]]
        at = (data_at + field[6] + 3) & ~3


def test_image_when_read_gives_every_file_back():
    entries = list(walk(mkimage.build(FILES)))
    assert [e[0] for e in entries] == [".image", ".command", "a", "b", "more", "page"]
    for name, mode, at, data in entries[1:]:
        assert data == FILES[name][0]
        assert at % mkimage.PAGE == 0
        assert mode == (0o100555 if FILES[name][1] else 0o100444)


def test_image_head_stands_where_the_header_says():
    image = mkimage.build(FILES)
    magic, version, size, total, weighted = struct.unpack_from("<IIQQQ", image, 120)
    assert (magic, version, size) == (mkimage.MAGIC, 1, len(image))
    assert len(image) % mkimage.PAGE == 0
    s = w = 0
    for (word,) in struct.iter_unpack("<Q", image[152:]):
        s = (s + word) % 2**64
        w = (w + s) % 2**64
    assert (total, weighted) == (s, w)


@pytest.mark.parametrize("length", [109, 4096 - 152 - 110 - 2, 3985, 3986, 3987, 4096])
def test_image_data_on_a_page_whatever_stands_before(length):
    for name, _, at, _ in list(walk(mkimage.build({"a": (b"x" * length, False),
                                                   "n" * 60: (b"y", False)})))[1:]:
        assert at % mkimage.PAGE == 0, name


def test_image_twice_is_the_same():
    assert mkimage.build(FILES) == mkimage.build(dict(reversed(FILES.items())))


def test_image_sums_notice_any_flipped_bit():
    body = bytearray(mkimage.build(FILES)[152:])
    good = mkimage.sums(bytes(body))
    for at in range(0, len(body), 509):
        body[at] ^= 0x10
        assert mkimage.sums(bytes(body)) != good
        body[at] ^= 0x10
    swapped = bytes(body[4096:8192] + body[:4096] + body[8192:])
    assert mkimage.sums(swapped) != good


@pytest.mark.skipif(not shutil.which("cpio"), reason="cpio is not installed")
def test_image_is_read_by_cpio():
    done = subprocess.run(["cpio", "-t"], input=mkimage.build(FILES), capture_output=True,
                          check=True)
    assert done.stdout.decode().split() == [".image", ".command", "a", "b", "more", "page"]
    assert b"junk" not in done.stderr


def test_collect_extra_replaces_and_twice_is_an_error(tmp_path):
    one, two, extra = tmp_path / "1", tmp_path / "2", tmp_path / "x"
    for folder, text in ((one, "1"), (two, "2"), (extra, "x")):
        folder.mkdir()
        (folder / "f").write_text(text)
    (extra / ".hidden").write_text("")
    files = mkimage.collect([str(one / "f")], str(extra), b"exec 0\n")
    assert files == {"f": (b"x", False), ".command": (b"exec 0\n", False)}
    with pytest.raises(mkimage.ImageError, match="two files are called f"):
        mkimage.collect([str(one / "f"), str(two / "f")])
    (extra / "folder").mkdir()
    with pytest.raises(mkimage.ImageError, match="is not a file"):
        mkimage.collect([], str(extra))


def test_main_missing_file_is_one_line(tmp_path, capsys):
    assert mkimage.main(["-o", str(tmp_path / "o"), str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "o").exists()
