"""What the badges room registers: its pages, its job, its line in an event's menu."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from ..core.registry import MenuEntry, event_menu
from . import printing
from .access import Permission
from .views import bp, scan


def wire(app: Flask) -> None:
    app.extensions["eventhub-print-batch"] = printing.print_batch  # importing the module has registered the job
    event_menu.add("badges", MenuEntry(50, _l("Badges"), "badges.index", Permission.BADGES_PRINT))
    app.register_blueprint(bp)
    app.register_blueprint(scan)
