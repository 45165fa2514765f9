"""The delegation's page: the lead's, for the own delegation and no other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _

from ...core.access import requires
from ...core.errors import Refused
from ...core.web import redirect_to, render
from .. import commands, queries, rules
from ..access import Permission
from ..commands import Invitee
from ..forms import NominateForm
from ..models import Delegation

bp = Blueprint("delegation", __name__, url_prefix="/<lang:lang>/delegation")


@bp.get("/<delegation>")
@requires(Permission.DELEGATION_LEAD, load=queries.delegation)
def show(row: Delegation) -> str:
    """Members, places, and what waits for the lead."""
    categories = queries.categories(row.event)
    quotas = queries.quotas([row])
    return render(
        "registration/delegation.html", row=row, event=row.event, members=queries.members(row), rules=rules,
        quotas=[(each, quotas[row.id, each.id]) for each in categories if (row.id, each.id) in quotas],
    )  # fmt: skip


@bp.route("/<delegation>/nominate", methods=["GET", "POST"])
@requires(Permission.DELEGATION_LEAD, load=queries.delegation)
def nominate(row: Delegation) -> Any:
    form = NominateForm()
    form.offer(_offered(row), row.lead.language if row.lead else row.event.main_language)
    if form.validate_on_submit():
        try:
            commands.nominate(
                event=row.event.code, delegation=row.code,
                invitee=Invitee(
                    mail=form.mail.data, category=form.category.data, name=form.name.data,
                    language=form.language.data, function=form.function.data,
                ),
            )  # fmt: skip
        except Refused as refused:
            form.form_errors = [str(refused)]
        else:
            flash(_("%(name)s receives a personal link to register.", name=form.name.data), "ok")
            return redirect_to(".show", delegation=row.code)
    page = render("registration/nominate.html", row=row, event=row.event, form=form)
    return page, 422 if form.is_submitted() else 200


def _offered(row: Delegation) -> list[Any]:
    """Categories a lead may fill: those the delegation has places in; all of them where it has no quotas."""
    categories = queries.categories(row.event)
    quotas = queries.quotas([row])
    with_places = [each for each in categories if (row.id, each.id) in quotas]
    return with_places or list(categories)
