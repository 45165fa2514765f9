"""`@command` is one transaction, audited, done wholly or not at all."""

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.accounts import commands
from eventhub.accounts.models import Person, User
from eventhub.core import actors
from eventhub.core.audit import AuditRow, AuditValue, Unaudited
from eventhub.core.commands import CommandMisuse, add, command
from eventhub.core.db import db, session


@command
def _add_then_fail(*, mail: str) -> None:
    commands.new_person(mail=mail, language="fr")
    session().flush()
    raise RuntimeError("in the middle")


@command
def _nested() -> str:
    return commands.add_user(mail="a@example.org", name="A B")


def test_a_command_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        _add_then_fail(mail="half@example.org")
    assert session().scalar(sa.select(sa.func.count()).select_from(Person)) == 0
    assert session().scalar(sa.select(sa.func.count()).select_from(AuditRow)) == 0


def test_a_command_writes_down_who_did_what(app: Flask) -> None:
    with actors.acting(actors.system("a test")):
        code = commands.add_user(mail="amina@example.org", name="Amina Trabelsi", roles=("organiser",))
    rows = session().scalars(sa.select(AuditRow).where(AuditRow.entity == "user")).all()
    assert [(row.action, row.entity_code, row.actor_code, row.command) for row in rows] == [
        ("create", code, "a test", "accounts.add_user")
    ]


def test_personal_values_stand_beside_the_audit_row_and_not_in_it(app: Flask) -> None:
    commands.add_user(mail="amina@example.org", name="Amina Trabelsi")
    row = session().scalars(sa.select(AuditRow).where(AuditRow.entity == "person")).one()
    assert "Amina" not in str(row.changes)
    values = session().scalars(sa.select(AuditValue).where(AuditValue.audit_code == row.code)).all()
    assert {value.column: value.after for value in values}["given_name"] == "Amina"


def test_a_command_never_calls_a_command(app: Flask) -> None:
    with pytest.raises(CommandMisuse):
        _nested()


def test_nobody_writes_outside_a_command(app: Flask) -> None:
    db.session.add(Person(language="fr", created_at=actors_now()))
    with pytest.raises(Unaudited):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(CommandMisuse):
        add(Person(language="fr", created_at=actors_now()))


def test_a_bulk_write_without_the_helper_is_refused(app: Flask) -> None:
    with pytest.raises(Unaudited):
        db.session.execute(sa.update(User).values(active=False))


def test_the_audit_log_cannot_be_changed_even_by_plain_sql(app: Flask) -> None:
    commands.add_user(mail="amina@example.org", name="Amina Trabelsi")
    for statement in ("UPDATE audit SET command = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def actors_now():
    from eventhub.core import clock

    return clock.real_now()
