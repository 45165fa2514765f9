"""One session of the draft: what it is, where it stands, its items and its people."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...core import i18n
from ...core.access import requires
from ...core.errors import Changed, Refused
from ...core.text import clean_line
from ...core.web import redirect_to, render, say_refused
from ...events import compare
from ...events.queries import rooms
from .. import commands, page, queries
from ..access import Permission
from ..forms import EmptyForm, ItemForm, MoveForm, PersonForm, SessionForm, SlotForm, offered
from ..models import Item, Part, Session, SessionPerson
from . import bp

BASE = "/work/events/<event>/agenda/<session_code>"
MINUTES = {"minutes": _l("Minutes")}


@bp.get(BASE)
@requires(Permission.PROGRAMME_SEE, load=queries.session_for_work)
def session(session: Session) -> str:
    return render("programme/session.html", event=session.event, session=session, page=page.session_page(session))


@bp.route(f"{BASE}/edit", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.session_for_work)
def edit_session(session: Session) -> Any:
    form = SessionForm.of(session)
    form.offer_themes(queries.themes())
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        try:
            commands.edit_session(
                event=session.event.code, session=session.code, revision=form.began_from, **form.about()
            )
        except Changed as refused:
            differences = compare.differences(form, refused)
        else:
            flash(_("The session has been saved."), "ok")
            return _back(session)
    answer = render(
        "programme/edit_session.html", event=session.event, session=session, form=form, differences=differences
    )
    return answer, 422 if form.is_submitted() else 200


@bp.route(f"{BASE}/slot", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.session_for_work)
def place_session(session: Session) -> Any:
    form = SlotForm.of(session)
    form.offer_places(session.event, rooms(session.event), session.day)
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        slot = form.slot(otherwise=session.minutes)
        try:
            commands.place_session(event=session.event.code, session=session.code, revision=form.began_from, **slot)
        except Changed as refused:
            differences = compare.differences(form, refused, MINUTES)
        except commands.LengthNotPossible as refused:
            form.until.errors = [str(refused)]
        else:
            flash(_("The session has been moved."), "ok")
            return _back(session)
    answer = render("programme/slot.html", event=session.event, session=session, form=form, differences=differences)
    return answer, 422 if form.is_submitted() else 200


@bp.route(f"{BASE}/remove", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.session_for_work)
def remove_session(session: Session) -> Any:
    event, form = session.event, EmptyForm()
    if not form.validate_on_submit():
        return render("programme/remove_session.html", event=event, session=session, form=form)
    commands.remove_session(event=event.code, session=session.code)
    flash(_("The session has been removed from the draft."), "ok")
    return redirect_to(".draft", event=event.code)


@bp.route(f"{BASE}/items/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.session_for_work)
def new_item(session: Session) -> Any:
    form = ItemForm()
    form.offer_people(offered(session, page.names_of(session), i18n.language()))
    if form.validate_on_submit():
        commands.add_item(
            event=session.event.code, session=session.code, title=form.title.data, minutes=form.minutes.data,
            speakers=form.speakers.data or [],
        )  # fmt: skip
        flash(_("The item has been added."), "ok")
        return _back(session)
    answer = render("programme/item.html", event=session.event, session=session, item=None, form=form, differences=[])
    return answer, 422 if form.is_submitted() else 200


@bp.route(f"{BASE}/items/<item>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.item_for_work)
def edit_item(item: Item) -> Any:
    session = item.session
    speakers = [speaker.person.code for speaker in item.speakers]
    form = ItemForm(
        data={"revision": item.revision, "title": item.title, "minutes": item.minutes, "speakers": speakers}
    )
    form.offer_people(offered(session, page.names_of(session), i18n.language()))
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        try:
            commands.edit_item(
                event=session.event.code, session=session.code, item=item.code, revision=form.began_from,
                title=form.title.data, minutes=form.minutes.data, speakers=form.speakers.data or [],
            )  # fmt: skip
        except Changed as refused:
            differences = compare.differences(form, refused)
        else:
            flash(_("The item has been saved."), "ok")
            return _back(session)
    answer = render(
        "programme/item.html", event=session.event, session=session, item=item, form=form, differences=differences
    )
    return answer, 422 if form.is_submitted() else 200


@bp.post(f"{BASE}/items/<item>/move")
@requires(Permission.PROGRAMME_EDIT, load=queries.item_for_work)
def move_item(item: Item) -> Any:
    form, session = MoveForm(), item.session
    if not form.validate_on_submit() or form.to.data is None:
        abort(400)
    commands.move_item(event=session.event.code, session=session.code, item=item.code, to=form.to.data)
    return _back(session)


@bp.post(f"{BASE}/items/<item>/remove")
@requires(Permission.PROGRAMME_EDIT, load=queries.item_for_work)
def remove_item(item: Item) -> Any:
    session = item.session
    commands.remove_item(event=session.event.code, session=session.code, item=item.code)
    flash(_("The item has been removed."), "ok")
    return _back(session)


@bp.route(f"{BASE}/people", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT, load=queries.session_for_work)
def people(session: Session) -> Any:
    """Search known people, and give one of them a part."""
    form = PersonForm()
    words = clean_line(request.args.get("q", ""))[:200]
    if form.validate_on_submit():
        try:
            commands.add_person(
                event=session.event.code, session=session.code, person=form.person.data or "",
                part=Part(form.part.data),
            )  # fmt: skip
            flash(_("Added to the session."), "ok")
            return _back(session)
        except Refused as refused:
            say_refused(refused)
            return redirect_to(".people", event=session.event.code, session_code=session.code, q=words)
    found = queries.find_people(words)
    return render("programme/people.html", event=session.event, session=session, words=words, found=found)


@bp.post(f"{BASE}/people/<person>/<part>/remove")
@requires(Permission.PROGRAMME_EDIT, load=queries.part_for_work)
def remove_person(part: SessionPerson) -> Any:
    session = part.session
    commands.remove_person(event=session.event.code, session=session.code, person=part.person.code, part=part.part)
    flash(_("Removed from the session."), "ok")
    return _back(session)


def _back(session: Session) -> Any:
    return redirect_to(".session", event=session.event.code, session_code=session.code)
