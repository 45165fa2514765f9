"""Signing in, personal links, one's own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask import session as browser_session
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import login_user, logout_user

from ..core import limits
from ..core.access import actor, public, requires, signed_in
from ..core.web import client, redirect_to, render, safe_path
from . import commands, links, queries
from .access import Permission
from .forms import SignInForm
from .links import Standing
from .models import PersonalLink
from .rules import browser_name

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>")

# Many readers of one meeting share one address of the network: limits per client are wide, those per person are not.
ASK = limits.declare("sign-in.ask", most=5, seconds=900)
ASK_CLIENT = limits.declare("sign-in.ask.client", most=60, seconds=900)
OPEN = limits.declare("link.open", most=20, seconds=900)
OPEN_CLIENT = limits.declare("link.open.client", most=200, seconds=900)
FRESH = limits.declare("link.fresh", most=3, seconds=3600)
FRESH_CLIENT = limits.declare("link.fresh.client", most=30, seconds=3600)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Ask for a link by mail. The answer is the same for an address that is known and one that is not."""
    if request.method == "GET" and actor().signed_in:
        return redirect(safe_path(request.args.get("next")) or url_for("site.mine"))
    form = SignInForm(next=safe_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return render("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200
    ASK_CLIENT.hit(client())
    ASK.hit(form.mail.data.lower())
    commands.ask_for_sign_in_link(mail=form.mail.data, demo=_demo(), next_path=safe_path(form.next.data) or "")
    return redirect_to(".sign_in_sent")


@bp.get("/sign-in/sent")
@public
def sign_in_sent() -> str:
    return render("accounts/sign_in_sent.html", minutes=commands.SIGN_IN_MINUTES)


@bp.get("/l/<token>")
@public
def link(token: str) -> Any:
    """Nothing happens by a GET: mail scanners follow links. The page has a button and says nothing of the person."""
    found = links.find(token)
    standing = links.standing(found)
    if found is not None and standing is Standing.HERE and browser_session.get("link") == found.code:
        return redirect(links.targets[found.purpose](dict(found.about)))
    links.browser_key()  # before the button, so that a button pressed twice is pressed in one and the same browser
    return _show_link(token, standing)


@bp.post("/l/<token>")
@public
def open_link(token: str) -> Any:
    """Open the link in this browser; the first that does keeps it."""
    OPEN_CLIENT.hit(client())
    found = links.find(token)
    if found is None:
        return _show_link(token, Standing.OVER)
    OPEN.hit(found.code)
    key = links.fingerprint(links.browser_key())
    opened = commands.open_link(code=found.code, browser=key, demo=_demo())
    if opened.result is Standing.OVER and actor().person == found.person.code:
        return redirect_to("site.mine")  # pressed twice: the first time has signed in
    if opened.result is not Standing.HERE:
        return _show_link(token, opened.result)
    if opened.purpose == commands.SIGN_IN:
        return _sign_in(opened)
    browser_session["link"] = opened.code
    return redirect(links.targets[opened.purpose](dict(opened.about)), 303)


@bp.post("/l/<token>/fresh")
@public
def fresh_link(token: str) -> Any:
    """Mail a fresh link to whom the old one belongs. The answer is the same whatever the token was."""
    FRESH_CLIENT.hit(client())
    found: PersonalLink | None = links.find(token)
    FRESH.hit(found.person.code if found else token)
    if found is not None:
        commands.mail_fresh_link(code=found.code, demo=_demo())
    return redirect_to(".fresh_link_sent")


@bp.get("/l/sent")
@public
def fresh_link_sent() -> str:
    return render("accounts/fresh_link_sent.html")


@bp.post("/leave")
@public
def leave() -> Any:
    """Leave a personal link, or sign out. The browser keeps its key: the link still opens here."""
    if browser_session.pop("link", None) is None:
        logout_user()
        flash(_("You have signed out."), "ok")
    else:
        flash(_("You have left your personal space. Your link still opens it in this browser."), "ok")
    return redirect_to("site.home")


@bp.get("/account")
@signed_in
def account() -> str:
    user = queries.user(actor().code) or abort(404)
    rows = [(row, browser_name(row.agent)) for row in queries.sign_ins(user)]
    codes_left = len(user.mf_recovery_codes or ())
    here = browser_session.get("sign_in")
    return render("accounts/account.html", user=user, rows=rows, here=here, codes_left=codes_left)


@bp.post("/account/sign-ins/<code>/end")
@requires(Permission.ACCOUNT_SELF)
def end_sign_in(code: str) -> Any:
    if code == browser_session.get("sign_in"):
        return leave()
    commands.end_sign_in(user=actor().code, sign_in=code)
    flash(_("That browser has been signed out."), "ok")
    return redirect_to(".account")


@bp.post("/account/sign-ins/end-others")
@requires(Permission.ACCOUNT_SELF)
def end_other_sign_ins() -> Any:
    ended = commands.end_other_sign_ins(user=actor().code, but=str(browser_session.get("sign_in", "")))
    said = ngettext("One other browser has been signed out.", "%(num)s other browsers have been signed out.", ended)
    flash(said, "ok")
    return redirect_to(".account")


def _show_link(token: str, standing: Standing) -> Any:
    """A link to open, one of another browser, or one that is over; none of them says whose it is."""
    status = {Standing.HERE: 200, Standing.ELSEWHERE: 403, Standing.OVER: 410}[standing]
    return render("accounts/link.html", token=token, standing=standing.value), status


def _sign_in(opened: commands.OpenedLink) -> Any:
    user = queries.user(opened.user)
    if user is None or not login_user(user):
        abort(403)
    return redirect(safe_path(dict(opened.about).get("next")) or url_for("site.mine"), 303)


def _demo() -> bool:
    return bool(current_app.config["EVENTHUB"].demo)
