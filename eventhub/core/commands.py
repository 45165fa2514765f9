"""`@command`: the one way to write. Ends the reader's transaction, begins the write, runs, audits, commits, rings.

Inside a command, `lock` and `load` fetch rows by code after the transaction has begun; outside, nobody writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import actors, audit  # noqa: F401 — from its import on, audit listens to every session
from .db import COMMAND, WRITE, Base, session
from .errors import NotFound

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Base)

AFTER_COMMIT = "eventhub_after_commit"
BEFORE_COMMIT = "eventhub_before_commit"
LOCKED = "eventhub_locked"


class CommandMisuse(RuntimeError):
    """A command was called from a command, or rows were locked against the order. A fault of ours."""


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one transaction that is wholly done or not at all.

    The function takes keyword arguments (codes, not rows) and returns plain values: its rows are expired on return.
    A Refused (or any error) rolls everything back and passes on.
    """
    name = f"{function.__module__.removeprefix('eventhub.').replace('.commands', '')}.{function.__name__}"

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        running = session()
        if running.info.get(COMMAND):
            raise CommandMisuse(f"{name} is called from {running.info[COMMAND]}: share a private function")
        running.rollback()
        running.expire_all()
        running.info.update({COMMAND: name, "actor": actors.current(), LOCKED: 0})
        running.info.update({BEFORE_COMMIT: {}, AFTER_COMMIT: {}})
        try:
            running.connection(execution_options={WRITE: True})
            result = function(*args, **kwargs)
            late = running.info[BEFORE_COMMIT]
            while late:
                call_late, values = next(iter(late))
                del late[call_late, values]
                call_late(*values)
            running.commit()
            after: dict[Callable[[], None], None] = running.info[AFTER_COMMIT]
        except BaseException:
            running.rollback()
            raise
        finally:
            for key in (COMMAND, "actor", BEFORE_COMMIT, AFTER_COMMIT, LOCKED):
                running.info.pop(key, None)
        for call in after:
            _call(call, name)
        return result

    return run


def _call(call: Callable[[], None], name: str) -> None:
    """What follows the commit may fail: the command is done, and its caller must not think otherwise."""
    try:
        call()
    except Exception:
        log.exception("after the commit of %s something failed", name)


def before_commit(call: Callable[..., None], *values: Any) -> None:
    """Have something written last in this command's transaction: rows that many commands write, so that each holds
    them shortly. Asked for twice with the same values, it is done once."""
    running = _inside()
    running.info[BEFORE_COMMIT].setdefault((call, values))


def after_commit(call: Callable[[], None]) -> None:
    """Have something done once this command's transaction is committed. It must be harmless to lose: the rows are
    the truth, this is the bell."""
    running = _inside()
    running.info[AFTER_COMMIT].setdefault(call)


def lock(model: type[M], code: str) -> M:
    """The row, locked until the commit and read fresh after the lock. Raises NotFound.

    Rows are locked in the order their tables declare (event → delegation → registration).
    """
    running = _inside()
    if model.__lock_order__ < running.info[LOCKED]:
        raise CommandMisuse(f"{model.__tablename__} is locked too late")
    running.info[LOCKED] = model.__lock_order__
    # Not against foreign keys (key_share): adding a child of a row somebody has locked is no conflict, and waiting for
    # it could close a ring. `of` leaves joined rows alone.
    query = _by_code(model, code).with_for_update(of=model, key_share=True)
    row = running.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound()
    return row


def load(model: type[M], code: str, **within: Any) -> M:
    """The row with this code, belonging to these owners (`event=event_row`). Raises NotFound."""
    running = _inside()
    query = _by_code(model, code)
    for name, owner in within.items():
        query = query.where(getattr(model, name) == owner)
    row = running.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound()
    return row


def add(row: M) -> M:
    """Put a new row into this command's transaction."""
    _inside().add(row)
    return row


def remove(row: Base) -> None:
    """Delete a row in this command's transaction; the audit keeps what it was."""
    _inside().delete(row)


def _by_code(model: type[M], code: str) -> sa.Select[M]:
    return sa.select(model).where(model.code == code)  # type: ignore[attr-defined]


def _inside() -> Session:
    running = session()
    if not running.info.get(COMMAND):
        raise CommandMisuse("only a command writes")
    return running
