"""Lists: filtered, sorted, paged and exported the same way everywhere, in a fixed number of statements."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from flask import Response, request

from .db import session
from .files import send_bytes
from .folding import fold
from .text import clean_line

T = TypeVar("T")
PAGE_SIZE = 50
EXPORT_MOST = 20_000
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
NUMBER = re.compile(r"[+-][\d\s().,]*")
"""A telephone number, an amount below zero, a dash: a sign and then nothing a spreadsheet would reckon with."""
CUT = re.compile(r"([;\t\r\n]+)")


@dataclass(frozen=True)
class Wanted:
    """What the reader asked of a list: words to find, filters, an order, a page. All of it from the address."""

    search: str
    filters: Mapping[str, str]
    sort: str
    descending: bool
    page: int

    def url(self, **changes: Any) -> str:
        """The address of this list with some of it changed; an empty value drops the parameter."""
        order = f"-{self.sort}" if self.descending else self.sort
        now = {**self.filters, "q": self.search, "sort": order, "page": self.page if self.page > 1 else ""}
        parts = {key: value for key, value in {**now, **changes}.items() if value not in ("", None)}
        return quote(request.path) + (f"?{urlencode(parts)}" if parts else "")

    def sort_url(self, column: str) -> str:
        down = self.sort == column and not self.descending
        return self.url(sort=f"-{column}" if down else column, page="")

    def sorted_as(self, column: str) -> str:
        """For aria-sort."""
        if self.sort != column:
            return "none"
        return "descending" if self.descending else "ascending"


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, with what is needed to walk it."""

    rows: Sequence[T]
    total: int
    wanted: Wanted
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.wanted.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def filtered(self) -> bool:
        return bool(self.wanted.search or any(self.wanted.filters.values()))


def wanted(*, filters: Mapping[str, Iterable[str]], sorts: Sequence[str], sort: str = "") -> Wanted:
    """Read the request: unknown filters, values, orders and pages are ignored, never an error."""
    given = request.args
    order = given.get("sort", "")
    column = order.removeprefix("-")
    known = {name: given.get(name, "") for name in filters}
    return Wanted(
        search=clean_line(given.get("q", ""))[:200],
        filters={name: value if value in set(filters[name]) else "" for name, value in known.items()},
        sort=column if column in sorts else (sort or sorts[0]),
        descending=column in sorts and order.startswith("-"),
        page=max(1, given.get("page", 1, type=int) or 1),
    )


def page(
    query: sa.Select[Any],
    asked: Wanted,
    *,
    columns: Mapping[str, Any],
    tie: Any,
    size: int = PAGE_SIZE,
    scalars: bool = True,
) -> Page[Any]:
    """Run a query as one page: two statements, whatever the number of rows. `tie` makes the order total."""
    total = session().scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    column = columns[asked.sort]
    ordered = query.order_by(column.desc() if asked.descending else column, tie)
    last = max(1, -(-total // size))
    at = min(asked.page, last)
    result = session().execute(ordered.limit(size).offset((at - 1) * size))
    rows: Sequence[Any] = result.scalars().all() if scalars else result.all()
    seen = Wanted(asked.search, asked.filters, asked.sort, asked.descending, at)
    return Page(rows, total, seen, size)


def matches(column: Any, search: str) -> sa.ColumnElement[bool]:
    """Every word of the search, folded, somewhere in a folded column."""
    return sa.and_(sa.true(), *(column.contains(word, autoescape=True) for word in fold(search).split()))


def to_csv(name: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A list as CSV that LibreOffice and Excel open right: UTF-8 with BOM, formulas neutralised without damage."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([neutral(str(head)) for head in heads])
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return send_bytes(buffer.getvalue().encode("utf-8-sig"), f"{name}.csv", "text/csv; charset=utf-8")


def neutral(cell: Any) -> Any:
    """A cell no spreadsheet takes for a formula. A telephone number keeps its +: digits after it are no formula.

    A spreadsheet set to another separator than ours cuts cells at `;`, tabs and line ends, so what follows one of
    them is looked at like a cell of its own.
    """
    if not isinstance(cell, str):
        return "" if cell is None else cell
    parts = CUT.split(cell)  # every second one is what was cut at
    parts[2::2] = [f"'{part}" if _reckoned(part) else part for part in parts[2::2]]
    return ("'" if _reckoned(cell.lstrip(" \u00a0")) else "") + "".join(parts)


def _reckoned(cell: str) -> bool:
    return cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)
