"""The web server: granian, with processes that end when it does."""

from __future__ import annotations

import importlib
import os
import signal
from typing import Any
from urllib.parse import urlsplit

from ..core.processes import die_with_parent
from ..core.settings import Settings

THREADS = 4
"""Requests one process works on at once. More would only wait for one another: Python runs one at a time, and a
database connection is kept for each."""
PARENT = "EVENTHUB_WEB_SERVER"
"""Process id of the server, handed to its workers."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests in progress are answered first."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    import_rooms()
    host, port = address(settings.bind)
    os.environ[PARENT] = str(os.getpid())
    Server(
        "eventhub.cli.web:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def import_rooms() -> None:
    """Import all that the pages need, before the processes are forked: it is done once, and its memory is shared."""
    from .. import ROOMS

    for room in ROOMS:
        importlib.import_module(f"eventhub.{room}.wiring")
    importlib.import_module("eventhub.policy")


def application() -> Any:
    """Called in each web process."""
    die_with_parent(int(os.environ[PARENT]))
    for each in (signal.SIGTERM, signal.SIGINT):  # the server's own handlers came with the fork and would do nothing
        signal.signal(each, signal.SIG_DFL)
    from .. import create_app

    return create_app()


def address(bind: str) -> tuple[str, int]:
    """(host, port) of EVENTHUB_BIND."""
    parts = urlsplit(f"//{bind}")
    return parts.hostname or "127.0.0.1", parts.port or 8000
