"""Writes of the registration room. Each command is one transaction; what moves a place locks the event first."""

from .answer import Submitted, ask, decline, save, submit
from .decide import Decided, approve, cancel, change_category, promote_whoever_fits, readmit, refuse
from .invite import Fate, Invited, Invitee, invite, nominate, remind
from .setup import (
    add_category,
    add_delegation,
    add_delegations,
    edit_category,
    remove_category,
    remove_delegation,
    send_lead_page,
    set_capacity,
    set_lead,
    set_quotas,
)  # fmt: skip

__all__ = [
    "Decided", "Fate", "Invited", "Invitee", "Submitted", "add_category", "add_delegation", "add_delegations",
    "approve", "ask", "cancel", "change_category", "decline", "edit_category", "invite", "nominate",
    "promote_whoever_fits", "readmit", "refuse", "remind", "remove_category", "remove_delegation", "save",
    "send_lead_page", "set_capacity", "set_lead", "set_quotas", "submit",
]  # fmt: skip
