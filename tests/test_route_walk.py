"""Safety rule 1: every route × every role × own or foreign things. What is expected stands here by hand, apart from
the policy it checks; a route that is not named here fails the walk."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from eventhub.accounts.models import Person, SignIn
from eventhub.badges import commands as badges
from eventhub.badges.rules import Choice
from eventhub.core import clock, jobs
from eventhub.core.db import db, session
from eventhub.demo import loader
from eventhub.events import commands as events
from eventhub.events.models import Event, Room, TeamMember, TeamRole
from eventhub.network.models import City, Contact, Expertise, Mission, News, Partner, Tag, Theme
from eventhub.policy import BY_NAME
from eventhub.programme.models import Item, Session, SessionPerson
from eventhub.registration.models import Category, Credential, Delegation, Registration, State

from .factories.accounts import by_link, organiser, sign_in

OWN, OTHER = "technical-meeting-lyon", "political-conference"

EVERYBODY = frozenset(
    {
        "public",
        "link-only",
        "focal point",
        "delegation lead",
        "mayor's office",
        "rapporteur",
        "chair",
        "desk",
        "organiser",
        "organiser elsewhere",
        "organiser of the network",
        "administrator",
    }
)
ACCOUNTS = frozenset({"desk", "organiser", "organiser elsewhere", "organiser of the network", "administrator"})
NETWORK = frozenset({"organiser of the network", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})
TEAM = frozenset({"desk", "organiser", "administrator"})
ORGANISER = frozenset({"organiser", "administrator"})
ELSEWHERE = frozenset({"organiser elsewhere", "administrator"})
SELF = frozenset({"focal point"})
LEAD = frozenset({"delegation lead", "organiser", "administrator"})

EXPECTED: dict[str, frozenset[str]] = {
    # Open to everyone
    r"site\.(front|home|healthz|readyz|robots|favicon|fragment|metrics)": EVERYBODY,
    r"network\.\w+": EVERYBODY,
    r"events\.(public_list|page|practical)": EVERYBODY,
    r"programme\.(agenda\w*|ask_document)": EVERYBODY,
    r"register\.\w+": EVERYBODY,
    r"accounts\.(link|open_link|fresh_link|fresh_link_sent|sign_in|sign_in_sent|leave)": EVERYBODY,
    r"badge\.scanned": EVERYBODY,
    # With an account
    r"accounts\.(account|end_sign_in|end_other_sign_ins)": ACCOUNTS,
    r"site\.mine": ACCOUNTS,
    r"events\.work_list": ACCOUNTS,
    # The secretariat
    r"network_work\.\w+": NETWORK,
    r"events\.(choose_kind|new)": NETWORK,
    r"site\.audit_log": ADMINISTRATOR,
    # The team of an event
    r"events\.show": TEAM,
    r"programme\.(draft|session)": TEAM,
    r"badge\.read": TEAM,
    r"events\.(edit|texts|life|team|remove_member|rooms|edit_room|remove_room)": ORGANISER,
    r"programme\.(edit_session|\w*_item|people|remove_person|remove_session|place_session|new_session)": ORGANISER,
    r"programme\.(releases|compare_releases|prepare_document)": ORGANISER,
    r"badges\.\w+": ORGANISER,
    r"registrations\.\w+": ORGANISER,
    r"registration_setup\.\w+": ORGANISER,
    r"invitations\.\w+": ORGANISER,
    r"registration_acts\.readmit": ORGANISER,
    # A delegation and its people
    r"registration_acts\.(approve|refuse|remind)": LEAD,
    r"registration_acts\.cancel": LEAD | SELF,
    r"registration\.\w+": SELF,
    r"delegation\.\w+": LEAD,
}


@dataclass
class World:
    """The demo network, one browser per role, and the codes that addresses are made of."""

    app: Flask
    clients: dict[str, FlaskClient]
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    """"own", "other city" and "other event" → part of an address → code."""
    cookies: dict[str, dict[Any, Any]] = field(default_factory=dict)

    def fresh(self) -> None:
        """Everything as it was before anybody pressed a button."""
        db.session.remove()
        db.engine.dispose()
        path = Path(str(db.engine.url.database))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copy(path.with_suffix(".world"), path)
        for role, cookies in self.cookies.items():
            self.clients[role]._cookies = dict(cookies)

    def keep(self) -> None:
        self.cookies = {role: dict(client._cookies or {}) for role, client in self.clients.items()}
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
        path = Path(str(db.engine.url.database))
        shutil.copy(path, path.with_suffix(".world"))


BUILT: list[World] = []
"""Built once per process; each test begins with it as it was then."""


@pytest.fixture
def world(light_app: Flask) -> Iterator[World]:
    light_app.config["PROPAGATE_FAULTS"] = False
    with clock.frozen(loader.START):
        if not BUILT:
            loader.load()
            BUILT.append(_build(light_app))
            jobs.run_pending()
            BUILT[0].keep()
        BUILT[0].fresh()
        yield BUILT[0]
    light_app.config["PROPAGATE_FAULTS"] = True


def _build(app: Flask) -> World:
    own, other = (session().scalars(sa.select(Event).where(Event.slug == slug)).one().code for slug in (OWN, OTHER))
    accounts = {
        "desk": _member(own, "desk@a.example.org", TeamRole.DESK),
        "organiser": _member(own, "organiser@a.example.org", TeamRole.ORGANISER),
        "organiser elsewhere": _member(other, "elsewhere@a.example.org", TeamRole.ORGANISER),
        "organiser of the network": organiser("network@a.example.org"),
        "administrator": organiser("admin@a.example.org", roles=("administrator",)),
    }
    clients = {role: sign_in(app, code) for role, code in accounts.items()}
    turin = _parts(own, "turin")
    clients["public"] = app.test_client()
    clients["link-only"] = _by_registration(app, own, State.INVITED)
    clients["focal point"] = by_link(
        app, turin["person_of"], "registration", {"event": own, "registration": turin["registration"]}
    )
    clients["delegation lead"] = by_link(
        app, turin["lead_of"], "delegation", {"event": own, "delegation": turin["delegation"]}
    )
    clients["mayor's office"] = _by_registration(app, other, State.APPROVED)
    clients["rapporteur"] = _by_mail(app, own, "karim.belkacem@lyon.example.org")
    clients["chair"] = _by_mail(app, own, "maya.haddad@beirut.example.org")
    batch = badges.order_batch(event=own, choice=Choice.ALL, stock="a4-8").batch
    world = World(app, clients)
    own_sign_ins = {"code": session().scalars(sa.select(SignIn.code)).first() or ""}
    world.parts = {
        "own": {**_common(own), **turin, "event": own, "slug": OWN, "batch": batch, **own_sign_ins},
        "other city": {**_common(own), **_parts(own, "tunis"), "event": own, "slug": OWN, "batch": batch},
        "other event": {**_common(own), **_parts(other, "turin"), "event": other, "slug": OTHER, "batch": batch},
    }
    return world


def _member(event: str, mail: str, role: TeamRole) -> str:
    code = organiser(mail, roles=())
    events.add_team_member(event=event, mail=mail, role=role)
    return code


def _parts(event: str, city: str) -> dict[str, str]:
    """A delegation of that city at that event, one approved member, and the rest of what its addresses name."""
    find = session().scalars
    row = find(sa.select(Event).where(Event.code == event)).one()
    delegation = find(sa.select(Delegation).join(City).where(Delegation.event == row, City.slug == city)).one()
    members = find(
        sa.select(Registration)
        .join(Person)
        .where(
            Registration.delegation == delegation,
            Registration.state == State.APPROVED,
            Registration.person_id != delegation.lead_id,
        )
        .order_by(Registration.id)
    ).all()
    member = (
        members[0] if members else find(sa.select(Registration).where(Registration.delegation == delegation)).first()
    )
    assert member is not None
    assert delegation.lead is not None
    credential = find(sa.select(Credential.code).where(Credential.registration == member)).first() or "NONE"
    return {
        "delegation": delegation.code,
        "registration": member.code,
        "person_of": member.person.code,
        "lead_of": delegation.lead.code,
        "credential": credential,
    }


def _common(event: str) -> dict[str, str]:
    """Codes of things of the own event (and of the network): under another event they are foreign."""
    find = session().scalars
    row = find(sa.select(Event).where(Event.code == event)).one()
    one = find(sa.select(Session).join(Item).where(Session.event == row).order_by(Session.id)).first()
    assert one is not None
    speaker = find(sa.select(SessionPerson).where(SessionPerson.session == one)).first()
    assert speaker is not None
    rows = {
        "cities": City,
        "partners": Partner,
        "themes": Theme,
        "missions": Mission,
        "contacts": Contact,
        "expertise": Expertise,
        "news": News,
        "tags": Tag,
    }
    return {
        "session_code": one.code,
        "item": one.items[0].code,
        "person": speaker.person.code,
        "part": speaker.part.value,
        "room": find(sa.select(Room.code).where(Room.event == row)).first() or "",
        "category": find(sa.select(Category.code).where(Category.event == row)).first() or "",
        "member": find(sa.select(TeamMember.code).where(TeamMember.event == row)).first() or "",
        "kind": "peer_meeting",
        "language": "fr",
        "token": "none",
        "filename": "app.css",
        **{f"section {name}": find(sa.select(model.code)).first() or "" for name, model in rows.items()},
    }


def _by_registration(app: Flask, event: str, state: State) -> FlaskClient:
    row = (
        session()
        .scalars(
            sa.select(Registration)
            .join(Event)
            .where(Event.code == event, Registration.state == state)
            .order_by(Registration.id.desc())
        )
        .first()
    )
    assert row is not None
    return by_link(app, row.person.code, "registration", {"event": event, "registration": row.code})


def _by_mail(app: Flask, event: str, mail: str) -> FlaskClient:
    row = (
        session()
        .scalars(sa.select(Registration).join(Event).join(Person).where(Event.code == event, Person.mail == mail))
        .one()
    )
    return by_link(app, row.person.code, "registration", {"event": event, "registration": row.code})


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """(rule, method) of every route of ours."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in BY_NAME:
            found += [(rule, method) for method in sorted(rule.methods or ()) if method in ("GET", "POST")]
    return sorted(found, key=lambda pair: (str(pair[0]), pair[1]))


