"""Write `0001_initial.py` anew from the tables. For the time before the first release; afterwards each change of the
tables is a migration of its own (docs/contributors.md)."""

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


def main() -> None:
    others = [path.name for path in VERSIONS.glob("*.py") if not path.name.startswith(("0001_", "__"))]
    if others:
        sys.exit(f"There are later migrations ({', '.join(others)}): write a new one instead.")
    for old in VERSIONS.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load({"EVENTHUB_MODE": "test", "EVENTHUB_INSTANCE": folder}))
        Migrate(app, db, directory=str(migrations.HERE), render_as_batch=False)
        with app.app_context():
            flask_migrate.revision(str(migrations.HERE), "initial", autogenerate=True, rev_id="0001")
            db.engine.dispose()
    written = VERSIONS / "0001_initial.py"
    written.write_text(_with_triggers(written.read_text(), append_only()))
    for step in (["check", "--fix", "--select", "I", "--quiet"], ["format", "--quiet"]):
        subprocess.run([str(Path(sys.executable).with_name("ruff")), *step, str(written)], check=False)
    print(f"{written} is written for {len(Base.metadata.tables)} tables.")


def _with_triggers(text: str, tables: list[str]) -> str:
    """Autogenerate knows no triggers: install them last, take them away first."""
    text = re.sub(r"^ *# ### .*\n", "", text, flags=re.MULTILINE)
    names = ", ".join(f'"{name}"' for name in tables)
    ours = "from alembic import op\n"
    text = text.replace(ours, f"{ours}\nfrom eventhub.migrations import append_only\n")
    before, mark, down = text.partition("def downgrade() -> None:\n")
    return f"{before.rstrip()}\n    append_only.keep({names})\n\n\n{mark}    append_only.release({names})\n{down}"


if __name__ == "__main__":
    main()
