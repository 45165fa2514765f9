"""What an operator types, and what is said back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from eventhub import migrations
from eventhub.accounts.models import User
from eventhub.cli import main
from eventhub.core import commands as core_commands
from eventhub.core import files
from eventhub.core.db import session
from tests.installs import environment, install


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an install that has no table yet."""
    with environment(tmp_path / "bare", "sqlite") as environ:
        yield environ


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[Flask, dict[str, str]]]:
    with install(tmp_path / "home", "sqlite") as found:
        yield found


def run(environ: dict[str, str], *words: str, typed: str = "") -> Result:
    cleared = {"DATABASE_URL": None, "EVENTHUB_JOBS_URL": None}
    return CliRunner().invoke(main, list(words), env={**cleared, **environ}, input=typed)


@core_commands.command
def keep_a_file() -> None:
    files.keep(b"Bonjour", name="bonjour.txt", media_type="text/plain", owner_kind="event", owner_code="E")


def test_every_command_says_what_it_is_for() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    for command in ("serve", "worker", "db", "demo", "user", "check", "backup", "restore"):
        assert f"  {command} " in said


def test_without_settings_nothing_starts_and_every_fault_is_said(bare: dict[str, str]) -> None:
    for words in (
        ["serve"],
        ["worker"],
        ["db", "upgrade"],
        ["check"],
        ["user", "add", "--mail", "a@b.c", "--name", "A"],
    ):
        wrong = {**bare, "EVENTHUB_SECRET_KEY": "", "EVENTHUB_PROXY_HOPS": "x"}
        said = run(wrong, *words, typed="a long enough password\n" * 2)
        assert said.exit_code == 1
        assert "EVENTHUB_SECRET_KEY is missing" in said.output
        assert "EVENTHUB_PROXY_HOPS must be" in said.output
        assert "Traceback" not in said.output


def test_a_database_that_is_not_up_to_date_is_said_so(bare: dict[str, str]) -> None:
    said = run(bare, "worker")
    assert (said.exit_code, said.output) == (1, "The database is not up to date. Run: eventhub db upgrade\n")
    assert run(bare, "db", "upgrade").output == f"The database is at {migrations.head()}.\n"
    assert run(bare, "db", "upgrade").exit_code == 0


def test_a_staff_account_is_added_with_the_next_step_said(home: tuple[Flask, dict[str, str]]) -> None:
    app, environ = home
    said = run(
        environ, "user", "add", "--mail", "Nadia@Example.org", "--name", "Nadia Benali", "--role", "organiser",
        "--password-stdin", typed="correct horse battery\n",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "correct horse" not in said.output
    assert f"at {environ['EVENTHUB_BASE_URL']}/fr/" in said.output
    assert "second factor" in said.output
    with app.app_context():
        user = session().scalars(sa.select(User)).one()
        assert (user.email, [role.name for role in user.roles], user.staff) == (
            "nadia@example.org",
            ["organiser"],
            True,
        )
        assert str(user.password).startswith("$argon2")


def test_a_short_password_is_refused(home: tuple[Flask, dict[str, str]]) -> None:
    said = run(home[1], "user", "add", "--mail", "a@example.org", "--name", "A B", "--password-stdin", typed="short\n")
    assert (said.exit_code, said.output) == (1, "The password must have at least 12 characters.\n")


def test_the_demo_is_loaded_in_demo_mode_only(home: tuple[Flask, dict[str, str]]) -> None:
    said = run(home[1], "demo", "load")
    assert said.exit_code == 1
    assert "demo mode only" in said.output


def test_an_install_is_backed_up_and_restored_from_the_command_line(
    home: tuple[Flask, dict[str, str]], bare: dict[str, str], tmp_path: Path
) -> None:
    app, environ = home
    with app.app_context():
        keep_a_file()
    file = str(tmp_path / "eventhub.backup")
    said = run(environ, "backup", file)
    assert said.exit_code == 0, said.output
    assert "1 files" in said.output
    assert "EVENTHUB_SECRET_KEY" in said.output
    again = run(bare, "restore", file)
    assert again.exit_code == 0, again.output
    assert run(bare, "restore", file).exit_code == 1
    kept = list((Path(bare["EVENTHUB_INSTANCE"]) / "files").iterdir())
    assert [path.read_bytes() for path in kept] == [b"Bonjour"]


def test_a_file_that_is_no_backup_is_refused_in_a_sentence(bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear all,")
    said = run(bare, "restore", str(tmp_path / "letter.zip"))
    assert (said.exit_code, "is not a whole backup" in said.output) == (1, True)


def findings(said: Result) -> dict[str, bool]:
    return {line[5:]: line.startswith("ok") for line in said.output.splitlines()}


def finding(said: Result, word: str) -> tuple[bool, str]:
    return next((good, says) for says, good in findings(said).items() if word in says)


def test_check_finds_a_migrated_install_good(home: tuple[Flask, dict[str, str]]) -> None:
    said = run(home[1], "check")
    for word in ("settings", "database", "file store", "queue", "mail", "PDFs"):
        assert finding(said, word)[0], said.output


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, "database"),
        ({"EVENTHUB_FILES_URL": "file:///proc/nowhere"}, "file store"),
        ({"EVENTHUB_JOBS_URL": "postgresql://nobody@127.0.0.1:9/none"}, "queue"),
        ({"EVENTHUB_MAIL_URL": "smtp://127.0.0.1:9", "EVENTHUB_MAIL_FROM": "a@example.org"}, "Mail"),
    ],
)
def test_check_names_what_cannot_be_reached_and_looks_on(
    home: tuple[Flask, dict[str, str]], change: dict[str, str], word: str
) -> None:
    said = run({**home[1], **change}, "check")
    good, says = finding(said, word)
    assert not good, says
    assert finding(said, "PDFs")[0]
    assert said.exit_code == 1


def test_a_queue_in_redis_needs_the_package_for_it(
    home: tuple[Flask, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventhub.core.bell.find_spec", lambda _name: None)
    said = run({**home[1], "EVENTHUB_JOBS_URL": "redis://127.0.0.1:9"}, "check")
    assert "install eventhub[redis]" in said.output


def test_check_says_that_a_database_is_not_migrated(bare: dict[str, str]) -> None:
    good, says = finding(run(bare, "check"), "database")
    assert not good
    assert "eventhub db upgrade" in says


def test_a_web_process_loads_nothing_that_only_workers_need() -> None:
    """WeasyPrint and OR-Tools are slow to load and large: the pages never wait for them."""
    code = (
        "import sys, tempfile; from eventhub import create_app; from eventhub.core.settings import load\n"
        "create_app(load({'EVENTHUB_MODE': 'test', 'EVENTHUB_INSTANCE': tempfile.mkdtemp()}))\n"
        "heavy = {'weasyprint', 'pydyf', 'fontTools', 'ortools', 'numpy', 'zxingcpp', 'pikepdf', 'alembic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
