"""How the letters of this room are made of the rows they speak of. They run in a worker, in the reader's language, and
say nothing that is no longer true: a letter whose moment has passed is not written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from ..accounts import links
from ..accounts.models import PersonalLink
from ..core import clock, i18n
from ..core.db import session
from ..core.registry import Registry
from ..core.web import absolute
from ..mail.letters import Attachment, Compose, Content, Letter
from . import calendar, queries
from .models import Delegation, Registration, State
from .words import FULL

Write = Callable[[Registration], dict[str, Any] | None]


def register(letters: Registry[Letter]) -> None:
    """Every letter of this room, with the states in which it is still true."""
    unanswered = (State.INVITED, State.DRAFT)
    sent = (State.PENDING, State.APPROVED, State.WAITLISTED)
    for name, title, states, attach in (
        ("invitation", _l("Invitation to register"), unanswered, False),
        ("nomination", _l("Nomination by a delegation"), unanswered, False),
        ("link", _l("Link to one's registration"), (*unanswered, *sent, State.DECLINED), False),
        ("received", _l("Registration received"), (State.PENDING,), False),
        ("waitlisted", _l("Place on the waiting list"), (State.WAITLISTED,), False),
        ("approved", _l("Registration approved"), (State.APPROVED,), True),
        ("promoted", _l("A place became free"), (State.APPROVED,), True),
        ("changed", _l("Registration changed"), (State.APPROVED,), True),
        ("refused", _l("Registration refused"), (State.REFUSED,), False),
        ("cancelled", _l("Registration cancelled"), (State.CANCELLED,), True),
    ):
        full = f"registration.{name}"
        letters.add(full, Letter(full, _compose(states, attach), title))
    letters.add(
        "registration.delegation", Letter("registration.delegation", _delegation, _l("Page of a delegation's lead"))
    )


def _compose(states: tuple[State, ...], attach: bool) -> Compose:
    def compose(about: Mapping[str, str]) -> Content | None:
        row = queries.registration(about["registration"])
        if row is None or row.state not in states:
            return None
        values = {**_values(row), **(_waiting(row) if row.state is State.WAITLISTED else {})}
        return Content(values, (_file(row),) if attach and row.sequence else ())

    return compose


def _values(row: Registration) -> dict[str, Any]:
    event = row.event
    main = event.main_language
    return {
        "event": i18n.plain_text(event.title, main),
        "dates": i18n.daterange(event.starts_on, event.ends_on),
        "place": i18n.plain_text(event.venue, main) or i18n.plain_text(event.place, main),
        "town": i18n.plain_text(event.place, main),
        "until": i18n.daytime(event.registration_until, event.zone) if event.registration_until else "",
        "category": i18n.plain_text(row.category.name, main),
        "delegation": delegation_name(row.delegation),
        "reason": row.reason,
        "address": address(row.person_id, "registration", row.code),
        "sign_in": absolute("accounts.sign_in"),
    }


def _waiting(row: Registration) -> dict[str, Any]:
    found = queries.explained(row.event).get(row.code)
    if found is None:
        return {}
    return {
        "place_in_line": found.place_in_category,
        "held_by": str(FULL[found.held_by]) if found.held_by else "",
    }


def _delegation(about: Mapping[str, str]) -> Content | None:
    row = queries.delegation(about["delegation"])
    if row is None or row.lead is None:
        return None
    event = row.event
    return Content(
        {
            "event": i18n.plain_text(event.title, event.main_language),
            "dates": i18n.daterange(event.starts_on, event.ends_on),
            "place": i18n.plain_text(event.place, event.main_language),
            "delegation": delegation_name(row),
            "quota": row.quota,
            "until": i18n.daytime(event.registration_until, event.zone) if event.registration_until else "",
            "address": address(row.lead.id, "delegation", row.code),
        }
    )


def delegation_name(row: Delegation | None) -> str:
    """The city or partner of a delegation, in the language being spoken."""
    if row is None:
        return ""
    return i18n.plain_text(row.city.name if row.city else row.partner.name if row.partner else None)


def address(person_id: int, purpose: str, code: str) -> str:
    """The address of the person's latest open link to this; empty when there is none."""
    query = (
        sa.select(PersonalLink)
        .where(PersonalLink.person_id == person_id, PersonalLink.purpose == purpose, PersonalLink.ended_at.is_(None))
        .order_by(PersonalLink.id.desc())
    )
    now = clock.real_now()
    for link in session().scalars(query):
        if link.expires_at > now and dict(link.about).get(purpose) == code:
            return links.address(link.code)
    return ""


def _file(row: Registration) -> Attachment:
    return Attachment(f"{row.event.slug}.ics", calendar.MEDIA_TYPE, calendar_file(row))


def calendar_file(row: Registration) -> bytes:
    """The registration's calendar entry in the language being spoken."""
    return calendar.write(calendar.entry(row, language=i18n.language(), url=public_address(row)))


def public_address(row: Registration) -> str:
    """The public page of the event, in the language being spoken."""
    base = current_app.config["EVENTHUB"].base_url
    return f"{base}/{i18n.language()}/events/{row.event.slug}"


def target(about: Mapping[str, str]) -> str:
    """The page a link to a registration opens."""
    return url_for("registration.own", registration=about["registration"])


def target_of_delegation(about: Mapping[str, str]) -> str:
    return url_for("delegation.show", delegation=about["delegation"])
