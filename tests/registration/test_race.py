"""Many at once, for the last place. Each race is run twice on each database: as the product is, and with its
protection switched off, where it must give away more places than there are, or the test above it proves nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.accounts.models import Person
from eventhub.core import commands as core_commands
from eventhub.core import db as core_db
from eventhub.core.db import db, session
from eventhub.core.errors import NotAllowedNow, Refused
from eventhub.core.jobs import Job
from eventhub.events.models import Event
from eventhub.registration import commands, queries, rules
from eventhub.registration.commands import places
from eventhub.registration.models import Category, Credential, Delegation, Quota, Registration, State

from ..factories import registration as make

CLIENTS = 6
PAUSE = {True: 0.03, False: 0.3}
"""Seconds between looking and taking, protected and not: long enough for every other client to look as well, if
nothing holds it back."""
LIMITS = (("event", "within_capacity", "capacity IS NULL OR taken <= capacity"),
          ("category", "within_capacity", "capacity IS NULL OR taken <= capacity"),
          ("delegation", "within_quota", "quota IS NULL OR taken <= quota"),
          ("quota", "within_places", "taken <= places"))  # fmt: skip

both_ways = pytest.mark.parametrize(
    "protected", [pytest.param(True, id="protected"), pytest.param(False, id="control", marks=pytest.mark.control)]
)


@pytest.fixture
def slow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody takes a moment between looking and taking."""
    look = places.free_for
    pause = PAUSE[request.node.callspec.params.get("protected", True)]

    def look_and_wait(row: Registration) -> rules.Free:
        found = look(row)
        time.sleep(pause)
        return found

    monkeypatch.setattr(places, "free_for", look_and_wait)


