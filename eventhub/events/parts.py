"""What higher rooms add to an event: tabs and actions on its public page, figures on its dashboard, and what they do
when its facts change. Each room registers its part in its `wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core.registry import Registry
from .models import Event


@dataclass(frozen=True)
class PublicTab:
    """A tab of the public pages of an event. The endpoint takes `slug`."""

    order: int
    label: Any
    endpoint: str


@dataclass(frozen=True)
class PublicAction:
    """A button of the public pages of an event. The page is the same for everyone, so `shown` looks at the event
    alone, never at the reader."""

    order: int
    label: Any
    endpoint: str
    """Takes `slug`."""
    shown: Callable[[Event], bool]
    main: bool = False


@dataclass(frozen=True)
class Figure:
    """A key figure of the dashboard, with the page behind it."""

    value: str
    label: str
    url: str = ""
    hint: str = ""
    kind: str = ""
    """ok, wait or bad where the figure is a state."""


public_tabs: Registry[PublicTab] = Registry("public tab of an event")
public_actions: Registry[PublicAction] = Registry("public action of an event")
figures: Registry[Callable[[Event], list[Figure]]] = Registry("key figures of an event")
"""Each in a fixed number of statements."""
changed: Registry[Callable[[Event], None]] = Registry("part of a change of an event")
"""Called inside the command that changed an event's dates, capacity, deadline or state, with its row."""


def tabs_of() -> list[PublicTab]:
    return sorted(public_tabs, key=lambda tab: tab.order)


def actions_of(event: Event) -> list[PublicAction]:
    return sorted((action for action in public_actions if action.shown(event)), key=lambda action: action.order)
