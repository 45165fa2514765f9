"""One file out, one file in: an empty install becomes the one the backup was made of, on either kind of database."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub import migrations
from eventhub.accounts import commands as accounts
from eventhub.accounts.models import Passkey, PersonalLink, User
from eventhub.core import backup, clock, editions, files
from eventhub.core.audit import AuditValue
from eventhub.core.commands import add, command
from eventhub.core.db import Base, db, session, writing
from eventhub.core.text import Text
from eventhub.network.models import Network
from tests.installs import install

HOSTILE = "أمينة \u202e 🜲 <img onerror> {x} =cmd|'/c calc'!A1 ' \" \\ \r\n"
PICTURE = bytes(range(256)) * 9000
"""Over two megabytes: more than one chunk."""


@command
def fill() -> None:
    """Rows of every kind of column, and files."""
    now = clock.real_now()
    person = accounts.new_person(
        mail="amina@tunis.example.org", language="ar", given_name="Amina", family_name=HOSTILE[:100], food_needs=["a"]
    )
    user = add(
        User(
            person=person, email="amina@tunis.example.org", fs_uniquifier="u" * 64, active=True, staff=False,
            create_datetime=now, update_datetime=now, mf_recovery_codes=["one", "two"],
        )
    )  # fmt: skip
    add(
        Passkey(
            user=user, name="key", credential_id=bytes(range(256)), public_key=b"\x00\xff", backup_state=True,
            device_type="multi", usage="first", create_datetime=now, lastuse_datetime=now, transports=None,
        )
    )  # fmt: skip
    add(
        PersonalLink(
            person=person, purpose="p", about={"event": "E"}, expires_at=now + timedelta(days=1), created_at=now
        )
    )
    add(
        Network(
            title=Text({"fr": HOSTILE, "ar": "شبكة"}, original="fr"), **{name: Text({"fr": "x"}) for name in others()}
        )
    )
    for number in range(1, 4):
        note = Text({"fr": f"Édition {number}"})
        editions.publish(kind="agenda", subject="EVENT", snapshot={"n": number}, changes=[], note=note)
    for name, data in (("picture.png", PICTURE), ("empty.txt", b"")):
        files.keep(data, name=name, media_type="image/png", owner_kind="event", owner_code="EVENT")
    session().flush()


def others() -> list[str]:
    """The required texts of a network besides its name."""
    columns = Network.__table__.columns
    return [
        each.name
        for each in columns
        if each.name not in ("id", "code", "title", "revision") and not each.nullable and each.default is None
    ]


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with install(tmp_path / "from", request.param) as (app, _environ), app.app_context():
        fill()
        with writing() as connection:  # what is NULL and what is a JSON null are two things
            for before in (sa.null(), sa.JSON.NULL):
                connection.execute(
                    sa.insert(AuditValue).values(
                        audit_code="A", entity="e", entity_code="E", column="c", before=before, after=["x", None, 1.5]
                    )
                )
        yield app


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with install(tmp_path / "to", request.param) as (app, _environ):
        yield app


def everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, NULL told from a JSON null."""
    with app.app_context(), db.engine.connect() as connection:
        return {table.name: rows(connection, table) for table in Base.metadata.sorted_tables}


