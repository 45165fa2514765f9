"""The organiser's pages: the list of registrations, one of them, the waiting list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_babel import ngettext

from ...core import i18n, lists
from ...core.access import requires
from ...core.errors import Refused
from ...core.web import redirect_to, render, say_refused
from ...events.models import Event
from .. import commands, letters, queries, rules, shown
from ..access import Permission
from ..forms import CategoryChoiceForm, names_of
from ..models import Registration, State
from ..words import STATES

bp = Blueprint("registrations", __name__, url_prefix="/<lang:lang>/work/events/<event>/registrations")


@bp.get("")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def index(event: Event) -> str:
    categories, delegations = queries.categories(event), queries.delegations(event)
    asked = _asked(categories, delegations)
    return render(
        "registration/list.html", event=event, page=queries.listed(event, asked), funnel=queries.funnel(event),
        states=[(state.value, words) for state, words in STATES.items()], categories=names_of(categories),
        delegations=[(row.code, letters.delegation_name(row)) for row in delegations],
    )  # fmt: skip


@bp.get("/registrations.csv")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def export(event: Event) -> Response:
    """The list as it is filtered, with every answer, for a spreadsheet."""
    rows = queries.exported(event, _asked(queries.categories(event), queries.delegations(event)))
    heads = [
        _("Code"), _("State"), _("Category"), _("City"), _("Form of address"), _("Given name"), _("Family name"),
        _("Given name in Arabic script"), _("Family name in Arabic script"), _("Function"), _("Organisation"),
        _("E-mail address"), _("Telephone"), _("Language of our letters"), _("Working languages"), _("Food needs"),
        _("Other food needs or allergies"), _("Access needs"), _("Note to the organiser"), _("Asked for a place"),
    ]  # fmt: skip
    return lists.to_csv(f"{event.slug}-registrations", heads, (_cells(row, event) for row in rows))


@bp.get("/waiting")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def waiting(event: Event) -> str:
    return render("registration/waiting.html", event=event, lines=queries.waiting(event))


@bp.post("/waiting/promote")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def promote(event: Event) -> Any:
    promoted = commands.promote_whoever_fits(event=event.code)
    flash(
        ngettext("One person has been promoted.", "%(num)d people have been promoted.", len(promoted))
        if promoted
        else _("Nobody could be promoted: no place is free for those who wait."),
        "ok" if promoted else "info",
    )
    return redirect_to(".waiting", event=event.code)


@bp.get("/<registration>")
@requires(Permission.REGISTRATION_MANAGE, load=queries.registration_within)
def show(row: Registration) -> str:
    full = queries.with_preferences(row.code) or row
    line = queries.explained(row.event).get(row.code) if row.state is State.WAITLISTED else None
    form = CategoryChoiceForm()
    form.category.choices = names_of(queries.categories(row.event))
    form.category.data = row.category.code
    return render(
        "registration/show.html", row=full, event=row.event, lines=shown.lines(full), history=queries.history(row),
        credential=queries.credential(row), line=line, form=form, rules=rules,
    )  # fmt: skip


@bp.post("/<registration>/category")
@requires(Permission.REGISTRATION_MANAGE, load=queries.registration_within)
def category(row: Registration) -> Any:
    form = CategoryChoiceForm()
    form.category.choices = names_of(queries.categories(row.event))
    if form.validate_on_submit():
        try:
            commands.change_category(event=row.event.code, registration=row.code, category=form.category.data)
            flash(_("The category has been changed."), "ok")
        except Refused as refused:
            say_refused(refused)
    return redirect_to(".show", event=row.event.code, registration=row.code)


def _asked(categories: Any, delegations: Any) -> lists.Wanted:
    return lists.wanted(
        filters={
            "state": [state.value for state in State],
            "category": [row.code for row in categories],
            "delegation": [row.code for row in delegations],
        },
        sorts=queries.SORTS,
    )


def _cells(row: Registration, event: Event) -> list[Any]:
    person = row.person
    main = event.main_language
    return [
        row.code, str(STATES[row.state]), i18n.plain_text(row.category.name, main),
        letters.delegation_name(row.delegation), person.form_of_address, person.given_name, person.family_name,
        person.given_name_arabic, person.family_name_arabic, person.function, person.organisation, person.mail or "",
        person.phone, person.language, ", ".join(f"{code} {level}" for code, level in person.languages or ()),
        ", ".join(person.food_needs or ()), person.food_note, person.access_needs, row.note,
        i18n.daytime(row.requested_at, event.zone),
    ]  # fmt: skip
