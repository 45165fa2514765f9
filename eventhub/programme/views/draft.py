"""The draft agenda: one day after the other, rooms across, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from ...core.access import requires
from ...core.web import redirect_to, render
from ...events.models import Event
from ...events.queries import event_for_work, rooms
from .. import commands, page, queries
from ..access import Permission
from ..forms import NewSessionForm
from . import bp

BASE = "/work/events/<event>/agenda"


@bp.get(BASE)
@requires(Permission.PROGRAMME_SEE, load=event_for_work)
def draft(event: Event) -> str:
    return render("programme/draft.html", event=event, page=page.draft_page(event))


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=event_for_work)
def new_session(event: Event) -> Any:
    form = NewSessionForm(data=_asked(event))
    form.offer_places(event, rooms(event))
    form.offer_themes(queries.themes())
    if form.validate_on_submit():
        code = commands.add_session(event=event.code, **form.about(), **form.slot())
        flash(_("The session has been added."), "ok")
        return redirect_to(".session", event=event.code, session_code=code)
    return render("programme/new_session.html", event=event, form=form), 422 if form.is_submitted() else 200


def _asked(event: Event) -> dict[str, Any]:
    """What a link to the form already says: the day and the room."""
    asked = request.args.get("day", "")
    days = {day.isoformat() for day in event.days}
    return {
        "day": asked if asked in days else "",
        "room": request.args.get("room", ""),
        "languages": event.languages,
    }
