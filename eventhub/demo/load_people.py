"""The invented people: persons, accounts of the secretariat, registrations with their rankings."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from ..accounts.access import ADMINISTRATOR, ORGANISER
from ..accounts.commands import new_person
from ..accounts.models import Person, Role, Script, User
from ..core import clock
from ..core.commands import add, command
from ..core.db import session
from ..events.models import Event, TeamMember, TeamRole
from ..network.models import Partner, Theme
from ..registration import commands as registration
from ..registration.models import Category, Credential, Delegation, Preference, Quota, Registration, State
from .facts_file import Facts, instant

TO_BE_INVITED = "ines-mabrouk"
"""The focal point of Tunis: left for the organiser to invite, the first thing a newcomer does."""
SCRIPTS = {"latn": Script.LATIN.value, "arab": Script.ARABIC.value}


@command
def people(*, facts: Facts) -> None:
    """Persons, and accounts for those of the secretariat."""
    partners = {each["key"]: each["name"] for each in facts.network["partners"]}
    roles = {name: add(Role(name=name)) for name in (ADMINISTRATOR, ORGANISER)}
    first = True
    for raw in facts.people["people"]:
        row = _person(raw, partners)
        if set(raw["roles"]) & {"organiser", "desk"}:
            account = _account(row)
            if "organiser" in raw["roles"]:
                account.roles = [roles[ORGANISER], *([roles[ADMINISTRATOR]] if first else [])]
                first = False


def _person(raw: dict[str, Any], partners: dict[str, Any]) -> Person:
    language = raw["preferred_language"]
    function = raw["function"].get(language) or raw["function"][raw["function"]["original"]]
    organisation = raw["organisation"] or (partners[raw["partner"]][language] if raw["partner"] else "")
    return new_person(
        mail=raw["mail"],
        language=language,
        form_of_address=raw["form_of_address"] or "",
        given_name=raw["given"],
        family_name=raw["family"],
        given_name_arabic=raw["given_ar"] or "",
        family_name_arabic=raw["family_ar"] or "",
        script=SCRIPTS[raw["preferred_script"]],
        function=function,
        organisation=organisation,
        languages=[[each["code"], each["level"]] for each in raw["languages"]],
        food_needs=[raw["food"]] if raw["food"] not in (None, "none") else [],
        access_needs=raw["access"] or "",
    )


def _account(person: Person) -> User:
    now = clock.real_now()
    return add(
        User(
            person=person,
            email=person.mail,
            active=True,
            staff=True,
            fs_uniquifier=secrets.token_hex(32),
            confirmed_at=now,
            create_datetime=now,
            update_datetime=now,
        )
    )


@command
def registrations(*, facts: Facts, raw: dict[str, Any]) -> None:
    """Who is at one event, in which state; places taken are counted as the rows are laid."""
    event = session().scalars(sa.select(Event).where(Event.slug == raw["key"])).one()
    _team(facts, event)
    places = _Places(event)
    for person in facts.people["people"]:
        at_event = person["events"].get(raw["key"])
        if at_event is not None and person["key"] != TO_BE_INVITED:
            places.seat(person, at_event)
        if person["lead"] and person["city"] in places.delegations:
            places.delegations[person["city"]].lead = places.people[person["mail"]]


def _team(facts: Facts, event: Event) -> None:
    accounts = {user.email: user for user in session().scalars(sa.select(User))}
    for raw in facts.people["people"]:
        for role in set(raw["roles"]) & {"organiser", "desk"}:
            add(TeamMember(event=event, user=accounts[raw["mail"]], role=TeamRole(role)))


class _Places:
    """What is known of one event while its people are seated."""

    def __init__(self, event: Event) -> None:
        find = session().scalars
        self.event = event
        self.people = {row.mail: row for row in find(sa.select(Person))}
        self.themes = {row.slug: row for row in find(sa.select(Theme))}
        self.categories = {row.key: row for row in find(sa.select(Category).where(Category.event == event))}
        rows = list(find(sa.select(Delegation).where(Delegation.event == event)))
        self.delegations = {row.city.slug: row for row in rows if row.city}
        of_partners = {row.partner_id: row for row in rows if row.partner_id}
        slugs = {row.id: row.slug for row in find(sa.select(Partner))}
        self.delegations |= {slugs[key]: row for key, row in of_partners.items()}
        quotas = find(sa.select(Quota).join(Delegation).where(Delegation.event == event))
        self.quotas = {(row.delegation_id, row.category_id): row for row in quotas}

    def seat(self, raw: dict[str, Any], at_event: dict[str, Any]) -> None:
        state = State(at_event["state"])
        category = self.categories[at_event["category"]]
        delegation = self.delegations.get(raw["city"] or raw["partner"] or "")
        asked = at_event["requested_at"] and instant(at_event["requested_at"])
        row = add(
            Registration(
                event=self.event,
                person=self.people[raw["mail"]],
                category=category,
                delegation=delegation,
                state=state,
                reason=at_event["reason"] or "",
                requested_at=asked,
                decided_at=asked if state not in (State.INVITED, State.PENDING, State.WAITLISTED) else None,
                created_at=instant(at_event["invited_at"] or at_event["requested_at"]),
            )
        )
        for rank, theme in enumerate(at_event["ranking"] or [], start=1):
            row.preferences.append(Preference(theme=self.themes[theme], rank=rank))
        if state is State.APPROVED:
            add(Credential(registration=row, issued_at=asked))
            self._count(category, delegation)

    def _count(self, category: Category, delegation: Delegation | None) -> None:
        self.event.taken += 1
        category.taken += 1
        if delegation is None:
            return
        delegation.taken += 1
        quota = self.quotas.get((delegation.id, category.id))
        if quota is not None:
            quota.taken += 1


def letters(*, facts: Facts) -> None:
    """Mail to those who are invited and have not answered, so that the demo's mailbox shows real letters."""
    invited = session().execute(
        sa.select(Event.code, Registration.code)
        .join(Registration, Registration.event_id == Event.id)
        .where(Registration.state == State.INVITED)
        .order_by(Registration.id)
    )
    for event, code in invited.all():
        registration.remind(event=event, registration=code)
