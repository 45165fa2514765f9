"""What every view needs: render, redirect within our own site, answer an error with a reference, read the client."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    current_app,
    flash,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, SecurityError

from . import i18n, text
from .db import db
from .errors import Refused
from .pages import FILL

log = logging.getLogger(__name__)


def render(template: str, **values: Any) -> str:
    """A page of the product."""
    return render_template(template, **values)


def safe_path(target: str | None) -> str | None:
    """A redirect target if it is a path of our own site, else None (safety rule 6: the one place that decides)."""
    if not target or len(target) > 2000 or any(ord(char) < 0x21 or char == "\\" for char in target):
        return None
    if not target.startswith("/") or target.startswith("//"):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def redirect_to(endpoint: str, **parts: Any) -> Any:
    """After a write: 303, so that a reload does not send the form again."""
    return redirect(url_for(endpoint, **parts), 303)


def redirect_back(fallback: str, **parts: Any) -> Any:
    """To the path the form was asked to come back to, else to the fallback."""
    target = safe_path(request.form.get("next") or request.args.get("next"))
    return redirect(target or url_for(fallback, **parts), 303)


def absolute(endpoint: str, **parts: Any) -> str:
    """An address for mail, calendars and paper: from the configured base, never from the request (safety rule 5)."""
    base = str(current_app.config["EVENTHUB"].base_url)
    if has_request_context():
        return base + url_for(endpoint, **parts, _external=False)
    current_app.inject_url_defaults(endpoint, parts)
    return base + current_app.url_map.bind("").build(endpoint, parts)


def client() -> str:
    """The address of the client, behind as many proxies as the settings trust."""
    return request.remote_addr or "?"


def say_refused(refused: Refused) -> None:
    """Show a refusal as a message of the next page."""
    flash(str(refused), "wrong")


def answer(error: str, status: int, reference: str) -> tuple[str, int]:
    request.environ.pop(FILL, None)
    try:
        if db.session.registry.has():
            db.session.rollback()  # a transaction that failed answers no question of the page
        return render_template("errors/error.html", status=status, message=error, reference=reference), status
    except Exception:
        log.exception("the error page could not be made, reference %s", reference)
        return bare(error, status, reference), status


def bare(error: str, status: int, reference: str) -> str:
    """The least of error pages: no template, no database, no address."""
    page = Markup('<!doctype html><html lang="{0}" dir="{1}"><title>{2}</title><h1>{2}</h1><p>{3}</p><p>{4}</p></html>')
    return str(page.format(i18n.language(), text.direction(i18n.language()), status, error, reference))


def init(app: Flask) -> None:
    """Every error is a page with a reference that is found in the log; no trace reaches the reader."""

    def words(status: int) -> str:
        known: dict[int, str] = {
            400: _("The request could not be understood."),
            401: _("Please sign in first."),
            403: _("You may not do this, or not at this moment."),
            404: _("This page does not exist, or it is not open to you."),
            405: _("This page cannot be used in this way."),
            413: _("The file is too large."),
            429: _("Too many attempts. Please wait a few minutes and try again."),
        }
        return known.get(status) or str(_("Something went wrong on our side. Please try again."))

    @app.before_request
    def _refuse_nul() -> None:
        """PostgreSQL knows no text with it; our forms take it out."""
        if "\0" in request.path or b"%00" in request.query_string:
            abort(400)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        reference = secrets.token_hex(6)
        log.info("http %s %s %s reference %s", error.code, request.method, request.path, reference)
        if isinstance(error, SecurityError):  # another's host name: no address can be made from it
            return bare(words(400), 400, reference), 400
        message = _("This page was open for too long. Please send it again.") if isinstance(error, CSRFError) else ""
        told = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        return *answer(message or words(error.code or 500), error.code or 500, reference), told

    @app.errorhandler(Refused)
    def _refused(refused: Refused) -> Any:
        reference = secrets.token_hex(6)
        log.info("refused %r %s %s reference %s", refused, request.method, request.path, reference)
        return answer(str(refused), refused.status, reference)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Any:
        reference = secrets.token_hex(6)
        log.exception("fault on %s %s reference %s", request.method, request.path, reference)
        if app.testing and app.config.get("PROPAGATE_FAULTS"):
            raise error
        return answer(words(500), 500, reference)

