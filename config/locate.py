# SPDX-License-Identifier: Apache-2.0
"""locate.py - where things stand in a TOML text. tomllib forgets lines; this remembers them. Owns
no meaning: it knows tables, keys and where a key's value begins and ends."""

import re

TABLE = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
NAME = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
KEY = re.compile(rf"\s*({NAME}(?:\s*\.\s*{NAME})*)\s*=")


def plain(key):
    """A dotted key without its quotes and spaces."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


class Locator:
    """Lines of tables, keys and the words in their values."""

    def __init__(self, text):
        self.lines = text.split("\n")
        self.tables = {"": 1}
        self.keys = {}  # (table, key) -> (first line, last line)
        self._scan()

    def _scan(self):
        table = ""
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            number += 1
            found = TABLE.match(line)
            if found:
                table = plain(found.group(1))
                self.tables.setdefault(table, number)
                continue
            found = KEY.match(line)
            if not found:
                continue
            first = number
            depth, quote = self._nesting(line[found.end() :], 0, None)
            while (depth > 0 or quote) and number < len(self.lines):
                depth, quote = self._nesting(self.lines[number], depth, quote)
                number += 1
            self._remember(table, plain(found.group(1)), first, number)

    def _remember(self, table, key, first, last):
        # a.b.c = ... in [t] is the key c of the table t.a.b
        parts = ([table] if table else []) + key.split(".")
        self.keys.setdefault((".".join(parts[:-1]), parts[-1]), (first, last))
        for cut in range(1, len(parts)):
            self.tables.setdefault(".".join(parts[:cut]), first)

    @staticmethod
    def _nesting(text, depth, quote):
        """How deep in brackets, and in which long string, a value still is at a line's end."""
        i = 0
        while i < len(text):
            if quote:
                if text.startswith(quote, i):
                    i += len(quote)
                    quote = None
                else:
                    i += 2 if text[i] == "\\" and quote[0] == '"' else 1
                continue
            if text.startswith('"""', i) or text.startswith("'''", i):
                quote = text[i : i + 3]
                i += 3
                continue
            c = text[i]
            if c in "\"'":
                quote = c
            elif c in "[{":
                depth += 1
            elif c in "]}":
                depth -= 1
            elif c == "#":
                break
            i += 1
        return depth, quote if quote and len(quote) == 3 else None

    def line(self, table, key=None, word=None):
        """The line of a word in a key's value; else of the key; else of the table; else 1."""
        if key is not None:
            inner = self.keys.get((f"{table}.{key}", word)) if table else None
            if inner:
                return inner[0]
            span = self.keys.get((table, key))
            if span is None:
                return self.tables.get(f"{table}.{key}", self.tables.get(table, 1))
            if word is not None:
                edge = re.compile(rf"(?<![A-Za-z0-9_./-]){re.escape(str(word))}(?![A-Za-z0-9_./-])")
                for number in range(span[0], span[1] + 1):
                    if edge.search(self.lines[number - 1]):
                        return number
            return span[0]
        return self.tables.get(table, 1)
