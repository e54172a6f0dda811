# SPDX-License-Identifier: Apache-2.0
"""The console filter: what is output, what is log, wherever the reads happen to split."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from console import Console  # noqa: E402

NONCE = "0123456789abcdef"
B = b"\x1eB0123456789abcdef\n"
L = b"\x1eL0123456789abcdef"
E7 = b"\x1eE0123456789abcdef 7\n"


class Heard:
    def __init__(self, stream, step=None):
        self.output = b""
        self.log = b""
        self.console = Console(NONCE, self.add_output, self.add_log)
        step = step or len(stream)
        for at in range(0, len(stream), step):
            self.console.feed(stream[at : at + step])
        self.console.finish()

    def add_output(self, data):
        self.output += data

    def add_log(self, data):
        self.log += data


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 16, 1000])
@pytest.mark.parametrize(
    "inside, output, log",
    [
        (b"plain\n", b"plain\n", b""),
        (b"no newline", b"no newline", b""),
        (b"", b"", b""),
        (b"a" + L + b"ha: restarted x\nb\n", b"ab\n", b"ha: restarted x\n"),
        (L + b"one\n" + L + b"two\nrest", b"rest", b"one\ntwo\n"),
        (b"\x1e", b"\x1e", b""),
        (b"\x1e\x1e" + L + b"l\n\x1e", b"\x1e\x1e\x1e", b"l\n"),
        (b"a\x1eLb\nc\x1eL", b"a\x1eLb\nc\x1eL", b""),
        (b"\x1eL0123456789abcdeX\n", b"\x1eL0123456789abcdeX\n", b""),
        (b"\x1eBother\n", b"\x1eBother\n", b""),
        (b"\x1eE0123456789abcdeX 1\n", b"\x1eE0123456789abcdeX 1\n", b""),
        (b"\x1eE0123456789abcdef\n", b"\x1eE0123456789abcdef\n", b""),
        (b"\x1eE" + b"no end of a line for long, so this is no mark", b"\x1eE"
         + b"no end of a line for long, so this is no mark", b""),
        (bytes(i for i in range(256) if i != 0x1E), bytes(i for i in range(256) if i != 0x1E), b""),
        (b"cr\r\nlf\n", b"cr\r\nlf\n", b""),
    ],
)
def test_console_between_marks_splits_output_and_log(inside, output, log, step):
    heard = Heard(b"boot\r\n" + B + inside + E7 + b"off\n", step)
    assert heard.output == output
    assert heard.log == b"boot\r\n" + log + b"off\n"
    assert heard.console.status == 7


def test_console_streams_output_before_the_end():
    heard = Heard(B + b"tick")
    assert heard.output == b"tick"
    assert heard.console.begun and heard.console.status is None


def test_console_without_begin_takes_no_end():
    heard = Heard(b"x\n" + E7)
    assert heard.console.status is None
    assert heard.output == b""


def test_console_after_the_end_everything_is_log():
    heard = Heard(B + E7 + b"late" + E7.replace(b" 7", b" 9"))
    assert heard.console.status == 7
    assert heard.log == b"late"


def test_console_ready_mark_is_seen_with_a_carriage_return():
    heard = Heard(b"boot\r\n\x1eR0123456789abcdef\r\nmore")
    assert heard.console.ready
    assert heard.log == b"boot\r\nmore"


def test_console_status_keeps_eight_bits():
    assert Heard(B + b"\x1eE0123456789abcdef 255\n").console.status == 255


def test_console_unfinished_mark_at_the_end_is_output():
    assert Heard(B + b"x\x1eE0123").output == b"x\x1eE0123"
