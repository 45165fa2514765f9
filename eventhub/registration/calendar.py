"""The participant's calendar entry (RFC 5545), as a file in a letter or from the own page.

METHOD:PUBLISH (RFC 5546 3.2.1): the client keeps one entry per UID and takes a higher SEQUENCE for an update; a
cancellation is the same entry with STATUS:CANCELLED.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr

from flask import current_app

from ..core import times
from ..core.registry import Registry
from ..core.text import clean_line
from ..events.models import Event
from .models import Registration, State

MEDIA_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"

hours: Registry[Callable[[Event], tuple[datetime, datetime] | None]] = Registry("opening hours of an event")
"""Instants at which an event begins and ends, where a higher room knows them (a released agenda). Without any, an
entry covers the days of the event in its zone, from midnight to midnight."""


@dataclass(frozen=True)
class Entry:
    """What stands in the file. `starts` and `ends` are instants; `zone` is the event's."""

    uid: str
    sequence: int
    cancelled: bool
    title: str
    place: str
    description: str
    url: str
    starts: datetime
    ends: datetime
    zone: str
    stamp: datetime
    organiser: str
    organiser_name: str
    language: str


def entry(row: Registration, *, language: str, url: str) -> Entry:
    """The entry of a registration, in a language. `url` is the public page of the event."""
    event = row.event
    base = current_app.config["EVENTHUB"]
    name, mail = parseaddr(base.mail_from)
    main = event.main_language
    starts, ends = _hours(event)
    where = (each.in_(language, main) for each in (event.venue, event.address, event.place))
    return Entry(
        uid=f"registration-{row.code.lower()}@{mail.rpartition('@')[2] or 'localhost'}",
        sequence=row.sequence,
        cancelled=row.state is not State.APPROVED,
        title=event.title.in_(language, main),
        place=", ".join(filter(None, where)),
        description=event.summary.in_(language, main),
        url=url,
        starts=starts,
        ends=ends,
        zone=event.zone,
        stamp=row.decided_at or row.created_at,
        organiser=mail,
        organiser_name=name,
        language=language,
    )


def write(it: Entry) -> bytes:
    """The entry as a file: VCALENDAR with its VTIMEZONE, lines folded and ended as RFC 5545 3.1 says."""
    # Read by the workers that write letters and by the page that gives the file: no web worker pays for it at start.
    from icalendar import Calendar, vCalAddress, vText
    from icalendar import Event as Component

    zone = times.zone(it.zone)
    calendar = Calendar()
    calendar.add("prodid", "-//EventHub//Registration//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    component = Component()
    component.add("uid", it.uid)
    component.add("sequence", it.sequence)
    component.add("dtstamp", it.stamp.astimezone(UTC).replace(microsecond=0))
    component.add("last-modified", it.stamp.astimezone(UTC).replace(microsecond=0))
    component.add("dtstart", it.starts.astimezone(zone).replace(microsecond=0))
    component.add("dtend", it.ends.astimezone(zone).replace(microsecond=0))
    component.add("summary", clean_line(it.title), parameters={"language": it.language})
    component.add("status", "CANCELLED" if it.cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if it.cancelled else "OPAQUE")
    if it.place:
        component.add("location", clean_line(it.place), parameters={"language": it.language})
    if it.description:
        component.add("description", it.description, parameters={"language": it.language})
    component.add("url", it.url)
    if it.organiser:
        organiser = vCalAddress(f"mailto:{it.organiser}")
        if it.organiser_name:
            organiser.params["cn"] = vText(clean_line(it.organiser_name))
        component["organizer"] = organiser
    calendar.add_component(component)
    year = timedelta(days=366)
    calendar.add_missing_timezones(first_date=(it.starts - year).date(), last_date=(it.ends + year).date())
    return bytes(calendar.to_ical())


def _hours(event: Event) -> tuple[datetime, datetime]:
    for find in hours:
        found = find(event)
        if found is not None:
            return found
    return _midnight(event.starts_on, event.zone), _midnight(event.ends_on + timedelta(days=1), event.zone)


def _midnight(day: date, zone: str) -> datetime:
    return times.instant(day, time(0, 0), zone)
