"""Public pages and the registration form against a bare Flask page, served by the same server in the same run.

The event has 150 sessions and 300 speakers, the size of a large congress of the field.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from eventhub import create_app
from eventhub.accounts.commands import new_person
from eventhub.core import actors, public_version
from eventhub.core.commands import add, command
from eventhub.core.db import Base, db, session
from eventhub.core.settings import load
from eventhub.core.text import EMPTY, Text
from eventhub.events.models import Event, Room
from eventhub.programme import commands as programme
from eventhub.programme.models import Item, Part, Session, SessionKind, SessionPerson

from ..factories import badges as make
from .harness import ROOT, Connection, Row, Server, cpu_per_request, granian, raw

SESSIONS, SPEAKERS = 150, 300
LANGUAGES = ("fr", "en", "es", "ar", "it", "pt")
KEPT = ("Accept-Encoding: gzip",)
COLD_TIMES = 9


@contextmanager
def install(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a fresh install with the large event in it."""
    with TemporaryDirectory(prefix="eventhub-bench-") as folder:
        full = {
            "EVENTHUB_MODE": "production",
            "EVENTHUB_INSTANCE": folder,
            "EVENTHUB_BASE_URL": "http://127.0.0.1",
            "EVENTHUB_SECRET_KEY": "bench" * 8,
            "EVENTHUB_LOG_LEVEL": "ERROR",
            **environ,
        }
        app = create_app(load(full))
        with app.app_context(), actors.acting(actors.system("bench")):
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
            code = make.event(slug="large")
            _agenda(event=code)
            programme.release(event=code, note=EMPTY)
        yield full


@command
def _agenda(*, event: str) -> None:
    row = session().scalars(sa.select(Event).where(Event.code == event)).one()
    rooms = [
        add(Room(event=row, name=_text(f"Salle {n}"), capacity=80, booths=["fr", "ar"], position=n)) for n in range(8)
    ]
    people = [
        new_person(mail=f"s{n}@city.example.org", language="fr", given_name="Amina", family_name=f"Trabelsi-{n}")
        for n in range(SPEAKERS)
    ]
    for number in range(SESSIONS):
        each = add(
            Session(
                event=row,
                kind=SessionKind.THEMATIC,
                title=_text(f"Séance thématique {number} sur l’accueil"),
                summary=_text("Retours d’expérience des villes et échanges sur les politiques locales. " * 3),
                room=rooms[number // 2 % 8],
                day=row.days[number % 2],
                start=time(8 + number // 16, 0),
                minutes=50,
                languages=["fr", "ar"],
            )
        )
        each.items = [Item(position=n, title=_text(f"Point {n} de la séance {number}"), minutes=15) for n in (1, 2, 3)]
        each.people = [SessionPerson(person=people[2 * number + n], part=Part.SPEAKER, position=n) for n in (0, 1)]


def _text(words: str) -> Text:
    return Text({language: f"{words} ({language})" for language in LANGUAGES}, "fr")


def rows() -> list[Row]:
    """Warm and cold pages, start and memory of a web worker."""
    size = f"{SESSIONS} sessions, {SPEAKERS} speakers"
    with granian("tests.bench.yardstick:app", {}, factory=False) as bare:
        yardstick = cpu_per_request(bare, raw("/", headers=KEPT))
    lines = [Row("bare Flask page (the yardstick)", "", f"{yardstick * 1e6:.0f} µs CPU", "1.00", "")]
    with install({}) as environ:
        with granian("eventhub:create_app", environ, ready="/healthz") as server:
            for what, path in _paths().items():
                warm = cpu_per_request(server, raw(path, headers=KEPT))
                lines.append(
                    Row(
                        f"{what}, warm",
                        size,
                        f"{warm * 1e6:.0f} µs CPU",
                        f"{yardstick / warm:.2f}",
                        "requests per CPU second, of bare Flask",
                    )
                )
            lines.append(
                Row("memory of a web worker", "after the warm pages", f"{server.memory():.0f} MB", "", "aim: 120 MB")
            )
            for what, path in _paths().items():
                cold = _cold(environ, server, path)
                lines.append(
                    Row(
                        f"{what}, cold",
                        size,
                        f"{cold * 1e3:.0f} ms CPU",
                        f"{yardstick / cold:.4f}",
                        "requests per CPU second, of bare Flask",
                    )
                )
        lines.append(Row("start of a web worker", "", f"{_start(environ):.2f} s CPU", "", "aim: 1.5 s"))
    return lines


def _paths() -> dict[str, str]:
    return {
        "public agenda": "/fr/events/large/agenda",
        "agenda.ics": "/fr/events/large/agenda.ics",
        "agenda.json": "/fr/events/large/agenda.json",
    }


def _cold(environ: Mapping[str, str], server: Server, path: str) -> float:
    """Median CPU of making the page anew: what it is made from is touched before each request."""
    app = create_app(load(environ))
    connection = Connection(server.port)
    used = []
    for _ in range(COLD_TIMES):
        with app.app_context():
            _touch()
        _wait_for_a_look()
        before = server.cpu()
        for language in LANGUAGES:
            status, _, _ = connection.ask(raw(path.replace("/fr/", f"/{language}/"), headers=KEPT))
            if status != 200:
                raise RuntimeError(f"{path} answers {status}")
        used.append((server.cpu() - before) / len(LANGUAGES))
    connection.close()
    return statistics.median(used)


@command
def _touch() -> None:
    public_version.touch(public_version.SITE)


def _wait_for_a_look() -> None:
    import time as clock

    clock.sleep(public_version.LOOK_SECONDS + 0.1)


def _start(environ: Mapping[str, str]) -> float:
    """CPU seconds from nothing to an application that can answer, in a process of its own; the best of three."""
    program = "import time; from eventhub import create_app; create_app(); print(time.process_time())"
    times = [
        float(
            subprocess.run(
                [sys.executable, "-c", program],
                env={**os.environ, **environ},
                cwd=Path(ROOT),
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for _ in range(3)
    ]
    return min(times)
