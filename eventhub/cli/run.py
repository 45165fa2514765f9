"""`eventhub serve`: one process that starts the web server and the workers, and ends both."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import click
import sqlalchemy as sa
from flask import Flask

from ..core.processes import die_with_parent
from ..core.settings import Settings
from . import Fault, migrated_application

T = TypeVar("T")
Who = list[tuple[str, str, str]]
"""(role, name, mail address) of each demo person to sign in as."""
READY_SECONDS = 60
END_SECONDS = 20
"""After this, what has not ended is killed; its work is taken up at the next start."""
NOT_THE_DEMO = frozenset({"alembic_version", "role", "limit_count", "public_version", "demo_clock"})
"""Tables whose rows do not make an install one that is in use."""


def serve(settings: Settings, *, web_only: bool, prepare: bool) -> None:
    """Serve until a signal ends it, or until one of its parts ends by itself, which is a fault."""
    _refuse_taken(settings.bind)
    people = _apart(_make_ready, prepare)
    if web_only:
        from . import web

        web.run(settings)
        return
    parent = os.getpid()
    parts = {"web server": _start(parent, "eventhub.cli.web"), "workers": _start(parent, "eventhub.cli", "worker")}
    asked: list[int] = []
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _frame: asked.append(number))
    try:
        if _answers(settings, lambda: bool(asked) or _ended(parts) is not None):
            _say_where(settings, people)
        while not asked and _ended(parts) is None:
            time.sleep(0.2)
    finally:
        ended = None if asked else _ended(parts)
        _end(parts)
    if ended:
        raise Fault(f"The {ended} ended unexpectedly; the reason is above.")


def _refuse_taken(bind: str) -> None:
    """The web server shares its port between its processes, and would share it with another install as well."""
    from .web import address

    host, port = address(bind)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Fault(f"EventHub cannot listen on {bind}: {taken.strerror}. EVENTHUB_BIND chooses another.") from None


def is_empty(app: Flask) -> bool:
    """Whether nothing has been put into this install."""
    from ..core.db import Base, db

    with app.app_context(), db.engine.connect() as connection:
        return not any(
            connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_THE_DEMO
        )


def load_demo(app: Flask, stage: str | None) -> str:
    """Load the demo; returns what came of it, as a sentence."""
    loader = _loader()
    if loader is None:
        return "This build has no demo data."
    mark = _begun(app)
    mark.touch()
    with app.app_context():
        loader.load(**({"stage": stage} if stage else {}))
    mark.unlink()
    return "The demo is loaded."


def _begun(app: Flask) -> Path:
    """A file that is there while the demo is being loaded: what it leaves behind if it is stopped is thrown away."""
    return Path(app.config["EVENTHUB"].instance) / "demo-is-loading"


def _loader() -> Any:
    try:
        return importlib.import_module("eventhub.demo.loader")
    except ModuleNotFoundError as absent:
        if absent.name != "eventhub.demo.loader":
            raise
        return None


def _make_ready(prepare: bool) -> Who:
    from .. import create_app, migrations

    if not prepare:
        app = migrated_application()
    else:
        app = create_app()
        demo = app.config["EVENTHUB"].demo
        if demo and _begun(app).exists():
            migrations.downgrade(app, "base")
        if migrations.current(app) != migrations.head():
            migrations.upgrade(app)
        if demo and is_empty(app):
            click.echo("Loading the demo network …")
            click.echo(load_demo(app, None))
    loader = _loader() if app.config["EVENTHUB"].demo else None
    if loader is None:
        return []
    with app.test_request_context(base_url=app.config["EVENTHUB"].base_url):
        return [(someone.role, someone.name, someone.mail) for someone in loader.who()]


def _apart(function: Callable[[bool], T], argument: bool) -> T:
    """In a process of its own, so that the supervisor keeps neither its memory nor its connections."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
        return executor.submit(function, argument).result()


def _start(parent: int, module: str, *words: str) -> subprocess.Popen[bytes]:
    """One part, in a process group of its own: Ctrl-C reaches the supervisor alone, which ends the parts in order."""
    return subprocess.Popen(  # noqa: S603 — our own command line
        [sys.executable, "-m", module, *words],
        process_group=0,
        preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509 — no threads run yet
    )


def _ended(parts: dict[str, subprocess.Popen[bytes]]) -> str | None:
    return next((name for name, process in parts.items() if process.poll() is not None), None)


def _end(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, and kill the group of any that does not."""
    for process in parts.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + END_SECONDS
    for process in parts.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(settings: Settings, give_up: Callable[[], bool]) -> bool:
    """Wait until the web server answers."""
    deadline = time.monotonic() + READY_SECONDS
    request = urllib.request.Request(
        f"http://{settings.bind}/healthz", headers={"Host": settings.trusted_hosts[0]} if settings.trusted_hosts else {}
    )
    while time.monotonic() < deadline and not give_up():
        try:
            with urllib.request.urlopen(request, timeout=2):  # noqa: S310
                return True
        except urllib.error.HTTPError:
            return True  # it answers, if only to say no
        except OSError:
            time.sleep(0.1)
    return False


def _say_where(settings: Settings, people: Who) -> None:
    click.echo(f"\nEventHub answers at {settings.base_url}/ · Ctrl-C ends it.")
    if settings.demo:
        click.echo(f"Mail goes nowhere: read it at {settings.base_url}/demo/mail/")
    if people:
        click.echo(f"\nSign in at {settings.base_url}/fr/sign-in with one of these addresses, and follow the mail:")
        role_width, name_width = (max(len(row[column]) for row in people) for column in (0, 1))
        for role, name, address in people:
            click.echo(f"  {role:<{role_width}}  {name:<{name_width}}  {address}")
    click.echo("")
