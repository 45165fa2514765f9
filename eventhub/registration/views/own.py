"""One's own registration: the form, the review, where it stands, the calendar file. No password, a personal link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from ...core import clock, i18n
from ...core.access import requires
from ...core.errors import Changed, Refused
from ...core.files import send_bytes
from ...core.web import redirect_to, render, say_refused
from .. import answers as said
from .. import commands, letters, queries, rules, shown
from ..access import Permission
from ..calendar import MEDIA_TYPE
from ..commands.answer import themes_and_ranking
from ..errors import NotARanking
from ..forms import EmptyForm, RegistrationForm
from ..models import Registration, State

bp = Blueprint("registration", __name__, url_prefix="/<lang:lang>/registration")


@bp.get("/<registration>")
@requires(Permission.REGISTRATION_OWN, load=queries.registration)
def own(row: Registration) -> Any:
    """Where it stands; who has not answered yet is taken to the form."""
    if row.state in rules.UNANSWERED:
        return redirect_to(".form", registration=row.code)
    line = queries.explained(row.event).get(row.code) if row.state is State.WAITLISTED else None
    return render("registration/own.html", row=row, event=row.event, line=line, form=EmptyForm(), **_deadline(row))


@bp.route("/<registration>/form", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_OWN, load=queries.registration_to_answer)
def form(row: Registration) -> Any:
    """The form. "Save" keeps it half done; "continue" wants it complete and leads to the review."""
    if row.state not in rules.ANSWERING | rules.CORRECTING:
        return redirect_to(".own", registration=row.code)
    page = RegistrationForm()
    page.in_order_of(i18n.language())
    ranks = row.category.ranks_themes
    stored = None if page.is_submitted() else said.of(row, themes_and_ranking(row, row.event.network_id).ranking)
    if ranks:
        themes = [(code, i18n.plain_text(title)) for code, title in queries.themes(row.event)]
        page.rank(themes, stored or said.Answers())
    if stored is not None:
        page.begin(stored, row.revision)
    differences: list[shown.Difference] = []
    draft = request.form.get("step") == "save"
    valid = page.validate_on_submit()
    if page.is_submitted() and not draft:
        valid = page.is_complete(ranks=ranks) and valid
    if valid:
        code, sent = row.code, row.state in rules.CORRECTING
        try:
            commands.save(event=row.event.code, registration=code, answers=page.answers(), revision=page.began_from)
        except Changed as refused:
            differences = shown.differences(refused, row.event)
            page.revision.data = str(refused.values["revision"])
        except NotARanking as refused:
            page.ranking.errors = [str(refused)]
        else:
            return _after_saving(code, sent=sent, draft=draft)
    html = render(
        "registration/form.html", row=row, event=row.event, form=page, ranks=ranks, differences=differences,
        returning=row.state is State.INVITED and bool(row.person.function or row.person.languages), **_deadline(row),
    )  # fmt: skip
    return html, 422 if page.is_submitted() else 200


@bp.route("/<registration>/review", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_OWN, load=queries.registration_to_answer)
def review(row: Registration) -> Any:
    """Everything once more before it is sent."""
    code = row.code
    if row.state not in rules.ANSWERING:
        return redirect_to(".own", registration=code)
    page = EmptyForm()
    if page.validate_on_submit():
        try:
            done = commands.submit(event=row.event.code, registration=code)
        except Refused as refused:
            say_refused(refused)
            return redirect_to(".form", registration=code)
        if done.state is State.WAITLISTED:
            flash(_("Your registration has been sent. You are on the waiting list."), "ok")
        else:
            flash(_("Your registration has been sent. Thank you."), "ok")
        return redirect_to(".own", registration=code)
    lines = shown.lines(queries.with_preferences(code) or row)
    return render("registration/review.html", row=row, event=row.event, form=page, lines=lines, **_deadline(row))


@bp.get("/<registration>/calendar.ics")
@requires(Permission.REGISTRATION_OWN, load=queries.registration)
def calendar(row: Registration) -> Response:
    """The entry for one's calendar, confirmed or cancelled as the registration is."""
    return send_bytes(letters.calendar_file(row), f"{row.event.slug}.ics", MEDIA_TYPE)


def _after_saving(code: str, *, sent: bool, draft: bool) -> Any:
    if sent:
        flash(_("Your corrections have been saved."), "ok")
        return redirect_to(".own", registration=code)
    if draft:
        flash(_("Your answers are kept. You can go on at any time with the link in our letter."), "ok")
        return redirect_to(".form", registration=code)
    return redirect_to(".review", registration=code)


def _deadline(row: Registration) -> dict[str, Any]:
    event = row.event
    open_now = rules.registration_open(
        event.state, event.registration_until, clock.now(), invited=row.origin.value != "request"
    )
    return {"is_open": open_now, "until": event.registration_until}
