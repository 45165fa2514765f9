"""Writes of the network: its own texts, cities, partners, themes, missions, contacts, expertise, tags and news.

Each saves one value of `values.py`. An edit names the revision it began from: an older one is refused with both
versions (safety rule 16). Every one of them changes public pages, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from ..accounts.commands import change_person, new_person, person_by_mail
from ..accounts.models import Person, User
from ..core import times
from ..core.codes import Code
from ..core.commands import command, lock
from ..core.db import session
from ..core.errors import Changed
from . import refusals, rules
from .models import (
    City,
    CityStatus,
    Contact,
    Expertise,
    Mission,
    Network,
    News,
    Partner,
    Tag,
    Theme,
)
from .saving import new, revise, take_away
from .values import (
    CityValues,
    ContactValues,
    ExpertiseValues,
    MissionValues,
    NetworkValues,
    NewsValues,
    PartnerValues,
    PersonValues,
    TagValues,
    ThemeValues,
)

# The network


@command
def add_network(*, values: NetworkValues) -> Code:
    """A network. The first one is the one the public home shows."""
    return new(Network(), values).code


@command
def edit_network(*, network: Code, revision: int, values: NetworkValues) -> None:
    """Change its texts and how many cities it is to have. Raises Changed."""
    revise(lock(Network, network), revision, values)


# Cities


@command
def add_city(*, network: Code, values: CityValues) -> Code:
    """A city, or a place kept open for one. Raises NotReadyToConfirm, WrongPosition, UnknownZone, SlugTaken."""
    _check_city(values)
    return new(City(network_id=lock(Network, network).id), values).code


@command
def edit_city(*, city: Code, revision: int, values: CityValues) -> None:
    """Change a city, its status as well: a confirmed one is on the map at once. Raises Changed, and what `add_city`
    raises."""
    row = lock(City, city)
    _check_city(values)
    revise(row, revision, values)


@command
def set_city_status(*, city: Code, status: CityStatus) -> None:
    """Confirm a city, expect it, or take it out of the network (withdrawn): a city is never deleted, since what was
    done with it stays true. Raises NotReadyToConfirm."""
    row = lock(City, city)
    values = replace(CityValues.of(row), status=status)
    _check_city(values)
    revise(row, row.revision, values)


def _check_city(values: CityValues) -> None:
    if rules.wrong_position(values.longitude, values.latitude):
        raise refusals.WrongPosition
    if values.zone and values.zone not in times.zone_names():
        raise refusals.UnknownZone
    if values.status is CityStatus.CONFIRMED and rules.lacking_to_confirm(
        values.country, values.longitude, values.latitude
    ):
        raise refusals.NotReadyToConfirm


# Partners and themes


@command
def add_partner(*, network: Code, values: PartnerValues) -> Code:
    """An organisation that builds, joins or funds the network. Raises SlugTaken."""
    return new(Partner(network_id=lock(Network, network).id), values).code


@command
def edit_partner(*, partner: Code, revision: int, values: PartnerValues) -> None:
    """Raises Changed, SlugTaken."""
    revise(lock(Partner, partner), revision, values)


@command
def remove_partner(*, partner: Code) -> None:
    """Raises StillUsed."""
    take_away(lock(Partner, partner))


@command
def add_theme(*, network: Code, values: ThemeValues) -> Code:
    """A theme. Raises SlugTaken."""
    return new(Theme(network_id=lock(Network, network).id), values).code


@command
def edit_theme(*, theme: Code, revision: int, values: ThemeValues) -> None:
    """Raises Changed, SlugTaken."""
    revise(lock(Theme, theme), revision, values)


@command
def remove_theme(*, theme: Code) -> None:
    """Raises StillUsed: a theme that was debated is set aside, not deleted."""
    take_away(lock(Theme, theme))


# Missions and expertise


@command
def add_mission(*, values: MissionValues) -> Code:
    """A scoping mission to a city. Raises WrongDates."""
    _check_days(values)
    return new(Mission(), values).code


@command
def edit_mission(*, mission: Code, revision: int, values: MissionValues) -> None:
    """Raises Changed, WrongDates."""
    row = lock(Mission, mission)
    _check_days(values)
    revise(row, revision, values)


@command
def remove_mission(*, mission: Code) -> None:
    take_away(lock(Mission, mission))


def _check_days(values: MissionValues) -> None:
    if values.ends_on and (values.starts_on is None or values.ends_on < values.starts_on):
        raise refusals.WrongDates


@command
def add_expertise(*, values: ExpertiseValues) -> Code:
    """Expertise a city offers or asks for, on a theme."""
    return new(Expertise(), values).code


@command
def edit_expertise(*, expertise: Code, revision: int, values: ExpertiseValues) -> None:
    """Raises Changed."""
    revise(lock(Expertise, expertise), revision, values)


@command
def remove_expertise(*, expertise: Code) -> None:
    take_away(lock(Expertise, expertise))


# Contacts


@dataclass(frozen=True)
class AddedContact:
    code: Code
    person: Code
    known: bool
    """The address was a known person's: their names were kept as they are, only what was empty was filled."""


