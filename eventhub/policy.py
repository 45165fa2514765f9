"""Who may do what. One line per permission; each line says the ways to have it. Read it aloud."""

from __future__ import annotations

from .accounts.access import Permission as Accounts
from .accounts.access import has_account, is_administrator, is_known, is_organiser
from .badges.access import Permission as Badges
from .badges.access import is_in_team_of_credential
from .core.access import Policy
from .events.access import Permission as Events
from .events.access import is_in_team, is_organiser_of_event
from .network.access import Permission as Network
from .programme.access import Permission as Programme
from .registration.access import Permission as Registration
from .registration.access import is_self, leads_delegation

POLICY: Policy = {
    # Oneself
    Accounts.ACCOUNT_SELF: [[has_account]],
    Accounts.PERSON_SELF: [[is_known]],
    Accounts.AUDIT_READ: [[is_administrator]],
    # Network
    Network.NETWORK_EDIT: [[is_organiser]],
    # Events
    Events.EVENT_CREATE: [[is_organiser]],
    Events.EVENT_SEE: [[is_in_team]],
    Events.EVENT_EDIT: [[is_organiser_of_event]],
    # Registration
    Registration.REGISTRATION_OWN: [[is_self]],
    Registration.REGISTRATION_CANCEL: [[is_self], [leads_delegation], [is_organiser_of_event]],
    Registration.REGISTRATION_DECIDE: [[leads_delegation], [is_organiser_of_event]],
    Registration.REGISTRATION_MANAGE: [[is_organiser_of_event]],
    Registration.REGISTRATIONS_MANAGE: [[is_organiser_of_event]],
    Registration.DELEGATION_LEAD: [[leads_delegation], [is_organiser_of_event]],
    # Programme
    Programme.PROGRAMME_SEE: [[is_in_team]],
    Programme.PROGRAMME_EDIT: [[is_organiser_of_event]],
    Programme.PROGRAMME_RELEASE: [[is_organiser_of_event]],
    # Badges
    Badges.BADGES_PRINT: [[is_organiser_of_event]],
    Badges.BADGE_READ: [[is_in_team_of_credential]],
}

BY_NAME = frozenset(
    {
        "static",
        "security.static",
        "security.login",
        "security.logout",
        "security.verify",
        "security.tf_select",
        "security.session",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_token_validation",
        "security.two_factor_rescue",
        "security.two_factor_setup_validate",
        "security.mf_recovery",
        "security.mf_recovery_codes",
    }
)
"""Endpoints of libraries, which state no policy of their own; Flask-Security guards its own."""
