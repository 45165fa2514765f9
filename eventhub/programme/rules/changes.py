"""What one agenda changed of another, and the other way round: applied to the first, the list gives the second.

An agenda here is the plain JSON of a release: `event`, `rooms`, `themes` and `sessions`. People stand in it by code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

Agenda = dict[str, Any]
Change = dict[str, Any]

PLACE = ("day", "start", "minutes", "room")
DETAILS = ("kind", "summary", "theme", "languages")


class What(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RETITLED = "retitled"
    PEOPLE = "people"
    ITEMS = "items"
    DETAILS = "details"
    ROOMS = "rooms"
    THEMES = "themes"
    EVENT = "event"


EMPTY: Agenda = {"event": {}, "rooms": [], "themes": [], "sessions": []}


def changes(before: Agenda, after: Agenda) -> list[Change]:
    """The changes that lead from one agenda to the next: first the sessions in the order of the next agenda, then
    those that are gone, then what surrounds them. Empty when nothing changed."""
    old = {session["code"]: session for session in before["sessions"]}
    new = {session["code"]: session for session in after["sessions"]}
    found: list[Change] = []
    for code, session in new.items():
        if code not in old:
            found.append({"what": What.ADDED.value, "session": code, "value": session})
        else:
            found.extend(_of_session(old[code], session))
    found.extend(
        {"what": What.REMOVED.value, "session": code, "value": session}
        for code, session in old.items()
        if code not in new
    )
    for what, part in ((What.ROOMS, "rooms"), (What.THEMES, "themes"), (What.EVENT, "event")):
        if before[part] != after[part]:
            found.append({"what": what.value, "from": before[part], "to": after[part]})
    return found


def apply(agenda: Agenda, found: Iterable[Change]) -> Agenda:
    """The agenda after the changes. Raises KeyError for a change of a session that is not there."""
    sessions = {session["code"]: dict(session) for session in agenda["sessions"]}
    parts = {"event": agenda["event"], "rooms": agenda["rooms"], "themes": agenda["themes"]}
    for change in found:
        what = What(change["what"])
        if what in (What.ROOMS, What.THEMES, What.EVENT):
            parts[what.value] = change["to"]
        elif what is What.ADDED:
            sessions[change["session"]] = dict(change["value"])
        elif what is What.REMOVED:
            del sessions[change["session"]]
        elif what in (What.MOVED, What.DETAILS):
            sessions[change["session"]].update(change["to"])
        else:
            field = "title" if what is What.RETITLED else what.value
            sessions[change["session"]][field] = change["to"]
    return {**parts, "sessions": in_order(sessions.values(), parts["rooms"])}


def in_order(sessions: Iterable[dict[str, Any]], rooms: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By day, hour, room as the venue counts them, code: a total order."""
    place = {room["code"]: number for number, room in enumerate(rooms)}
    return sorted(sessions, key=lambda each: (each["day"], each["start"], place.get(each["room"], -1), each["code"]))


def touched(found: Iterable[Change], agenda: Agenda) -> set[str]:
    """The sessions that a calendar has to show anew: those changed, those whose room has a new name, and all of them
    when the zone changed."""
    codes: set[str] = set()
    for change in found:
        if "session" in change:
            codes.add(change["session"])
        elif change["what"] == What.ROOMS:
            names = {room["code"]: room["name"] for room in change["from"]}
            renamed = {room["code"] for room in change["to"] if names.get(room["code"]) != room["name"]}
            codes.update(each["code"] for each in agenda["sessions"] if each["room"] in renamed)
        elif change["what"] == What.EVENT and change["from"].get("zone") != change["to"].get("zone"):
            codes.update(each["code"] for each in agenda["sessions"])
    return codes


def record(
    before: Mapping[str, dict[str, Any]], changed: set[str], present: Iterable[str], *, number: int, at: str
) -> dict[str, dict[str, Any]]:
    """Per session ever released: the number of its first release, and the number and moment of the release that last
    changed it. Only grows, so that SEQUENCE in a calendar never falls."""
    kept = {code: dict(entry) for code, entry in before.items()}
    for code in (*present, *sorted(changed)):
        if code not in kept:
            kept[code] = {"first": number, "changed": number, "at": at}
        elif code in changed:
            kept[code].update(changed=number, at=at)
    return kept


def cancelled(
    before: Iterable[dict[str, Any]], found: Iterable[Change], present: set[str], *, number: int
) -> list[dict[str, Any]]:
    """Sessions that were released once and are not any more, as they last stood, with the release that took them."""
    gone = {session["code"]: session for session in before if session["code"] not in present}
    for change in found:
        if change["what"] == What.REMOVED:
            gone[change["session"]] = {**change["value"], "release": number}
    return [gone[code] for code in sorted(gone)]


def _of_session(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    found: list[Change] = []

    def note(what: What, fields: tuple[str, ...]) -> None:
        names = [field for field in fields if old[field] != new[field]]
        if names:
            kept = fields if what is What.MOVED else tuple(names)
            before, after = ({field: side[field] for field in kept} for side in (old, new))
            found.append({"what": what.value, "session": new["code"], "from": before, "to": after})

    note(What.MOVED, PLACE)
    for what, field in ((What.RETITLED, "title"), (What.PEOPLE, "people"), (What.ITEMS, "items")):
        if old[field] != new[field]:
            found.append({"what": what.value, "session": new["code"], "from": old[field], "to": new[field]})
    note(What.DETAILS, DETAILS)
    return found
