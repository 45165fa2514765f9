"""The public home, put together from the network and its events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from eventhub.core import clock
from eventhub.core.commands import add, command
from eventhub.core.db import session
from eventhub.core.i18n import ALL
from eventhub.core.text import EMPTY
from eventhub.events.models import Event, EventKind, EventState
from eventhub.network.models import CityStatus, Network, Shore
from eventhub.site import frame
from tests.factories import network
from tests.hostile import harm_in
from tests.queries import counting

NOW = datetime(2016, 2, 15, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(NOW):
        yield


@command
def event(
    slug: str, starts: date, ends: date | None = None, state: EventState = EventState.ANNOUNCED, **values: Any
) -> str:
    """An event of the first network."""
    own = session().query(Network).first()
    texts = dict.fromkeys(("summary", "description", "practical", "outcome", "place", "venue", "address"), EMPTY)
    row = Event(
        slug=slug, network_id=own.id, kind=EventKind.TECHNICAL_MEETING, state=state, title=network.text(slug.title()),
        starts_on=starts, ends_on=ends or starts, zone="Europe/Paris", languages=["fr"], created_at=clock.real_now(),
        **{**texts, **values},
    )  # fmt: skip
    return add(row).code


@pytest.fixture
def own(light_app: Flask) -> str:
    code = network.network("Notre réseau")
    network.city(code)
    network.city(code, "Une ville", shore=Shore.EUROPE, status=CityStatus.EXPECTED, longitude=None, latitude=None)
    return code


@pytest.mark.parametrize("language", [each.code for each in ALL])
def test_the_home_is_served_in_every_language_small_and_without_a_cookie(own, client, language):
    event("meeting", date(2016, 3, 9), date(2016, 3, 10))
    answer = client.get(f"/{language}/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert harm_in(answer.text) == []
    assets = [*_assets(client, answer.text)]
    compressed = len(client.get(f"/{language}/", headers={"Accept-Encoding": "br"}).data)
    assert compressed + sum(assets) < 100_000


def _assets(client, page: str):
    """Bytes of what the page loads at first, fonts apart, as a browser asks for it."""
    import re

    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        if not path.partition("?")[0].endswith(".woff2"):
            yield len(client.get(path, headers={"Accept-Encoding": "br"}).data)


def test_events_to_come_are_shown_and_past_ones_with_their_outcome(own, client):
    event("meeting", date(2016, 3, 9), date(2016, 3, 10))
    event("today", date(2016, 2, 14), date(2016, 2, 15), EventState.RUNNING)
    event("experts", date(2015, 11, 18), state=EventState.FINISHED, outcome=network.text("Sept thèmes identifiés"))
    event("forgotten", date(2015, 6, 1), state=EventState.FINISHED)
    event("secret", date(2016, 5, 1), state=EventState.DRAFT)
    page = client.get("/fr/").text
    assert page.index("Today") < page.index("Meeting")
    assert "Sept thèmes identifiés" in page
    assert "Forgotten" not in page
    assert "Secret" not in page


def test_an_event_that_ended_yesterday_is_no_longer_to_come(own, light_app):
    event("meeting", date(2016, 3, 9), date(2016, 3, 10))
    client = light_app.test_client()
    assert "Meeting" in client.get("/fr/").text
    with clock.frozen(datetime(2016, 3, 11, 0, 1, tzinfo=UTC)):
        assert "Meeting" not in client.get("/fr/").text


def test_a_home_without_a_network_says_what_to_do(client):
    answer = client.get("/en/")
    assert answer.status_code == 200
    assert "This network has not been described yet" in answer.text


def test_the_name_of_the_network_is_asked_for_once_per_public_version(own, light_app):
    with light_app.test_request_context():
        assert frame.title().values["fr"] == "Notre réseau"
        with counting() as seen:
            assert frame.title().values["fr"] == "Notre réseau"
        assert len(seen) == 0
    network.network("Un autre")  # the public version moves; the first network stays the one shown
    light_app.extensions["eventhub-porch"].watch.looked_at -= 1
    with light_app.test_request_context(), counting() as seen:
        assert frame.title().values["fr"] == "Notre réseau"
        assert len(seen) > 0


def test_the_front_door_leads_to_the_language_the_browser_asks_for(client):
    answer = client.get("/", headers={"Accept-Language": "ar,fr;q=0.5"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/ar/")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("ask", [lambda client: client.get("/fr/me/fragment")])
def test_the_fragment_offers_to_sign_in_and_sets_no_cookie(client, ask: Callable[..., Any]):
    answer = ask(client)
    assert "/fr/sign-in" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
