"""What an event still lacks, as far as this room knows it; and its key figures."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import i18n
from ..core.registry import Missing, Severity
from ..events.models import Event, EventState
from ..events.parts import Figure
from . import queries
from .letters import delegation_name

OVER = (EventState.FINISHED, EventState.ARCHIVED)


def find(event_code: str) -> list[Missing]:
    """Cities without a focal point, a lead or a delegation; places left, invitations unanswered, decisions due."""
    event = queries.event(event_code)
    if event is None or event.state in OVER:
        return []
    return [*_delegations(event), *_answers(event)]


def _delegations(event: Event) -> list[Missing]:
    rows = queries.delegations(event)
    cities, _partners = queries.without_delegation(event)
    found: list[Missing] = []
    url = url_for("registration_setup.delegations", event=event.code)
    confirmed = [i18n.plain_text(row.name) for row in cities if row.status.value == "confirmed"]
    if confirmed:
        words = _("Confirmed cities without a delegation: %(cities)s", cities=i18n.joined(confirmed))
        found.append(Missing(Severity.WARN, words, url, _("Add them")))
    for row in queries.without_focal_point(event):
        invite = url_for("invitations.one", event=event.code, delegation=row.code)
        words = _("%(city)s has no focal point", city=delegation_name(row))
        found.append(Missing(Severity.STOP, words, invite, _("Invite")))
    for row in rows:
        if row.lead is None and row.city is not None:
            edit = url_for("registration_setup.delegation", event=event.code, delegation=row.code)
            words = _("%(city)s has no lead of its delegation", city=delegation_name(row))
            found.append(Missing(Severity.STOP, words, edit, _("Name the lead")))
    left = [delegation_name(row) for row in rows if row.quota is not None and row.taken < row.quota]
    if left:
        words = _("Delegations with places left: %(cities)s", cities=i18n.joined(left))
        found.append(Missing(Severity.NOTE, words, url, _("See the delegations")))
    return found


def _answers(event: Event) -> list[Missing]:
    funnel = queries.funnel(event)
    found: list[Missing] = []
    if funnel.pending:
        words = ngettext(
            "One registration awaits approval", "%(num)d registrations await approval", funnel.pending
        )
        url = url_for("registrations.index", event=event.code, state="pending")
        found.append(Missing(Severity.WARN, words, url, _("Decide")))
    if funnel.unanswered:
        words = ngettext("One invitation is not answered", "%(num)d invitations are not answered", funnel.unanswered)
        url = url_for("registrations.index", event=event.code, state="invited")
        found.append(Missing(Severity.NOTE, words, url, _("See who")))
    return found


def figures(event: Event) -> list[Figure]:
    """The funnel on the dashboard, each figure with its list."""
    funnel = queries.funnel(event)

    def listed(state: str = "") -> str:
        return url_for("registrations.index", event=event.code, state=state or None)

    places = _("of %(places)s places", places=i18n.number(event.capacity)) if event.capacity is not None else ""
    return [
        Figure(i18n.number(funnel.invited), _("invited"), listed()),
        Figure(i18n.number(funnel.answered), _("answered"), listed()),
        Figure(i18n.number(funnel.approved), _("approved"), listed("approved"), places, "ok"),
        Figure(
            i18n.number(funnel.pending), _("awaiting approval"), listed("pending"), "",
            "wait" if funnel.pending else "",
        ),
        Figure(
            i18n.number(funnel.waitlisted), _("on the waiting list"),
            url_for("registrations.waiting", event=event.code), "", "wait" if funnel.waitlisted else "",
        ),
    ]  # fmt: skip