@contextmanager
def unprotected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lock, no guarded counter, no check in the tables, and on SQLite no write transaction."""
    with monkeypatch.context() as patch:
        patch.setattr(places, "lock_event", lambda code: core_commands.load(Event, code))
        patch.setattr(places, "within", lambda _capacity, _taken: sa.true())
        engine = db.engine
        if engine.dialect.name == "sqlite":
            with _sqlite_without_checks(engine):
                yield
        else:
            with _postgresql_without_checks(engine):
                yield


@contextmanager
def _sqlite_without_checks(engine: sa.Engine) -> Iterator[None]:
    def ignore(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA ignore_check_constraints=ON")

    sa.event.remove(engine, "begin", core_db._begin)
    sa.event.listen(engine, "connect", ignore)
    engine.dispose()
    try:
        yield
    finally:
        sa.event.listen(engine, "begin", core_db._begin)
        sa.event.remove(engine, "connect", ignore)
        engine.dispose()


@contextmanager
def _postgresql_without_checks(engine: sa.Engine) -> Iterator[None]:
    with engine.begin() as connection:
        for table, name, _check in LIMITS:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    try:
        yield
    finally:
        session().rollback()
        with engine.begin() as connection:
            for table, name, check in LIMITS:
                connection.exec_driver_sql(
                    f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({check}) NOT VALID"
                )


def race(app: Flask, *clients: Callable[[], object]) -> list[object]:
    """Let all of them go at the same moment, each in its own context; what came of each, a Refused included."""
    start = threading.Barrier(len(clients))
    results: list[object] = [None] * len(clients)

    def run(at: int, client: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                results[at] = client()
            except Refused as refused:
                results[at] = refused
            except Exception as fault:
                results[at] = fault
            finally:
                db.session.remove()

    session().rollback()
    threads = [threading.Thread(target=run, args=(at, client)) for at, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = [each for each in results if isinstance(each, Exception) and not isinstance(each, Refused)]
    assert not faults, faults
    return results


def states(event: str) -> dict[State, list[str]]:
    found: dict[State, list[str]] = {}
    query = sa.select(Registration.code, Registration.state).join(Event).where(Event.code == event)
    for code, state in session().execute(query):
        found.setdefault(state, []).append(code)
    session().rollback()
    return found


def counters(event: str) -> list[tuple[int | None, int]]:
    """(limit, taken) of the event, its categories, delegations and quotas."""
    queries_ = (
        sa.select(Event.capacity, Event.taken).where(Event.code == event),
        sa.select(Category.capacity, Category.taken).join(Event).where(Event.code == event),
        sa.select(Delegation.quota, Delegation.taken).join(Event).where(Event.code == event),
        sa.select(Quota.places, Quota.taken).join(Delegation).join(Event).where(Event.code == event),
    )
    found = [(cap, taken) for query in queries_ for cap, taken in session().execute(query)]
    session().rollback()
    return found


def oversold(event: str) -> bool:
    """More places given away than there are, by the counters or by the people themselves."""
    approved = len(states(event).get(State.APPROVED, []))
    limits = counters(event)
    return any(cap is not None and taken > cap for cap, taken in limits) or (
        limits[0][0] is not None and approved > limits[0][0]
    )


def check_whole(event: str) -> None:
    """Counters agree with the people, every approved one has one valid credential, nobody else has."""
    approved = states(event).get(State.APPROVED, [])
    assert counters(event)[0][1] == len(approved)
    assert not oversold(event)
    valid = session().scalars(
        sa.select(Registration.code).join(Credential).where(Credential.void_at.is_(None))
    ).all()  # fmt: skip
    assert sorted(valid) == sorted(approved)
    session().rollback()


def letters(name: str) -> int:
    rows = session().scalars(sa.select(Job).where(Job.kind == "mail"))
    found = sum(1 for job in rows if job.payload["letter"] == f"registration.{name}")
    session().rollback()
    return found


def check_line(meeting: make.Meeting, holder: str) -> None:
    """Those who wait stand in one total order, and each cancellation lets exactly the next one in."""
    row = meeting.row()
    order = [line.registration.code for line in queries.waiting(row)]
    asked = [line.explained.waiting.requested_at for line in queries.waiting(row)]
    assert asked == sorted(asked)
    session().rollback()
    for expected in order:
        assert commands.cancel(event=meeting.event, registration=holder).promoted == (expected,)
        holder = expected
    check_whole(meeting.event)


@both_ways
def test_many_who_register_at_once_for_the_last_place(
    app: Flask, slow: None, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    meeting = make.meeting(capacity=1)
    codes = [meeting.invited("focal_point", "tunis") for _ in range(CLIENTS)]
    answers = meeting.answers()

    def register(code: str) -> Callable[[], object]:
        def go() -> object:
            commands.submit(event=meeting.event, registration=code, answers=answers)
            return commands.approve(event=meeting.event, registration=code)

        return go

    if not protected:
        with unprotected(monkeypatch):
            race(app, *map(register, codes))
            assert oversold(meeting.event), "without protection this race must oversell, or it shows nothing"
        return
    race(app, *map(register, codes))
    found = states(meeting.event)
    assert len(found[State.APPROVED]) == 1
    assert len(found[State.WAITLISTED]) == CLIENTS - 1
    assert (letters("approved"), letters("promoted"), letters("waitlisted")) == (1, 0, CLIENTS - 1)
    check_whole(meeting.event)
    check_line(meeting, found[State.APPROVED][0])


@both_ways
def test_many_who_are_admitted_again_at_once(
    app: Flask, slow: None, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    meeting = make.meeting()
    codes = [meeting.approved() for _ in range(CLIENTS)]
    for code in codes:
        commands.cancel(event=meeting.event, registration=code)
    meeting.capacity(1)
    clients = [
        lambda code=code: commands.readmit(event=meeting.event, registration=code) for code in codes
    ]  # fmt: skip
    if not protected:
        with unprotected(monkeypatch):
            race(app, *clients)
            assert oversold(meeting.event), "without protection this race must oversell, or it shows nothing"
        return
    race(app, *clients)
    found = states(meeting.event)
    assert len(found[State.APPROVED]) == 1
    assert len(found[State.WAITLISTED]) == CLIENTS - 1
    check_whole(meeting.event)
    check_line(meeting, found[State.APPROVED][0])


@both_ways
def test_places_added_on_one_side_and_taken_away_on_the_other_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    """One organiser gives a category more places, which promotes; another makes the event smaller."""
    meeting = make.meeting(capacity=3)
    meeting.capacity(1, "partner")
    meeting.approved()
    for _ in range(3):
        meeting.sent()
    decide = rules.may_have_capacity

    def decide_slowly(capacity: int | None, taken: int) -> bool:
        good = decide(capacity, taken)
        time.sleep(0.4 if capacity == 1 else 0)
        return good

    monkeypatch.setattr(rules, "may_have_capacity", decide_slowly)
    partner = meeting.categories["partner"]
    clients = (
        lambda: commands.set_capacity(event=meeting.event, capacity=1),
        lambda: commands.set_capacity(event=meeting.event, capacity=9, category=partner),
    )
    if not protected:
        with unprotected(monkeypatch):
            race(app, *clients)
            assert oversold(meeting.event), "without protection this race must oversell, or it shows nothing"
        return
    race(app, *clients)
    check_whole(meeting.event)
    found = states(meeting.event)
    assert len(found[State.APPROVED]) in (1, 3), "either the event was made smaller first, or that was refused"
    assert letters("promoted") == len(found[State.APPROVED]) - 1


def test_a_capacity_raised_and_lowered_by_many_loses_nobody(app: Flask) -> None:
    meeting = make.meeting(capacity=1)
    meeting.approved()
    for _ in range(4):
        meeting.sent()
    clients = [
        lambda wanted=wanted: commands.set_capacity(event=meeting.event, capacity=wanted) for wanted in (4, 1, 3, 2, 1)
    ]  # fmt: skip
    race(app, *clients)
    check_whole(meeting.event)
    found = states(meeting.event)
    assert len(found[State.APPROVED]) + len(found.get(State.WAITLISTED, [])) == 5
    assert letters("promoted") == len(found[State.APPROVED]) - 1


@both_ways
def test_two_quotas_filled_from_both_sides_at_once(
    app: Flask, slow: None, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    """The last place of a delegation is asked for in two categories, by its lead and by the organiser."""
    meeting = make.meeting()
    commands.set_quotas(event=meeting.event, delegation=meeting.delegations["tunis"], quota=1)
    codes = [meeting.sent(("focal_point", "expert")[at % 2], "tunis") for at in range(CLIENTS)]
    clients = [
        lambda code=code: commands.approve(event=meeting.event, registration=code) for code in codes
    ]  # fmt: skip
    if not protected:
        with unprotected(monkeypatch):
            race(app, *clients)
            assert oversold(meeting.event), "without protection this race must oversell, or it shows nothing"
        return
    race(app, *clients)
    assert len(states(meeting.event)[State.APPROVED]) == 1
    check_whole(meeting.event)


def test_cancelling_twice_at_once_promotes_one_person(app: Flask) -> None:
    meeting = make.meeting(capacity=1)
    holder = meeting.approved()
    first, second = meeting.sent(), meeting.sent()
    results = race(
        app, *[lambda: commands.cancel(event=meeting.event, registration=holder, reason="malade") for _ in range(4)]
    )
    done = [each for each in results if isinstance(each, commands.Decided)]
    assert [each.promoted for each in done] == [(first,)]
    assert sum(isinstance(each, NotAllowedNow) for each in results) == 3
    assert make.state(second) is State.WAITLISTED
    assert (letters("promoted"), letters("cancelled")) == (1, 1)
    check_whole(meeting.event)


def test_a_cancellation_and_a_late_registration_at_once_leave_no_place_empty(app: Flask, slow: None) -> None:
    meeting = make.meeting(capacity=1)
    holder = meeting.approved()
    late = meeting.invited()
    answers = meeting.answers()
    race(
        app,
        lambda: commands.cancel(event=meeting.event, registration=holder),
        lambda: commands.submit(event=meeting.event, registration=late, answers=answers),
    )
    assert make.state(late) in (State.APPROVED, State.PENDING), "nobody waits while a place is free"
    check_whole(meeting.event)


def test_one_address_invited_by_many_at_once_is_one_person_with_one_registration(app: Flask) -> None:
    meeting = make.meeting()
    invitee = commands.Invitee("once@example.org", meeting.categories["press"], name="Amina Trabelsi")
    race(app, *[lambda: commands.invite(event=meeting.event, invitees=[invitee]) for _ in range(4)])
    assert len(states(meeting.event)[State.INVITED]) == 1
    assert letters("invitation") == 1


def test_a_new_address_written_to_by_two_events_at_once_is_one_person(app: Flask) -> None:
    meetings = [make.meeting(), make.meeting(slug="madrid-2016")]
    clients = [
        lambda it=it: commands.invite(
            event=it.event, invitees=[commands.Invitee("once@example.org", it.categories["press"], name="Amina T")]
        )
        for it in meetings
    ]
    race(app, *clients)
    assert session().scalar(sa.select(sa.func.count()).select_from(Person)) == 1
    assert [len(states(it.event)[State.INVITED]) for it in meetings] == [1, 1]
