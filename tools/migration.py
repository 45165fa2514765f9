"""Write a migration from the difference between the tables of the code and the migrations there are.

python tools/migration.py next "rooms have a floor"
python tools/migration.py initial        before the first release: write the one migration anew
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import flask_migrate
from flask_migrate import Migrate

from eventhub import create_app, migrations
from eventhub.core.db import Base, db
from eventhub.core.settings import load

VERSIONS = migrations.HERE / "versions"


def append_only() -> list[str]:
    """The tables whose rows stay as they are."""
    found = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__append_only__]
    return sorted(str(each.__tablename__) for each in found)


def existing() -> list[Path]:
    return sorted(VERSIONS.glob("[0-9]*.py"))


def write(number: str, message: str, *, batch: bool) -> Path:
    """Autogenerate against an empty SQLite database at the newest revision there is."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load({"EVENTHUB_MODE": "test", "EVENTHUB_INSTANCE": folder}))
        migrations.upgrade(app)
        Migrate(app, db, directory=str(migrations.HERE), render_as_batch=batch)
        with app.app_context():
            flask_migrate.revision(str(migrations.HERE), message, autogenerate=True, rev_id=number)
            db.engine.dispose()
    written = next(VERSIONS.glob(f"{number}_*.py"))
    written.write_text(re.sub(r"^ *# ### .*\n", "", written.read_text(), flags=re.MULTILINE))
    return written


def tidy(written: Path) -> None:
    for step in (["check", "--fix", "--select", "I", "--quiet"], ["format", "--quiet"]):
        subprocess.run([str(Path(sys.executable).with_name("ruff")), *step, str(written)], check=False)


def initial() -> None:
    if any(not path.name.startswith("0001_") for path in existing()):
        sys.exit("There are later migrations: write a next one instead.")
    for old in existing():
        old.unlink()
    written = write("0001", "initial", batch=False)
    written.write_text(_with_triggers(written.read_text(), append_only()))
    tidy(written)
    print(f"{written} is written for {len(Base.metadata.tables)} tables.")


def following(message: str) -> None:
    written = write(f"{len(existing()) + 1:04d}", message, batch=True)
    tidy(written)
    print(f"{written} is written. Read it: CHECK constraints and triggers are yours to add.")


def _with_triggers(text: str, tables: list[str]) -> str:
    """Autogenerate knows no triggers: install them last, take them away first."""
    names = ", ".join(f'"{name}"' for name in tables)
    ours = "from alembic import op\n"
    text = text.replace(ours, f"{ours}\nfrom eventhub.migrations import append_only\n")
    before, mark, down = text.partition("def downgrade() -> None:\n")
    return f"{before.rstrip()}\n    append_only.keep({names})\n\n\n{mark}    append_only.release({names})\n{down}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["initial"]:
        initial()
    elif sys.argv[1:2] == ["next"] and len(sys.argv) == 3 and sys.argv[2]:
        following(sys.argv[2])
    else:
        sys.exit(__doc__)
