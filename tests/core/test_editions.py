"""Editions: numbered without gaps, the same bytes for the same content, and never changed."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventhub.accounts.models import Person
from eventhub.core import clock, editions
from eventhub.core.commands import command, lock
from eventhub.core.db import db, session
from eventhub.core.editions import Edition, canonical, fingerprint
from eventhub.core.text import Text
from tests.factories.accounts import person

NOTE = Text.only("fr", "Deux séances ont changé de salle.")


@command
def publish(*, subject: str, snapshot: object, locking: bool = True) -> int:
    if locking:
        lock(Person, subject)
    made = editions.publish(kind="agenda", subject=subject, snapshot=snapshot, changes=[], note=NOTE)
    time.sleep(0.02)
    return made.number


def test_numbers_count_from_one_for_each_subject(app: Flask) -> None:
    first, second = person().code, person(mail="sami@example.org").code
    assert [publish(subject=first, snapshot={"n": n}) for n in range(3)] == [1, 2, 3]
    assert publish(subject=second, snapshot={}) == 1
    assert editions.latest_number("agenda", first) == 3
    assert editions.latest_number("minutes", first) == 0


def test_two_at_once_make_two_numbers_and_never_one(app: Flask) -> None:
    subject = person().code
    numbers, faults = _race(app, subject, locking=True)
    assert faults == []
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_without_the_lock_the_constraint_still_keeps_numbers_apart(app: Flask) -> None:
    """The control: on PostgreSQL a command that forgets the lock fails; it never makes a number twice."""
    subject = person().code
    numbers, faults = _race(app, subject, locking=False)
    assert len(numbers) == len(set(numbers))
    if db.engine.dialect.name == "postgresql":
        assert faults
        assert all(isinstance(fault, sa.exc.IntegrityError) for fault in faults)


def _race(app: Flask, subject: str, *, locking: bool) -> tuple[list[int], list[BaseException]]:
    numbers: list[int] = []
    faults: list[BaseException] = []
    ready = threading.Barrier(6)

    def run() -> None:
        with app.app_context():
            try:
                ready.wait(5)
                numbers.append(publish(subject=subject, snapshot={}, locking=locking))
            except BaseException as fault:
                faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(6)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    session().rollback()
    return numbers, faults


def test_the_hash_is_the_same_before_and_after_it_was_stored(app: Flask) -> None:
    subject = person().code
    snapshot = {"sessions": [{"title": {"fr": "Séance", "ar": "جلسة 💧"}, "at": None, 10: "ten", 2: "two", "ok": True}]}
    publish(subject=subject, snapshot=snapshot)
    session().rollback()
    stored = editions.get("agenda", subject)
    assert stored is not None
    assert stored.sha256 == fingerprint(snapshot) == fingerprint(stored.snapshot)


def test_the_newest_edition_is_given_unless_one_is_named(app: Flask) -> None:
    subject = person().code
    for n in range(3):
        publish(subject=subject, snapshot={"n": n})
    newest, second = editions.get("agenda", subject), editions.get("agenda", subject, 2)
    assert newest is not None
    assert second is not None
    assert (newest.number, newest.snapshot) == (3, {"n": 2})
    assert second.snapshot == {"n": 1}
    assert editions.get("agenda", subject, 4) is None
    assert editions.get("agenda", "OTHER") is None


def test_the_history_is_newest_first_and_reads_no_snapshot(app: Flask) -> None:
    subject = person().code
    for n in range(3):
        publish(subject=subject, snapshot={"n": n})
    session().expire_all()
    history = editions.history("agenda", subject, limit=2)
    assert [each.number for each in history] == [3, 2]
    assert "snapshot" in sa.inspect(history[0]).unloaded


def test_an_edition_is_of_the_products_time(app: Flask) -> None:
    subject = person().code
    with clock.frozen(clock.datetime(2016, 3, 1, tzinfo=clock.UTC)):
        publish(subject=subject, snapshot={})
    assert session().scalars(sa.select(Edition.made_at)).one().year == 2016


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(blacklist_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_canonical_form_is_stable_under_storing(snapshot: object) -> None:
    import json

    once = canonical(snapshot)
    assert canonical(json.loads(once)) == once
    assert canonical(json.loads(json.dumps(snapshot))) == once


@given(st.dictionaries(st.text(max_size=5), st.integers(), min_size=2))
def test_the_order_of_keys_makes_no_other_edition(values: dict[str, int]) -> None:
    assert fingerprint(values) == fingerprint(dict(reversed(values.items())))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_has_no_number_for_is_refused(number: float) -> None:
    with pytest.raises(ValueError):
        canonical({"n": number})
