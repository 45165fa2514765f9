"""The audit log: what changed, by whom, from what to what; without secrets, apart from personal values, for good."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import defer

from eventhub.accounts.models import Person, Role, User
from eventhub.core import actors, audit, clock
from eventhub.core.audit import AuditRow, AuditValue, Unaudited
from eventhub.core.commands import add, command, load, lock, remove
from eventhub.core.db import Base, Instant, TextColumn, db, session
from eventhub.core.editions import Edition
from eventhub.core.text import Text
from eventhub.network.models import Tag
from tests.factories.accounts import organiser, person


def rows(entity: str) -> list[AuditRow]:
    session().rollback()
    return list(session().scalars(sa.select(AuditRow).where(AuditRow.entity == entity).order_by(AuditRow.id)))


def values(row: AuditRow) -> dict[str, list[Any]]:
    found = session().scalars(sa.select(AuditValue).where(AuditValue.audit_code == row.code))
    return {each.column: [each.before, each.after] for each in found}


@command
def edit(model: type[Base], code: str, **changes: Any) -> None:
    row = lock(model, code)
    for name, value in changes.items():
        setattr(row, name, value)


@command
def delete(model: type[Base], code: str) -> None:
    remove(lock(model, code))


@command
def add_tag(slug: str) -> str:
    return add(_filled(Tag, slug=slug)).code


def _filled(model: type[Any], **given: Any) -> Any:
    """A row with something in every column that must not be empty."""
    for column in sa.inspect(model).columns:
        if column.nullable or column.primary_key or column.default is not None or column.key in given:
            continue
        if column.key == "code":
            continue
        kind = column.type
        if isinstance(kind, sa.Enum):
            given[column.key] = next(iter(kind.enum_class or kind.enums))
        elif isinstance(kind, TextColumn):
            given[column.key] = Text.of({"fr": "Villes"})
        elif isinstance(kind, Instant):
            given[column.key] = clock.real_now()
        elif isinstance(kind, sa.Integer):
            given[column.key] = 1
        elif isinstance(kind, sa.JSON):
            given[column.key] = []
        else:
            given[column.key] = "x"
    return model(**given)


# From what to what ----------------------------------------------------------------------------------------------------


def test_an_update_says_before_and_after_of_what_changed_and_of_nothing_else(app: Flask) -> None:
    code = add_tag("water")
    edit(Tag, code, slug="sea")
    last = rows("tag")[-1]
    assert (last.action, last.entity_code, last.changes) == ("update", code, {"slug": ["water", "sea"]})


def test_an_update_that_changes_nothing_leaves_no_row(app: Flask) -> None:
    code = add_tag("water")
    edit(Tag, code, slug="water")
    assert [row.action for row in rows("tag")] == ["create"]


def test_a_delete_says_what_was_there(app: Flask) -> None:
    code = add_tag("water")
    delete(Tag, code)
    last = rows("tag")[-1]
    assert last.action == "delete"
    assert last.changes["slug"] == ["water", None]


def test_a_delete_says_what_was_there_even_of_a_row_that_had_been_let_go(app: Flask) -> None:
    code = add_tag("water")

    @command
    def forget_then_delete() -> None:
        row = load(Tag, code)
        session().expire(row)
        remove(row)

    forget_then_delete()
    assert rows("tag")[-1].changes["slug"] == ["water", None]


def test_a_text_in_several_languages_is_written_whole(app: Flask) -> None:
    code = add_tag("water")
    name = next(column.key for column in sa.inspect(Tag).columns if isinstance(column.type, TextColumn))
    edit(Tag, code, **{name: Text.of({"fr": "Mer", "ar": "بحر", "original": "ar"})})
    before, after = rows("tag")[-1].changes[name]
    assert before["original"] == "fr"
    assert after == {"fr": "Mer", "ar": "بحر", "original": "ar"}


def test_several_changes_in_one_command_are_each_written_down(app: Flask) -> None:
    code = add_tag("water")

    @command
    def twice() -> None:
        row = lock(Tag, code)
        row.slug = "sea"
        session().flush()
        row.slug = "coast"

    twice()
    assert [row.changes["slug"] for row in rows("tag")[1:]] == [["water", "sea"], ["sea", "coast"]]


def test_a_link_between_rows_is_written_down_with_their_names(app: Flask) -> None:
    code = organiser(roles=("organiser",))

    @command
    def make_administrator() -> None:
        user = lock(User, code)
        other = session().scalars(sa.select(Role).where(Role.name == "administrator")).first()
        user.roles = [*user.roles, other or Role(name="administrator")]

    @command
    def take_all_away() -> None:
        lock(User, code).roles = []

    make_administrator()
    assert rows("user")[-1].changes["roles"] == [["organiser"], ["administrator", "organiser"]]
    take_all_away()
    assert rows("user")[-1].changes["roles"] == [["administrator", "organiser"], []]


def test_a_foreign_key_set_through_its_row_is_written_down(app: Flask) -> None:
    organiser()
    created = rows("user")[0]
    assert created.action == "create"
    assert created.changes["person_id"][1] is not None


# Who ------------------------------------------------------------------------------------------------------------------


def test_the_record_names_the_actor_and_the_command(app: Flask) -> None:
    amina = actors.Actor(actors.ActorKind.LINK, code="LINK", person="AMINA")
    with actors.acting(amina):
        add_tag("water")
    row = rows("tag")[-1]
    assert (row.actor_kind, row.actor_code) == ("link", "LINK")
    assert row.command.endswith("add_tag")
    assert abs((clock.real_now() - row.at).total_seconds()) < 60


def test_the_record_keeps_the_walls_time_while_the_product_lives_in_another(app: Flask) -> None:
    with clock.frozen(datetime(2016, 3, 9, tzinfo=clock.UTC)):
        add_tag("water")
    assert rows("tag")[-1].at.year > 2016


def test_the_writes_of_a_library_that_commits_by_itself_are_recorded_too(app: Flask) -> None:
    code = organiser()
    user = session().scalars(sa.select(User).where(User.code == code)).one()
    user.active = False
    db.session.commit()
    assert rows("user")[-1].changes == {"active": [True, False]}
    assert rows("user")[-1].command == "flask-security"


# Secrets and people ---------------------------------------------------------------------------------------------------


def test_secrets_are_masked_and_only_that_they_changed_is_known(app: Flask) -> None:
    code = organiser()
    edit(User, code, password="hash-of-the-password", tf_totp_secret="SECRETSEED", fs_uniquifier="sess")
    row = rows("user")[-1]
    assert set(row.changes) == {"password", "tf_totp_secret", "fs_uniquifier"}
    everything = str([(each.changes, values(each)) for each in rows("user")])
    for secret in ("hash-of-the-password", "SECRETSEED", "sess'"):
        assert secret not in everything


SECRET = ("password", "secret", "token", "uniquifier", "recovery", "credential_id", "browser")


def test_every_column_that_sounds_like_a_secret_is_masked(light_app: Flask) -> None:
    """A column added later under such a name must be masked, or be named here as no secret."""
    no_secret = {("user", "fs_webauthn_user_handle")}
    open_ = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in SECRET)
        and column.name not in audit.SECRET_COLUMNS
        and (table.name, column.name) not in no_secret
        and not isinstance(column.type, sa.LargeBinary | sa.Integer)  # bytes are never written out
    ]
    assert open_ == []


def test_personal_values_stand_beside_and_can_be_erased_without_the_record(app: Flask) -> None:
    code = person(given="Amina").code
    edit(Person, code, given_name="Leïla")
    row = rows("person")[-1]
    assert row.changes == {"given_name": ["personal", "personal"]}
    assert values(row) == {"given_name": ["Amina", "Leïla"]}
    with db.engine.begin() as connection:
        connection.execute(sa.delete(AuditValue).where(AuditValue.entity_code == code))
    assert values(rows("person")[-1]) == {}
    assert rows("person")[-1].changes == {"given_name": ["personal", "personal"]}


# Nobody writes past it ------------------------------------------------------------------------------------------------

PAST_THE_RECORD = (
    sa.update(Person).values(language="ar"),
    sa.delete(Person),
    sa.insert(Role).values(name="administrator"),
    sa.text("UPDATE person SET language = 'ar'"),
    sa.text("  delete from person"),
    sa.text("WITH x AS (SELECT 1) DELETE FROM person"),
)


@pytest.mark.parametrize("statement", PAST_THE_RECORD, ids=str)
def test_a_write_past_the_record_is_refused_inside_a_command_and_outside(
    light_app: Flask, statement: sa.Executable
) -> None:
    @command
    def inside() -> None:
        session().execute(statement)

    with pytest.raises(Unaudited):
        inside()
    with pytest.raises(Unaudited):
        session().execute(statement)
    session().rollback()


def test_reading_by_text_is_allowed(app: Flask) -> None:
    assert session().execute(sa.text("SELECT 1")).scalar() == 1


def test_the_helper_for_bulk_writes_records_them_and_works_in_commands_alone(app: Flask) -> None:
    code = person().code
    statement = sa.update(Person).values(language="ar")
    with pytest.raises(Unaudited):
        audit.write(statement, entity="person", entity_code=code, what={"language": "ar"})

    @command
    def bulk() -> None:
        audit.write(statement, entity="person", entity_code=code, what={"language": "ar"})

    bulk()
    assert rows("person")[-1].action == "bulk"
    assert rows("person")[-1].changes == {"language": [None, "ar"]}


APPEND_ONLY = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__append_only__), key=lambda each: each.__name__
)


def test_the_records_that_stay_are_the_ones_meant(light_app: Flask) -> None:
    assert {AuditRow, Edition} <= set(APPEND_ONLY)


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_append_only_rows_stay_whoever_tries(app: Flask, model: type[Any]) -> None:
    @command
    def write() -> None:
        add(_filled(model))

    @command
    def change() -> None:
        row = session().scalars(sa.select(model)).first()
        row.code = "CHANGED"

    @command
    def take_away() -> None:
        remove(session().scalars(sa.select(model)).first())

    @command
    def in_bulk() -> None:
        audit.count(sa.delete(model))

    write()
    for attempt in (change, take_away):
        with pytest.raises(Unaudited, match="append-only"):
            attempt()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        in_bulk()
    table = model.__tablename__
    statements = [f"UPDATE {table} SET code = 'x'", f"DELETE FROM {table}"]
    if db.engine.dialect.name == "sqlite":
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    session().rollback()
    assert session().scalar(sa.select(sa.func.count()).select_from(model)) >= 1


def test_a_history_without_its_snapshots_is_still_append_only(app: Flask) -> None:
    @command
    def write() -> None:
        add(_filled(Edition))

    @command
    def change() -> None:
        row = session().scalars(sa.select(Edition).options(defer(Edition.snapshot))).one()
        row.snapshot = {"other": True}

    write()
    with pytest.raises(Unaudited, match="append-only"):
        change()


NEVER_DELETED = frozenset({"event", "person", "user", "registration", "badge_batch"})
"""Rows no command deletes: they end by a state. What the database would take away with them is no loss."""
BY_THEIR_COMMAND = frozenset({"quota.category_id", "quota.delegation_id"})
"""Rows the command that deletes their owner deletes one by one."""


def test_what_the_database_deletes_in_a_cascade_belongs_to_rows_no_command_deletes(light_app: Flask) -> None:
    """Such rows leave no record of their own. Where their owner can be deleted, a relationship must take them away in
    sight of the session."""
    mappers = {mapper.local_table: mapper for mapper in Base.registry.mappers}
    unseen = [
        f"{key.parent.table.name}.{key.parent.name}"
        for table, child in mappers.items()
        for key in table.foreign_keys
        if key.ondelete == "CASCADE"
        and child.class_.__audited__
        and key.column.table.name not in NEVER_DELETED
        and not any(
            each.mapper is child and each.cascade.delete and not each.passive_deletes
            for each in mappers[key.column.table].relationships
        )
    ]
    assert set(unseen) == BY_THEIR_COMMAND


class Kind(StrEnum):
    ONE = "one"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Kind.ONE, "one"),
        (datetime(2016, 3, 9, 9, tzinfo=clock.UTC), "2016-03-09T09:00:00+00:00"),
        (b"bytes of a paper", "•"),
        ({"b", "a"}, ["a", "b"]),
        (("a", 1), ["a", 1]),
        (Text.only("fr", "Eau"), {"fr": "Eau", "original": "fr"}),
    ],
)
def test_values_are_kept_as_plain_json(value: Any, kept: Any) -> None:
    found = audit._plain(value)
    assert sorted(found) == kept if isinstance(value, set) else found == kept
