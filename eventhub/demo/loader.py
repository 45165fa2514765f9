"""Load the first network: real cities, partners, themes, missions and events; invented people with example.org
addresses. The demo lives in its own time, which begins on 15 February 2016."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from ..core import actors, clock, demo_clock
from ..core.db import session
from ..core.errors import Refused
from ..core.web import absolute
from ..network.models import Network
from ..programme import commands as programme
from . import load_agenda, load_events, load_network, load_people
from .facts_file import Facts, instant, text

START = datetime(2016, 2, 15, 8, 0, tzinfo=UTC)
"""When the demo's time begins: registration is open, the agenda has been released twice."""


class NotEmpty(Refused):
    """The install already has a network: the demo is loaded into an empty one only."""

    def __str__(self) -> str:
        return "This install is not empty: the demo network is loaded into an empty install only."


def load() -> None:
    """Fill an empty install. Raises NotEmpty."""
    if session().scalar(sa.select(sa.func.count()).select_from(Network)):
        raise NotEmpty()
    session().rollback()
    facts = Facts.read()
    demo_clock.move(to=START)
    with actors.acting(actors.system("demo load")):
        with clock.frozen(datetime(2015, 11, 5, 8, 0, tzinfo=UTC)):
            load_network.network(facts=facts)
            load_people.people(facts=facts)
            load_network.contacts(facts=facts)
        with clock.frozen(datetime(2016, 1, 20, 8, 0, tzinfo=UTC)):
            for event in facts.events["events"]:
                load_events.event(facts=facts, raw=event)
                load_people.registrations(facts=facts, raw=event)
        for event in facts.events["events"]:
            _release(facts, event)
        load_people.letters(facts=facts)


def _release(facts: Facts, event: dict) -> None:  # type: ignore[type-arg]
    """Lay the agenda, and publish each release on its own day."""
    if not event["agenda"]["sessions"]:
        return
    code = load_agenda.sessions(facts=facts, raw=event)
    for release in event["agenda"]["releases"]:
        with clock.frozen(instant(release["at"])):
            load_agenda.changes(raw=event, changes=release["changes"])
            programme.release(event=code, note=text(release["note"]))


def who() -> Iterator[tuple[str, str, str]]:
    """(role, name, where to sign in as them) of the people a newcomer tries first, one per role."""
    seen: set[str] = set()
    for person in Facts.read().people["people"]:
        at_meeting = person["events"].get("technical-meeting-lyon") or {}
        roles = [each for each in person["roles"] if each in ("organiser", "desk")]
        roles += ["delegation lead"] if person["lead"] else []
        roles += (
            ["focal point"]
            if (at_meeting.get("category"), at_meeting.get("state")) == ("focal_point", "approved")
            else []
        )
        for role in roles:
            if role not in seen:
                seen.add(role)
                yield role, f"{person['given']} {person['family']}", absolute("demo.people")
