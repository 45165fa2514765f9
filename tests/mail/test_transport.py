"""Over SMTP: to a real server in this process, which refuses whom the test says."""

from __future__ import annotations

import dataclasses
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from flask import Flask

from eventhub.core import clock, jobs
from eventhub.core.commands import command
from eventhub.core.db import session, writing
from eventhub.core.jobs import Job, JobState
from eventhub.mail import letters, send, transport
from eventhub.mail.letters import Content
from tests.factories.accounts import person
from tests.installs import free_port

LETTER = "accounts.sign_in"


class Server:
    """Keeps what it accepts. `refuse` says no for good, `later` once, and `lose` accepts and then hangs up."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.refuse: set[str] = set()
        self.later: set[str] = set()
        self.authenticated: list[str] = []

    async def handle_RCPT(self, *told: Any) -> str:  # noqa: N802
        _server, _session, envelope, address, _options = told
        if address in self.refuse:
            return "550 nobody of that name"
        if address in self.later:
            self.later.discard(address)
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.accepted.append(envelope)
        return "250 OK"

    def authenticate(self, _server: object, _session: object, _envelope: object, _how: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.authenticated.append(f"{data.login.decode()}:{data.password.decode()}")
        return AuthResult(success=True)


@pytest.fixture
def server(light_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    kept = Server()
    port = free_port()
    controller = Controller(
        kept, hostname="127.0.0.1", port=port, authenticator=kept.authenticate, auth_require_tls=False
    )
    controller.start()
    settings = dataclasses.replace(light_app.config["EVENTHUB"], mail_url=f"smtp://us%40er:p%3Aw@127.0.0.1:{port}")
    monkeypatch.setitem(light_app.config, "EVENTHUB", settings)
    letters.letters.add(LETTER, letters.Letter(LETTER, lambda about: Content({"address": "", "minutes": 30})))
    yield kept
    controller.stop()


@command
def post(*, to: str) -> str:
    letters.post(LETTER, to=to, about={})
    session().flush()
    return session().scalars(sa.select(Job.code).order_by(Job.id.desc())).first() or ""


def post_to(*addresses: str) -> list[str]:
    return [post(to=person(mail=address).code) for address in addresses]


def states(codes: list[str]) -> list[JobState]:
    session().rollback()
    found = dict(session().execute(sa.select(Job.code, Job.state)).all())
    return [found[code] for code in codes]


def its_time() -> None:
    """Move on to the next attempt."""
    with writing() as connection:
        connection.execute(sa.update(Job).values(not_before=clock.real_now()))


def test_a_letter_goes_over_smtp_with_the_password_of_the_setting(server: Server) -> None:
    codes = post_to("amina@tunis.example.org")
    assert jobs.run_pending() == 1
    assert states(codes) == [JobState.DONE]
    message = transport.parse(bytes(server.accepted[0].content or b""))
    assert server.accepted[0].rcpt_tos == ["amina@tunis.example.org"]
    assert message["Message-ID"] == send.message_id(codes[0])
    assert server.authenticated == ["us@er:p:w"]
    assert transport.kept() == []


def test_one_address_that_is_refused_stops_no_other(server: Server) -> None:
    server.refuse.add("gone@tunis.example.org")
    codes = post_to("first@tunis.example.org", "gone@tunis.example.org", "last@tunis.example.org")
    jobs.run_pending()
    assert states(codes) == [JobState.DONE, JobState.QUEUED, JobState.DONE]
    assert [envelope.rcpt_tos for envelope in server.accepted] == [
        ["first@tunis.example.org"],
        ["last@tunis.example.org"],
    ]


def test_an_address_that_is_always_refused_is_given_up_in_the_end(server: Server) -> None:
    server.refuse.add("gone@tunis.example.org")
    codes = post_to("gone@tunis.example.org")
    for _ in range(jobs.ATTEMPTS):
        jobs.run_pending()
        its_time()
    assert states(codes) == [JobState.FAILED]
    assert server.accepted == []


def test_a_server_that_says_later_gets_the_same_letter_later(server: Server) -> None:
    server.later.add("amina@tunis.example.org")
    codes = post_to("amina@tunis.example.org")
    jobs.run_pending()
    assert states(codes) == [JobState.QUEUED]
    its_time()
    jobs.run_pending()
    assert states(codes) == [JobState.DONE]
    message = transport.parse(bytes(server.accepted[0].content or b""))
    assert message["Message-ID"] == send.message_id(codes[0])


def test_a_letter_whose_acceptance_was_not_recorded_goes_again_as_the_same_letter(server: Server) -> None:
    codes = post_to("amina@tunis.example.org")
    to = session().scalars(sa.select(Job.payload)).one()["to"]
    send.send(
        jobs.Running(codes[0], "mail", {"letter": LETTER, "to": to, "about": {}}, "killed before it could say so")
    )
    jobs.run_pending()
    seen = [transport.parse(bytes(envelope.content or b""))["Message-ID"] for envelope in server.accepted]
    assert seen == [send.message_id(codes[0])] * 2


def test_a_server_that_does_not_speak_tls_gets_no_letter_when_tls_is_asked_for(
    server: Server, light_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = light_app.config["EVENTHUB"]
    url = settings.mail_url.replace("smtp://", "smtp+starttls://")
    monkeypatch.setitem(light_app.config, "EVENTHUB", dataclasses.replace(settings, mail_url=url))
    codes = post_to("amina@tunis.example.org")
    jobs.run_pending()
    assert (states(codes), server.accepted, server.authenticated) == ([JobState.QUEUED], [], [])
    with pytest.raises(smtplib.SMTPNotSupportedError), transport.connect(url):
        pass


def test_a_server_that_is_away_leaves_the_letter_in_the_queue(
    light_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(light_app.config["EVENTHUB"], mail_url=f"smtp://127.0.0.1:{free_port()}")
    monkeypatch.setitem(light_app.config, "EVENTHUB", settings)
    codes = post_to("amina@tunis.example.org")
    jobs.run_pending()
    assert states(codes) == [JobState.QUEUED]
