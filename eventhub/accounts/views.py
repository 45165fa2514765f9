"""Signing in, personal links, one's own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask import session as browser_session
from flask_babel import gettext as _
from flask_security import login_user, logout_user

from ..core import limits
from ..core.access import actor, public, requires
from ..core.web import client, redirect_to, render, safe_path
from . import commands, links, queries
from .access import Permission
from .forms import EmptyForm, SignInForm

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>")
ASK = limits.declare("sign-in.ask", most=5, seconds=900)
ASK_CLIENT = limits.declare("sign-in.ask.client", most=30, seconds=900)
OPEN = limits.declare("link.open", most=30, seconds=900)
FRESH = limits.declare("link.fresh", most=3, seconds=3600)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Ask for a link by mail. The answer is the same for an address that is known and one that is not."""
    form = SignInForm(next=safe_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return render("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200
    ASK.hit(form.mail.data.lower())
    ASK_CLIENT.hit(client())
    demo = current_app.config["EVENTHUB"].demo
    commands.ask_for_sign_in_link(mail=form.mail.data, demo=demo, next_path=safe_path(form.next.data) or "")
    return redirect_to(".sign_in_sent")


@bp.get("/sign-in/sent")
@public
def sign_in_sent() -> str:
    return render("accounts/sign_in_sent.html")


@bp.get("/l/<token>")
@public
def link(token: str) -> Any:
    """Nothing happens by a GET: a page with a button, unless this browser has already opened the link."""
    found = links.find(token)
    if found is not None and links.belongs_here(found) and browser_session.get("link") == found.code:
        return redirect(links.targets[found.purpose](dict(found.about)))
    return render("accounts/link.html", token=token, form=EmptyForm())


@bp.post("/l/<token>")
@public
def open_link(token: str) -> Any:
    OPEN.hit(client())
    found = links.find(token)
    key = links.browser_key()
    opened = commands.open_link(code=found.code if found else "", browser=links.fingerprint(key))
    if opened.result is not commands.Opened.HERE:
        return render("accounts/link_elsewhere.html", token=token, form=EmptyForm(), result=opened.result), 403
    if opened.purpose == commands.SIGN_IN:
        return _sign_in(opened)
    browser_session["link"] = opened.code
    return redirect(links.targets[opened.purpose](dict(opened.about)), 303)


@bp.post("/l/<token>/fresh")
@public
def fresh_link(token: str) -> Any:
    """Mail a fresh link to whom the old one belongs. The answer is the same whatever the token was."""
    FRESH.hit(token)
    FRESH.hit(client())
    found = links.find(token)
    if found is not None:
        commands.mail_fresh_link(code=found.code)
    return redirect_to(".sign_in_sent")


@bp.post("/leave")
@public
def leave() -> Any:
    """Leave a personal link, or sign out. The browser keeps its key: the link still opens here."""
    if browser_session.pop("link", None) is None and actor().signed_in:
        commands.end_sign_in(user=actor().code, sign_in=str(browser_session.pop("sign_in", "")))
        logout_user()
    flash(_("You have left your personal space."), "ok")
    return redirect_to("site.home")


@bp.get("/account")
@requires(Permission.ACCOUNT_SELF)
def account() -> str:
    return render("accounts/account.html", sign_ins=queries.sign_ins(actor().code), form=EmptyForm())


@bp.post("/account/sign-ins/<code>/end")
@requires(Permission.ACCOUNT_SELF)
def end_sign_in(code: str) -> Any:
    commands.end_sign_in(user=actor().code, sign_in=code)
    flash(_("That browser has been signed out."), "ok")
    return redirect_to(".account")


def _sign_in(opened: commands.OpenedLink) -> Any:
    user = queries.user(opened.user)
    if user is None or not login_user(user):
        abort(403)
    browser_session.pop("link", None)
    return redirect(safe_path(dict(opened.about).get("next")) or url_for("site.mine"), 303)