def expected(endpoint: str) -> frozenset[str]:
    """Who may use an endpoint on what is theirs."""
    found = [roles for pattern, roles in EXPECTED.items() if re.fullmatch(pattern, endpoint)]
    assert len(found) == 1, f"{endpoint} stands {len(found)} times in the table of expectations"
    return found[0]


def address(app: Flask, rule: Rule, parts: dict[str, str]) -> str:
    """The route's address with these codes in it."""
    values = {"lang": "fr"}
    for name in rule.arguments - {"lang"}:
        if name == "code":
            values[name] = parts["credential"] if rule.endpoint.startswith("badge") else parts.get("code", "NONE")
        elif name == "section":
            values[name] = "partners"
        else:
            values[name] = _slug(rule.endpoint) or parts[name] if name == "slug" else parts[name]
    if "section" in values and "code" in values:
        values["code"] = parts["section partners"]
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def _slug(endpoint: str) -> str:
    return {"network.city": "tunis", "network.theme": "housing", "network.news": "eight-cities-confirmed"}.get(
        endpoint, ""
    )


def refused(client: FlaskClient, method: str, path: str) -> str:
    """How a request was kept out: "sign in", "404", "403"; an empty string when it was not."""
    answer = client.open(path, method=method)
    if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
        return "sign in"
    assert answer.status_code != 500, f"{method} {path} is a fault"
    return str(answer.status_code) if answer.status_code in (403, 404, 405) else ""


