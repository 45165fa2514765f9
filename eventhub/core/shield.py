"""The coarse shield: how many forms one client address may send in a minute. What matters is limited more finely, per
address and per link, in `core/limits.py`; this only keeps a flood from the database. Reading is never limited."""

from __future__ import annotations

from flask import Flask, request

from .settings import Mode, Settings
from .web import client

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init(app: Flask, settings: Settings) -> None:
    """Put the shield up; a client over it gets the page of status 429."""
    if not settings.posts_per_minute or settings.mode is Mode.TEST:
        return
    from flask_limiter import Limiter

    Limiter(
        client,
        app=app,
        storage_uri=settings.limits_url,
        application_limits=[f"{settings.posts_per_minute} per minute"],
        application_limits_exempt_when=lambda: request.method in READING,
        swallow_errors=True,  # a lost Redis must not close the house
    )
