"""The organiser's pages of what an event offers: categories with capacity, delegations with lead and quotas."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _
from flask_babel import ngettext

from ...core import i18n
from ...core.access import requires
from ...core.errors import Changed, Refused
from ...core.web import redirect_to, render, say_refused
from ...events import compare
from ...events.models import Event
from .. import commands, queries
from ..access import Permission
from ..forms import CategoryForm, DelegationForm, LeadForm, NewCategoryForm, NewDelegationForm, places_by_category
from ..models import Category, Delegation

bp = Blueprint("registration_setup", __name__, url_prefix="/<lang:lang>/work/events/<event>")


@bp.get("/categories")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def categories(event: Event) -> str:
    return render(
        "registration/categories.html", event=event, categories=queries.categories(event),
        funnels=queries.funnel_by_category(event),
    )  # fmt: skip


@bp.route("/categories/new", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def new_category(event: Event) -> Any:
    form = NewCategoryForm()
    if not form.is_submitted():
        form.priority.data = 10
    if form.validate_on_submit():
        try:
            commands.add_category(event=event.code, **_values(form))
        except Refused as refused:
            form.key.errors = [str(refused)]
        else:
            flash(_("The category has been added."), "ok")
            return redirect_to(".categories", event=event.code)
    page = render("registration/category.html", event=event, form=form, category=None, differences=[])
    return page, 422 if form.is_submitted() else 200


@bp.route("/categories/<category>", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.category_within)
def category(row: Category) -> Any:
    form = CategoryForm(obj=row)
    differences: list[compare.Difference] = []
    if form.validate_on_submit():
        try:
            promoted = commands.edit_category(
                event=row.event.code, category=row.code, revision=form.began_from, values=_values(form)
            )
        except Changed as refused:
            differences = compare.differences(form, refused)
        except Refused as refused:
            form.capacity.errors = [str(refused)]
        else:
            _say_saved(promoted)
            return redirect_to(".categories", event=row.event.code)
    page = render(
        "registration/category.html", event=row.event, form=form, category=row, differences=differences
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/categories/<category>/remove")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.category_within)
def remove_category(row: Category) -> Any:
    try:
        commands.remove_category(event=row.event.code, category=row.code)
        flash(_("The category has been removed."), "ok")
    except Refused as refused:
        say_refused(refused)
    return redirect_to(".categories", event=row.event.code)


@bp.route("/delegations", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def delegations(event: Event) -> Any:
    """The delegations of the event; the form adds one more."""
    rows = queries.delegations(event)
    cities, partners = queries.without_delegation(event)
    form = NewDelegationForm()
    form.whose.choices = [
        *((f"city:{row.code}", i18n.plain_text(row.name)) for row in cities),
        *((f"partner:{row.code}", i18n.plain_text(row.name)) for row in partners),
    ]
    if form.validate_on_submit():
        kind, _sep, code = form.whose.data.partition(":")
        try:
            commands.add_delegation(event=event.code, quota=form.quota.data, **{kind: code})
            flash(_("The delegation has been added."), "ok")
        except Refused as refused:
            say_refused(refused)
        return redirect_to(".delegations", event=event.code)
    page = render(
        "registration/delegations.html", event=event, rows=rows, form=form,
        funnels=queries.funnel_by_delegation(event),
        cities_missing=sum(1 for row in cities if row.status.value == "confirmed"),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@bp.post("/delegations/confirmed")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def add_delegations(event: Event) -> Any:
    added = commands.add_delegations(event=event.code)
    flash(ngettext("One delegation has been added.", "%(num)d delegations have been added.", len(added)), "ok")
    return redirect_to(".delegations", event=event.code)


@bp.route("/delegations/<delegation>", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.delegation_within)
def delegation(row: Delegation) -> Any:
    """Places of a delegation, in all and by category."""
    known = queries.quotas([row])
    categories = queries.categories(row.event)
    before: dict[str, int | None] = {
        each.code: known[row.id, each.id].places for each in categories if (row.id, each.id) in known
    }
    form = DelegationForm(obj=row)
    shown, given, good = places_by_category(categories, before)
    valid = form.validate_on_submit()
    if form.is_submitted() and not good:
        form.form_errors = [_("Please give the places of a category as a number, or leave the field empty.")]
    elif valid:
        try:
            promoted = commands.set_quotas(
                event=row.event.code, delegation=row.code, quota=form.quota.data, quotas=given
            )
        except Refused as refused:
            form.form_errors = [str(refused)]
        else:
            _say_saved(promoted)
            return redirect_to(".delegations", event=row.event.code)
    page = render(
        "registration/delegation_edit.html", event=row.event, row=row, form=form, lead=_lead_form(row), places=shown,
        taken={each.code: known[row.id, each.id].taken for each in categories if (row.id, each.id) in known},
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@bp.post("/delegations/<delegation>/lead")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.delegation_within)
def lead(row: Delegation) -> Any:
    form = LeadForm()
    if form.validate_on_submit():
        try:
            commands.set_lead(
                event=row.event.code, delegation=row.code, mail=form.mail.data, name=form.name.data or "",
                language=form.language.data,
            )  # fmt: skip
            flash(_("The lead receives the page of the delegation by mail."), "ok")
        except Refused as refused:
            say_refused(refused)
        return redirect_to(".delegations", event=row.event.code)
    page = render("registration/lead.html", event=row.event, row=row, form=form)
    return page, 422


@bp.post("/delegations/<delegation>/send")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.delegation_within)
def send(row: Delegation) -> Any:
    try:
        commands.send_lead_page(event=row.event.code, delegation=row.code)
        flash(_("The page of the delegation is on its way to its lead."), "ok")
    except Refused as refused:
        say_refused(refused)
    return redirect_to(".delegations", event=row.event.code)


@bp.post("/delegations/<delegation>/remove")
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.delegation_within)
def remove_delegation(row: Delegation) -> Any:
    try:
        commands.remove_delegation(event=row.event.code, delegation=row.code)
        flash(_("The delegation has been removed."), "ok")
    except Refused as refused:
        say_refused(refused)
    return redirect_to(".delegations", event=row.event.code)


def _values(form: CategoryForm) -> dict[str, Any]:
    return {name: value for name, value in form.values().items() if name != "revision"}


def _lead_form(row: Delegation) -> LeadForm:
    form = LeadForm(formdata=None)
    form.language.data = row.lead.language if row.lead else row.event.main_language
    return form


def _say_saved(promoted: list[str]) -> None:
    if promoted:
        words = ngettext(
            "Saved. One person has been promoted from the waiting list.",
            "Saved. %(num)d people have been promoted from the waiting list.",
            len(promoted),
        )
        flash(words, "ok")
    else:
        flash(_("Saved."), "ok")
