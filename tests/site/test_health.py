"""What machines ask: whether the install works, and its figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from eventhub.core import clock
from eventhub.core.commands import command
from eventhub.core.jobs import enqueue, handler
from eventhub.site import health


@pytest.fixture(autouse=True)
def _ask_anew(light_app: Flask):
    light_app.extensions["eventhub-readiness"].forget()
    yield
    light_app.extensions["eventhub-readiness"].forget()


def test_the_process_answers_without_asking_anything_else(client, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {})
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_an_install_whose_parts_answer_is_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "queue": "ok", "storage": "ok"}


@pytest.mark.parametrize("part", ["database", "queue", "storage"])
def test_a_part_that_fails_is_named_and_why_is_not_told(client, monkeypatch, part):
    def fail() -> None:
        raise OSError("secret path /var/lib")

    monkeypatch.setitem(health.CHECKS, part, fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json[part] == "failed"
    assert sorted(answer.json.values()) == ["failed", "ok", "ok"]
    assert "secret" not in answer.text


def test_a_store_that_cannot_be_written_is_not_ready(light_app, monkeypatch):
    monkeypatch.setitem(light_app.extensions, "eventhub-files", "file:///proc/nothing/here")
    assert light_app.test_client().get("/readyz").json["storage"] == "failed"


def test_the_probe_leaves_nothing_in_the_store(light_app):
    import obstore

    from eventhub.core import files

    assert light_app.test_client().get("/readyz").status_code == 200
    names = [each["path"] for batch in obstore.list(files.store()) for each in batch]
    assert not [name for name in names if name.startswith(health.PROBE)]


def test_asking_often_costs_one_look_a_second(client, monkeypatch):
    looks = []
    monkeypatch.setitem(health.CHECKS, "storage", lambda: looks.append(1))
    for _ in range(5):
        client.get("/readyz")
    assert len(looks) == 1


@handler("test.metrics")
def _work(_running: object) -> None:
    """Nothing."""


@command
def wait_long() -> None:
    job = enqueue("test.metrics", {})
    job.not_before = clock.real_now() - timedelta(seconds=90)


def test_the_figures_are_in_the_form_prometheus_reads(client):
    wait_long()
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    values = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert values['eventhub_jobs{state="queued"}'] == "1"
    assert values['eventhub_registrations{state="approved"}'] == "0"
    assert float(values["eventhub_job_oldest_waiting_seconds"]) >= 90
    assert any(name.startswith("eventhub_build_info{version=") for name in values)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}),
        ("", {}),
    ],
)
def test_nobody_else_sees_that_there_are_figures(client, address, headers):
    answer = client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=headers)
    assert answer.status_code == 404


def test_the_machine_itself_may_ask_by_either_protocol(client):
    for address in ("127.0.0.1", "::1"):
        assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


def test_search_engines_are_kept_from_personal_links_and_the_workplace(client):
    rules = client.get("/robots.txt").text
    assert "Disallow: /*/l/" in rules
    assert "Disallow: /*/work/" in rules
