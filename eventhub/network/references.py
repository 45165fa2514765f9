"""What refers to a row, found from the foreign keys of all tables: so a room above is counted without being known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..core.db import Base, session, tables

OWN = {"news": frozenset({"news_tag", "news_city", "news_theme"})}
"""Link rows that are a part of the row itself and go with it."""
WORDS: Mapping[str, Any] = {
    "contact": _l("Contacts"),
    "delegation": _l("Delegations"),
    "event": _l("Events"),
    "expertise": _l("Expertise"),
    "mission": _l("Missions"),
    "news_city": _l("News"),
    "news_tag": _l("News"),
    "news_theme": _l("News"),
    "preference": _l("Preferences of participants"),
    "session": _l("Sessions"),
}
OTHER = _l("Other records")


def of(row: Base) -> dict[str, int]:
    """Table → how many of its rows refer to this one, without zeros; in one statement."""
    own_table = type(row).__tablename__
    own = OWN.get(own_table, frozenset())
    counts = []
    for table in tables():
        for key in table.foreign_keys:
            if key.column.table.name == own_table and table.name not in own:
                query = sa.select(sa.literal(table.name).label("name"), sa.func.count().label("rows"))
                counts.append(query.select_from(table).where(key.parent == row.id))  # type: ignore[attr-defined]
    if not counts:
        return {}
    found: dict[str, int] = {}
    for name, rows in session().execute(sa.union_all(*counts)):
        if rows:
            found[name] = found.get(name, 0) + rows
    return found


def in_words(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """The same for a page: (what, how many)."""
    said: dict[str, int] = {}
    for name, rows in found.items():
        word = str(WORDS.get(name, OTHER))
        said[word] = said.get(word, 0) + rows
    return sorted(said.items())
