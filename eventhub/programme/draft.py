"""The draft agenda read as a whole: for the rules that look for conflicts, and as the plain JSON of a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..events.models import Event, Room
from .models import Item, Part, Session
from .rules import changes
from .rules.conflicts import Draft, Planned, RoomFacts
from .rules.slots import Slot


def slot_of(session: Session) -> Slot | None:
    """The slot of a session, None while it has no day or hour."""
    if session.day is None or session.start is None:
        return None
    return Slot(session.day, session.start, session.minutes)


def for_rules(event: Event, rooms: Iterable[Room], sessions: Iterable[Session]) -> Draft:
    """What the rules see of an event's draft."""
    return Draft(
        days=tuple(event.days),
        zone=event.zone,
        rooms={room.code: RoomFacts(room.capacity, frozenset(room.booths)) for room in rooms},
        sessions=tuple(_planned(session) for session in sessions),
    )


def as_agenda(event: Event, rooms: Sequence[Room], sessions: Iterable[Session]) -> changes.Agenda:
    """The draft as a release would say it: only what has a slot, people by code, texts as JSON."""
    placed = [session for session in sessions if slot_of(session) is not None]
    themes = {session.theme.slug: session.theme for session in placed if session.theme is not None}
    room_list = [{"code": room.code, "name": room.name.to_json()} for room in rooms]
    return {
        "event": {
            "title": event.title.to_json(), "place": event.place.to_json(), "venue": event.venue.to_json(),
            "zone": event.zone, "main_language": event.main_language,
            "starts_on": event.starts_on.isoformat(), "ends_on": event.ends_on.isoformat(),
        },
        "rooms": room_list,
        "themes": [
            {"slug": slug, "title": themes[slug].title.to_json(), "hue": themes[slug].hue} for slug in sorted(themes)
        ],
        "sessions": changes.in_order((_released(session) for session in placed), room_list),
    }  # fmt: skip


def _planned(session: Session) -> Planned:
    people = {each.person.code for each in session.people}
    people.update(speaker.person.code for item in session.items for speaker in item.speakers)
    return Planned(
        code=session.code,
        slot=slot_of(session),
        room=session.room.code if session.room else "",
        languages=tuple(session.languages),
        seats=session.seats,
        item_minutes=sum(item.minutes or 0 for item in session.items),
        people=frozenset(people),
    )


def _released(session: Session) -> dict[str, Any]:
    assert session.day is not None
    assert session.start is not None
    order = {part: number for number, part in enumerate(Part)}
    people = sorted(session.people, key=lambda each: (order[each.part], each.position, each.person.code))
    return {
        "code": session.code,
        "kind": session.kind.value,
        "title": session.title.to_json(),
        "summary": session.summary.to_json(),
        "theme": session.theme.slug if session.theme else "",
        "room": session.room.code if session.room else "",
        "day": session.day.isoformat(),
        "start": session.start.strftime("%H:%M"),
        "minutes": session.minutes,
        "languages": list(session.languages),
        "people": [{"person": each.person.code, "part": each.part.value} for each in people],
        "items": [_item(item) for item in session.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": item.title.to_json(),
        "minutes": item.minutes,
        "speakers": [speaker.person.code for speaker in item.speakers],
    }
