import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import outloud
import pdfua
import pikepdf
import pytest

from eventhub.press import pdf
from tests.press.samples import ARABIC, FRENCH, HOSTILE, LOGO, text_of

CREATED = datetime(2016, 2, 15, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module", params=["fr", "ar"])
def printed(request):
    language = request.param
    body, title = (FRENCH, "Ordre du jour") if language == "fr" else (ARABIC, "جدول الأعمال")
    words = "Page %(page)s sur %(pages)s" if language == "fr" else "صفحة %(page)s من %(pages)s"
    return (
        language,
        title,
        pdf(
            body, title=title, language=language, assets={"logo": LOGO}, created=CREATED, page_words=words, footer=title
        ),
    )


def test_a_document_passes_both_accessibility_checkers(printed, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(printed[2])
    read_out = outloud.check(str(path))
    assert read_out.error is None
    assert [(each.rule, each.message) for each in read_out.findings if each.severity == "error"] == []
    assert [each.message for each in pdfua.validate(str(path)).findings if each.severity >= pdfua.Severity.ERROR] == []


def test_a_document_carries_title_language_date_and_bookmarks(printed):
    language, title, document = printed
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert str(opened.Root.Lang) == language
        assert str(opened.docinfo.Title) == title
        assert str(opened.docinfo.CreationDate) == "D:20160215093000Z"
        assert opened.Root.MarkInfo.Marked is True
        assert opened.open_metadata()["pdfuaid:part"] == "1"
        with opened.open_outline() as outline:
            assert len(outline.root) == 1
            assert len(outline.root[0].children) == 2


def test_every_page_says_which_it_is_of_how_many(printed):
    language, _, document = printed
    pages = len(pikepdf.open(io.BytesIO(document)).pages)
    text = text_of(document)
    if language == "fr":
        assert pages > 1
        assert all(f"Page {number} sur {pages}" in text for number in range(1, pages + 1))
    else:
        assert "صفحة" in text


def test_a_long_table_repeats_its_head():
    text = text_of(pdf(FRENCH, title="x", language="fr", assets={"logo": LOGO}))
    assert text.count("Heure") == len(pikepdf.open(io.BytesIO(pdf(FRENCH, title="x", language="fr"))).pages)


def test_running_feet_are_artifacts_and_not_read_on_every_page(tmp_path):
    path = tmp_path / "document.pdf"
    body = "".join(f'<h2 class="new-page">Partie {word}</h2><p>{word}</p>' for word in ("une", "deux", "trois"))
    path.write_bytes(pdf(body, title="x", language="fr", footer="Réseau des villes", page_words="Page %(page)s"))
    assert "PAG-001" not in {each.rule for each in outloud.check(str(path)).findings}


def test_the_same_document_gives_the_same_bytes_in_any_process():
    program = (
        "import sys, hashlib; from tests.press.samples import *; from eventhub.press import pdf;"
        "print(hashlib.sha256(pdf(FRENCH, title='x', language='fr', assets={'logo': LOGO})).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_a_document_without_date_carries_none():
    with pikepdf.open(io.BytesIO(pdf("x", title="x", language="fr"))) as opened:
        assert "/CreationDate" not in opened.docinfo


@pytest.mark.parametrize("hostile", [*HOSTILE, "x" * 10_000])
def test_a_hostile_title_footer_or_word_neither_breaks_nor_escapes(hostile):
    from html import escape

    document = pdf(
        f"<h1>{escape(hostile)}</h1>",
        title=hostile,
        language="fr",
        footer=hostile + '"; } body { display: none } @page { content: "',
        page_words=hostile + " %(page)s",
    )
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert "\u202e" not in str(opened.docinfo.Title)
        assert "\x00" not in str(opened.docinfo.Title)
        assert "/JavaScript" not in str(opened.Root)
    text = text_of(document)
    assert "\u202e" not in text
    if "onerror" in hostile:
        assert "onerror=alert(1)" in text, "the body must still be there, as text"


def test_arabic_is_laid_out_from_the_right():
    from eventhub.press import engine
    from eventhub.press.document import _page, print_css

    line = engine.lay_out(_page("<p>مرحبا</p>", "x", "ar"), print_css()).pages[0]._page_box
    word = next(box for box in line.descendants() if getattr(box, "text", "") == "مرحبا")
    assert word.position_x > line.width / 2
    assert word.style["font_size"] > 10 * 96 / 72
