"""What every page shows around itself: the network's name, its links, the demo and, where it may ask, who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from babel import dates
from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from ..accounts import queries as accounts
from ..core import clock, i18n
from ..core.access import actor
from ..core.actors import ActorKind
from ..core.db import session
from ..core.pages import Porch
from ..core.public_version import SITE
from ..core.text import Text
from ..network import queries as network

UNNAMED = Text.only("en", "EventHub")
"""Until there is a network, and on an error page while the database does not answer."""


@dataclass(frozen=True)
class Kept:
    title: Text
    stamp: tuple[int, int]
    numbers: object


def title() -> Text:
    """The network's name. Asked of the database once per public version and worker, not once per request."""
    porch: Porch = current_app.extensions["eventhub-porch"]
    try:
        if porch.watch.due():
            porch.watch.look()
        stamp, numbers = porch.watch.stamp(SITE), porch.watch.numbers
        kept: Kept | None = current_app.extensions.get("eventhub-site-title-kept")
        if kept is None or kept.stamp != stamp or kept.numbers is not numbers:
            kept = Kept(network.title() or UNNAMED, stamp, numbers)
            current_app.extensions["eventhub-site-title-kept"] = kept
        return kept.title
    except sa.exc.SQLAlchemyError:
        session().rollback()
        return UNNAMED


def month(value: date) -> str:
    """mars 2016."""
    return dates.format_skeleton("yMMMM", value, locale=i18n.locale())


class Frame:
    """`site` in templates. What speaks of the reader is looked up only when a page asks: a public page never does."""

    @property
    def title(self) -> Text:
        return title()

    @property
    def demo(self) -> bool:
        return bool(current_app.config["EVENTHUB"].demo)

    @property
    def demo_now(self) -> datetime:
        return clock.now()

    @cached_property
    def links(self) -> list[tuple[str, str, bool]]:
        """(label, address, whether the reader is there) of the network's own pages."""
        entries = [
            (_("The network"), "network.about"),
            (_("Cities"), "network.cities"),
            (_("Themes"), "network.themes"),
            (_("Events"), "events.public_list"),
            (_("News"), "network.news_list"),
        ]
        addresses = [(label, url_for(endpoint)) for label, endpoint in entries]
        return [(label, url, f"{request.path}/".startswith(f"{url.rstrip('/')}/")) for label, url in addresses]

    @property
    def signed_in(self) -> bool:
        return actor().signed_in

    @property
    def acting_by_link(self) -> bool:
        return actor().kind is ActorKind.LINK

    @cached_property
    def who(self) -> str:
        """The reader's own name, as they write it."""
        person = accounts.person(actor().person) if actor().person else None
        return person.name if person is not None else ""


def init(app: Flask) -> None:
    """Give templates `site`, and the floors below the network's name."""
    app.extensions["eventhub-site-title"] = title
    app.jinja_env.filters["month"] = month

    @app.context_processor
    def _site() -> dict[str, Any]:
        return {"site": Frame()}
