"""How a value becomes a row: what the commands of the network share. Called inside a command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

import sqlalchemy as sa

from ..core import audit, public_version
from ..core.codes import Code
from ..core.commands import add, load, remove
from ..core.db import Base, session
from ..core.errors import Changed
from ..core.folding import fold_all
from ..core.text import Text
from . import references, refusals, rules
from .models import City, Tag, Theme, news_city, news_tag, news_theme
from .values import Values, of

M = TypeVar("M", bound=Base)
ROWS: dict[str, type[Base]] = {"city": City, "theme": Theme}
"""Fields of a value that name another row."""
LINKS: dict[str, tuple[sa.Table, Any]] = {
    "tags": (news_tag, Tag),
    "cities": (news_city, City),
    "themes": (news_theme, Theme),
}
"""Fields of a value that name several."""
SEARCHED = ("name", "short_name", "title", "country", "summary", "body", "text")
"""Texts a list is searched by."""


def new(row: M, values: Values) -> M:
    """Add a row that says these values."""
    if hasattr(row, "slug"):
        values = replace(values, slug=_slug(row, values))  # type: ignore[call-arg]
    links = _put(row, values)
    _link(add(row), links)
    public_version.touch(public_version.SITE)
    return row


def revise(row: Base, revision: int, values: Values, *, even_if_same: bool = False) -> None:
    """Make a row say these values, if it still is at the revision they were written on."""
    now = of(row)
    if hasattr(row, "slug"):
        values = replace(values, slug=_slug(row, values))  # type: ignore[call-arg]
    if row.revision != revision:  # type: ignore[attr-defined]
        raise Changed(mine=values, theirs=now, revision=row.revision)  # type: ignore[attr-defined]
    if values == now and not even_if_same:
        return
    _link(row, _put(row, values))
    row.revision += 1  # type: ignore[attr-defined]
    public_version.touch(public_version.SITE)


def _put(row: Base, values: Values) -> dict[str, tuple[Code, ...]]:
    """Set the columns; returns the links, which are set once the row has its key."""
    links: dict[str, tuple[Code, ...]] = {}
    with session().no_autoflush:
        for name, value in values.items():
            if name in LINKS:
                links[name] = value
            else:
                setattr(row, name, load(ROWS[name], value) if name in ROWS else value)
    refold(row)
    return links


def refold(row: Base) -> None:
    """Bring the search column of a row up to date; whoever writes a row without these commands calls it."""
    if hasattr(row, "folded"):
        texts = (getattr(row, name, None) for name in SEARCHED)
        row.folded = fold_all(*(each for text in texts if isinstance(text, Text) for each in text.values.values()))


def _link(row: Any, links: dict[str, tuple[Code, ...]]) -> None:
    """Bring the rows of a link table to these codes, and write down which came and which went."""
    if not links:
        return
    session().flush()
    for name, codes in links.items():
        table, model = LINKS[name]
        own, other = table.c.keys()
        now = set(session().scalars(sa.select(model.code).join(table).where(table.c[own] == row.id)))
        _unlink(row, table, model, name, now - set(codes))
        came = sorted(set(codes) - now)
        keys = [load(model, code).id for code in came]
        if keys:
            rows = [{own: row.id, other: key} for key in keys]
            _write_link(sa.insert(table).values(rows), row, f"{name} added", came)
        session().expire(row, [name])


def _unlink(row: Any, table: sa.Table, model: Any, name: str, gone: Iterable[Code]) -> None:
    codes = sorted(gone)
    if codes:
        own, other = table.c.keys()
        keys = sa.select(model.id).where(model.code.in_(codes)).scalar_subquery()
        statement = sa.delete(table).where(table.c[own] == row.id, table.c[other].in_(keys))
        _write_link(statement, row, f"{name} removed", codes)


def _write_link(statement: sa.Executable, row: Any, what: str, codes: list[Code]) -> None:
    audit.write(statement, entity=type(row).__tablename__, entity_code=row.code, what={what: codes})


def take_away(row: Base) -> None:
    """Delete a row nothing refers to."""
    if references.of(row):
        raise refusals.StillUsed
    remove(row)
    public_version.touch(public_version.SITE)


def _slug(row: Any, values: Any) -> str:
    """The name in addresses: the one given, else the one it has, else one made from its name."""
    model = type(row)
    wanted = str(values.slug or row.slug or "")
    if wanted:
        if len(wanted) > rules.SLUG_MOST or not rules.SLUG.fullmatch(wanted):
            raise refusals.WrongSlug
        taken = session().scalar(sa.select(model.code).where(model.slug == wanted, model.code != row.code))
        if taken:
            raise refusals.SlugTaken
        return wanted
    text = values.title if hasattr(values, "title") else values.name
    return rules.slug_of(text, set(session().scalars(sa.select(model.slug))), row.code)
