"""Limits hold over workers, restarts and failed requests; tokens are for one purpose."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from eventhub.core import clock, limits, tokens
from eventhub.core.db import session
from eventhub.core.errors import TooMany
from eventhub.core.limits import LimitCount
from tests.core.conftest import Another

FIVE = limits.declare("test.five", most=5, seconds=900)
SHORT = limits.declare("test.short", most=1, seconds=60)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Move the wall's clock of the limits."""

    def move(seconds: int) -> None:
        monkeypatch.setattr(limits.time, "time", lambda: seconds)

    move(900 * 1_000_000)
    return move


def test_the_first_few_pass_and_the_next_is_refused(app: Flask, at) -> None:
    for _ in range(5):
        FIVE.hit("amina@example.org")
    with pytest.raises(TooMany):
        FIVE.hit("amina@example.org")
    FIVE.hit("sami@example.org")
    SHORT.hit("amina@example.org")


def test_a_new_window_begins_anew(app: Flask, at) -> None:
    SHORT.hit("x")
    with pytest.raises(TooMany):
        SHORT.hit("x")
    at(900 * 1_000_000 + 60)
    SHORT.hit("x")


def test_many_at_once_are_all_counted(app: Flask, at) -> None:
    passed, refused, faults = [], [], []

    def hit() -> None:
        with app.app_context():
            try:
                FIVE.hit("x")
                passed.append(1)
            except TooMany:
                refused.append(1)
            except BaseException as fault:
                faults.append(fault)

    threads = [threading.Thread(target=hit) for _ in range(12)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert (len(passed), len(refused), faults) == (5, 7, [])


def test_another_worker_counts_on(app: Flask, another: Another, at) -> None:
    other = another(app)
    for _ in range(5):
        FIVE.hit("x")
    with other.app_context(), pytest.raises(TooMany):
        FIVE.hit("x")


def test_a_count_stays_when_the_request_fails_afterwards(app: Flask, at) -> None:
    SHORT.hit("x")
    session().rollback()
    with pytest.raises(TooMany):
        SHORT.hit("x")


def test_whom_a_count_concerns_cannot_be_read_from_it(app: Flask, at) -> None:
    FIVE.hit("amina@example.org")
    SHORT.hit("amina@example.org")
    who = session().scalars(sa.select(LimitCount.who)).all()
    assert len(set(who)) == 2, "one person cannot be followed from limit to limit"
    assert not any("amina" in each for each in who)


def test_windows_that_are_over_are_dropped_and_others_kept(app: Flask, at) -> None:
    FIVE.hit("x")
    at(900 * 1_000_000 + 3 * 86_400)
    FIVE.hit("y")
    limits.forget_old()
    assert session().scalar(sa.select(sa.func.count()).select_from(LimitCount)) == 1


# Tokens ---------------------------------------------------------------------------------------------------------------


def test_a_token_carries_its_value_for_its_purpose_alone(light_app: Flask) -> None:
    token = tokens.make("invitation", "CODE")
    assert tokens.read("invitation", token, max_age=60) == "CODE"
    with pytest.raises(tokens.BadToken):
        tokens.read("sign-in", token, max_age=60)


HOSTILE = ("", ".", "..", "a.b.c", "é", "\ud800", "\0", "x" * 10_000, "eyJ.eyJ.eyJ", "IkNPREUi.AAAA.AAAA", "%00", "\n")


@pytest.mark.parametrize("token", HOSTILE, ids=lambda token: ascii(token)[:20])
def test_what_was_not_made_here_is_refused_without_a_reason(light_app: Flask, token: str) -> None:
    with pytest.raises(tokens.BadToken) as refused:
        tokens.read("invitation", token, max_age=60)
    assert str(refused.value) == ""


def test_every_changed_letter_spoils_a_token(light_app: Flask) -> None:
    token = tokens.make("invitation", "CODE")
    for place, letter in enumerate(token[:-1]):  # the last letter of base64 has unused bits
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(tokens.BadToken):
            tokens.read("invitation", changed, max_age=60)


def test_signatures_keep_the_walls_time_while_the_product_lives_in_another(light_app: Flask) -> None:
    with clock.frozen(clock.datetime(2016, 3, 9, tzinfo=clock.UTC)):
        token = tokens.make("invitation", "CODE")
    assert tokens.read("invitation", token, max_age=60) == "CODE"
    with clock.frozen(clock.datetime(2036, 3, 9, tzinfo=clock.UTC)):
        assert tokens.read("invitation", token, max_age=60) == "CODE"


def test_an_old_token_is_refused(light_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.make("invitation", "CODE")
    import itsdangerous.timed

    real = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: real + 61)
    with pytest.raises(tokens.BadToken):
        tokens.read("invitation", token, max_age=60)


def test_a_token_of_another_install_is_refused(light_app: Flask) -> None:
    foreign = URLSafeTimedSerializer("another key" * 4, salt="eventhub.invitation").dumps("CODE")
    with pytest.raises(tokens.BadToken):
        tokens.read("invitation", str(foreign), max_age=60)


def test_a_digest_is_keyed_and_for_one_purpose(light_app: Flask) -> None:
    assert tokens.digest("a", "x") == tokens.digest("a", "x")
    assert len({tokens.digest(purpose, value) for purpose in ("a", "b") for value in ("x", "y")}) == 4
