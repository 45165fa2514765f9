"""Forms of the events room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DateTimeLocalField, HiddenField, IntegerField
from wtforms.validators import DataRequired, Email, NumberRange, Optional

from ..core import i18n, times
from ..core.forms import ChecksField, ChoiceField, Form, LineField, TextField
from ..core.text import LANGUAGES
from ..network.models import City
from .kinds import Kind
from .models import Event, TeamRole

CAPACITY_MOST = 100_000
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How browsers write a day and an hour."""
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


class RevisedForm(Form):
    """A form of a text that others may edit at the same time: it carries the revision it began from."""

    revision = HiddenField()

    @property
    def began_from(self) -> int:
        return int(self.revision.data) if str(self.revision.data or "").isdigit() else 0


def _languages(label: Any, **kwargs: Any) -> ChecksField:
    return ChecksField(label, choices=list(LANGUAGES.items()), **kwargs)


class NewEventForm(Form):
    """An event begins with its kind, its title, its days and its place; the rest comes from the kind."""

    title = TextField(_l("Title"), required=True)
    starts_on = DateField(_l("First day"), [DataRequired()])
    ends_on = DateField(
        _l("Last day"), [Optional()], description=_l("Leave it empty for the number of days of this kind.")
    )
    city = ChoiceField(_l("City of the network"), empty=_l("Elsewhere, or not yet known"))
    place = TextField(
        _l("Place"), description=_l("The town as the public reads it. Taken from the city when it stays empty.")
    )
    zone = ChoiceField(_l("Time zone"), [DataRequired()])

    def offer(self, cities: Sequence[City]) -> None:
        self.city.choices = _cities(cities)
        self.zone.choices = _zones()

    def begin(self, kind: Kind) -> None:
        """What a new event of this kind begins with in the form."""
        self.zone.data = "Europe/Paris"


class FactsForm(RevisedForm):
    """The facts of an event."""

    title = TextField(_l("Title"), required=True)
    slug = LineField(_l("Short name"), [DataRequired()], most=60, description=_l("Stands in public addresses."))
    starts_on = DateField(_l("First day"), [DataRequired()])
    ends_on = DateField(_l("Last day"), [DataRequired()])
    dates_confirmed = BooleanField(_l("The dates are confirmed"))
    zone = ChoiceField(_l("Time zone"), [DataRequired()])
    city = ChoiceField(_l("City of the network"), empty=_l("Elsewhere, or not yet known"))
    place = TextField(_l("Place"), description=_l("The town as the public reads it."))
    venue = TextField(_l("Venue"))
    address = TextField(_l("Address of the venue"))
    main_language = ChoiceField(_l("Main language"), choices=list(LANGUAGES.items()))
    languages = _languages(_l("Working languages"))
    capacity = IntegerField(
        _l("Capacity"), [Optional(), NumberRange(1, CAPACITY_MOST)],
        description=_l("Most participants in all. Empty means no limit."),
    )  # fmt: skip
    registration_until = DateTimeLocalField(
        _l("Registration deadline"),
        [Optional()],
        format=LOCAL,
        description=_l("Day and hour in the zone of the event."),
    )

    def offer(self, cities: Sequence[City]) -> None:
        self.city.choices = _cities(cities)
        self.zone.choices = _zones()

    @classmethod
    def about(cls, event: Event) -> FactsForm:
        """The form filled with an event, or with what was typed."""
        until = event.registration_until
        local = times.wall(until, event.zone).replace(tzinfo=None) if until else None
        names = (name for name in cls.declared() if hasattr(event, name))
        values = {name: getattr(event, name) for name in names}
        return cls(data={**values, "registration_until": local, "city": event.city.code if event.city else ""})

    @classmethod
    def declared(cls) -> list[str]:
        return [name for name in dir(cls) if hasattr(getattr(cls, name), "field_class")]

    def facts(self) -> dict[str, Any]:
        """What the command that edits an event takes."""
        values = {name: value for name, value in self.values().items() if name != "revision"}
        until: datetime | None = values["registration_until"]
        if until is not None:
            values["registration_until"] = until.replace(tzinfo=times.zone(self.zone.data)).astimezone(UTC)
        return {**values, "city": values["city"] or None, "revision": self.began_from}


class TextsForm(RevisedForm):
    """What the public pages of an event say. Blocks are Markdown."""

    summary = TextField(_l("Summary"), block=True, most=600, description=_l("One or two sentences under the title."))
    description = TextField(_l("Presentation"), block=True, description=_l("You may use Markdown."))
    practical = TextField(_l("Practical information"), block=True, description=_l("You may use Markdown."))
    outcome = TextField(
        _l("Outcome"), block=True,
        description=_l("What came of the event. It is published once the event is finished."),
    )  # fmt: skip


class RoomForm(RevisedForm):
    """A room of the venue."""

    name = TextField(_l("Name of the room"), required=True)
    capacity = IntegerField(_l("Seats"), [Optional(), NumberRange(1, CAPACITY_MOST)])
    position = IntegerField(
        _l("Order"), [Optional(), NumberRange(1, 999)], description=_l("Rooms are listed in this order.")
    )
    booths = _languages(
        _l("Interpretation booths"), description=_l("The languages into which the room is interpreted.")
    )


class TeamForm(Form):
    """A member of the team, found by the address of their account."""

    mail = LineField(
        _l("E-mail address of the account"),
        [DataRequired(), Email(_l("Please give a complete address, for example name@city.example.org."))],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = ChoiceField(
        _l("Role"), choices=[(TeamRole.ORGANISER.value, _l("Organiser")), (TeamRole.DESK.value, _l("Desk"))]
    )


class StepForm(Form):
    """A step in the life of an event."""

    to = HiddenField()


class EmptyForm(Form):
    """A button: nothing but the token that shows it was pressed on our page."""


def _cities(cities: Sequence[City]) -> list[tuple[str, str]]:
    named = [(city.code, i18n.plain_text(city.name)) for city in cities]
    return sorted((each for each in named if each[1]), key=lambda each: each[1])


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(times.zone_names()) if name.startswith(REGIONS)]
