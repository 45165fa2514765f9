"""Any sequence of steps by anybody: places are never oversold, nobody is lost, nobody waits while a place is free."""

from __future__ import annotations

import os
from collections import Counter
from itertools import count

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventhub.core.audit import AuditRow
from eventhub.core.commands import command
from eventhub.core.db import session
from eventhub.core.errors import Refused
from eventhub.core.jobs import Job
from eventhub.registration import commands, rules
from eventhub.registration.commands import places
from eventhub.registration.models import Category, Credential, Delegation, Quota, Registration, State

from ..factories import registration as make

CATEGORIES = st.sampled_from(["focal_point", "partner"])
CITIES = st.sampled_from(["", "tunis", "lyon"])
ANYONE = st.integers(0, 30)
FEW = st.one_of(st.none(), st.integers(0, 4))
LETTERS = {
    "approved": State.APPROVED, "promoted": State.APPROVED, "waitlisted": State.WAITLISTED,
    "cancelled": State.CANCELLED, "refused": State.REFUSED, "received": State.PENDING,
}  # fmt: skip
slugs = (f"meeting-{number}" for number in count(1))


@command
def _look(*, event: str) -> tuple[rules.Free, list[rules.Waiting]]:
    """What is free and who waits, as a command sees it."""
    row = places.lock_event(event)
    return places.free_at(row), places.waiting_at(row)


