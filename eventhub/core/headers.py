"""Headers of every answer. No page has anything inline, so the policy is short and strict."""

from __future__ import annotations

from flask import Flask, Response, request

from .settings import Settings

FOR_EVERY_PAGE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


def for_every_page(settings: Settings) -> dict[str, str]:
    """Name → value of what every answer carries, a kept public page included."""
    secure = settings.base_url.startswith("https://")
    return {**FOR_EVERY_PAGE, **({"Strict-Transport-Security": "max-age=31536000"} if secure else {})}


def init(app: Flask, settings: Settings) -> None:
    """Set them on every answer; a page with a form or a reader's name is never stored (`private, no-store`)."""
    headers = for_every_page(settings)

    @app.after_request
    def _set(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static" or response.status_code != 200:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
