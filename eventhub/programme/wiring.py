"""What the programme room registers with the floors below."""

from __future__ import annotations

from flask import Flask

from ..core import registry
from . import commands, printing, queries


def wire(app: Flask) -> None:
    registry.event_created.add("programme", commands.first_sessions)
    registry.names_person.add("programme", queries.slugs_naming)
    assert printing.make_document
