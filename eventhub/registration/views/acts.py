"""Decisions, each a button: by the organiser, by the lead for the own delegation, by the person for the own place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ...core.access import actor, may, requires
from ...core.errors import Refused
from ...core.web import redirect_back, redirect_to, render, say_refused
from .. import commands, queries, rules
from ..access import Permission, is_self
from ..forms import ReasonForm, RefuseForm
from ..models import Registration, State
from ..words import FULL

bp = Blueprint("registration_acts", __name__, url_prefix="/<lang:lang>/registration")


@bp.post("/<registration>/approve")
@requires(Permission.REGISTRATION_DECIDE, load=queries.registration)
def approve(row: Registration) -> Any:
    try:
        done = commands.approve(event=row.event.code, registration=row.code)
    except Refused as refused:
        say_refused(refused)
        return _back(row)
    if done.full:
        words = _("There is no place: %(full)s. The registration is on the waiting list.", full=FULL[done.full])
        flash(words, "warning")
    else:
        flash(_("Approved. %(name)s receives the confirmation.", name=row.person.name), "ok")
    return _back(row)


@bp.route("/<registration>/refuse", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_DECIDE, load=queries.registration)
def refuse(row: Registration) -> Any:
    form = RefuseForm()
    if form.validate_on_submit():
        try:
            commands.refuse(event=row.event.code, registration=row.code, reason=form.reason.data)
            flash(_("Refused. %(name)s receives a letter with the reason.", name=row.person.name), "ok")
        except Refused as refused:
            say_refused(refused)
        return _back(row)
    page = render("registration/refuse.html", row=row, event=row.event, form=form, back=_address_back(row))
    return page, 422 if form.is_submitted() else 200


@bp.route("/<registration>/cancel", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_CANCEL, load=queries.registration)
def cancel(row: Registration) -> Any:
    """Cancel; or decline, for the person who has not yet answered."""
    own = is_self(actor(), row)
    declines = own and row.state in rules.UNANSWERED
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render(
            "registration/cancel.html", row=row, event=row.event, form=form, own=own, declines=declines,
            back=_address_back(row),
        )  # fmt: skip
        return page, 422 if form.is_submitted() else 200
    try:
        if declines:
            commands.decline(event=row.event.code, registration=row.code, reason=form.reason.data)
            flash(_("Thank you for telling us. We regret that you cannot come."), "ok")
            return redirect_to("registration.own", registration=row.code)
        done = commands.cancel(event=row.event.code, registration=row.code, reason=form.reason.data)
    except Refused as refused:
        say_refused(refused)
        return _back(row)
    if own and not actor().signed_in and actor().purpose == "registration":
        return redirect_to("register.over")
    flash(
        ngettext(
            "Cancelled. One person has been promoted from the waiting list.",
            "Cancelled. %(num)d people have been promoted from the waiting list.",
            len(done.promoted),
        )
        if done.promoted
        else _("Cancelled. %(name)s receives a letter.", name=row.person.name),
        "ok",
    )
    return _back(row)


@bp.post("/<registration>/readmit")
@requires(Permission.REGISTRATION_MANAGE, load=queries.registration)
def readmit(row: Registration) -> Any:
    try:
        done = commands.readmit(event=row.event.code, registration=row.code)
    except Refused as refused:
        say_refused(refused)
        return _back(row)
    words = {
        State.APPROVED: _("Admitted again, with a place."),
        State.WAITLISTED: _("Admitted again, on the waiting list: there is no place left."),
        State.INVITED: _("Invited once more."),
    }
    flash(words[done.state], "warning" if done.full else "ok")
    return _back(row)


@bp.post("/<registration>/remind")
@requires(Permission.REGISTRATION_DECIDE, load=queries.registration)
def remind(row: Registration) -> Any:
    try:
        commands.remind(event=row.event.code, registration=row.code)
        flash(_("The invitation has been sent to %(name)s once more.", name=row.person.name), "ok")
    except Refused as refused:
        say_refused(refused)
    return _back(row)


def _back(row: Registration) -> Any:
    """To where the actor works: the organiser's page, the delegation's, or the own one."""
    endpoint, parts = _home(row)
    return redirect_back(endpoint, **parts)


def _address_back(row: Registration) -> str:
    endpoint, parts = _home(row)
    return url_for(endpoint, **parts)


def _home(row: Registration) -> tuple[str, dict[str, Any]]:
    if may(Permission.REGISTRATIONS_MANAGE, row.event):
        return "registrations.show", {"event": row.event.code, "registration": row.code}
    if row.delegation is not None and may(Permission.DELEGATION_LEAD, row.delegation):
        return "delegation.show", {"delegation": row.delegation.code}
    return "registration.own", {"registration": row.code}
