"""Lists: what the reader asked for, page by page, and exported so that no spreadsheet reckons with it."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventhub.accounts.models import Person
from eventhub.core import clock, lists
from eventhub.core.commands import add, command
from tests.queries import counting

FILTERS = {"language": ("fr", "ar"), "script": ("latin", "arabic")}
SORTS = ("name", "mail")
COLUMNS = {"name": Person.family_name, "mail": Person.mail}


@command
def fill(count: int) -> None:
    for n in range(count):
        row = add(
            Person(
                language="fr" if n % 2 else "ar",
                family_name="Même nom",
                given_name=f"N°{n}",
                mail=f"p{n:03d}@example.org",
                created_at=clock.real_now(),
            )
        )
        row.refold()


def asked(app: Flask, query: str = "") -> lists.Wanted:
    with app.test_request_context(f"/fr/people?{query}"):
        return lists.wanted(filters=FILTERS, sorts=SORTS)


def shown(app: Flask, query: str = "", size: int = 10) -> lists.Page:
    return lists.page(sa.select(Person), asked(app, query), columns=COLUMNS, tie=Person.id, size=size)


# What was asked -------------------------------------------------------------------------------------------------------

STRANGE = (
    "sort=password",
    "sort=-",
    "sort=--name",
    "page=0",
    "page=-3",
    "page=x",
    "page=" + "9" * 5000,
    "page=1e3",
    "page=٣",
    "language=xx",
    "language=%00",
    "q=" + "x" * 10_000,
    "unknown=1",
    "q[]=1",
    "language=fr&language=ar",
)


@pytest.mark.parametrize("query", STRANGE, ids=lambda query: query[:20])
def test_what_is_unknown_is_ignored_and_never_an_error(light_app: Flask, query: str) -> None:
    fill(3)
    page = shown(light_app, query)
    assert page.wanted.sort in SORTS
    assert set(page.wanted.filters) == set(FILTERS)
    assert page.wanted.page == 1
    assert len(page.wanted.search) <= 200


def test_an_unknown_filter_or_order_is_as_if_nobody_had_asked(light_app: Flask) -> None:
    assert asked(light_app, "sort=password&language=xx&page=x") == asked(light_app, "")


def test_the_address_of_a_list_keeps_what_was_asked(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/people?q=a%26b&language=fr&sort=-mail&page=3"):
        wanted = lists.wanted(filters=FILTERS, sorts=SORTS)
        assert wanted.url() == "/fr/people?language=fr&q=a%26b&sort=-mail&page=3"
        assert wanted.url(page=4) == "/fr/people?language=fr&q=a%26b&sort=-mail&page=4"
        assert wanted.url(q="", page="") == "/fr/people?language=fr&sort=-mail"
        assert wanted.sort_url("name") == "/fr/people?language=fr&q=a%26b&sort=name"
        assert wanted.sort_url("mail") == "/fr/people?language=fr&q=a%26b&sort=mail"
        assert (wanted.sorted_as("mail"), wanted.sorted_as("name")) == ("descending", "none")


def test_an_address_with_strange_letters_is_written_so_that_it_leads_back(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/%D8%AA%3Fx%23y"):
        assert lists.wanted(filters=FILTERS, sorts=SORTS).url().startswith("/fr/%D8%AA%3Fx%23y?")


# Pages ----------------------------------------------------------------------------------------------------------------


def test_pages_hold_every_row_once_even_where_the_order_is_a_draw(app: Flask) -> None:
    fill(35)
    for query in ("", "sort=-name", "sort=mail"):
        seen = [row.code for n in range(1, 5) for row in shown(app, f"{query}&page={n}").rows]
        assert len(seen) == len(set(seen)) == 35


def test_a_page_beyond_the_end_is_the_last(app: Flask) -> None:
    fill(35)
    page = shown(app, "page=99")
    assert (page.wanted.page, page.pages, page.first, page.last, page.total) == (4, 4, 31, 35, 35)


def test_an_empty_list_has_one_empty_page(app: Flask) -> None:
    page = shown(app, "page=7")
    assert (page.pages, page.first, page.last, page.total, list(page.rows)) == (1, 0, 0, 0, [])


@pytest.mark.parametrize("rows", [1, 30])
def test_a_page_takes_two_statements_whatever_it_shows(app: Flask, rows: int) -> None:
    fill(rows)
    with counting() as seen:
        shown(app)
    assert len(seen) == 2


@pytest.mark.parametrize("search", ["meme nom", "MÊME p003", "p003@example.org", "NOM meme"])
def test_a_search_finds_every_word_however_it_is_written(app: Flask, search: str) -> None:
    fill(5)
    query = sa.select(Person).where(lists.matches(Person.folded, search))
    from eventhub.core.db import session

    assert any(row.mail == "p003@example.org" for row in session().scalars(query))


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "p%3", "\0", "' OR ''='"])
def test_signs_of_the_database_are_letters_like_others(app: Flask, search: str) -> None:
    from eventhub.core.db import session

    fill(3)
    found = session().scalars(sa.select(Person).where(lists.matches(Person.folded, search))).all()
    assert len(found) in (0, 3), "nothing to find, or no words at all"


# Exports --------------------------------------------------------------------------------------------------------------

FORMULAS = (
    "=cmd|'/c calc'!A1",
    "=1",
    "=1+1",
    "+1-2",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "\n=1",
    " =1+1",
    "+cmd|x",
    "-x",
    '=HYPERLINK("http://evil")',
    "＝1+1",
    "+1;=1",
    "- =1",
    "+A1",
    "-(A1)",
    "+33 6 x",
)
HARMLESS = (
    "+33 6 12 34 56 78",
    "+33612345678",
    "+33 (0)6 12 34",
    "+216\u00a071 123 456",
    "-",
    "-5",
    "-5,20",
    "+1",
    "a=b",
    "نادية",
    "٢٠١٦",
    "Amina",
    "a@example.org",
    "— une note",
    "",
    "3-4 mars",
    "O'Brien",
    "+",
    "- 5",
    "+961 1 234.567",
)


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert lists.neutral(cell).startswith("'")
    assert lists.neutral(cell).replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize("cell", ["Nadia;=1+1", "a\n=1+1", "a\t@SUM(A1)", "a;b;+cmd|x", "a\r\n-2+3"])
def test_no_part_is_taken_for_a_formula_where_a_spreadsheet_cuts_cells_elsewhere(cell: str) -> None:
    """In French, Spanish, Italian and Portuguese the separator is a semicolon."""
    assert not any(part.startswith(("=", "@", "+", "-")) for part in re.split(r"[;\t\r\n]+", lists.neutral(cell)))


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_cell_that_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert lists.neutral(cell) == cell


@pytest.mark.parametrize(("cell", "written"), [(None, ""), (5, 5), (-5, -5), (0, 0), (False, False)])
def test_what_is_no_text_stays_what_it_is(cell: object, written: object) -> None:
    assert lists.neutral(cell) == written


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_whatever_is_written_comes_back_but_for_one_sign(cell: str) -> None:
    neutral = lists.neutral(cell)
    assert neutral.replace("'", "") == cell.replace("'", "")
    if neutral == cell and cell.lstrip(" ").startswith(("=", "@", "\t", "\r")):
        raise AssertionError(cell)


def test_an_export_is_read_back_by_a_spreadsheet(light_app: Flask) -> None:
    rows = [["Nadia; Benali", 'say "a"', "a\nb"], ["نادية", "=1+1", None]]
    with light_app.test_request_context():
        answer = lists.to_csv("participants", ["Nom", "=cmd", "x"], rows)
    raw = answer.get_data()
    assert raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert read == [["Nom", "'=cmd", "x"], ["Nadia; Benali", 'say "a"', "a\nb"], ["نادية", "'=1+1", ""]]
    assert answer.headers["Content-Disposition"] == "attachment; filename=participants.csv"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
