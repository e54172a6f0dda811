# SPDX-License-Identifier: Apache-2.0
"""console.py - takes a guest's console apart: the command's output, the log, the marks. Owns the
protocol's host side (config/include/skink/image.h); does no input or output of its own."""

import re

MARK = b"\x1e"


class Console:
    """Fed with the console's bytes as they come; calls back with what they are.

    output(bytes)  the command's own bytes, between begin and end
    log(bytes)     everything else that the guest says, marks taken out
    """

    def __init__(self, nonce, output, log):
        self.begun = False
        self.ready = False
        self.status = None  # the command's status once it has ended
        self._output = output
        self._log = log
        nonce_bytes = nonce.encode()
        nonce = re.escape(nonce_bytes)
        self._marks = {
            ord("B"): re.compile(MARK + b"B" + nonce + rb"\r?\n"),
            ord("E"): re.compile(MARK + b"E" + nonce + rb" (\d{1,3})\r?\n"),
            ord("R"): re.compile(MARK + b"R" + nonce + rb"\r?\n"),
        }
        self._log_mark = MARK + b"L" + nonce_bytes
        # A mark that is longer than this is none.
        self._longest = 2 + 16 + 1 + 3 + 2
        self._held = b""

    def feed(self, data):
        data = self._held + data
        self._held = b""
        while data:
            at = data.find(MARK)
            if at < 0:
                self._pass(data)
                return
            if at > 0:
                self._pass(data[:at])
                data = data[at:]
            used = self._mark(data)
            if used == 0:
                self._held = data
                return
            data = data[used:]

    def finish(self):
        """No more will come: what was held back as a possible mark is none."""
        self._pass(self._held)
        self._held = b""

    def _pass(self, data):
        if not data:
            return
        if self.begun and self.status is None:
            self._output(data)
        else:
            self._log(data)

    def _log_line(self, data, end):
        """The same for what may be a line of the log."""
        mark = self._log_mark
        if not mark.startswith(data[:len(mark)]):
            self._pass(MARK)
            return 1
        if end:
            self._log(data[len(mark):end])
        return end

    def _mark(self, data):
        """What a mark at the start of `data` takes; 0 when more bytes are needed to know."""
        if len(data) == 1:
            return 0
        kind = data[1]
        end = data.find(b"\n") + 1
        if kind == ord("L"):
            return self._log_line(data, end)
        pattern = self._marks.get(kind)
        if pattern is None:
            self._pass(MARK)
            return 1
        if not end and len(data) < self._longest:
            return 0
        found = pattern.match(data[:end])
        if not found:
            self._pass(MARK)
            return 1
        if kind == ord("B"):
            self.begun = True
        elif kind == ord("R"):
            self.ready = True
        elif self.begun and self.status is None:
            self.status = int(found.group(1)) & 0xFF
        return found.end()
