"""Registrations from the first invitation to the last cancellation, on both databases."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.accounts.models import Person, PersonalLink
from eventhub.core import clock
from eventhub.core.audit import AuditRow
from eventhub.core.db import session
from eventhub.core.errors import Changed, NotAllowedNow, NotFound
from eventhub.core.jobs import Job
from eventhub.core.text import Text
from eventhub.events.commands import edit_event
from eventhub.events.models import Event
from eventhub.network.models import CityStatus
from eventhub.registration import commands, errors, queries, rules
from eventhub.registration.commands import Fate, Invitee
from eventhub.registration.models import Category, Credential, Delegation, Origin, Quota, Registration, State

from ..factories import network as make_network
from ..factories import registration as make

NOON = datetime(2016, 2, 15, 12, tzinfo=UTC)


def letters_to(code: str) -> list[str]:
    """The letters posted about a registration, in their order."""
    found = [
        job.payload["letter"].removeprefix("registration.")
        for job in session().scalars(sa.select(Job).where(Job.kind == "mail").order_by(Job.id))
        if job.payload["about"].get("registration") == code
    ]
    session().rollback()
    return found


def taken(of: type[Any], code: str) -> int:
    found = session().scalars(sa.select(of.taken).where(of.code == code)).one()
    session().rollback()
    return int(found)


def quota_taken(delegation: str, category: str) -> int:
    query = sa.select(Quota.taken).join(Delegation).join(Category, Quota.category_id == Category.id)
    found = session().scalars(query.where(Delegation.code == delegation, Category.code == category)).one()
    session().rollback()
    return found


def open_links(code: str) -> int:
    rows = session().scalars(sa.select(PersonalLink).where(PersonalLink.ended_at.is_(None)))
    found = sum(1 for link in rows if link.about.get("registration") == code)
    session().rollback()
    return found


def credentials(code: str) -> list[bool]:
    """For each credential of a registration, whether it opens doors."""
    query = sa.select(Credential.void_at).join(Registration).where(Registration.code == code).order_by(Credential.id)
    found = [void_at is None for void_at in session().scalars(query)]
    session().rollback()
    return found


# An event begins with its parts


def test_an_event_begins_with_the_categories_of_its_kind_and_a_delegation_for_each_confirmed_city(app: Flask) -> None:
    net = make_network.network()
    make_network.city(net, "Tunis")
    make_network.city(net, "Alger", status=CityStatus.EXPECTED)
    make_network.contact(_city("tunis"), mail="amina@tunis.example.org")
    from eventhub.events.commands import create_event
    from eventhub.events.models import EventKind

    title = Text({"fr": "Rencontre"}, "fr")
    code = create_event(kind=EventKind.TECHNICAL_MEETING, title=title, starts_on=NOON.date(), zone="Europe/Paris")
    meeting = make.of(code)
    assert {"focal_point", "expert", "observer"} <= set(meeting.categories)
    assert set(meeting.delegations) == {"tunis"}
    row = queries.delegation(meeting.delegations["tunis"])
    assert row is not None
    assert row.lead is not None
    assert row.lead.mail == "amina@tunis.example.org"
    assert row.quota == 3
    assert quota_taken(row.code, meeting.categories["focal_point"]) == 0


def _city(slug: str) -> str:
    from eventhub.network.models import City

    return session().scalars(sa.select(City.code).where(City.slug == slug)).one()


def test_a_city_confirmed_later_gets_its_delegation_once(app: Flask) -> None:
    meeting = make.meeting(cities=("Tunis",))
    net = session().scalars(sa.select(Event)).one().network_id
    from eventhub.network.models import Network

    make_network.city(session().scalars(sa.select(Network.code).where(Network.id == net)).one(), "Turin")
    assert len(commands.add_delegations(event=meeting.event)) == 1
    assert commands.add_delegations(event=meeting.event) == []


# Invitations


def test_an_invitation_makes_the_person_the_link_and_a_letter_in_their_language(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited("focal_point", "tunis", mail="Amina@Tunis.example.org", language="ar", name="آمنة الطرابلسي")
    row = make.row(code)
    assert (row.state, row.origin) == (State.INVITED, Origin.INVITATION)
    assert (row.person.mail, row.person.language) == ("amina@tunis.example.org", "ar")
    assert row.person.name == "آمنة الطرابلسي"
    assert letters_to(code) == ["invitation"]
    assert open_links(code) == 1


def test_inviting_a_known_address_changes_nothing_of_the_person_and_doubles_nothing(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited(mail="a@example.org", name="Amina Trabelsi")
    again = commands.invite(
        event=meeting.event,
        invitees=[Invitee("A@example.org", meeting.categories["press"], name="Somebody Else", language="pt")],
    )
    assert [(each.code, each.fate) for each in again] == [(code, Fate.KNOWN)]
    assert make.row(code).person.latin == "Amina Trabelsi"
    assert letters_to(code) == ["invitation"]


def test_an_invitation_needs_an_address_and_a_category_of_this_event(app: Flask) -> None:
    meeting = make.meeting()
    with pytest.raises(errors.NoAddress):
        commands.invite(event=meeting.event, invitees=[Invitee(" ", meeting.categories["press"])])
    with pytest.raises(NotFound):
        commands.invite(event=meeting.event, invitees=[Invitee("a@example.org", "NOSUCHCODE")])


def test_a_list_of_invitations_is_done_wholly_or_not_at_all(app: Flask) -> None:
    meeting = make.meeting()
    with pytest.raises(NotFound):
        commands.invite(
            event=meeting.event,
            invitees=[Invitee("a@example.org", meeting.categories["press"]), Invitee("b@example.org", "NOSUCHCODE")],
        )
    assert session().scalar(sa.select(sa.func.count()).select_from(Registration)) == 0


def test_a_reminder_goes_only_to_one_who_has_not_answered(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited()
    commands.remind(event=meeting.event, registration=code)
    assert letters_to(code) == ["invitation", "invitation"]
    sent = meeting.sent()
    with pytest.raises(NotAllowedNow):
        commands.remind(event=meeting.event, registration=sent)


def test_a_lead_nominates_within_the_quota_and_no_further(app: Flask) -> None:
    meeting = make.meeting()
    tunis, focal = meeting.delegations["tunis"], meeting.categories["focal_point"]
    for number in range(2):
        member = Invitee(f"n{number}@tunis.example.org", focal, "Sami Ben Ali")
        code = commands.nominate(event=meeting.event, delegation=tunis, invitee=member)
        assert make.row(code).origin is Origin.NOMINATION
        assert letters_to(code) == ["nomination"]
    with pytest.raises(errors.QuotaUsed):
        commands.nominate(event=meeting.event, delegation=tunis, invitee=Invitee("n3@tunis.example.org", focal))


def test_nobody_is_nominated_twice(app: Flask) -> None:
    meeting = make.meeting()
    tunis = meeting.delegations["tunis"]
    meeting.invited(mail="a@tunis.example.org")
    with pytest.raises(errors.AlreadyRegistered):
        commands.nominate(
            event=meeting.event, delegation=tunis,
            invitee=Invitee("a@tunis.example.org", meeting.categories["focal_point"]),
        )  # fmt: skip


# Answers


def test_a_draft_keeps_what_was_typed_and_is_sent_later(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited("focal_point", "tunis")
    half = meeting.answers(given_name_arabic="آمنة", family_name_arabic="الطرابلسي", ranking=(), languages=())
    commands.save(event=meeting.event, registration=code, answers=half)
    row = make.row(code)
    assert row.state is State.DRAFT
    assert (row.person.latin, row.person.arabic) == ("Amina Trabelsi", "آمنة الطرابلسي")
    with pytest.raises(errors.Incomplete):
        commands.submit(event=meeting.event, registration=code)
    done = commands.submit(event=meeting.event, registration=code, answers=meeting.answers())
    assert done.state is State.PENDING
    assert letters_to(code) == ["invitation", "received"]


def test_a_ranking_is_kept_changed_and_never_half(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.sent("focal_point", "tunis")
    backwards = tuple(reversed(meeting.themes))
    commands.save(event=meeting.event, registration=code, answers=meeting.answers(ranking=backwards))
    row = queries.with_preferences(code)
    assert row is not None
    assert [each.theme.code for each in row.preferences] == list(backwards)
    for wrong in (meeting.themes[:3], [*meeting.themes[:-1], meeting.themes[0]]):
        with pytest.raises(errors.NotARanking):
            commands.save(event=meeting.event, registration=code, answers=meeting.answers(ranking=tuple(wrong)))


def test_saving_the_same_again_is_no_change_and_an_older_revision_shows_both(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited()
    first = meeting.answers(function="Chargée de mission")
    revision = commands.save(event=meeting.event, registration=code, answers=first, revision=1)
    assert commands.save(event=meeting.event, registration=code, answers=first, revision=1) == revision
    other = meeting.answers(function="Directrice")
    with pytest.raises(Changed) as refused:
        commands.save(event=meeting.event, registration=code, answers=other, revision=1)
    assert refused.value.values["mine"].function == "Directrice"
    assert refused.value.values["theirs"].function == "Chargée de mission"
    assert make.row(code).person.function == "Chargée de mission"


def test_nothing_is_sent_twice_nor_after_the_deadline(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.sent()
    with pytest.raises(NotAllowedNow):
        commands.submit(event=meeting.event, registration=code)
    late = meeting.invited()
    make._open(event=meeting.event, until=NOON)
    with clock.frozen(NOON + timedelta(minutes=1)), pytest.raises(errors.RegistrationClosed):
        commands.submit(event=meeting.event, registration=late, answers=meeting.answers())


def test_who_declined_may_think_again(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited()
    commands.decline(event=meeting.event, registration=code, reason="En mission")
    assert (make.row(code).state, make.row(code).reason) == (State.DECLINED, "En mission")
    session().rollback()
    assert commands.submit(event=meeting.event, registration=code, answers=meeting.answers()).state is State.PENDING
    with pytest.raises(NotAllowedNow):
        commands.decline(event=meeting.event, registration=code)


def test_anyone_asks_for_a_place_only_in_an_open_category_while_registration_is_open(app: Flask) -> None:
    meeting = make.meeting()
    category = meeting.categories["observer"]
    _set(meeting, "observer", open_to_public=True)
    code = commands.ask(event=meeting.event, category=category, mail="o@example.org", given_name="Olga")
    assert (make.state(code), letters_to(code)) == (State.DRAFT, ["link"])
    again = commands.ask(event=meeting.event, category=category, mail="O@example.org", given_name="Mallory")
    assert again == code
    assert make.row(code).person.given_name == "Olga"
    commands.cancel(event=meeting.event, registration=code)
    assert commands.ask(event=meeting.event, category=category, mail="o@example.org") == code
    assert (make.state(code), letters_to(code)) == (State.CANCELLED, ["link", "link", "cancelled"])
    with pytest.raises(errors.NotOpenToPublic):
        commands.ask(event=meeting.event, category=meeting.categories["partner"], mail="p@example.org")
    with pytest.raises(errors.NoAddress):
        commands.ask(event=meeting.event, category=category, mail="")
    make._open(event=meeting.event, until=NOON)
    with clock.frozen(NOON + timedelta(days=1)), pytest.raises(errors.RegistrationClosed):
        commands.ask(event=meeting.event, category=category, mail="q@example.org")


def _set(meeting: make.Meeting, category: str, **values: object) -> list[str]:
    row = session().scalars(sa.select(Category).where(Category.code == meeting.categories[category])).one()
    revision = row.revision
    session().rollback()
    return commands.edit_category(
        event=meeting.event, category=meeting.categories[category], revision=revision, values=values
    )


# Decisions


def test_approval_takes_a_place_everywhere_and_issues_the_credential(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.approved("focal_point", "tunis")
    assert make.state(code) is State.APPROVED
    tunis, focal = meeting.delegations["tunis"], meeting.categories["focal_point"]
    assert (taken(Event, meeting.event), taken(Category, focal)) == (1, 1)
    assert (taken(Delegation, tunis), quota_taken(tunis, focal)) == (1, 1)
    assert credentials(code) == [True]
    assert letters_to(code) == ["invitation", "received", "approved"]


@pytest.mark.parametrize(
    ("full", "limit"),
    [
        (rules.Full.EVENT, lambda it: it.capacity(1)),
        (rules.Full.CATEGORY, lambda it: it.capacity(1, "focal_point")),
        (rules.Full.DELEGATION, lambda it: _quotas(it, 1, 5)),
        (rules.Full.QUOTA, lambda it: _quotas(it, None, 1)),
    ],
    ids=lambda each: str(each) if isinstance(each, rules.Full) else "limit",
)  # fmt: skip
def test_without_a_place_one_waits_and_is_told_what_is_full(app: Flask, full: rules.Full, limit: Any) -> None:
    meeting = make.meeting()
    _quotas(meeting, None, None)
    limit(meeting)
    late = meeting.sent("focal_point", "tunis")
    meeting.approved("focal_point", "tunis")
    done = commands.approve(event=meeting.event, registration=late)
    assert (done.state, done.full) == (State.WAITLISTED, full)
    assert letters_to(late)[-1] == "waitlisted"
    next_one = meeting.sent("focal_point", "tunis")
    assert make.state(next_one) is State.WAITLISTED
    assert letters_to(next_one) == ["invitation", "waitlisted"]
    again = commands.approve(event=meeting.event, registration=late)
    assert (again.state, again.full) == (State.WAITLISTED, full)
    assert letters_to(late).count("waitlisted") == 1


def _quotas(meeting: make.Meeting, in_all: int | None, focal: int | None) -> list[str]:
    return commands.set_quotas(
        event=meeting.event, delegation=meeting.delegations["tunis"], quota=in_all,
        quotas={meeting.categories["focal_point"]: focal},
    )  # fmt: skip


def test_cancelling_promotes_whoever_waited_longest(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "partner")
    first = meeting.approved()
    with clock.frozen(NOON + timedelta(minutes=5)):
        late = meeting.sent()
    with clock.frozen(NOON + timedelta(minutes=1)):
        early = meeting.sent()

    done = commands.cancel(event=meeting.event, registration=first, reason="malade")

    assert done.promoted == (early,)
    assert (make.state(first), make.state(early)) == (State.CANCELLED, State.APPROVED)
    assert make.state(late) is State.WAITLISTED
    assert letters_to(early)[-1] == "promoted"
    assert letters_to(first)[-1] == "cancelled"
    assert letters_to(late)[-1] == "waitlisted"
    assert taken(Event, meeting.event) == taken(Category, meeting.categories["partner"]) == 1


def test_a_cancelled_registration_opens_no_door_and_no_link(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.approved()
    commands.cancel(event=meeting.event, registration=code)
    assert credentials(code) == [False]
    assert open_links(code) == 0
    with pytest.raises(NotAllowedNow):
        commands.cancel(event=meeting.event, registration=code)
    with pytest.raises(NotAllowedNow):
        commands.approve(event=meeting.event, registration=code)


def test_who_was_promoted_from_another_delegation_or_category_keeps_every_limit(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(2)
    _quotas(meeting, None, 1)
    first = meeting.approved("focal_point", "tunis")
    other = meeting.approved("partner")
    held = meeting.sent("focal_point", "tunis")
    free = meeting.sent("partner")
    done = commands.cancel(event=meeting.event, registration=other)
    assert done.promoted == (free,), "the focal point of Tunis waits for the place of his own city"
    assert commands.cancel(event=meeting.event, registration=first).promoted == (held,)


def test_a_refusal_needs_one_who_waits_for_a_decision(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.sent()
    commands.refuse(event=meeting.event, registration=code, reason="Hors sujet")
    assert (make.state(code), letters_to(code)[-1]) == (State.REFUSED, "refused")
    for state in (meeting.approved(), meeting.invited(), code):
        with pytest.raises(NotAllowedNow):
            commands.refuse(event=meeting.event, registration=state, reason="")


def test_who_is_admitted_again_stands_at_the_end_of_the_line(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "partner")
    gone = meeting.approved()
    waits = meeting.sent()
    assert commands.cancel(event=meeting.event, registration=gone).promoted == (waits,)
    next_one = meeting.sent()
    done = commands.readmit(event=meeting.event, registration=gone)
    assert (done.state, done.full) == (State.WAITLISTED, rules.Full.CATEGORY)
    assert open_links(gone) == 1
    assert commands.cancel(event=meeting.event, registration=waits).promoted == (next_one,)
    meeting.capacity(2, "partner")
    assert make.state(gone) is State.APPROVED
    assert credentials(gone) == [False, True]


def test_who_never_answered_is_invited_anew_and_others_are_not_admitted_again(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.invited()
    commands.cancel(event=meeting.event, registration=code)
    assert commands.readmit(event=meeting.event, registration=code).state is State.INVITED
    assert letters_to(code) == ["invitation", "cancelled", "invitation"]
    for state in (code, meeting.sent(), meeting.approved()):
        with pytest.raises(NotAllowedNow):
            commands.readmit(event=meeting.event, registration=state)


def test_a_change_of_category_moves_the_place_and_renews_the_badge(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "partner")
    code, waits = meeting.approved(), meeting.sent()
    done = commands.change_category(event=meeting.event, registration=code, category=meeting.categories["expert"])
    assert done.promoted == (waits,)
    assert taken(Category, meeting.categories["expert"]) == taken(Category, meeting.categories["partner"]) == 1
    assert credentials(code) == [False, True]
    assert letters_to(code)[-1] == "changed"


def test_a_change_into_a_full_category_is_refused_and_nothing_is_lost(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "expert")
    meeting.approved("expert")
    code = meeting.approved("partner")
    with pytest.raises(errors.NoPlace):
        commands.change_category(event=meeting.event, registration=code, category=meeting.categories["expert"])
    assert make.state(code) is State.APPROVED
    assert credentials(code) == [True]
    assert taken(Category, meeting.categories["partner"]) == 1
    commands.cancel(event=meeting.event, registration=code)
    with pytest.raises(NotAllowedNow):
        commands.change_category(event=meeting.event, registration=code, category=meeting.categories["press"])


# Capacity


def test_a_raised_capacity_promotes_in_order_and_one_below_the_places_taken_is_refused(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1)
    meeting.approved()
    first, second, third = meeting.sent(), meeting.sent(), meeting.sent()
    assert commands.set_capacity(event=meeting.event, capacity=3) == [first, second]
    assert make.state(third) is State.WAITLISTED
    for too_low in (2, 0, -1):
        with pytest.raises(errors.BelowTaken):
            commands.set_capacity(event=meeting.event, capacity=too_low)
    assert commands.set_capacity(event=meeting.event, capacity=None) == [third]


def test_raising_the_capacity_on_the_page_of_the_event_promotes_as_well(app: Flask) -> None:
    meeting = make.meeting(capacity=1)
    meeting.approved()
    waits = meeting.sent()
    row = meeting.row()
    asked = set(inspect.signature(edit_event).parameters) - {"event", "revision", "capacity", "city"}
    values = {name: getattr(row, name) for name in asked}
    revision = row.revision
    session().rollback()
    edit_event(event=meeting.event, revision=revision, capacity=5, city=None, **values)
    assert make.state(waits) is State.APPROVED


def test_higher_quotas_promote_and_lower_ones_are_refused(app: Flask) -> None:
    meeting = make.meeting()
    _quotas(meeting, 1, None)
    meeting.approved("focal_point", "tunis")
    waits = meeting.sent("focal_point", "tunis")
    assert _quotas(meeting, 2, 2) == [waits]
    for in_all, focal in ((1, 2), (2, 1)):
        with pytest.raises(errors.BelowTaken):
            _quotas(meeting, in_all, focal)
    assert quota_taken(meeting.delegations["tunis"], meeting.categories["focal_point"]) == 2


def test_a_larger_category_promotes_and_a_smaller_one_than_taken_is_refused(app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "partner")
    meeting.approved()
    waits = meeting.sent()
    with pytest.raises(errors.BelowTaken):
        _set(meeting, "partner", capacity=0)
    assert _set(meeting, "partner", capacity=2) == [waits]


def test_categories_and_delegations_in_use_stay(app: Flask) -> None:
    meeting = make.meeting()
    meeting.invited("press", "tunis")
    with pytest.raises(errors.StillUsed):
        commands.remove_category(event=meeting.event, category=meeting.categories["press"])
    with pytest.raises(errors.StillUsed):
        commands.remove_delegation(event=meeting.event, delegation=meeting.delegations["tunis"])
    commands.remove_delegation(event=meeting.event, delegation=meeting.delegations["lyon"])
    commands.remove_category(event=meeting.event, category=meeting.categories["observer"])
    assert "observer" not in make.of(meeting.event).categories


def test_a_category_and_a_delegation_are_there_once(app: Flask) -> None:
    meeting = make.meeting()
    with pytest.raises(errors.AlreadyRegistered):
        commands.add_category(event=meeting.event, key="press", name=Text({"fr": "Presse"}, "fr"))
    with pytest.raises(errors.AlreadyRegistered):
        commands.add_delegation(event=meeting.event, city=_city("tunis"))
    with pytest.raises(NotFound):
        commands.add_delegation(event=meeting.event)


def test_a_new_lead_gets_the_page_and_the_former_link_ends(app: Flask) -> None:
    meeting = make.meeting()
    tunis = meeting.delegations["tunis"]
    with pytest.raises(errors.NoAddress):
        commands.send_lead_page(event=meeting.event, delegation=tunis)
    with pytest.raises(errors.NoAddress):
        commands.set_lead(event=meeting.event, delegation=tunis, mail="")
    commands.set_lead(event=meeting.event, delegation=tunis, mail="one@tunis.example.org", name="Amina Trabelsi")
    commands.set_lead(event=meeting.event, delegation=tunis, mail="two@tunis.example.org", name="Sami Ben Ali")
    to_delegation = sa.select(PersonalLink).where(PersonalLink.purpose == "delegation").order_by(PersonalLink.id)
    links = session().scalars(to_delegation)
    assert [link.ended_at is None for link in links] == [False, True]
    jobs = session().scalars(sa.select(Job).order_by(Job.id)).all()
    assert [job.payload["letter"] for job in jobs] == ["registration.delegation"] * 2


def test_every_step_of_a_registration_stands_in_the_audit(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.approved()
    commands.cancel(event=meeting.event, registration=code, reason="malade")
    rows = session().scalars(
        sa.select(AuditRow).where(AuditRow.entity == "registration", AuditRow.entity_code == code).order_by(AuditRow.id)
    ).all()  # fmt: skip
    states = [row.changes["state"][1] for row in rows if "state" in row.changes]
    assert states == ["invited", "pending", "approved", "cancelled"]
    assert "malade" not in str([row.changes for row in rows])


def test_a_registration_of_another_event_is_not_found(app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.sent()
    for command in (commands.approve, commands.cancel, commands.readmit, commands.remind):
        with pytest.raises(NotFound):
            command(event="NOSUCHCODE", registration=code)
    assert session().scalar(sa.select(sa.func.count()).select_from(Person)) == 1