class Registrations(RuleBasedStateMachine):
    """Steps in any order; those the rules refuse are refused and change nothing."""

    @initialize(capacity=st.integers(1, 3), people=st.lists(st.tuples(CATEGORIES, CITIES), min_size=3, max_size=7))
    def begin(self, capacity: int | None, people: list[tuple[str, str]]) -> None:
        self.meeting = make.meeting(slug=next(slugs), capacity=capacity)
        self.codes: list[str] = [self.meeting.sent(category, city) for category, city in people]

    def one(self, at: int, wanted: State) -> str:
        """Mostly somebody who may take the step, now and then anybody."""
        if at % 5:
            query = sa.select(Registration.code, Registration.state).where(Registration.code.in_(self.codes))
            able = sorted(code for code, state in session().execute(query) if rules.may_become(state, wanted))
            session().rollback()
            if able:
                return able[at % len(able)]
        return self.codes[at % len(self.codes)]

    def step(self, run: object, at: int, wanted: State) -> None:
        """Do it to somebody; a refusal is an answer like any other."""
        code = self.one(at, wanted)
        try:
            run(event=self.meeting.event, registration=code)  # type: ignore[operator]
        except Refused:
            session().rollback()

    @rule(category=CATEGORIES, city=CITIES, sends=st.booleans())
    def invite(self, category: str, city: str, sends: bool) -> None:
        self.codes.append((self.meeting.sent if sends else self.meeting.invited)(category, city))

    @rule(at=ANYONE)
    def approve(self, at: int) -> None:
        self.step(commands.approve, at, State.APPROVED)

    @rule()
    def approve_all_who_wait_for_it(self) -> None:
        for code in self.codes:
            if make.state(code) is State.PENDING:
                commands.approve(event=self.meeting.event, registration=code)

    @rule(at=ANYONE)
    def cancel(self, at: int) -> None:
        self.step(commands.cancel, at, State.REPLACED if at % 2 else State.CANCELLED)

    @rule(at=ANYONE)
    def refuse(self, at: int) -> None:
        self.step(lambda **who: commands.refuse(reason="complet", **who), at, State.REFUSED)

    @rule(at=ANYONE)
    def readmit(self, at: int) -> None:
        self.step(commands.readmit, at, State.INVITED)

    @rule(at=ANYONE)
    def decline(self, at: int) -> None:
        self.step(commands.decline, at, State.DECLINED)

    @rule(at=ANYONE)
    def send(self, at: int) -> None:
        self.step(lambda **who: commands.submit(answers=self.meeting.answers(), **who), at, State.PENDING)

    @rule(at=ANYONE, category=CATEGORIES)
    def change_category(self, at: int, category: str) -> None:
        wanted = self.meeting.categories[category]
        self.step(lambda **who: commands.change_category(category=wanted, **who), at, State.REPLACED)

    @rule(capacity=FEW, category=st.one_of(st.just(""), CATEGORIES))
    def set_capacity(self, capacity: int | None, category: str) -> None:
        try:
            self.meeting.capacity(capacity, category)
        except Refused:
            session().rollback()

    @rule(quota=FEW, in_category=FEW, category=CATEGORIES)
    def set_quotas(self, quota: int | None, in_category: int | None, category: str) -> None:
        try:
            commands.set_quotas(
                event=self.meeting.event, delegation=self.meeting.delegations["tunis"], quota=quota,
                quotas={self.meeting.categories[category]: in_category},
            )  # fmt: skip
        except Refused:
            session().rollback()

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "meeting"):
            return
        event = self.meeting.row()
        rows = session().scalars(sa.select(Registration).where(Registration.event_id == event.id)).all()
        approved = [row for row in rows if row.state is State.APPROVED]
        assert len(rows) == len(self.codes), "nobody is lost and nobody is doubled"
        assert event.taken == len(approved)
        assert event.capacity is None or event.taken <= event.capacity
        in_category = Counter(row.category_id for row in approved)
        for category in session().scalars(sa.select(Category).where(Category.event_id == event.id)):
            assert category.taken == in_category[category.id]
            assert category.capacity is None or category.taken <= category.capacity
        in_delegation = Counter(row.delegation_id for row in approved)
        for delegation in session().scalars(sa.select(Delegation).where(Delegation.event_id == event.id)):
            assert delegation.taken == in_delegation[delegation.id]
            assert delegation.quota is None or delegation.taken <= delegation.quota
        in_both = Counter((row.delegation_id, row.category_id) for row in approved)
        for quota in session().scalars(sa.select(Quota).join(Delegation).where(Delegation.event_id == event.id)):
            assert quota.taken == in_both[quota.delegation_id, quota.category_id] <= quota.places
        session().rollback()

    @invariant()
    def nobody_waits_while_a_place_is_free(self) -> None:
        if hasattr(self, "meeting"):
            free, waiting = _look(event=self.meeting.event)
            assert rules.to_promote(free, waiting) == []

    @invariant()
    def a_badge_is_valid_exactly_while_its_owner_is_approved(self) -> None:
        if not hasattr(self, "meeting"):
            return
        valid = session().scalars(
            sa.select(Credential.registration_id).join(Registration).where(Credential.void_at.is_(None))
            .where(Registration.event_id == self.meeting.row().id)
        ).all()  # fmt: skip
        approved = session().scalars(
            sa.select(Registration.id).where(
                Registration.event_id == self.meeting.row().id, Registration.state == State.APPROVED
            )
        ).all()
        assert sorted(valid) == sorted(approved)
        session().rollback()

    def teardown(self) -> None:
        """One letter for each step that has one, and no second."""
        if not hasattr(self, "meeting"):
            return
        sent: Counter[tuple[str, State]] = Counter()
        for job in session().scalars(sa.select(Job).where(Job.kind == "mail", Job.about == self.meeting.event)):
            state = LETTERS.get(job.payload["letter"].removeprefix("registration."))
            if state is not None:
                sent[job.payload["about"]["registration"], state] += 1
        became: Counter[tuple[str, State]] = Counter()
        for row in session().scalars(sa.select(AuditRow).where(AuditRow.entity == "registration")):
            state = State(row.changes["state"][1]) if "state" in row.changes else None
            if row.entity_code in self.codes and state in LETTERS.values():
                became[row.entity_code, state] += 1
        session().rollback()
        assert sent == became


def test_any_sequence_of_steps(app: Flask, database: str) -> None:
    """More runs on SQLite, where a step is cheap; the races between clients are in `test_race.py`."""
    examples = {"sqlite": 10, "postgresql": 3}[database] * (4 if os.environ.get("CI") else 1)
    run_state_machine_as_test(
        Registrations,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
