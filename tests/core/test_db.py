"""Columns, transactions and what every table declares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventhub.accounts.models import Person
from eventhub.core import clock
from eventhub.core.commands import add, command
from eventhub.core.db import Instant, Retention, TextColumn, db, session, tables
from eventhub.core.text import Text
from eventhub.network.models import Tag


@command
def add_person(at: datetime, mail: str) -> str:
    return add(Person(language="fr", created_at=at, mail=mail)).code


@pytest.mark.parametrize("hours", [0, 5.5, -3, 14])
def test_an_instant_comes_back_as_the_same_moment_in_utc(app: Flask, hours: float) -> None:
    at = datetime(2016, 3, 9, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=hours)))
    add_person(at, "amina@example.org")
    found = session().scalars(sa.select(Person.created_at)).one()
    assert found == at
    assert found.utcoffset() == timedelta(0)


def test_instants_are_compared_as_moments_whatever_their_zones(app: Flask) -> None:
    nine_in_lyon = datetime(2016, 3, 9, 9, tzinfo=timezone(timedelta(hours=1)))
    add_person(nine_in_lyon, "amina@example.org")
    later = datetime(2016, 3, 9, 8, 30, tzinfo=UTC)
    assert session().scalars(sa.select(Person).where(Person.created_at < later)).one()


def test_a_naive_instant_is_refused(app: Flask) -> None:
    with pytest.raises(sa.exc.StatementError, match="zone"):
        add_person(datetime(2016, 3, 9, 9), "amina@example.org")
    with pytest.raises(sa.exc.StatementError, match="zone"):
        session().scalars(sa.select(Person).where(Person.created_at < datetime(2016, 3, 9))).all()


def test_a_text_comes_back_as_it_was(app: Flask) -> None:
    text = Text.of({"fr": "Eau", "ar": "ماء 💧", "original": "ar"})

    @command
    def add_tag() -> None:
        add(Tag(slug="water", name=text))

    add_tag()
    assert session().scalars(sa.select(Tag.name)).one() == text


def test_a_row_has_its_code_at_birth_and_knows_no_other_names(light_app: Flask) -> None:
    assert len(Person(language="fr").code) == 10
    with pytest.raises(TypeError, match="no column 'nmae'"):
        Person(nmae="Amina")


# What every table declares --------------------------------------------------------------------------------------------


def _says_something_of_people(column: sa.Column[object]) -> bool:
    kind = column.type
    if column.foreign_keys or isinstance(kind, sa.Enum | Instant):
        return False
    return isinstance(kind, sa.String | sa.JSON | TextColumn)


def test_every_column_of_text_says_how_long_it_is_kept(light_app: Flask) -> None:
    untagged = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if _says_something_of_people(column) and not isinstance(_retention(column), Retention)
    ]
    assert untagged == []


def _retention(column: sa.Column[object]) -> object:
    try:
        return Retention(column.info["retention"])
    except (KeyError, ValueError):
        return None


PERSONAL = ("mail", "given_name", "family_name", "phone", "needs", "passport", "birth", "address", "_ip", "agent")


def test_no_column_that_sounds_personal_says_that_it_is_not(light_app: Flask) -> None:
    wrong = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if _says_something_of_people(column)
        and any(word in column.name for word in PERSONAL)
        and _retention(column) is Retention.NOT_PERSONAL
        and f"{table.name}.{column.name}" not in {"event.address", "venue.address", "partner.address"}
    ]
    assert wrong == []


def test_every_table_with_a_public_identifier_keeps_it_unique(light_app: Flask) -> None:
    for table in tables():
        if "code" in table.columns:
            assert table.columns["code"].unique, table.name


def test_no_instant_is_stored_without_its_zone(light_app: Flask) -> None:
    bare = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, sa.DateTime) and not isinstance(column.type, Instant)
    ]
    assert bare == []


def test_every_constraint_has_a_name_of_its_own(light_app: Flask) -> None:
    for table in tables():
        names = [str(constraint.name) for constraint in table.constraints] + [
            str(index.name) for index in table.indexes
        ]
        assert "None" not in names, table.name
        assert len(names) == len(set(names)), table.name
        assert all(len(name) <= 63 for name in names), f"{table.name}: PostgreSQL would cut {max(names, key=len)}"


# SQLite ---------------------------------------------------------------------------------------------------------------


def test_sqlite_is_set_as_the_design_says(light_app: Flask) -> None:
    with db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout", "recursive_triggers")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 20_000,
        "recursive_triggers": 1,
    }


def test_foreign_keys_hold_on_both_databases(app: Flask) -> None:
    from eventhub.accounts.models import PersonalLink

    @command
    def dangling() -> None:
        now = clock.real_now()
        add(PersonalLink(person_id=4711, purpose="x", about={}, expires_at=now, created_at=now))

    with pytest.raises(sa.exc.IntegrityError):
        dangling()


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60))
def test_any_text_survives_the_column_of_texts(raw: str) -> None:
    column = TextColumn()
    text = Text.of({"fr": raw})
    assert column.process_result_value(column.process_bind_param(text, None), None) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_died_while_idle_is_replaced_before_it_is_used(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventhub.core.db.IDLE_SECONDS", 0.0)
    with db.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({backend})")
    other.dispose()
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.control
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_without_the_trial_a_dead_connection_reaches_the_reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: with the trial put off, the same hang-up is an error."""
    monkeypatch.setattr("eventhub.core.db.IDLE_SECONDS", 3600.0)
    with db.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({backend})")
    other.dispose()
    with pytest.raises(sa.exc.OperationalError), db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
