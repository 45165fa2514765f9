"""Processes that end with the one that started them, so that nothing is left running when it is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_NAME = 15


def die_with_parent(parent: int, how: int = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when the one with the id `parent` ends, however it ends. Linux only;
    elsewhere an orderly end still ends everything. Exits at once if the parent is already gone."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def call_oneself(name: str) -> None:
    """The name of this process in `top`, at most 15 bytes. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)
