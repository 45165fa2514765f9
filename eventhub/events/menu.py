"""The menu of an event in the workplace, put together from every room."""

from __future__ import annotations

from flask import request, url_for

from ..core.access import may
from ..core.registry import event_menu
from .models import Event

ICONS = {
    "events.overview": "home", "events.facts": "settings", "events.texts": "document", "events.rooms": "room",
    "events.team": "key", "registration": "people", "registration.waiting": "wait", "registration.invite": "mail",
    "registration.categories": "list", "delegations": "city", "programme": "agenda", "programme.releases": "flag",
    "badges": "badge",
}  # fmt: skip


def entries(event: Event) -> list[tuple[str, str, bool, str]]:
    """(label, address, whether the reader is there, icon) of every page the reader may open."""
    known = [(entry, name) for name, entry in event_menu.items() if may(entry.permission, event)]
    found = [
        (str(entry.label), url_for(entry.endpoint, event=event.code), ICONS.get(name, "list"))
        for entry, name in sorted(known, key=lambda each: (each[0].order, each[1]))
    ]
    here = _here([url for _, url, _ in found])
    return [(label, url, url == here, icon) for label, url, icon in found]


def _here(addresses: list[str]) -> str:
    """The longest address that the present page stands under."""
    under = [url for url in addresses if request.path == url or request.path.startswith(f"{url}/")]
    return max(under, key=len, default="")
