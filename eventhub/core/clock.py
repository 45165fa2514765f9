"""Two times. `now()` is the time the product lives in (a demo lives in 2016); `real_now()` is the wall's, for
signatures, sessions, leases and logs. Both are aware and in UTC."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

KEEP_SECONDS = 0.5
"""How long a process trusts the offset it read: moving the demo clock shows everywhere within a second."""

_read_offset: Callable[[], timedelta] | None = None
_kept: tuple[float, timedelta] = (float("-inf"), timedelta())
_frozen: datetime | None = None
_guard = threading.Lock()


def real_now() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment of the product, to the microsecond."""
    if _frozen is not None:
        return _frozen
    return real_now() + offset()


def today() -> date:
    """Today in UTC; where an event is concerned, use `now().astimezone(event.zone).date()`."""
    return now().date()


def offset() -> timedelta:
    """How far the product's time is from the wall's; zero outside the demo."""
    global _kept
    if _read_offset is None:
        return timedelta()
    with _guard:
        read_at, value = _kept
        if time.monotonic() - read_at > KEEP_SECONDS:
            value = _read_offset()
            _kept = (time.monotonic(), value)
        return value


def use_offset(source: Callable[[], timedelta] | None) -> None:
    """Where the offset is read from; the demo gives one, other installs none."""
    global _read_offset, _kept
    _read_offset, _kept = source, (float("-inf"), timedelta())


def forget() -> None:
    """Read the offset anew at the next look."""
    global _kept
    with _guard:  # a read under way may be of the old value
        _kept = (float("-inf"), timedelta())


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Hold the product's time still at an instant (tests)."""
    global _frozen
    if at.tzinfo is None:
        raise ValueError("an instant carries its zone")
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield _frozen
    finally:
        _frozen = before
