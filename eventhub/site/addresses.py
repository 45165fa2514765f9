"""Where the pages of the rooms below are, for the pages that bring them together. What has no page has no link."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, url_for

from ..events.models import Event
from ..registration.models import Registration


def _to(endpoint: str, **parts: Any) -> str:
    return url_for(endpoint, **parts) if endpoint in current_app.view_functions else ""


def public_event_url(event: Event) -> str:
    return _to("events.page", slug=event.slug)


def work_event_url(event: Event) -> str:
    return _to("events.show", event=event.code)


def create_event_url() -> str:
    return _to("events.choose_kind")


def own_registration_url(registration: Registration) -> str:
    return _to("registration.own", slug=registration.event.slug, registration=registration.code)


def init(app: Flask) -> None:
    app.jinja_env.globals.update(
        public_event_url=public_event_url,
        work_event_url=work_event_url,
        own_registration_url=own_registration_url,
        create_event_url=create_event_url,
    )
