"""The agenda of the facts, as a draft; its releases are made by the programme's own command."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ..accounts.models import Person
from ..core.commands import add, command
from ..core.db import session
from ..events.models import Event, Room
from ..network.models import Theme
from ..programme.models import Item, ItemSpeaker, Part, Session, SessionKind, SessionPerson
from .facts_file import Facts, text


@command
def sessions(*, facts: Facts, raw: dict[str, Any]) -> str:
    """Lay the sessions of an event as its first release has them. Returns the event's code."""
    event = session().scalars(sa.select(Event).where(Event.slug == raw["key"])).one()
    rooms = _rooms(raw, event)
    mails = {each["key"]: each["mail"] for each in facts.people["people"]}
    people = {row.mail: row for row in session().scalars(sa.select(Person))}
    themes = {row.slug: row for row in session().scalars(sa.select(Theme))}
    for each in raw["agenda"]["sessions"]:
        row = add(
            Session(
                event=event,
                kind=SessionKind(each["kind"]),
                title=text(each["title"]),
                summary=text(each["summary"]),
                theme=themes[each["themes"][0]] if len(each["themes"]) == 1 else None,
                room=rooms.get(each["room"]),
                day=_day(raw, each),
                start=time.fromisoformat(each["start"]),
                minutes=_minutes(each),
                languages=each["languages"],
                seats=None,
            )
        )
        for item in each.get("items", []):
            point = Item(position=item["number"], title=text(item["title"]), minutes=item["minutes"])
            point.speakers = [
                ItemSpeaker(person=people[mails[key]], position=place) for place, key in enumerate(item["speakers"])
            ]
            row.items.append(point)
        parts = [
            (Part.CHAIR, [each["chair"]]),
            (Part.RAPPORTEUR, [each["rapporteur"]]),
            (Part.SPEAKER, each["speakers"]),
        ]
        for part, keys in parts:
            for position, key in enumerate(filter(None, keys)):
                row.people.append(SessionPerson(person=people[mails[key]], part=part, position=position))
    return event.code


@command
def changes(*, raw: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    """Move what a release moved."""
    event = session().scalars(sa.select(Event).where(Event.slug == raw["key"])).one()
    rooms = _rooms(raw, event)
    titles = {each["key"]: each["title"]["fr"] for each in raw["agenda"]["sessions"]}
    for change in changes:
        found = session().scalars(sa.select(Session).where(Session.event == event))
        row = next(each for each in found if each.title.in_("fr") == titles[change["session"]])
        row.day, row.start = _day(raw, change), time.fromisoformat(change["start"])
        row.minutes, row.room, row.languages = _minutes(change), rooms[change["room"]], change["languages"]


def _rooms(raw: dict[str, Any], event: Event) -> dict[str, Room]:
    names = {each["name"]["fr"]: each["key"] for each in raw["rooms"]}
    rows = session().scalars(sa.select(Room).where(Room.event == event))
    return {names[row.name.in_("fr")]: row for row in rows}


def _day(raw: dict[str, Any], each: dict[str, Any]) -> date:
    return date.fromisoformat(raw["days"][0]) + timedelta(days=each["day"])


def _minutes(each: dict[str, Any]) -> int:
    today = date(2016, 1, 1)
    start, end = (datetime.combine(today, time.fromisoformat(each[key])) for key in ("start", "end"))
    return int((end - start).total_seconds() // 60)
