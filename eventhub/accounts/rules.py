"""Decisions about links, sign-ins and browsers. Pure: values in, values out."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(days=14)
"""A sign-in that was not seen for this long is over."""
IDLE_STAFF = timedelta(hours=12)
"""The same for staff, whose accounts open more doors."""

# The first that is found in what the browser says of itself names it: Edge and Opera call themselves Chrome as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def link_is_good(*, ended_at: datetime | None, expires_at: datetime, now: datetime) -> bool:
    """Whether a personal link may still be used by somebody."""
    return ended_at is None and expires_at > now


def sign_in_is_good(*, ended_at: datetime | None, seen_at: datetime, staff: bool, now: datetime) -> bool:
    """Whether a signed-in browser still is: nobody ended it, and it was not left alone for too long."""
    return ended_at is None and now - seen_at <= (IDLE_STAFF if staff else IDLE)


def may_sign_in_by_mail(*, active: bool, staff: bool, demo: bool) -> bool:
    """Whether an account is sent links to sign in with. Staff use a password and a second factor; in a demo, which
    only its own machine reaches, the mailed link is enough."""
    return active and (demo or not staff)


def browser_name(agent: str) -> str:
    """What a person calls their browser: "Firefox, Windows". Empty when the browser does not say."""
    parts = (next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, parts))
