"""What an event lacks, as far as this room knows it; and the whole list of its dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from ..core import i18n, registry
from ..core.registry import Missing, Severity
from ..core.text import Text
from . import queries
from .models import Event, EventState

LOOK = {Severity.STOP: "blocking", Severity.WARN: "warning", Severity.NOTE: "note"}
BEFORE = (EventState.DRAFT, EventState.ANNOUNCED, EventState.REGISTRATION_OPEN, EventState.CLOSED)


@dataclass(frozen=True)
class Line:
    """A missing thing as `parts/todo.html` draws it."""

    severity: str
    text: Markup
    url: str
    action: str
    kind: str = ""


def of_event(event: Event) -> list[Line]:
    """What every room finds missing in an event, what weighs most first."""
    order = list(Severity)
    found = [each for finder in registry.missing for each in finder(event.code)]
    found.sort(key=lambda each: order.index(each.severity))
    return [Line(LOOK[each.severity], escape(each.what), each.url, str(each.mend)) for each in found]


def find(event_code: str) -> list[Missing]:
    """Facts, rooms, team and texts that are not there, in three statements."""
    event = queries.event_for_work(event_code)
    if event is None or event.state is EventState.ARCHIVED:
        return []
    return [*_facts(event), *_rooms(event), *_team(event), *_texts(event)]


def _facts(event: Event) -> Iterator[Missing]:
    edit = url_for("events.edit", event=event.code)
    if event.state in BEFORE:
        if not event.dates_confirmed:
            yield Missing(Severity.WARN, _("The dates are not confirmed."), edit, _("Confirm the dates"))
        if not event.place:
            yield Missing(Severity.WARN, _("The place is not known."), edit, _("Give the place"))
        if not event.venue:
            yield Missing(Severity.WARN, _("The venue is not known."), edit, _("Give the venue"))
        if event.registration_until is None and event.state is not EventState.CLOSED:
            yield Missing(Severity.NOTE, _("There is no registration deadline."), edit, _("Set a deadline"))
    if event.state is EventState.FINISHED and not event.outcome:
        texts = url_for("events.texts", event=event.code)
        yield Missing(Severity.WARN, _("The outcome has not been published."), texts, _("Write the outcome"))


def _rooms(event: Event) -> Iterator[Missing]:
    if event.state not in BEFORE:
        return
    total, unknown = queries.counts_of_rooms(event)
    page = url_for("events.rooms", event=event.code)
    if not total:
        yield Missing(Severity.WARN, _("There are no rooms yet."), page, _("Add a room"))
    if unknown:
        yield Missing(
            Severity.NOTE, _("Rooms without a number of seats: %(count)s.", count=unknown), page, _("Give the seats")
        )


def _team(event: Event) -> Iterator[Missing]:
    if event.state in BEFORE and not queries.has_desk(event):
        page = url_for("events.team", event=event.code)
        yield Missing(Severity.NOTE, _("Nobody is at the desk yet."), page, _("Add to the team"))


def _texts(event: Event) -> Iterator[Missing]:
    texts: list[tuple[str, Text, str]] = [
        (_("Title"), event.title, "events.edit"),
        (_("Summary"), event.summary, "events.texts"),
        (_("Practical information"), event.practical, "events.texts"),
    ]
    for label, value, endpoint in texts:
        lacking = value.missing(event.languages)
        if lacking:
            words = _("%(text)s is missing in %(languages)s.", text=label,
                      languages=i18n.joined(i18n.language_name(code) for code in lacking))  # fmt: skip
            yield Missing(
                Severity.WARN if not value else Severity.NOTE, words, url_for(endpoint, event=event.code), _("Write it")
            )
