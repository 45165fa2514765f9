"""What the registration room registers with the floors below: its letters, links, pages, figures and what is missing."""

from __future__ import annotations

from flask import Flask

from ..accounts import links
from ..core import registry
from ..events import parts
from ..mail.letters import letters as known_letters
from . import letters
from .commands import decide, setup, steps


def wire(app: Flask) -> None:
    letters.register(known_letters)
    links.targets.add(steps.REGISTRATION, letters.target)
    links.targets.add(steps.DELEGATION, letters.target_of_delegation)
    registry.event_created.add("registration", setup.event_created)
    parts.changed.add("registration", decide.event_changed)
