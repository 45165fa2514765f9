"""The demonstration: its mailbox, its clock, its people, and the living page of components. None of it exists where
people are real: `wiring.py` registers these routes in a demo only."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import session as browser_session
from flask_babel import gettext as _
from flask_security import login_user

from ..accounts import links
from ..accounts import queries as accounts
from ..core import demo_clock, i18n, lists
from ..core.access import public
from ..core.files import send_bytes
from ..core.web import redirect_to, render, safe_path
from ..network import queries as network
from ..network.views import drawing
from . import commands, mailbox, queries
from .forms import MOMENTS, THEMES, ComponentsForm, EnterForm, MoveClockForm
from .queries import DoorKind

bp = Blueprint("demo", __name__, url_prefix="/<lang:lang>/demo")
door = Blueprint("demo_door", __name__, url_prefix="/demo")


@door.get("/")
@door.get("/<path:rest>")
@public
def without_language(rest: str = "people") -> Any:
    """The addresses that are told to people carry no language."""
    return redirect(f"/{i18n.preferred()}/demo/{rest}")


@bp.get("/mail/", endpoint="mailbox")
@public
def mailbox_page() -> str:
    return render("demo/mailbox.html", page=mailbox.listed(lists.wanted(filters={}, sorts=["newest"])))


@bp.get("/mail/<name>")
@public
def mail(name: str) -> str:
    return render("demo/mail.html", mail=mailbox.one(name) or abort(404))


@bp.get("/mail/<name>/<int:number>")
@public
def attachment(name: str, number: int) -> Any:
    file, data = mailbox.attachment(name, number) or abort(404)
    return send_bytes(data, file.name, file.media_type)


@bp.get("/banner")
@public
def banner() -> str:
    """The banner alone, for the small module of a public page; a page of its own for who follows the plain link."""
    alone = request.headers.get("X-Requested-With") == "fragment"
    return render("parts/demo_banner.html" if alone else "demo/clock.html")


@bp.post("/clock")
@public
def move_clock() -> Any:
    """Move the product's time, and back to the page the reader was on."""
    form = MoveClockForm()
    if not form.validate():
        abort(400)
    demo_clock.move(to=MOMENTS[form.to.data])
    return redirect(_page_before() or url_for("site.home"), 303)


@bp.get("/people")
@public
def people() -> str:
    return render("demo/people.html", secretariat=queries.secretariat(), events=queries.participants())


@bp.post("/people")
@public
def enter() -> Any:
    """Enter as one of the invented people, by their account or by a personal link made for this."""
    form = EnterForm()
    if not form.validate():
        abort(400)
    kind, code = DoorKind(form.kind.data), form.code.data
    if kind is DoorKind.ACCOUNT:
        user = accounts.user(code)
        if user is None or not user.active or not login_user(user):
            abort(404)
        return redirect_to("site.mine")
    opened = commands.open_link(kind=kind, code=code, browser=links.fingerprint(links.browser_key()))
    browser_session["link"] = opened.code
    return redirect(links.targets[opened.purpose](dict(opened.about)), 303)


@bp.route("/components", methods=["GET", "POST"])
@public
def components() -> Any:
    form = ComponentsForm()
    sent = form.is_submitted()
    if sent and form.validate():
        flash(_("Every field is right. Nothing was kept."), "ok")
    asked = lists.wanted(
        filters={"state": ("approved", "pending")}, sorts=["city", "shore", "places", "state"], sort="city"
    )
    page = lists.Page(_sample(), 73, asked, 8)
    themes = [str(theme) for theme in THEMES]
    shown = drawing(network.cities())
    body = render("demo/components.html", form=form, page=page, lacking=_lacking(), themes=themes, drawing=shown)
    return body, 422 if sent and form.errors else 200


def _page_before() -> str | None:
    """The page of ours a form was sent from."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or "/demo/banner" in parts.path:
        return None
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _lacking() -> list[SimpleNamespace]:
    rows = (
        ("blocking", _("City"), _("Madrid has no focal point"), _("Invite one")),
        ("warning", _("Session"), _("Access to housing has no rapporteur"), _("Choose one")),
        ("note", _("Room"), _("Room Saône has no capacity"), _("Give it")),
    )
    return [SimpleNamespace(severity=s, kind=kind, text=text, url="#table", action=do) for s, kind, text, do in rows]


def _sample() -> list[tuple[Any, ...]]:
    """Rows for the living table; the people are invented."""
    europe, south = _("Europe"), _("South shore")
    return [
        (_("Amman"), south, "Sami Obeidat", "سامي عبيدات", 3, 4, "approved"),
        (_("Beirut"), south, "Maya Haddad", "مايا حداد", 4, 4, "approved"),
        (_("Lisbon"), europe, "João Matos Ferreira", "", 2, 4, "pending"),
        (_("Lyon"), europe, "Claire Fontanel", "", 6, 6, "approved"),
        (_("Madrid"), europe, "Lucía Herranz Prieto", "", 1, 4, "invited"),
        (_("Tangier"), south, "Salma Chraibi", "سلمى الشرايبي", 2, 4, "approved"),
        (_("Tunis"), south, "Sonia Ayari", "سنية العياري", 0, 4, "invited"),
        (_("Turin"), europe, "Giulia Bonetto", "", 3, 4, "approved"),
    ]
