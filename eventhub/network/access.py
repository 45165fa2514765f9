"""What may be asked of the network. Its predicates are those of the accounts: who is an organiser."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    NETWORK_EDIT = "network.edit"
