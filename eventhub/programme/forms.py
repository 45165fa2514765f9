"""Forms of the programme room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, TimeField
from wtforms.validators import NumberRange, Optional

from ..core import i18n
from ..core.forms import BlockField, ChecksField, ChoiceField, Form, TextField
from ..core.text import LANGUAGES
from ..events.forms import RevisedForm
from ..events.models import Event, Room
from ..network.models import Theme
from .models import Session, SessionKind
from .queries import Name
from .words import KINDS, PARTS, weekday

HOUR = ["%H:%M", "%H:%M:%S"]
LONGEST_HOURS = 16
"""A session whose end lies further off than this was mistyped: an end before its beginning is taken for the next
day's."""


class SlotPart(Form):
    """When and where: a day, two hours on the wall, a room. Without day and hours the session is unplaced."""

    day = ChoiceField(_l("Day"), empty=_l("Not placed yet"))
    start = TimeField(_l("Begins"), [Optional()], format=HOUR)
    until = TimeField(_l("Ends"), [Optional()], format=HOUR)
    room = ChoiceField(_l("Room"), empty=_l("No room"))

    def offer_places(self, event: Event, rooms: Sequence[Room], now: date | None = None) -> None:
        days = sorted({*event.days, *([now] if now else [])})
        self.day.choices = [(day.isoformat(), weekday(day)) for day in days]
        self.room.choices = [(room.code, i18n.plain_text(room.name, event.main_language)) for room in rooms]

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not self.day.data and not self.start.data and not self.until.data:
            return True
        wrong: list[tuple[Any, Any]] = []
        if not self.day.data:
            wrong.append((self.day, _l("Please choose the day, or leave the hours empty.")))
        if self.start.data is None:
            wrong.append((self.start, _l("Please give the hour at which it begins.")))
        if self.until.data is None:
            wrong.append((self.until, _l("Please give the hour at which it ends.")))
        elif self.start.data and self._length() > LONGEST_HOURS * 60:
            wrong.append((self.until, _l("It would end before it begins.")))
        for field, words in wrong:
            field.errors = [*field.errors, str(words)]
        return not wrong

    def slot(self, *, otherwise: int = 60) -> dict[str, Any]:
        """Day, start, minutes and room as the commands take them; `otherwise` is the length of one without hours."""
        placed = bool(self.day.data and self.start.data and self.until.data)
        return {
            "day": date.fromisoformat(self.day.data) if placed else None,
            "start": self.start.data if placed else None,
            "minutes": self._length() if placed else otherwise,
            "room": self.room.data or None,
        }

    def _length(self) -> int:
        """Minutes on the wall; an end at or before the beginning is the next day's."""
        day = date(2000, 1, 1)
        minutes = int(
            (datetime.combine(day, self.until.data) - datetime.combine(day, self.start.data)).total_seconds() // 60
        )
        return minutes if minutes > 0 else minutes + 24 * 60


class AboutPart(Form):
    """What a session is."""

    kind = ChoiceField(_l("Kind"), choices=[(kind.value, label) for kind, label in KINDS.items()])
    title = TextField(_l("Title"), required=True)
    summary = TextField(_l("Summary"), block=True, most=2000)
    theme = ChoiceField(_l("Theme"), empty=_l("No theme"))
    languages = ChecksField(
        _l("Languages"), choices=list(LANGUAGES.items()),
        description=_l("The languages spoken or interpreted. Several need a booth each in the room."),
    )  # fmt: skip
    seats = IntegerField(_l("Seats"), [Optional(), NumberRange(1, 100_000)])
    note = BlockField(_l("Note"), [], most=2000, description=_l("For the organisers only."))

    def offer_themes(self, themes: Iterable[Theme]) -> None:
        self.theme.choices = [(theme.code, i18n.plain_text(theme.title)) for theme in themes]

    def about(self) -> dict[str, Any]:
        """What the commands take."""
        return {
            "kind": SessionKind(self.kind.data),
            "title": self.title.data,
            "summary": self.summary.data,
            "theme": self.theme.data or None,
            "languages": self.languages.data or [],
            "seats": self.seats.data,
            "note": self.note.data or "",
        }


class NewSessionForm(AboutPart, SlotPart):
    """A new session with its place, if it has one."""


class SessionForm(AboutPart, RevisedForm):
    """A session's texts and facts."""

    @classmethod
    def of(cls, session: Session) -> SessionForm:
        return cls(
            data={
                "revision": session.revision, "kind": session.kind.value, "title": session.title,
                "summary": session.summary, "theme": session.theme.code if session.theme else "",
                "languages": session.languages, "seats": session.seats, "note": session.note,
            }
        )  # fmt: skip


class SlotForm(SlotPart, RevisedForm):
    """Where a session stands in the agenda."""

    @classmethod
    def of(cls, session: Session) -> SlotForm:
        return cls(
            data={
                "revision": session.revision, "day": session.day.isoformat() if session.day else "",
                "start": session.start, "until": end_on_wall(session),
                "room": session.room.code if session.room else "",
            }
        )  # fmt: skip


class ItemForm(RevisedForm):
    """A numbered item of a session."""

    title = TextField(_l("Title of the item"), required=True)
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(1, 24 * 60)])
    speakers = ChecksField(_l("Speakers"), description=_l("Only people who take part in the session are offered."))

    def offer_people(self, people: Iterable[tuple[str, str]]) -> None:
        self.speakers.choices = list(people)


class PersonForm(Form):
    """Give a person a part in a session."""

    person = HiddenField()
    part = ChoiceField(_l("Part"), choices=[(part.value, label) for part, label in PARTS.items()])


class ReleaseForm(Form):
    """Publish the draft."""

    note = TextField(
        _l("Note to the readers"), block=True, most=1000,
        description=_l("What this release brings, in a sentence or two. The list of changes is made by itself."),
    )  # fmt: skip
    despite_conflicts = BooleanField(_l("Release although conflicts stand"))


class EmptyForm(Form):
    """A button: nothing but the token that shows it was pressed on our page."""


class MoveForm(Form):
    to = IntegerField()


def end_on_wall(session: Session) -> time | None:
    """The hour at which a placed session ends."""
    if session.start is None:
        return None
    return (datetime.combine(date(2000, 1, 1), session.start) + timedelta(minutes=session.minutes)).time()


def offered(session: Session, names: dict[str, Name], language: str) -> list[tuple[str, str]]:
    """(code, name) of everyone who may speak on an item: who takes part in the session, and who speaks already."""
    codes = [each.person.code for each in session.people]
    codes += [speaker.person.code for item in session.items for speaker in item.speakers]
    return [(code, names[code].in_(language)) for code in dict.fromkeys(codes) if code in names]