@command
def add_contact(*, values: ContactValues, person: PersonValues) -> AddedContact:
    """A person who answers for a city. Raises AlreadyContact, NoName."""
    lock(City, values.city)  # so that two at once do not both find the place free
    known = person_by_mail(person.mail) if person.mail else None
    if known is None:
        row = _new_person(person)
    else:
        row = known
        given = {name: value for name, value in _columns(person).items() if value and not getattr(known, name)}
        change_person(known, **given)
    _refuse_second(values, row)
    return AddedContact(new(Contact(person=row), values).code, row.code, known is not None)


@command
def edit_contact(*, contact: Code, revision: int, seen: str, values: ContactValues, person: PersonValues) -> None:
    """Change a contact and who the person is; `seen` is the `fingerprint` of the person's values that were shown, since
    the person may have changed them meanwhile. Raises Changed, AlreadyContact, NoName, MailTaken, MailOfAccount."""
    row = lock(Contact, contact)
    human = lock(Person, row.person.code)
    if PersonValues.of(human).fingerprint != seen:
        raise Changed(mine=values, theirs=ContactValues.of(row), revision=row.revision)
    _refuse_second(values, human, other_than=row)
    _refuse_mail(human, person.mail.strip().lower())
    if not _named(person):
        raise refusals.NoName
    revise(row, revision, values, even_if_same=True)
    change_person(human, **_columns(person))


@command
def remove_contact(*, contact: Code) -> None:
    """The person no longer answers for the city; the person stays."""
    take_away(lock(Contact, contact))


def _new_person(values: PersonValues) -> Person:
    if not _named(values):
        raise refusals.NoName
    columns = _columns(values)
    return new_person(mail=columns.pop("mail"), language=columns.pop("language"), **columns)


def _columns(values: PersonValues) -> dict[str, Any]:
    """The columns of a person, as the person table keeps them."""
    mail = values.mail.strip().lower() or None
    return {**vars(values), "mail": mail, "languages": [list(each) for each in values.languages]}


def _named(values: PersonValues) -> bool:
    return bool(values.given_name or values.family_name or values.given_name_arabic or values.family_name_arabic)


def _refuse_second(values: ContactValues, person: Person, other_than: Contact | None = None) -> None:
    if person.id is None:
        return
    query = sa.select(Contact).join(City, Contact.city_id == City.id)
    query = query.where(City.code == values.city, Contact.person_id == person.id, Contact.kind == values.kind)
    found = session().scalars(query).first()
    if found is not None and found is not other_than:
        raise refusals.AlreadyContact


def _refuse_mail(person: Person, mail: str) -> None:
    if mail == (person.mail or ""):
        return
    if session().scalar(sa.select(User.code).where(User.person_id == person.id)):
        raise refusals.MailOfAccount
    if mail and person_by_mail(mail) is not None:
        raise refusals.MailTaken


# Tags and news


@command
def add_tag(*, values: TagValues) -> Code:
    """A word news are found by. Raises SlugTaken."""
    return new(Tag(), values).code


@command
def edit_tag(*, tag: Code, revision: int, values: TagValues) -> None:
    """Raises Changed, SlugTaken."""
    revise(lock(Tag, tag), revision, values)


@command
def remove_tag(*, tag: Code) -> None:
    """Raises StillUsed."""
    take_away(lock(Tag, tag))


@command
def add_news(*, network: Code, values: NewsValues) -> Code:
    """A news item: a draft, scheduled or published, by its `published_at`. Raises SlugTaken."""
    return new(News(network_id=lock(Network, network).id), values).code


@command
def edit_news(*, news: Code, revision: int, values: NewsValues) -> None:
    """Raises Changed, SlugTaken."""
    revise(lock(News, news), revision, values)


@command
def remove_news(*, news: Code) -> None:
    """With its links to tags, cities and themes."""
    take_away(lock(News, news))
