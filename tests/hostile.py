"""The hostile corpus of safety rule 9, and what to look for in an answer that carried it.

`CORPUS` is what a person may type into any field; `harm_in(html)` names what it did to a page. A test sends every text
of the corpus through every field that exists, and no page may come back harmed, no answer may be a 500.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser

CORPUS: dict[str, str] = {
    "element": "<img src=x onerror=alert(1)>",
    "script": "</title></script><script>alert(1)</script>",
    "attribute": '" autofocus onfocus=alert(1) x="',
    "quote": "' onmouseover='alert(1)",
    "markdown": "[words](javascript:alert(1)) ![x](http://evil.example/x.png) <b>bold</b>",
    "format": "{x} {0} {} %s %(x)s %d %",
    "template": "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "formula": "=cmd|'/c calc'!A1",
    "plus": "+1-2",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "address": "javascript:alert(1)",
    "override": "abc\u202egnp.exe",
    "isolate": "a\u2066b\u2069c\u200f\u200e",
    "nul": "nul\x00byte",
    "header": "first\r\nBcc: victim@example.org\r\n\r\nbody",
    "wide": "\U0001f9d5\U0001d4d0\U00020bb7 𝒳",
    "long": "x" * 10_000,
    "path": "../../../etc/passwd",
    "sql": "'; DROP TABLE city; --",
    "combining": "Z" + "\u0301" * 60,
    "surrogate": "half \udc80 a letter",
}
LINES = sorted(name for name in CORPUS if name != "surrogate")
"""What a browser can send: a lone surrogate cannot be written in UTF-8."""
SCHEMES = ("javascript:", "data:", "vbscript:")


class _Reader(HTMLParser):
    """Reads a page as a browser would, and notes what no page of ours has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.harm += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.harm.append(f"inline <{tag}>")
        for name in ("href", "src", "action", "formaction"):
            target = "".join((given.get(name) or "").split()).lower()
            if target.startswith(SCHEMES) or (name == "src" and "evil.example" in target):
                self.harm.append(f"<{tag} {name}={target[:40]}>")
        if tag in ("img", "iframe", "object", "embed") and "static" not in (given.get("src") or ""):
            self.harm.append(f"<{tag}>")

    handle_startendtag = handle_starttag


def harm_in(html: str) -> list[str]:
    """What on this page could run, or came from no template of ours: elements and attributes, not words."""
    reader = _Reader()
    reader.feed(html)
    found = list(reader.harm)
    found += [f"U+{ord(char):04X}" for char in "\u202e\u2066\x00" if char in html]
    if "49 {% raw" in html or "${49}" in html:
        found.append("a template was rendered")
    return found


def formulas_in(data: bytes) -> Iterator[str]:
    """Cells of a CSV that a spreadsheet would take for a formula; a telephone number is none."""
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell[1:].replace(" ", "").isdigit():
                yield cell
