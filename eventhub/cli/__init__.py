"""The command line: everything an operator does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..core.settings import SettingsError, load

ROLES = ("administrator", "organiser")
SHORTEST_PASSWORD = 12


class Fault(click.ClickException):
    """Said to the operator in one sentence; ends with 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


class Commands(click.Group):
    """All of them say every fault of the settings, and nothing goes on."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as refused:
            raise Fault(str(refused)) from None


def application() -> Any:
    """The application of this install."""
    from .. import create_app

    return create_app(load())


def migrated_application() -> Any:
    """The application, on a database that is up to date."""
    from .. import migrations

    app = application()
    if migrations.current(app) != migrations.head():
        raise Fault("The database is not up to date. Run: eventhub db upgrade")
    return app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eventhub")
def main() -> None:
    """EventHub runs the meetings of a network of cities. Settings are environment variables: docs/settings.md."""


@main.command()
@click.option("--web-only", is_flag=True, help="Serve pages; the workers run elsewhere.")
@click.option("--prepare", is_flag=True, help="First migrate the database; in demo mode, load an empty one.")
def serve(web_only: bool, prepare: bool) -> None:
    """Serve pages and do the work behind them, until Ctrl-C."""
    from . import run

    run.serve(load(), web_only=web_only, prepare=prepare)


@main.command()
def worker() -> None:
    """Do the work behind the pages (mail, PDF), until Ctrl-C."""
    from ..core import bell

    app = migrated_application()
    bell.work(app, app.config["EVENTHUB"])


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to date. Safe to run again, and from several machines."""
    from .. import migrations

    app = application()
    migrations.upgrade(app)
    click.echo(f"The database is at {migrations.current(app)}.")


@main.group()
def demo() -> None:
    """The demo network: invented people, real facts."""


@demo.command("load")
def load_demo() -> None:
    """Fill an empty install in demo mode."""
    from . import run

    app = migrated_application()
    if not app.config["EVENTHUB"].demo:
        raise Fault("The demo is loaded in demo mode only (EVENTHUB_MODE=demo).")
    if not run.is_empty(app):
        raise Fault("The demo is loaded into an empty install only; this one holds something.")
    click.echo(run.load_demo(app))


@main.group()
def user() -> None:
    """Accounts of the secretariat and of participants."""


@user.command()
@click.option("--mail", prompt="Mail address", help="The address the account signs in with.")
@click.option("--name", prompt="Name", help="Given name, then family name.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be given more than once.")
@click.option("--language", default="fr", show_default=True, type=click.Choice(("fr", "en", "es", "ar", "it", "pt")))
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the standard input.")
def add(mail: str, name: str, roles: tuple[str, ...], language: str, password_stdin: bool) -> None:
    """Add a staff account, or give an existing one more roles and a new password."""
    from . import users

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_for_password()
    if len(password) < SHORTEST_PASSWORD:
        raise Fault(f"The password must have at least {SHORTEST_PASSWORD} characters.")
    click.echo(users.add(migrated_application(), mail, name, roles, language, password))


def _ask_for_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@main.command()
def check() -> None:
    """Say whether this install can run, in sentences. Ends with 1 if anything is wrong."""
    from . import checks

    found = checks.run(load())
    for finding in found:
        click.echo(f"{'ok  ' if finding.good else 'NOT '} {finding.says}")
    if not all(finding.good for finding in found):
        raise SystemExit(1)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole install, database and files, into one FILE."""
    from ..core import backup as mechanism

    app = migrated_application()
    from .. import migrations

    with app.app_context():
        try:
            said = mechanism.write(file, revision=migrations.head())
        except mechanism.BackupError as fault:
            raise Fault(str(fault)) from None
    click.echo(f"{file} holds {said.rows} rows of {said.tables} tables and {said.files} files.")
    click.echo("It holds no secret: keep EVENTHUB_SECRET_KEY apart from it, what is signed or encrypted needs it.")
    if said.missing:
        raise Fault(f"{len(said.missing)} files that rows name are not in the store: {', '.join(said.missing[:5])}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill an empty install from the FILE of a backup; either kind of database, whichever it came from."""
    from .. import migrations
    from ..core import backup as mechanism

    app = application()
    migrations.upgrade(app)
    with app.app_context():
        try:
            said = mechanism.read(file, revision=migrations.head())
        except mechanism.BackupError as fault:
            raise Fault(str(fault)) from None
    click.echo(f"Restored {said.rows} rows of {said.tables} tables and {said.files} files.")
    click.echo("Give this install the EVENTHUB_SECRET_KEY of the one the backup came from, then run: eventhub check")


__all__ = ["main"]