def test_every_route_lets_in_whom_it_should_and_nobody_else(world: World) -> None:
    faults = []
    for rule, method in routes(world.app):
        allowed = expected(rule.endpoint)
        path = address(world.app, rule, world.parts["own"])
        for role in sorted(EVERYBODY - allowed):
            how = refused(world.clients[role], method, path)
            if not how:
                faults.append(f"{role} gets {method} {path}")
            elif role == "public" and how != "sign in":
                faults.append(f"public: {method} {path} says {how} instead of asking to sign in")
        for role in sorted(allowed):
            how = refused(world.clients[role], method, path)
            if how and not _may_be_absent(rule.endpoint, how):
                faults.append(f"{role} is refused {method} {path}: {how}")
            if method == "POST":
                world.fresh()
    assert not faults, "\n".join(faults)


def test_the_things_of_another_city_do_not_exist_for_a_lead_or_a_focal_point(world: World) -> None:
    faults = []
    for rule, method in routes(world.app):
        if not rule.arguments & {"delegation", "registration"}:
            continue
        path = address(world.app, rule, world.parts["other city"])
        for role in ("link-only", "focal point", "delegation lead", "mayor's office", "rapporteur", "chair", "desk"):
            how = refused(world.clients[role], method, path)
            if how != "404":
                faults.append(f"{role}: {method} {path} says {how or 'yes'}")
                world.fresh()
    assert not faults, "\n".join(faults)


