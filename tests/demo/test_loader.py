"""The demo as a newcomer finds it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import clock, editions
from eventhub.core.db import session
from eventhub.demo import loader
from eventhub.events.models import Event
from eventhub.network.models import City, CityStatus, Mission, Theme
from eventhub.registration import queries as registration
from eventhub.registration.models import Category, Credential, Delegation, Quota, Registration, State


def count(model: type, *where: sa.ColumnElement[bool]) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def test_the_demo_is_whole_and_its_counters_are_true(app: Flask) -> None:
    with clock.frozen(loader.START):
        loader.load()
    assert count(City, City.status == CityStatus.CONFIRMED) == 8
    assert count(City, City.status == CityStatus.EXPECTED) == 2
    assert (count(Theme), count(Mission, Mission.done), count(Mission)) == (7, 5, 8)
    for event in session().scalars(sa.select(Event)).all():
        here = [Registration.event_id == event.id, Registration.state == State.APPROVED]
        assert event.taken == count(Registration, *here)
        for row in session().scalars(sa.select(Category).where(Category.event == event)):
            assert row.taken == count(Registration, *here, Registration.category_id == row.id)
        for row in session().scalars(sa.select(Delegation).where(Delegation.event == event)):
            assert row.taken == count(Registration, *here, Registration.delegation_id == row.id)
    for quota in session().scalars(sa.select(Quota)):
        of_quota = [Registration.delegation_id == quota.delegation_id, Registration.category_id == quota.category_id]
        assert quota.taken == count(Registration, *of_quota, Registration.state == State.APPROVED)
    assert count(Credential) == count(Registration, Registration.state == State.APPROVED)


def test_the_meeting_is_released_twice_and_tunis_waits_for_its_invitation(light_app: Flask) -> None:
    with clock.frozen(loader.START):
        loader.load()
        meeting = session().scalars(sa.select(Event).where(Event.slug == "technical-meeting-lyon")).one()
        assert editions.latest_number("agenda", meeting.code) == 2
        without = [row.city.slug for row in registration.without_focal_point(meeting) if row.city]
    assert without == ["tunis"]


def test_the_demo_is_loaded_once(light_app: Flask) -> None:
    with clock.frozen(loader.START):
        loader.load()
        with pytest.raises(loader.NotEmpty):
            loader.load()


def test_each_role_a_newcomer_tries_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "absolute", str)  # the page of the people is there in a demo only
    assert sorted(role for role, _name, _address in loader.who()) == [
        "delegation lead", "desk", "focal point", "organiser",
    ]  # fmt: skip
