"""The audit log for a reader: who changed what from what to what, with personal values that are not yet erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..accounts.models import Person, PersonalLink, User
from ..core.actors import ActorKind
from ..core.audit import AuditRow, AuditValue
from ..core.db import session
from ..core.lists import Page, Wanted, matches, page

PERSONAL = "personal"
ERASED = "•••"
MOST = 400
"""Letters of one value shown; the log keeps all of them."""


@dataclass(frozen=True)
class Change:
    """One column before and after; of a text in several languages, one language."""

    column: str
    before: str
    after: str
    personal: bool = False


@dataclass(frozen=True)
class Line:
    row: AuditRow
    who: str
    changes: Sequence[Change]


def choices() -> tuple[list[str], list[str]]:
    """(commands, kinds of thing) that the log knows."""
    commands = session().scalars(sa.select(AuditRow.command).distinct().order_by(AuditRow.command))
    entities = session().scalars(sa.select(AuditRow.entity).distinct().order_by(AuditRow.entity))
    return [each for each in commands if each], list(entities)


def lines(asked: Wanted) -> Page[Line]:
    """A page of the log, the newest first, in a fixed number of statements."""
    query = sa.select(AuditRow)
    for name in ("command", "entity"):
        if asked.filters.get(name):
            query = query.where(getattr(AuditRow, name) == asked.filters[name])
    if asked.search:
        query = query.where(_about(asked.search))
    found = page(query, asked, columns={"newest": AuditRow.id.desc(), "oldest": AuditRow.id}, tie=AuditRow.id.desc())
    values = _values([row.code for row in found.rows])
    names = _names(found.rows)
    rows = [
        Line(row, names.get(row.actor_code, ""), changes(row.changes, values.get(row.code, {}))) for row in found.rows
    ]
    return Page(rows, found.total, found.wanted, found.size)


def _about(search: str) -> sa.ColumnElement[bool]:
    """By whom (any part of the name or address) or on what (its code)."""
    people = sa.select(Person.id).where(matches(Person.folded, search))
    accounts = sa.select(User.code).where(User.person_id.in_(people))
    links = sa.select(PersonalLink.code).where(PersonalLink.person_id.in_(people))
    code = search.strip().upper()
    return sa.or_(
        AuditRow.actor_code.in_(accounts),
        AuditRow.actor_code.in_(links),
        AuditRow.actor_code == search.strip(),
        AuditRow.entity_code == code,
    )


def _values(codes: Iterable[str]) -> Mapping[str, Mapping[str, tuple[Any, Any]]]:
    found: dict[str, dict[str, tuple[Any, Any]]] = {}
    for value in session().scalars(sa.select(AuditValue).where(AuditValue.audit_code.in_(list(codes)))):
        found.setdefault(value.audit_code, {})[value.column] = (value.before, value.after)
    return found


def _names(rows: Iterable[AuditRow]) -> dict[str, str]:
    """Code of an account or a link → the name of who is behind it."""
    by_kind: dict[str, set[str]] = {}
    for row in rows:
        by_kind.setdefault(row.actor_kind, set()).add(row.actor_code)
    accounts = sa.select(User.code, Person).join(Person, User.person_id == Person.id)
    links = sa.select(PersonalLink.code, Person).join(Person, PersonalLink.person_id == Person.id)
    found: dict[str, str] = {}
    for query, column, kind in (
        (accounts, User.code, ActorKind.ACCOUNT),
        (links, PersonalLink.code, ActorKind.LINK),
    ):
        for code, person in session().execute(query.where(column.in_(by_kind.get(kind, set())))):
            found[code] = person.name
    return found


def changes(raw: Mapping[str, Any], personal: Mapping[str, tuple[Any, Any]]) -> list[Change]:
    """What a row says, column by column. Pure."""
    found: list[Change] = []
    for column, pair in sorted(raw.items()):
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        hidden = before == PERSONAL and after == PERSONAL
        if hidden:
            before, after = personal.get(column, (ERASED, ERASED))
        found.extend(_by_language(column, before, after, hidden))
    return found


def _by_language(column: str, before: Any, after: Any, personal: bool) -> list[Change]:
    """A text is compared language by language; what stayed as it was is left out."""
    if not (_is_text(before) or _is_text(after)):
        return [Change(column, _said(before), _said(after), personal)]
    old, new = before or {}, after or {}
    return [
        Change(f"{column} ({language})", _said(old.get(language)), _said(new.get(language)), personal)
        for language in sorted({*old, *new} - {"original"})
        if old.get(language) != new.get(language)
    ]


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and "original" in value


def _said(value: Any) -> str:
    if value is None or value == "":
        return "—"
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= MOST else said[:MOST] + "…"
