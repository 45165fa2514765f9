"""Public identifiers: short random codes. Integer keys never leave the process."""

from __future__ import annotations

import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: codes are read aloud and typed. 32 letters, so five bits each."""

Code = str
LENGTH = 10
"""50 bits: among a million rows, a guess hits once in about 10^9 tries, and two collide once in 2,000 installs
(a collision is caught by the unique constraint)."""


def new(length: int = LENGTH) -> Code:
    """A fresh random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
