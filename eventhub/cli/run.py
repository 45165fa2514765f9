"""`eventhub serve`: one process that starts the web server and the workers, and ends both."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask

from .. import create_app
from ..core import processes
from ..core.settings import Settings, SettingsError
from . import Fault, migrated_application, web

Who = list[tuple[str, str, str]]
"""(role, name, address of the page that signs them in) of each demo person."""
FORK = get_context("fork")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 60
END_SECONDS = 20
"""After this, what has not ended is killed; its work is taken up at the next start."""
NOT_THE_DEMO = frozenset({"alembic_version", "role", "limit_count", "public_version", "demo_clock"})
"""Tables whose rows do not make an install one that is in use."""


def serve(settings: Settings, *, web_only: bool, prepare: bool) -> None:
    """Serve until a signal ends it, or until one of its parts ends by itself, which is a fault.

    Everything is imported here, once, and shared by the processes that are forked: this one only watches, and holds
    no connection and no thread that a fork would tear.
    """
    _refuse_taken(settings.bind)
    web.import_rooms()
    people = _apart(_make_ready, prepare)
    if web_only:
        web.run(settings)
        return
    parts = {"web server": _start("web", web.run, settings), "workers": _start("workers", _work)}
    asked: list[int] = []
    for each in ENDING:
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
    host, port = web.address(bind)
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


def load_demo(app: Flask) -> str:
    """Load the demo; returns what came of it, as a sentence."""
    loader = _loader()
    if loader is None:
        return "This build has no demo data."
    mark = _begun(app)
    mark.touch()
    with app.app_context():
        loader.load()
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
    from .. import migrations

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
            click.echo(load_demo(app))
    loader = _loader() if app.config["EVENTHUB"].demo else None
    if loader is None:
        return []
    with app.test_request_context(base_url=app.config["EVENTHUB"].base_url):
        return [(str(role), str(name), str(address)) for role, name, address in loader.who()]


def _apart(function: Callable[[bool], Who], argument: bool) -> Who:
    """In a process of its own, so that this one keeps neither its memory nor its connections."""
    here, there = FORK.Pipe(duplex=False)

    def answer() -> None:
        try:
            there.send((function(argument), ""))
        except (Fault, SettingsError) as refused:
            there.send(([], str(refused)))

    process = FORK.Process(target=answer)
    process.start()
    there.close()
    try:
        people, refused = here.recv()
    except EOFError:
        raise Fault("EventHub could not be made ready; the reason is above.") from None
    finally:
        process.join()
    if refused:
        raise Fault(refused)
    return list(people)


def _work() -> None:
    from ..core import bell

    app = create_app()
    bell.work(app, app.config["EVENTHUB"])


def _start(name: str, function: Callable[..., None], *words: Any) -> ForkProcess:
    """One part, in a process group of its own: Ctrl-C reaches the supervisor alone, which ends the parts in order."""
    parent = os.getpid()

    def part() -> None:
        os.setpgid(0, 0)
        processes.die_with_parent(parent, signal.SIGTERM)
        processes.call_oneself(f"eventhub {name}")
        function(*words)

    process = FORK.Process(target=part, name=name)
    process.start()
    return process


def _ended(parts: dict[str, ForkProcess]) -> str | None:
    return next((name for name, process in parts.items() if process.exitcode is not None), None)


def _end(parts: dict[str, ForkProcess]) -> None:
    """Ask all to end, wait, and kill the group of any that does not."""
    for process in parts.values():
        if process.exitcode is None:
            process.terminate()
    deadline = time.monotonic() + END_SECONDS
    for process in parts.values():
        process.join(max(0.1, deadline - time.monotonic()))
        if process.exitcode is None and process.pid is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()


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
        click.echo("\nSign in as:")
        role_width, name_width = (max(len(row[column]) for row in people) for column in (0, 1))
        for role, name, address in people:
            click.echo(f"  {role:<{role_width}}  {name:<{name_width}}  {address}")
    click.echo("")
