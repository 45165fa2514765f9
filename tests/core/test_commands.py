"""`@command` is one transaction, audited, done wholly or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.accounts import commands
from eventhub.accounts.models import Person, PersonalLink, User
from eventhub.core import actors, clock
from eventhub.core.audit import AuditRow, AuditValue, Unaudited
from eventhub.core.commands import CommandMisuse, add, after_commit, before_commit, command, load, lock
from eventhub.core.db import Base, WriteWithinCommand, db, session, writing
from eventhub.core.errors import NotFound, Refused
from eventhub.events.models import Event
from tests.factories.accounts import person


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
    rows = session().scalars(sa.select(AuditRow).where(AuditRow.entity == "user").order_by(AuditRow.id)).all()
    assert {(row.entity_code, row.actor_code, row.command) for row in rows} == {(code, "a test", "accounts.add_user")}
    assert rows[0].action == "create"
    assert rows[-1].changes["roles"] == [[], ["organiser"]]


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
    db.session.add(Person(language="fr", created_at=now()))
    with pytest.raises(Unaudited):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(CommandMisuse):
        add(Person(language="fr", created_at=now()))


def test_a_bulk_write_without_the_helper_is_refused(app: Flask) -> None:
    with pytest.raises(Unaudited):
        db.session.execute(sa.update(User).values(active=False))


def test_the_audit_log_cannot_be_changed_even_by_plain_sql(app: Flask) -> None:
    commands.add_user(mail="amina@example.org", name="Amina Trabelsi")
    for statement in ("UPDATE audit SET command = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.exec_driver_sql(statement)


# One transaction ------------------------------------------------------------------------------------------------------


@command
def _rename(*, person: str, name: str, wait: Callable[[], None] | None = None) -> None:
    row = lock(Person, person)
    if wait is not None:
        wait()
    row.given_name = f"{row.given_name}{name}"


def test_what_follows_the_commit_is_called_after_it_and_once_and_never_after_a_rollback(app: Flask) -> None:
    called: list[str] = []

    @command
    def decide(fails: bool) -> None:
        commands.new_person(mail="amina@example.org", language="fr")
        after_commit(ring)
        after_commit(ring)
        if fails:
            raise RuntimeError

    def ring() -> None:
        with db.engine.connect() as connection:  # what is committed, and nothing else
            called.append(str(connection.scalar(sa.select(sa.func.count()).select_from(Person))))

    with pytest.raises(RuntimeError):
        decide(True)
    assert called == []
    decide(False)
    assert called == ["1"]


def test_what_follows_the_commit_may_fail_and_the_command_is_done(app: Flask) -> None:
    called: list[str] = []

    @command
    def decide() -> str:
        after_commit(lambda: called.append(str(1 / 0)))
        after_commit(lambda: called.append("rung"))
        return commands.new_person(mail="amina@example.org", language="fr").code

    assert decide()
    assert called == ["rung"]


def test_what_comes_last_in_a_command_is_part_of_it(app: Flask) -> None:
    @command
    def decide(late: Callable[..., None]) -> None:
        before_commit(late, "amina@example.org")
        before_commit(late, "amina@example.org")

    def invite(mail: str) -> None:
        commands.new_person(mail=mail, language="fr")

    def fail(_mail: str) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        decide(fail)
    decide(invite)
    assert [person.mail for person in session().scalars(sa.select(Person))] == ["amina@example.org"]


def test_nothing_of_a_command_stays_behind_in_the_session(app: Flask) -> None:
    @command
    def late(fails: bool) -> None:
        before_commit(commands.new_person)
        after_commit(lambda: None)
        if fails:
            raise Refused

    before = dict(session().info)
    for fails in (True, False):
        with pytest.raises((Refused, TypeError)):
            late(fails)
        assert dict(session().info) == before
        assert not session().in_transaction()
        assert not session().new


def test_reading_then_writing_then_reading_shows_what_was_written(app: Flask) -> None:
    amina = person()
    seen = session().scalars(sa.select(Person)).one()
    assert seen.given_name == "Amina"
    _rename(person=amina.code, name="-Leila")
    assert seen.given_name == "Amina-Leila"
    assert session().scalars(sa.select(Person.given_name)).all() == ["Amina-Leila"]


def test_a_command_sees_what_another_worker_wrote_after_this_one_read(app: Flask) -> None:
    code = person().code
    assert session().scalars(sa.select(Person)).one().given_name == "Amina"
    assert _in_threads(app, partial(_rename, person=code, name="2")) == []
    _rename(person=code, name="3")
    assert session().scalars(sa.select(Person)).one().given_name == "Amina23"


def test_values_a_reader_changed_by_mistake_are_never_written(app: Flask) -> None:
    amina = person()
    code = amina.code
    amina.family_name = "changed in a view"
    _rename(person=code, name="")
    assert session().scalars(sa.select(Person)).one().family_name == "Trabelsi"


def test_a_command_that_is_refused_says_so_and_leaves_the_session_usable(app: Flask) -> None:
    with pytest.raises(NotFound):
        _rename(person="NOBODY", name="x")
    assert session().scalars(sa.select(Person)).all() == []
    person()
    assert len(session().scalars(sa.select(Person)).all()) == 1


def test_a_broken_constraint_rolls_back_and_leaves_the_session_usable(app: Flask) -> None:
    @command
    def twice() -> None:
        add(Person(language="fr", created_at=now(), mail="amina@example.org"))
        add(Person(language="fr", created_at=now(), mail="amina@example.org"))

    with pytest.raises(sa.exc.IntegrityError):
        twice()
    assert session().scalars(sa.select(Person)).all() == []
    person()


# Waiting for each other -----------------------------------------------------------------------------------------------


def _in_threads(app: Flask, *calls: Callable[[], object]) -> list[BaseException]:
    """Run each call in a thread and a context of its own; what they raised."""
    faults: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        with app.app_context():
            try:
                call()
            except BaseException as fault:
                faults.append(fault)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return faults


def test_writers_wait_for_each_other_and_none_is_lost(app: Flask) -> None:
    code = person().code
    calls = [partial(_rename, person=code, name="x", wait=lambda: time.sleep(0.02)) for _ in range(10)]
    assert _in_threads(app, *calls) == []
    session().rollback()
    assert session().scalars(sa.select(Person.given_name)).one() == "Amina" + "x" * 10


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite a command waits for its turn
def test_without_the_lock_a_write_is_lost(app: Flask) -> None:
    """The control of the test above: on PostgreSQL two that read before either wrote lose one change."""
    code = person().code
    both = threading.Barrier(2)

    @command
    def rename_without_lock() -> None:
        row = load(Person, code)
        both.wait(5)
        row.given_name = f"{row.given_name}x"

    assert _in_threads(app, rename_without_lock, rename_without_lock) == []
    session().rollback()
    assert session().scalars(sa.select(Person.given_name)).one() == "Aminax"


def test_a_reader_that_waits_does_not_keep_a_writer_waiting(app: Flask) -> None:
    code = person().code
    assert session().scalars(sa.select(Person)).one().given_name == "Amina"  # this reader's transaction stays open
    began = time.monotonic()
    assert _in_threads(app, partial(_rename, person=code, name="x")) == []
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite one command writes at a time
def test_a_child_can_be_added_to_a_row_somebody_has_locked(app: Flask) -> None:
    """Else two commands, each adding under the row the other has locked, would wait for each other in a ring."""
    first, second = person().code, person(mail="sami@example.org").code
    both = threading.Barrier(2)

    @command
    def link_to(mine: str, other: str) -> None:
        lock(Person, mine)
        both.wait(5)
        add(PersonalLink(person=load(Person, other), purpose="x", about={}, expires_at=now(), created_at=now()))

    assert _in_threads(app, partial(link_to, first, second), partial(link_to, second, first)) == []


def test_every_table_with_a_code_can_be_locked(app: Flask) -> None:
    @command
    def lock_all() -> int:
        count = 0
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__lock_order__):
            if "code" in mapper.columns:
                count += 1
                with pytest.raises(NotFound):
                    lock(mapper.class_, "NONE")
        return count

    assert lock_all() > 10


def test_rows_are_locked_in_one_order_only(app: Flask) -> None:
    code = person().code

    @command
    def out_of_order() -> None:
        lock(Person, code)
        with pytest.raises(NotFound):
            lock(Person, "NONE")
        lock(Event, "NONE")

    assert Event.__lock_order__ < Person.__lock_order__
    with pytest.raises(CommandMisuse, match="too late"):
        out_of_order()


def test_a_second_writer_inside_a_command_is_refused_at_once_and_not_after_a_long_wait(app: Flask) -> None:
    @command
    def counts_inside() -> None:
        with writing():
            pass

    began = time.monotonic()
    with pytest.raises(WriteWithinCommand):
        counts_inside()
    assert time.monotonic() - began < 1
    with writing() as connection:
        assert connection.scalar(sa.select(1)) == 1


def now() -> datetime:
    return clock.real_now()
