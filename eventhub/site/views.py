"""The front door, one's own page, and what machines ask."""

from __future__ import annotations

import ipaddress
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request, url_for

from ..accounts.access import Permission as Accounts
from ..core import i18n, lists
from ..core.access import actor, may, public, requires, signed_in
from ..core.pages import public_page
from ..core.web import render
from ..events.access import Permission as Events
from ..network.access import Permission as Network
from ..network.views import drawing
from . import audit, health, queries

bp = Blueprint("site", __name__)


@bp.get("/")
@public
def front() -> Any:
    """To the language the browser asks for; never stored, so that each visitor gets their own."""
    return redirect(f"/{i18n.preferred()}/", 302)


@bp.get("/<lang:lang>/")
@public
@public_page(daily=True)
def home() -> str:
    found = queries.home()
    return render("site/home.html", home=found, drawing=drawing([*found.cities]))


@bp.get("/<lang:lang>/me/fragment")
@public
def fragment() -> str:
    """Who is here, for the bar of a public page: fetched by a small module, never stored."""
    return render("parts/own_fragment.html")


@bp.get("/<lang:lang>/mine")
@signed_in
def mine() -> str:
    """One's own page: the workplace of an organiser, one's registrations for everybody."""
    return render(
        "site/mine.html",
        in_hand=queries.events_in_hand(actor()),
        registrations=queries.registrations_of(actor().person),
        delegations=queries.delegations_led_by(actor().person),
        creates=may(Events.EVENT_CREATE),
        edits=may(Network.NETWORK_EDIT),
        audits=may(Accounts.AUDIT_READ),
    )


@bp.get("/<lang:lang>/work/audit")
@requires(Accounts.AUDIT_READ)
def audit_log() -> Any:
    commands, entities = audit.choices()
    asked = lists.wanted(filters={"command": commands, "entity": entities}, sorts=["newest", "oldest"])
    return render("site/audit.html", page=audit.lines(asked), commands=_same(commands), entities=_same(entities))


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers. Asks nothing else, so that a slow database does not have it killed."""
    return _plain("ok\n")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether database, queue and storage answer: 200, or 503 with the names of those that do not."""
    found = current_app.extensions["eventhub-readiness"].look()
    said = {name: "ok" if passed else "failed" for name, passed in found.items()}
    return jsonify(said), 200 if all(found.values()) else 503


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Figures for Prometheus, for this machine alone; behind a proxy too, nobody else sees that they exist."""
    if not _from_here():
        abort(404)
    return Response(health.metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_here() -> bool:
    """Asked on this machine, and not through a proxy on it that we were not told of (EVENTHUB_PROXY_HOPS)."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded and not current_app.config["EVENTHUB"].proxy_hops:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Personal links and the workplace are nothing for a search engine; a demo is nothing at all."""
    closed = ["/"] if current_app.config["EVENTHUB"].demo else ["/*/l/", "/*/me/", "/*/mine", "/*/work/", "/metrics"]
    return _plain("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))


@bp.get("/favicon.ico")
@public
def favicon() -> Any:
    return redirect(url_for("static", filename="img/mark.svg"), 301)


def _same(words: list[str]) -> list[tuple[str, str]]:
    """Choices that are called by their values."""
    return [(word, word) for word in words]


def _plain(words: str) -> Response:
    return Response(words, content_type="text/plain; charset=utf-8")
