"""Files: bytes under random names, reached through their owner, given as a download and never shown in our origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.http import parse_options_header

from eventhub.core import files
from eventhub.core.commands import command
from eventhub.core.db import session
from eventhub.core.errors import NotFound
from eventhub.core.files import StoredFile


@command
def keep(data: bytes, name: str = "plan.pdf", owner: str = "EVENT", fails: bool = False) -> str:
    code = files.keep(data, name=name, media_type="application/pdf", owner_kind="event", owner_code=owner).code
    if fails:
        raise RuntimeError
    return code


@command
def take_away(fails: bool = False) -> None:
    files.remove(only())
    if fails:
        raise RuntimeError


def only() -> StoredFile:
    return session().scalars(sa.select(StoredFile)).one()


def test_bytes_come_back_as_they_were_stored(app: Flask) -> None:
    keep(b"\0\xff some bytes")
    file = only()
    assert files.read(file) == b"\0\xff some bytes"
    assert file.size == 13
    assert len(file.sha256) == 64


def test_the_name_in_the_store_says_nothing(app: Flask) -> None:
    keep(b"x", name="passport of Amina.pdf")
    assert "Amina" not in only().stored_as
    assert len(only().stored_as) >= 32


def test_a_command_that_fails_leaves_no_row_without_its_bytes(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        keep(b"x", fails=True)
    assert session().scalars(sa.select(StoredFile)).all() == []


def test_a_lost_object_is_not_found_and_no_fault(app: Flask) -> None:
    keep(b"x")
    (app.config["EVENTHUB"].instance / "files" / only().stored_as).unlink()
    with pytest.raises(NotFound):
        files.read(only())


def test_a_file_is_found_within_its_owner_alone(app: Flask) -> None:
    code = keep(b"x", owner="EVENT")
    assert files.of_owner("event", "EVENT", code) is not None
    assert files.of_owner("event", "OTHER", code) is None
    assert files.of_owner("delegation", "EVENT", code) is None
    assert files.of_owner("event", "EVENT", "NONE") is None


NAMES = {
    "plan.pdf": "plan.pdf",
    "خطة المدينة.pdf": "خطة المدينة.pdf",
    "plan\r\nSet-Cookie: a=b.pdf": "plan Set-Cookie- a=b.pdf",
    "../../etc/passwd": "-..-etc-passwd",
    "C:\\secret\\plan.pdf": "C--secret-plan.pdf",
    'a"; filename=evil.exe': 'a"; filename=evil.exe',
    "gpj.\u202efdp.exe": "gpj.fdp.exe",
    "\0": "file",
    " .. ": "file",
    "": "file",
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=ascii)
def test_a_download_has_a_harmless_name_in_any_script(light_app: Flask, name: str, shown: str) -> None:
    with light_app.test_request_context():
        answer = files.send_bytes(b"x", name, "application/pdf")
    lines = answer.headers.getlist("Content-Disposition")
    assert len(lines) == 1
    assert not set("\r\n\0") & set(lines[0])
    kind, options = parse_options_header(lines[0])
    assert (kind, options) == ("attachment", {"filename": shown})


def test_a_name_of_ten_thousand_letters_is_shortened_to_its_column(app: Flask) -> None:
    keep(b"x", name="ا" * 10_000)
    assert only().name == "ا" * 200


def test_a_file_is_never_shown_in_our_origin(app: Flask) -> None:
    keep(b"<script>alert(1)</script>")
    with app.test_request_context():
        answer = files.send(only())
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_type_of_a_table_names_its_character_set_once(light_app: Flask) -> None:
    with light_app.test_request_context():
        answer = files.send_bytes(b"x", "list.csv", "text/csv; charset=utf-8")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.fixture
def away(light_app: Flask, tmp_path: Path) -> Iterator[Path]:
    before = light_app.extensions["eventhub-files"]
    files.init(light_app, f"file://{tmp_path / 'elsewhere'}", tmp_path)
    yield tmp_path / "elsewhere"
    light_app.extensions["eventhub-files"] = before


def test_the_store_is_where_the_settings_say(light_app: Flask, away: Path) -> None:
    keep(b"x")
    assert [file.name for file in away.iterdir()] == [only().stored_as]


def test_a_file_taken_away_leaves_neither_row_nor_bytes(app: Flask) -> None:
    keep(b"the names of a person who was erased")
    file = only()
    session().expunge(file)
    take_away()
    assert session().scalars(sa.select(StoredFile)).all() == []
    with pytest.raises(NotFound):
        files.read(file)


def test_a_command_that_fails_takes_no_bytes_away(app: Flask) -> None:
    keep(b"still here")
    with pytest.raises(RuntimeError):
        take_away(fails=True)
    assert files.read(only()) == b"still here"
