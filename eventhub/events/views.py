"""Pages of the events room: what the public reads of an event, and its workplace."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _

from ..accounts.access import is_administrator
from ..core import clock
from ..core.access import actor, may, public, requires, signed_in
from ..core.errors import Changed, Refused
from ..core.pages import public_page
from ..core.web import redirect_to, render, say_refused
from . import commands, compare, parts, queries, rules, todo
from .access import Permission
from .forms import EmptyForm, FactsForm, NewEventForm, RoomForm, StepForm, TeamForm, TextsForm
from .kinds import KINDS
from .models import Event, EventKind, EventState, Room, TeamMember, TeamRole

bp = Blueprint("events", __name__, url_prefix="/<lang:lang>")


@bp.get("/events")
@public
@public_page(daily=True)
def public_list() -> str:
    coming, past = queries.public_events(clock.today())
    return render("events/public_list.html", coming=coming, past=past)


@bp.get("/events/<slug>")
@public
@public_page(scope="slug")
def page(slug: str) -> str:
    return _public("events/presentation.html", slug)


@bp.get("/events/<slug>/practical")
@public
@public_page(scope="slug")
def practical(slug: str) -> str:
    return _public("events/practical.html", slug)


@bp.get("/work/events")
@signed_in
def work_list() -> str:
    rows = queries.events_of_user(actor().code, every=is_administrator(actor(), None))
    return render("events/work_list.html", events=rows, may_create=may(Permission.EVENT_CREATE))


@bp.get("/work/events/new")
@requires(Permission.EVENT_CREATE)
def choose_kind() -> str:
    return render("events/choose_kind.html", kinds=KINDS.values())


@bp.route("/work/events/new/<kind>", methods=["GET", "POST"])
@requires(Permission.EVENT_CREATE)
def new(kind: str) -> Any:
    model = KINDS[EventKind(kind)] if kind in list(EventKind) else abort(404)
    cities = queries.cities()
    form = NewEventForm()
    form.offer(cities)
    if not form.is_submitted():
        form.begin(model)
    if form.validate_on_submit():
        held_in = next((city for city in cities if city.code == form.city.data), None)
        try:
            code = commands.create_event(
                kind=model.key, title=form.title.data, starts_on=form.starts_on.data, ends_on=form.ends_on.data,
                zone=form.zone.data, city=form.city.data or None,
                place=form.place.data or (held_in.name if held_in else form.place.data),
            )  # fmt: skip
        except commands.DaysNotInOrder as refused:
            form.ends_on.errors = [str(refused)]
        else:
            flash(_("The event has been created. Below is what it still lacks."), "ok")
            return redirect_to(".show", event=code)
    return render("events/new.html", kind=model, form=form), 422 if form.is_submitted() else 200


@bp.get("/work/events/<event>")
@requires(Permission.EVENT_SEE, load=queries.event_for_work)
def show(event: Event) -> str:
    figures = [figure for source in parts.figures for figure in source(event)]
    return render("events/dashboard.html", event=event, missing=todo.of_event(event), figures=figures, **_life(event))


@bp.route("/work/events/<event>/facts", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event_for_work)
def edit(event: Event) -> Any:
    form = FactsForm.about(event)
    form.offer(queries.cities())
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        try:
            commands.edit_event(event=event.code, **form.facts())
        except Changed as refused:
            differences = compare.differences(form, refused)
        except (commands.SlugTaken, commands.SlugNotGood) as refused:
            form.slug.errors = [str(refused)]
        except commands.DaysNotInOrder as refused:
            form.ends_on.errors = [str(refused)]
        except commands.CapacityBelowTaken as refused:
            form.capacity.errors = [str(refused)]
        else:
            flash(_("The facts have been saved."), "ok")
            return redirect_to(".show", event=event.code)
    page = render("events/facts.html", event=event, form=form, differences=differences)
    return page, 422 if form.is_submitted() else 200


@bp.route("/work/events/<event>/texts", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event_for_work)
def texts(event: Event) -> Any:
    form = TextsForm(obj=event)
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if name != "revision"}
        try:
            commands.edit_texts(event=event.code, revision=form.began_from, **values)
        except Changed as refused:
            differences = compare.differences(form, refused)
        else:
            flash(_("The texts have been saved."), "ok")
            return redirect_to(".show", event=event.code)
    page = render("events/texts.html", event=event, form=form, differences=differences)
    return page, 422 if form.is_submitted() else 200


@bp.route("/work/events/<event>/rooms", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event_for_work)
def rooms(event: Event) -> Any:
    form = RoomForm()
    if form.validate_on_submit():
        commands.add_room(
            event=event.code, name=form.name.data, capacity=form.capacity.data, booths=form.booths.data or []
        )
        flash(_("The room has been added."), "ok")
        return redirect_to(".rooms", event=event.code)
    page = render("events/rooms.html", event=event, form=form, rooms=queries.rooms(event))
    return page, 422 if form.is_submitted() else 200


@bp.route("/work/events/<event>/rooms/<room>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.room_for_work)
def edit_room(room: Room) -> Any:
    form = RoomForm(obj=room)
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        try:
            commands.edit_room(
                event=room.event.code, room=room.code, revision=form.began_from, name=form.name.data,
                capacity=form.capacity.data, booths=form.booths.data or [],
                position=form.position.data or room.position,
            )  # fmt: skip
        except Changed as refused:
            differences = compare.differences(form, refused)
        else:
            flash(_("The room has been saved."), "ok")
            return redirect_to(".rooms", event=room.event.code)
    page = render("events/room.html", event=room.event, room=room, form=form, differences=differences)
    return page, 422 if form.is_submitted() else 200


@bp.route("/work/events/<event>/rooms/<room>/remove", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.room_for_work)
def remove_room(room: Room) -> Any:
    form, event = EmptyForm(), room.event
    if not form.validate_on_submit():
        return render("events/room_remove.html", event=event, room=room, form=form)
    try:
        commands.remove_room(event=event.code, room=room.code)
        flash(_("The room has been removed."), "ok")
    except commands.RoomInUse as refused:
        say_refused(refused)
    return redirect_to(".rooms", event=event.code)


@bp.route("/work/events/<event>/team", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event_for_work)
def team(event: Event) -> Any:
    form = TeamForm()
    if form.validate_on_submit():
        try:
            commands.add_team_member(event=event.code, mail=form.mail.data, role=TeamRole(form.role.data))
        except (commands.NoSuchAccount, commands.AlreadyInTeam) as refused:
            form.mail.errors = [str(refused)]
        else:
            flash(_("Added to the team; a message tells them so."), "ok")
            return redirect_to(".team", event=event.code)
    page = render("events/team.html", event=event, form=form, team=queries.team(event))
    return page, 422 if form.is_submitted() else 200


@bp.post("/work/events/<event>/team/<member>/remove")
@requires(Permission.EVENT_EDIT, load=queries.member_for_work)
def remove_member(member: TeamMember) -> Any:
    event = member.event
    try:
        commands.remove_team_member(event=event.code, member=member.code)
        flash(_("Removed from the team."), "ok")
    except commands.LastOrganiser as refused:
        say_refused(refused)
    return redirect_to(".team", event=event.code)


@bp.route("/work/events/<event>/life", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event_for_work)
def life(event: Event) -> Any:
    form = StepForm()
    if not form.validate_on_submit():
        return render("events/life.html", event=event, **_life(event))
    if form.to.data not in list(EventState):
        abort(400)
    try:
        commands.set_state(event=event.code, to=EventState(form.to.data))
        flash(_("The event has taken this step."), "ok")
    except Refused as refused:
        say_refused(refused)
    return redirect_to(".show", event=event.code)


def _life(event: Event) -> dict[str, Any]:
    """The steps an event may take now, forward ones first, and where it stands in the order."""
    steps = sorted(rules.TRANSITIONS[event.state], key=lambda step: rules.goes_back(event.state, step))
    return {
        "steps": [(step, rules.goes_back(event.state, step)) for step in steps],
        "order": rules.ORDER,
        "place_in_order": rules.ORDER.index(event.state),
    }


def _public(template: str, slug: str) -> str:
    event = queries.public_event(slug)
    if event is None:
        abort(404)
    return render(template, event=event)


def public_tabs(event: Event, here: str) -> list[tuple[str, str, bool]]:
    """The tabs of the public pages of an event; `here` is the endpoint of the page, or of the one it belongs to."""
    return [(str(tab.label), url_for(tab.endpoint, slug=event.slug), tab.endpoint == here) for tab in parts.tabs_of()]