def rows(connection: sa.Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    nulls = [column.is_(sa.null()) for column in table.columns]
    query = sa.select(*table.columns, *nulls).order_by(*table.primary_key.columns)
    return [tuple(map(comparable, row)) for row in connection.execute(query)]


def comparable(value: Any) -> Any:
    if isinstance(value, Text):
        return value.to_json()
    return bool(value) if isinstance(value, bool | int) and value in (0, 1) else value


def objects(app: Flask) -> dict[str, bytes]:
    folder = Path(app.config["EVENTHUB"].instance) / "files"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def backed_up(app: Flask, tmp_path: Path) -> Path:
    file = tmp_path / "eventhub.backup"
    with app.app_context():
        backup.write(file, revision=migrations.head())
    return file


def restored(app: Flask, file: Path) -> backup.Summary:
    with app.app_context():
        return backup.read(file, revision=migrations.head())


def test_an_empty_install_becomes_the_one_that_was_backed_up(source: Flask, target: Flask, tmp_path: Path) -> None:
    file = backed_up(source, tmp_path)
    said = restored(target, file)
    assert everything(target) == everything(source)
    assert objects(target) == objects(source)
    assert PICTURE in objects(target).values()
    assert (said.files, said.missing) == (2, [])
    assert said.rows == sum(len(each) for each in everything(source).values()) > 20


def test_a_restored_install_goes_on_where_the_other_stopped(source: Flask, target: Flask, tmp_path: Path) -> None:
    """Keys continue after those that came with the rows, and what is append-only stays so."""
    restored(target, backed_up(source, tmp_path))
    with target.app_context():
        accounts.add_user(mail="after@example.org", name="After Wards")
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE edition SET number = 9")


@pytest.fixture
def light_source(tmp_path: Path) -> Iterator[Flask]:
    with install(tmp_path / "light", "sqlite") as (app, _environ), app.app_context():
        fill()
        yield app


@pytest.fixture
def light_target(tmp_path: Path) -> Iterator[Flask]:
    with install(tmp_path / "light-to", "sqlite") as (app, _environ):
        yield app


def test_the_rows_of_this_test_have_every_kind_of_column_there_is(light_source: Flask) -> None:
    full = everything(light_source)
    tables = Base.metadata.sorted_tables
    kinds = {type(column.type) for table in tables for column in table.columns}
    shown = {type(column.type) for table in tables if full[table.name] for column in table.columns}
    plain = {sa.Enum, sa.Double, sa.Float, sa.Date, sa.Time, sa.BigInteger, sa.Text}  # as JSON has them, or as ISO 8601
    assert kinds - plain <= shown


def test_a_backup_never_replaces_a_file_and_nobody_else_may_read_it(light_source: Flask, tmp_path: Path) -> None:
    file = backed_up(light_source, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(backup.BackupError, match="exists already"):
        backed_up(light_source, tmp_path)


def test_a_backup_that_cannot_be_finished_leaves_no_file(
    light_source: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write_file", full)
    with pytest.raises(backup.BackupError, match="No space left"):
        backed_up(light_source, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_a_backup_is_of_one_instant(light_source: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody registers while it is written: wholly in or wholly out."""
    before = everything(light_source)
    write_table = backup._write_table

    def meanwhile(archive: Any, connection: Any, table: sa.Table) -> Any:
        entry = write_table(archive, connection, table)
        if table.name == "audit":
            accounts.add_user(mail="meanwhile@example.org", name="Mean While")
        return entry

    monkeypatch.setattr(backup, "_write_table", meanwhile)
    file = backed_up(light_source, tmp_path)
    with zipfile.ZipFile(file) as archive:
        people = archive.read("tables/person.jsonl").splitlines()
    assert len(people) == len(before["person"])


def test_an_install_that_holds_something_is_left_as_it_is(light_source: Flask, tmp_path: Path) -> None:
    file, before = backed_up(light_source, tmp_path), everything(light_source)
    with pytest.raises(backup.BackupError, match="not empty"):
        restored(light_source, file)
    assert everything(light_source) == before


def test_a_backup_of_other_tables_is_refused(light_source: Flask, light_target: Flask, tmp_path: Path) -> None:
    file = backed_up(light_source, tmp_path)
    with light_target.app_context(), pytest.raises(backup.BackupError, match="restore with that version"):
        backup.read(file, revision="9999")


def changed(file: Path, name: str, change: Any) -> Path:
    """The backup with one part changed, as a bad disk or a clumsy hand would."""
    other = file.with_name("changed.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, change(data) if info.filename == name else data)
    return other


@pytest.mark.parametrize("kind", ["tables/person.jsonl", "files/"])
def test_a_part_that_changed_on_the_way_is_noticed_and_nothing_is_restored(
    light_source: Flask, light_target: Flask, tmp_path: Path, kind: str
) -> None:
    file = backed_up(light_source, tmp_path)
    with zipfile.ZipFile(file) as archive:
        name = next(each for each in archive.namelist() if each.startswith(kind) and archive.read(each))
    bad = changed(file, name, lambda data: data.replace(b"Amina", b"Anima") if b"Amina" in data else data[:-1] + b"!")
    with pytest.raises(backup.BackupError, match="not what was written"):
        restored(light_target, bad)
    assert not any(everything(light_target).values())
    assert restored(light_target, file).rows


def test_half_a_backup_is_no_backup(light_source: Flask, light_target: Flask, tmp_path: Path) -> None:
    file = backed_up(light_source, tmp_path)
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(backup.BackupError, match="not a whole backup"):
        restored(light_target, file)


def test_a_file_may_not_name_a_place_outside_the_store(
    light_source: Flask, light_target: Flask, tmp_path: Path
) -> None:
    file = backed_up(light_source, tmp_path)
    bad = changed(file, "manifest.json", lambda data: json.dumps(outside(json.loads(data))).encode())
    with zipfile.ZipFile(bad, "a") as archive:
        archive.writestr("files/../../secret-key", b"mine")
    with pytest.raises(backup.BackupError, match="not a name"):
        restored(light_target, bad)
    assert not (Path(light_target.config["EVENTHUB"].instance).parent / "secret-key").exists()


def outside(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["parts"]["files/../../secret-key"] = {"sha256": "x"}
    return manifest


def test_a_file_the_store_has_lost_is_said_and_stops_nothing(
    light_source: Flask, light_target: Flask, tmp_path: Path
) -> None:
    with light_source.app_context():
        lost = session().scalars(sa.select(files.StoredFile.stored_as)).first()
    (Path(light_source.config["EVENTHUB"].instance) / "files" / str(lost)).unlink()
    file = tmp_path / "eventhub.backup"
    with light_source.app_context():
        assert backup.write(file, revision=migrations.head()).missing == [lost]
    assert restored(light_target, file).missing == [lost]
