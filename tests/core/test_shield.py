"""A flood of forms from one address stops at the door; reading goes on."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from eventhub import create_app
from eventhub.core.settings import load


def house(folder: Path, posts: str) -> FlaskClient:
    environ = {
        "EVENTHUB_MODE": "demo", "EVENTHUB_INSTANCE": str(folder), "EVENTHUB_POSTS_PER_MINUTE": posts,
    }  # fmt: skip
    app: Flask = create_app(load(environ))
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def sent(client: FlaskClient, times: int) -> list[int]:
    base = "http://127.0.0.1:8000"
    return [client.post("/fr/leave", base_url=base).status_code for _ in range(times)]


def test_one_address_sends_so_many_forms_a_minute_and_no_more(tmp_path: Path) -> None:
    client = house(tmp_path, "3")
    assert sent(client, 5) == [303, 303, 303, 429, 429]
    assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200


def test_without_the_shield_nothing_stops_the_flood(tmp_path: Path) -> None:
    assert sent(house(tmp_path, "0"), 5) == [303] * 5
