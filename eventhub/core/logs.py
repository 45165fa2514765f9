"""Structured logs: one JSON object a line, in the wall's time, without tokens, papers or passwords."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from flask import Flask

NAMES = r"(?:[a-z_]*(?:token|password|passwd|passport|secret|uniquifier|recovery_codes)|code|api_key|secret_key)"
MASKED = (
    re.compile(r"()(/l/)[^\s/&?\"'<>)]+"),
    re.compile(rf"(?i)(\b|_)({NAMES}=)[^\s/&\"',)]+"),
    re.compile(rf"(?i)(['\"])({NAMES}['\"]\s*[:,]\s*(?:b?['\"])?)[^\s'\",}})]+"),
    re.compile(r"(?i)()((?:authorization|cookie|set-cookie)['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"),
    re.compile(r"()(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(?=@)"),
    re.compile(r"()(Key \([^)]*\)=)\([^)]*\)"),
    re.compile(r"()(Failing row contains )\(.*"),
    re.compile(r"(?s)()(\[parameters: ).*?\](?=\n|$)"),
)
"""Links, fields and settings that open a door, and what a database says of the values it was given."""


class OneLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "says": mask(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def mask(text: str) -> str:
    """Take out what opens a door."""
    for pattern in MASKED:
        text = pattern.sub(r"\1\2•", text)
    return text


def init(app: Flask, level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    root = logging.getLogger("eventhub")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = app.testing
    app.logger.handlers[:] = [handler]
