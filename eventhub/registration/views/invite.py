"""The organiser invites: one person, or many lines with a look at what would happen before it does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from ...core.access import requires
from ...core.errors import Refused
from ...core.web import redirect_to, render
from ...events.models import Event
from .. import commands, invitations, queries
from ..access import Permission
from ..commands import Invitee
from ..forms import InviteForm, InviteLinesForm, delegation_choices, names_of

bp = Blueprint("invitations", __name__, url_prefix="/<lang:lang>/work/events/<event>/invite")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def one(event: Event) -> Any:
    form = InviteForm()
    form.offer(queries.categories(event), event.main_language)
    form.delegation.choices = delegation_choices(queries.delegations(event))
    if not form.is_submitted():
        form.delegation.data = request.args.get("delegation", "")[:16]
    if form.validate_on_submit():
        invitee = Invitee(
            mail=form.mail.data, category=form.category.data, name=form.name.data or "",
            delegation=form.delegation.data or "", language=form.language.data, function=form.function.data or "",
        )  # fmt: skip
        try:
            done = commands.invite(event=event.code, invitees=[invitee])[0]
        except Refused as refused:
            form.form_errors = [str(refused)]
        else:
            if done.fate is commands.Fate.KNOWN:
                flash(_("This person already has a registration. Nothing was sent."), "warning")
            else:
                flash(_("The invitation is on its way to %(mail)s.", mail=form.mail.data), "ok")
            return redirect_to("registrations.show", event=event.code, registration=done.code)
    page = render("registration/invite.html", event=event, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/several", methods=["GET", "POST"])
@requires(Permission.REGISTRATIONS_MANAGE, load=queries.event)
def several(event: Event) -> Any:
    """First a dry run that names the fate of every line; the invitations go out with the second button."""
    categories = queries.categories(event)
    form = InviteLinesForm()
    form.category.choices = names_of(categories)
    lines: list[invitations.Line] = []
    if form.validate_on_submit():
        lines = _read(event, form, categories)
        good = [line for line in lines if line.good]
        if request.form.get("step") == "invite" and good:
            done = commands.invite(event=event.code, invitees=[_invitee(line) for line in good])
            sent = sum(1 for each in done if each.fate is commands.Fate.INVITED)
            flash(ngettext("One invitation is on its way.", "%(num)d invitations are on their way.", sent), "ok")
            return redirect_to("registrations.index", event=event.code, state="invited")
    page = render(
        "registration/several.html", event=event, form=form, lines=lines, good=sum(1 for line in lines if line.good),
        names=dict(form.category.choices), fates=invitations.Fate,
        cities=dict(delegation_choices(queries.delegations(event))) if lines else {},
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _read(event: Event, form: InviteLinesForm, categories: Any) -> list[invitations.Line]:
    text = form.lines.data or ""
    mails = invitations.addresses(text)
    delegations = queries.delegations(event)
    whose = [(row.code, row.city or row.partner) for row in delegations]
    return invitations.parse(
        text,
        categories=invitations.by_name((row.code, row.name, row.key) for row in categories),
        delegations=invitations.by_name((code, each.name, each.slug) for code, each in whose if each is not None),
        people=queries.people_by_mail(mails),
        registered=queries.registered_mails(event, mails),
        category=form.category.data or "",
        language=event.main_language,
    )


def _invitee(line: invitations.Line) -> Invitee:
    return Invitee(line.mail, line.category, line.name, line.delegation, line.language)
