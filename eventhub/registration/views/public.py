"""Anyone asks for a place in a category that is open to the public."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort
from flask_babel import gettext as _

from ...core import clock, i18n, limits
from ...core.access import public
from ...core.errors import Refused
from ...core.pages import public_page
from ...core.web import client, redirect_to, render
from ...events import queries as events
from .. import commands, queries, rules
from ..forms import AskForm, names_of

bp = Blueprint("register", __name__, url_prefix="/<lang:lang>")
ASK = limits.declare("registration.ask", most=3, seconds=3600)
ASK_CLIENT = limits.declare("registration.ask.client", most=20, seconds=3600)


@bp.route("/events/<slug>/register", methods=["GET", "POST"])
@public
def ask(slug: str) -> Any:
    """The answer is the same whether or not we know the address."""
    event = events.public_event(slug) or abort(404)
    categories = queries.open_categories(event)
    open_now = rules.registration_open(event.state, event.registration_until, clock.now(), invited=False)
    form = AskForm()
    form.category.choices = names_of(categories)
    if not form.is_submitted():
        form.language.data = i18n.language()
    if open_now and categories and form.validate_on_submit():
        ASK.hit(form.mail.data.lower())
        ASK_CLIENT.hit(client())
        try:
            commands.ask(
                event=event.code, category=form.category.data, mail=form.mail.data, given_name=form.given_name.data,
                family_name=form.family_name.data, language=form.language.data,
            )  # fmt: skip
        except Refused as refused:
            form.form_errors = [str(refused)]
        else:
            return redirect_to(".sent", slug=slug)
    page = render("registration/ask.html", event=event, form=form, categories=categories, is_open=open_now)
    return page, 422 if form.is_submitted() else 200


@bp.get("/events/<slug>/register/sent")
@public
@public_page(scope="slug")
def sent(slug: str) -> str:
    event = events.public_event(slug) or abort(404)
    return render(
        "registration/said.html", event=event, title=_("Please look into your mailbox"),
        text=_("We have sent a letter with a personal link. Open it to go on with your registration."),
    )  # fmt: skip


@bp.get("/registration-over")
@public
@public_page()
def over() -> str:
    """After a person has cancelled: the personal link has ended, so this page knows nobody."""
    return render(
        "registration/said.html", event=None, title=_("Your registration is cancelled"),
        text=_("Thank you for telling us. A letter confirms it, and takes the meeting out of your calendar."),
    )  # fmt: skip
