"""What every view needs: render, redirect within our own site, answer an error with a reference, read the client."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

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
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return None
    return target


def redirect_to(endpoint: str, **parts: Any) -> Any:
    """After a write: 303, so that a reload does not send the form again."""
    return redirect(url_for(endpoint, **parts), 303)


def redirect_back(fallback: str, **parts: Any) -> Any:
    """To the path the form was asked to come back to, else to the fallback."""
    target = safe_path(request.form.get("next") or request.args.get("next"))
    return redirect(target or url_for(fallback, **parts), 303)


def absolute(endpoint: str, **parts: Any) -> str:
    """An address for mail, calendars and paper: from the configured base, never from the request (safety rule 5)."""
    return f"{current_app.config['EVENTHUB'].base_url}{url_for(endpoint, **parts)}"


def client() -> str:
    """The address of the client, behind as many proxies as the settings trust."""
    return request.remote_addr or "?"


def say_refused(refused: Refused) -> None:
    """Show a refusal as a message of the next page."""
    flash(str(refused), "wrong")


def answer(error: str, status: int, reference: str) -> tuple[str, int]:
    request.environ.pop(FILL, None)
    return render_template("errors/error.html", status=status, message=error, reference=reference), status


def init(app: Flask) -> None:
    """Every error is a page with a reference that is found in the log; no trace reaches the reader."""

    def words(status: int) -> str:
        return {
            400: _("The request could not be understood."),
            401: _("Please sign in first."),
            403: _("You may not do this, or not at this moment."),
            404: _("This page does not exist, or it is not open to you."),
            405: _("This page cannot be used in this way."),
            413: _("The file is too large."),
            429: _("Too many attempts. Please wait a few minutes and try again."),
        }.get(status, _("Something went wrong on our side. Please try again."))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        reference = secrets.token_hex(6)
        log.info("http %s %s %s reference %s", error.code, request.method, request.path, reference)
        message = _("This page was open for too long. Please send it again.") if isinstance(error, CSRFError) else ""
        return answer(message or words(error.code or 500), error.code or 500, reference)

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

