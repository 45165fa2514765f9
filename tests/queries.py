"""How many statements a page takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from eventhub.core.db import db


@dataclass
class Counted:
    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def counting() -> Iterator[Counted]:
    """Count what is sent to the database inside: `with counting() as seen: …` then `len(seen)`."""
    seen = Counted()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        looks = "FROM public_version" in statement  # a worker's look at the versions: by the clock, not by the page
        if not looks and not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            seen.statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
