"""User text as HTML: Markdown, and nothing else."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core.richtext import SCHEMES, TAGS, render

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x]( javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "![x](javascript:alert(1))",
    "![x](http://evil.example/pixel.png)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](http://a "onmouseover=alert(1)")',
    '[x](http://a" onmouseover="alert(1))',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "<iframe src=//evil.example></iframe>",
    "<style>*{}</style>",
    "<b onclick=alert(1)>x</b>",
    "<!--<script>-->alert(1)",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<table><tr><td style='x'>",
    "|a|b|\n|-|-|\n|<script>|[x](javascript:1)|",
    "{{7*7}}",
    "{x}",
    "<p style=color:red>x",
    "[x](http://a){onclick=alert(1)}",
    "# <img src=x onerror=alert(1)>",
    "&lt;script&gt;",
    "<scr<script>ipt>",
    "\u202e[x](http://a)",
    "[\u202ex](https://evil.example)",
    "<a id=app name=app>x</a>",
    "<form action=//evil.example><input></form>",
    "<base href=//evil>",
)


class Found(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))


def tags(source: str) -> list[tuple[str, dict[str, str | None]]]:
    found = Found()
    found.feed(str(render(source)))
    return found.tags


def harmless(source: str) -> None:
    for tag, attributes in tags(source):
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel"}
        if "href" in attributes:
            assert tag == "a"
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", attributes["href"] or "", re.IGNORECASE)
            assert scheme is None or scheme[1].lower() in SCHEMES
            assert attributes["rel"] == "nofollow noopener"


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(source: str) -> None:
    harmless(source)
    harmless(f"para\n\n{source}\n\n> {source}\n\n- {source}")


@given(st.text(alphabet="<>[]()!\"'`#*_=|-:;/\\ \n\tahrefjavscriptonx&#0", max_size=80))
def test_no_text_makes_anything_but_the_allowed(source: str) -> None:
    harmless(source)


def test_raw_html_is_shown_as_text() -> None:
    assert "&lt;b&gt;gras&lt;/b&gt;" in render("<b>gras</b>")


def test_what_officials_write_is_laid_out() -> None:
    html = render("## Ordre du jour\n\n**Eau** et *mer*\n\n1. un\n2. deux\n\n> cité\n\n|a|b|\n|-|-|\n|1|2|")
    for piece in (
        "<h4>Ordre du jour</h4>",
        "<strong>Eau</strong>",
        "<em>mer</em>",
        "<ol>",
        "<blockquote>",
        "<td>1</td>",
    ):
        assert piece in html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# a", "<h3>a</h3>"),
        ("## a", "<h4>a</h4>"),
        ("### a", "<h5>a</h5>"),
        ("###### a", "<h5>a</h5>"),
        ("a\n===", "<h3>a</h3>"),
        ("a\n---", "<h4>a</h4>"),
    ],
)
def test_headings_stand_below_the_pages_own(source: str, html: str) -> None:
    assert render(source).strip() == html


def test_a_sign_that_is_no_heading_stays_as_it_was_written() -> None:
    assert render("#eau et #mer").strip() == "<p>#eau et #mer</p>"
    assert "# un commentaire" in render("```\n# un commentaire\n```")
    assert "##" not in render("```\n# un commentaire\n```")


def test_links_of_our_own_and_by_mail_are_kept() -> None:
    for href in ("/fr/events/lyon", "https://example.org/a?b=1", "mailto:a@example.org"):
        assert tags(f"[x]({href})") == [("p", {}), ("a", {"href": href, "rel": "nofollow noopener"})]


def test_arabic_text_is_kept() -> None:
    assert render("**ماء** البحر").strip() == "<p><strong>ماء</strong> البحر</p>"


@pytest.mark.parametrize(
    "source",
    ["[" * 20_000, "*a " * 6_000, "`" * 20_000, "> " * 10_000, "<" * 20_000, "![" * 9_000, "**a" * 6_000, "&" * 20_000,
     "|" * 20_000, "- " * 10_000, "a\n" * 10_000, "[a](" * 5_000, "_" * 20_000, "|a" * 5000 + "\n" + "|-" * 5000],
    ids=lambda source: source[:4].strip(),
)  # fmt: skip
def test_no_text_of_full_length_keeps_a_worker_busy(source: str) -> None:
    began = time.process_time()
    render(source)
    assert time.process_time() - began < 2
