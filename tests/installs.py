"""Whole installs for tests that need one of their own: an instance folder, a database, and the environment of both."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from eventhub import create_app, migrations
from eventhub.core.db import db
from eventhub.core.settings import load

SERVER = "EVENTHUB_TEST_POSTGRESQL"
KEY = "a-key-of-the-tests-that-is-long-enough"


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database on the run's server, dropped afterwards."""
    url = sa.make_url(os.environ[SERVER])
    server = sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"own_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


@contextmanager
def environment(folder: Path, database: str, **more: str) -> Iterator[dict[str, str]]:
    """The settings of a production install on a loopback address, with an empty database of either kind. On
    PostgreSQL the queue is there too, as on an install of several machines."""
    port = free_port()
    environ = {
        "EVENTHUB_MODE": "production",
        "EVENTHUB_SECRET_KEY": KEY,
        "EVENTHUB_INSTANCE": str(folder),
        "EVENTHUB_BIND": f"127.0.0.1:{port}",
        "EVENTHUB_BASE_URL": f"http://127.0.0.1:{port}",
        **more,
    }
    if database == "sqlite":
        yield environ
        return
    with postgresql() as url:
        yield {**environ, "DATABASE_URL": url, "EVENTHUB_JOBS_URL": url}


def process_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of this install: nothing of the run's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EVENTHUB_", "DATABASE_URL"))}
    return {**kept, **environ}


@contextmanager
def install(folder: Path, database: str, **more: str) -> Iterator[tuple[Flask, dict[str, str]]]:
    """(application, environment) of an install whose database is migrated."""
    with environment(folder, database, **more) as environ:
        app = create_app(load(environ))
        migrations.upgrade(app)
        try:
            yield app, environ
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