def test_the_things_of_another_event_do_not_exist_for_the_team_of_this_one(world: World) -> None:
    faults = []
    for rule, method in routes(world.app):
        allowed = expected(rule.endpoint)
        if allowed in (EVERYBODY, ACCOUNTS, NETWORK, ADMINISTRATOR):
            continue
        path = address(world.app, rule, world.parts["other event"])
        for role in sorted(EVERYBODY - ELSEWHERE - {"public"}):
            how = refused(world.clients[role], method, path)
            if how != "404":
                faults.append(f"{role}: {method} {path} says {how or 'yes'}")
                world.fresh()
    assert not faults, "\n".join(faults)


def test_what_belongs_to_one_event_is_not_reached_through_another(world: World) -> None:
    """An administrator may see both events: the thing of one under the address of the other is still a 404."""
    faults = []
    inside = {"session_code", "item", "room", "category", "member", "batch", "person"}
    for rule, method in routes(world.app):
        if "event" in rule.arguments and rule.arguments & inside:
            path = address(world.app, rule, world.parts["other event"])
            how = refused(world.clients["administrator"], method, path)
            if how != "404":
                faults.append(f"{method} {path} says {how or 'yes'}")
                world.fresh()
    assert not faults, "\n".join(faults)


def test_a_guessed_code_is_the_same_as_a_foreign_one(world: World) -> None:
    for rule, method in routes(world.app):
        if rule.arguments & {"delegation", "registration"} and method == "GET":
            guessed = {**world.parts["own"], "delegation": "AAAAAAAAAA", "registration": "AAAAAAAAAA"}
            foreign = world.parts["other city"]
            answers = [
                world.clients["focal point"].get(address(world.app, rule, parts)) for parts in (guessed, foreign)
            ]
            assert {answer.status_code for answer in answers} == {404}
            bodies = [re.sub(rb"[0-9a-f]{12}|[A-Z2-9]{10}", b"", answer.data) for answer in answers]
            assert bodies[0] == bodies[1], rule


def test_the_walk_would_see_an_open_door(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: with a policy that lets everybody in, the walk finds faults."""
    policy = world.app.extensions["eventhub-policy"]
    open_policy = {permission: [[lambda _actor, _thing: True]] for permission in policy}
    monkeypatch.setitem(world.app.extensions, "eventhub-policy", open_policy)
    path = address(world.app, next(r for r, _ in routes(world.app) if r.endpoint == "badges.index"), world.parts["own"])
    assert refused(world.clients["focal point"], "GET", path) == ""


def _may_be_absent(endpoint: str, how: str) -> bool:
    """What is not there for the asked code, or does not stand at this moment, though the role may ask."""
    absent = {"accounts.open_link": "403", "accounts.end_sign_in": "404", "accounts.link": "404", "site.metrics": "404"}
    return absent.get(endpoint) == how
