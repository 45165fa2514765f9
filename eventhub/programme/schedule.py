"""The agenda as JSON, in the language of its address, for whoever builds on it.

    {
      "event":    {"title", "starts_on", "ends_on", "place", "venue", "time_zone", "url"},
      "release":  {"number", "released_at"},
      "language": the language asked for; a text that lacks it is given in the event's main one, or any,
      "rooms":    [{"code", "name"}],
      "themes":   [{"slug", "title"}],
      "sessions": [{
          "code", "kind", "title", "summary", "theme": slug or null, "room": code or null,
          "day": "2016-03-09", "start": "09:00", "end": "10:30",  wall time in the event's zone
          "starts_at", "ends_at": instants in UTC,
          "languages": ["fr", …], "status": "confirmed" or "cancelled", "sequence", "url",
          "people":   [{"name", "part": "chair", "rapporteur" or "speaker"}],
          "items":    [{"number", "title", "minutes": number or null, "speakers": [name, …]}]
      }]
    }

Members may be added; none is renamed or taken away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .calendar import Addresses
from .queries import Name
from .released import Release, ReleasedSession
from .words import named

MEDIA_TYPE = "application/json"


def schedule(release: Release, names: Mapping[str, Name], language: str, addresses: Addresses) -> bytes:
    """The agenda of a release in a language."""
    main = release.main_language
    whole = {
        "event": {
            "title": release.title.in_(language, main),
            "starts_on": release.starts_on.isoformat(),
            "ends_on": release.ends_on.isoformat(),
            "place": release.place.in_(language, main),
            "venue": release.venue.in_(language, main),
            "time_zone": release.zone,
            "url": addresses.agenda,
        },
        "release": {"number": release.number, "released_at": release.made_at.isoformat()},
        "language": language,
        "rooms": [{"code": code, "name": name.in_(language, main)} for code, name in release.rooms.items()],
        "themes": [{"slug": theme.slug, "title": theme.title.in_(language, main)} for theme in release.themes.values()],
        "sessions": [
            _session(each, release, names, language, addresses) for each in (*release.sessions, *release.cancelled)
        ],
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _session(
    session: ReleasedSession, release: Release, names: Mapping[str, Name], language: str, addresses: Addresses
) -> dict[str, Any]:
    main, slot = release.main_language, session.slot
    begins, ends = slot.instants(release.zone)
    return {
        "code": session.code,
        "kind": session.kind,
        "title": session.title.in_(language, main),
        "summary": session.summary.in_(language, main),
        "theme": session.theme or None,
        "room": session.room or None,
        "day": slot.day.isoformat(),
        "start": f"{slot.begins:%H:%M}",
        "end": f"{slot.ends:%H:%M}",
        "starts_at": begins.isoformat(),
        "ends_at": ends.isoformat(),
        "languages": list(session.languages),
        "status": "cancelled" if session.cancelled_in else "confirmed",
        "sequence": session.sequence,
        "url": addresses.session(session.code),
        "people": [
            {"name": name, "part": part} for code, part in session.people for name in named([code], names, language)
        ],
        "items": [
            {
                "number": item.number,
                "title": item.title.in_(language, main),
                "minutes": item.minutes,
                "speakers": named(item.speakers, names, language),
            }
            for item in session.items
        ],
    }
