"""The migrations lead from nothing to the tables the code declares, and back, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from eventhub import create_app, migrations
from eventhub.core.db import Base, db
from eventhub.core.settings import load
from tests.installs import environment


@pytest.fixture
def bare(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has no table yet."""
    with environment(tmp_path, database) as environ:
        app = create_app(load(environ))
        yield app
        with app.app_context():
            db.engine.dispose()


def names(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names())


def triggers(app: Flask) -> set[tuple[str, str]]:
    """(table, trigger) pairs of the database."""
    lite = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    big = "SELECT event_object_table, trigger_name FROM information_schema.triggers"
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.exec_driver_sql(lite if connection.dialect.name == "sqlite" else big)
        return {(row[0], row[1]) for row in rows}


def test_an_empty_database_says_it_is_at_no_revision(bare: Flask) -> None:
    assert migrations.current(bare) == ""
    assert migrations.head() != ""


def test_upgrading_makes_exactly_the_tables_the_code_declares(bare: Flask) -> None:
    migrations.upgrade(bare)
    migrations.know_all_tables()
    assert names(bare) - {"alembic_version"} == set(Base.metadata.tables)
    assert migrations.current(bare) == migrations.head()
    with bare.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(bare: Flask) -> None:
    migrations.upgrade(bare)
    before = names(bare)
    migrations.upgrade(bare)
    assert names(bare) == before


def test_append_only_tables_are_kept_by_the_database_itself(bare: Flask) -> None:
    migrations.upgrade(bare)
    migrated = triggers(bare)
    with bare.app_context():
        db.engine.dispose()
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    assert migrated
    assert migrated == triggers(bare)


def test_checks_of_states_are_the_same_as_the_code_declares(bare: Flask) -> None:
    """Alembic does not compare CHECK constraints: a new state would be refused by a migrated database."""
    migrations.upgrade(bare)
    migrated = checks(bare)
    with bare.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    assert migrated
    assert migrated == checks(bare)


def checks(app: Flask) -> dict[str, set[str]]:
    with app.app_context():
        inspector = sa.inspect(db.engine)
        found = {name: inspector.get_check_constraints(name) for name in Base.metadata.tables}
    return {name: {str(each["sqltext"]) for each in checks} for name, checks in found.items() if checks}


def test_downgrading_leaves_nothing_behind(bare: Flask) -> None:
    migrations.upgrade(bare)
    migrations.downgrade(bare, "base")
    assert names(bare) <= {"alembic_version"}
    assert triggers(bare) == set()
    migrations.upgrade(bare)
    assert migrations.current(bare) == migrations.head()
