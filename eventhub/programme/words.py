"""Conflicts and changes in words, in the reader's language. Names and titles come from outside and are escaped here;
where a text is in another language than the page it keeps its own direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from typing import Any

from babel import dates
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from ..core import i18n
from ..core.text import Text, direction
from .models import Part, SessionKind
from .queries import Name
from .rules.changes import Change, What
from .rules.conflicts import Conflict, ConflictKind
from .rules.slots import Slot

KINDS: Mapping[SessionKind, Any] = {
    SessionKind.PLENARY: _l("Plenary"),
    SessionKind.THEMATIC: _l("Thematic session"),
    SessionKind.STATEMENTS: _l("Statements"),
    SessionKind.BREAK: _l("Break"),
    SessionKind.SOCIAL: _l("Social programme"),
    SessionKind.VISIT: _l("Visit"),
}
PARTS: Mapping[Part, Any] = {
    Part.CHAIR: _l("Chair"),
    Part.RAPPORTEUR: _l("Rapporteur"),
    Part.SPEAKER: _l("Speaker"),
}


WEEKDAY = {"es": "EEEE d 'de' MMMM", "pt": "EEEE, d 'de' MMMM"}


def part_of_people(part: Part, count: int) -> str:
    """What one or several people do in a session."""
    return str(
        {
            Part.CHAIR: lambda: ngettext("Chair", "Chairs", count),
            Part.RAPPORTEUR: lambda: ngettext("Rapporteur", "Rapporteurs", count),
            Part.SPEAKER: lambda: ngettext("Speaker", "Speakers", count),
        }[part]()
    )


def weekday(day: date) -> str:
    """mercredi 9 mars: the year stands above."""
    return dates.format_date(day, WEEKDAY.get(i18n.language(), "EEEE d MMMM"), locale=i18n.locale())


def say(message: str, **values: Any) -> Markup:
    """A translated sentence filled with values; what is not markup already is escaped."""
    return escape(message) % {name: escape(value) for name, value in values.items()}


def hours(slot: Slot) -> Markup:
    """09:00–10:30, in the direction of the page: in Arabic the beginning stands at the right."""
    begins, ends = i18n.clock_time(slot.begins), i18n.clock_time(slot.ends)
    return Markup('<bdi class="num hours" dir="{}">{}–{}</bdi>').format(direction(i18n.language()), begins, ends)


def named(codes: Iterable[str], names: Mapping[str, Name], language: str) -> list[str]:
    """The names of people; one that was erased is left out."""
    return [shown for code in codes if code in names and (shown := names[code].in_(language))]


def released_words(number: int) -> str:
    """How far the agenda is released."""
    return str(_("release %(number)s", number=number) if number else _("not released"))


def conflict(
    found: Conflict, titles: Mapping[str, Markup], rooms: Mapping[str, Markup], names: Mapping[str, str]
) -> Markup:
    """One conflict as a sentence that says what to look at."""
    one = titles[found.sessions[0]]
    other = titles[found.sessions[-1]]
    sentences: dict[ConflictKind, Callable[[], Markup]] = {
        ConflictKind.ROOM_CLASH: lambda: say(
            _("“%(one)s” and “%(other)s” are in %(room)s at the same time."), one=one, other=other,
            room=rooms.get(found.room, ""),
        ),
        ConflictKind.PERSON_CLASH: lambda: say(
            _("%(name)s is expected in “%(one)s” and in “%(other)s” at the same time."),
            name=names.get(found.person, "?"), one=one, other=other,
        ),
        ConflictKind.OUTSIDE_DAYS: lambda: say(_("“%(one)s” is on a day that is not one of the event’s."), one=one),
        ConflictKind.SKIPPED_HOUR: lambda: say(
            _("“%(one)s” begins in an hour that the change of clock skips that day."), one=one
        ),
        ConflictKind.ITEMS_TOO_LONG: lambda: say(
            _("The items of “%(one)s” take %(need)s minutes; the session lasts %(have)s."), one=one,
            need=i18n.number(found.need), have=i18n.number(found.have),
        ),
        ConflictKind.ROOM_TOO_SMALL: lambda: say(
            _("“%(one)s” offers %(need)s seats; %(room)s has %(have)s."), one=one, need=i18n.number(found.need),
            have=i18n.number(found.have), room=rooms.get(found.room, ""),
        ),
        ConflictKind.NO_BOOTH: lambda: say(
            _("“%(one)s” needs interpretation, but %(room)s has no booth for: %(languages)s."), one=one,
            room=rooms.get(found.room, ""), languages=i18n.joined(map(i18n.language_name, found.languages)),
        ),
    }  # fmt: skip
    return sentences[found.kind]()


class Teller:
    """Tells changes. `titles` and `rooms` know both sides of the change."""

    def __init__(
        self, *, titles: Mapping[str, Text], rooms: Mapping[str, Text], themes: Mapping[str, Text],
        names: Mapping[str, Name], main: str,
    ) -> None:  # fmt: skip
        self.titles, self.rooms, self.themes, self.names, self.main = titles, rooms, themes, names, main

    def tell(self, change: Change) -> list[Markup]:
        """The sentences of one change; none for what only goes with another."""
        what = What(change["what"])
        tellers: dict[What, Callable[[Change], list[Markup]]] = {
            What.ADDED: self._added, What.REMOVED: self._removed, What.MOVED: self._moved,
            What.RETITLED: self._retitled, What.PEOPLE: self._people, What.ITEMS: self._items,
            What.DETAILS: self._details, What.ROOMS: self._rooms, What.EVENT: self._event,
        }  # fmt: skip
        return tellers[what](change) if what in tellers else []

    def tell_all(self, changes: Iterable[Change]) -> list[Markup]:
        return [sentence for change in changes for sentence in self.tell(change)]

    def place(self, raw: Mapping[str, Any], *, day: bool = True) -> Markup:
        """Day, hours and room of a place in the agenda."""
        slot = Slot(date.fromisoformat(raw["day"]), time.fromisoformat(raw["start"]), raw["minutes"])
        parts = [escape(weekday(slot.day))] if day else []
        parts.append(hours(slot))
        if raw["room"] in self.rooms:
            parts.append(self.text(self.rooms[raw["room"]]))
        return Markup(_(", ")).join(parts)  # noqa: S704 — the separator is ours

    def text(self, value: Text) -> Markup:
        return i18n.text(value, self.main)

    def _title(self, change: Change) -> Markup:
        return self.text(self.titles.get(change["session"]) or Text.of(change.get("value", {}).get("title")))

    def _added(self, change: Change) -> list[Markup]:
        return [say(_("New: “%(title)s”, %(place)s."), title=self._title(change), place=self.place(change["value"]))]

    def _removed(self, change: Change) -> list[Markup]:
        place = self.place(change["value"])
        return [say(_("Cancelled: “%(title)s”, planned for %(place)s."), title=self._title(change), place=place)]

    def _moved(self, change: Change) -> list[Markup]:
        before, after, title = change["from"], change["to"], self._title(change)
        if all(before[field] == after[field] for field in ("day", "start", "minutes")):
            old, new = (self.rooms.get(side["room"]) for side in (before, after))
            return [
                say(_("“%(title)s” moves from %(old)s to %(new)s."), title=title,
                    old=self.text(old) if old else _("no room"), new=self.text(new) if new else _("no room"))
            ]  # fmt: skip
        day = before["day"] != after["day"]
        places = {"before": self.place(before, day=day), "after": self.place(after, day=day)}
        return [say(_("“%(title)s” moves: %(after)s instead of %(before)s."), title=title, **places)]

    def _retitled(self, change: Change) -> list[Markup]:
        old, new = self.text(Text.of(change["from"])), self.text(Text.of(change["to"]))
        if old == new:
            return []  # another language than the reader's was corrected
        return [say(_("“%(old)s” is now called “%(new)s”."), old=old, new=new)]

    def _people(self, change: Change) -> list[Markup]:
        before = [(each["person"], each["part"]) for each in change["from"]]
        after = [(each["person"], each["part"]) for each in change["to"]]
        title = self._title(change)
        found: list[Markup] = []
        for message, people in (
            (_("“%(title)s”: %(people)s joins."), [each for each in after if each not in before]),
            (_("“%(title)s”: %(people)s no longer takes part."), [each for each in before if each not in after]),
        ):
            shown = [self._person(code, part) for code, part in people if code in self.names]
            found.extend(say(message, title=title, people=each) for each in shown)
        return found or [say(_("“%(title)s”: the order of the people has changed."), title=title)]

    def _person(self, code: str, part: str) -> Markup:
        name = self.names[code].in_(i18n.language())
        return Markup("<bdi>{}</bdi> ({})").format(name, PARTS[Part(part)])

    def _items(self, change: Change) -> list[Markup]:
        before = {item["code"]: item for item in change["from"]}
        after = {item["code"]: item for item in change["to"]}
        title = self._title(change)
        found: list[Markup] = []
        for message, items in (
            (_("“%(title)s”: new item “%(item)s”."), [item for code, item in after.items() if code not in before]),
            (_("“%(title)s”: item “%(item)s” is dropped."), [i for code, i in before.items() if code not in after]),
            (
                _("“%(title)s”: item “%(item)s” has changed."),
                [item for code, item in after.items() if code in before and before[code] != item],
            ),
        ):
            found.extend(say(message, title=title, item=self.text(Text.of(item["title"]))) for item in items)
        return found or [say(_("“%(title)s”: the order of the items has changed."), title=title)]

    def _details(self, change: Change) -> list[Markup]:
        after, title = change["to"], self._title(change)
        found = []
        if "languages" in after:
            words = i18n.joined(map(i18n.language_name, after["languages"])) if after["languages"] else _("not stated")
            found.append(say(_("“%(title)s”: the languages are now %(languages)s."), title=title, languages=words))
        if "theme" in after:
            theme = self.themes.get(after["theme"])
            words = self.text(theme) if theme else _("none")
            found.append(say(_("“%(title)s”: the theme is now %(theme)s."), title=title, theme=words))
        if "kind" in after:
            kind = KINDS[SessionKind(after["kind"])]
            found.append(say(_("“%(title)s”: the kind of session is now %(kind)s."), title=title, kind=kind))
        if "summary" in after:
            found.append(say(_("“%(title)s”: the summary has changed."), title=title))
        return found

    def _rooms(self, change: Change) -> list[Markup]:
        before = {room["code"]: Text.of(room["name"]) for room in change["from"]}
        renamed = [
            (self.text(before[room["code"]]), self.text(Text.of(room["name"])))
            for room in change["to"]
            if room["code"] in before
        ]
        return [
            say(_("The room “%(old)s” is now called “%(new)s”."), old=old, new=new)
            for old, new in renamed
            if old != new
        ]

    def _event(self, change: Change) -> list[Markup]:
        before, after = change["from"], change["to"]
        found = []
        if (before["starts_on"], before["ends_on"]) != (after["starts_on"], after["ends_on"]):
            days = i18n.daterange(date.fromisoformat(after["starts_on"]), date.fromisoformat(after["ends_on"]))
            found.append(say(_("The event now takes place on %(days)s."), days=days))
        if before["zone"] != after["zone"]:
            found.append(say(_("All hours are now those of %(zone)s."), zone=after["zone"]))
        for field, message in (
            ("title", _("The event is now called “%(new)s”.")),
            ("place", _("The event now takes place in %(new)s.")),
            ("venue", _("The venue is now %(new)s.")),
        ):
            old, new = self.text(Text.of(before[field])), self.text(Text.of(after[field]))
            if old != new:
                found.append(say(message, new=new))
        return found
