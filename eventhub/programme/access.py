"""Who may work on an agenda. `thing` is an Event, or anything that has an `event`. The relations are those of the
events room: its organisers and its team."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    PROGRAMME_SEE = "programme.see"
    PROGRAMME_EDIT = "programme.edit"
    PROGRAMME_RELEASE = "programme.release"
