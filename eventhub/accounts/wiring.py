"""What the accounts room registers: who acts, who mail goes to, its letters, what templates may ask, its pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from ..core.registry import personal_data
from ..core.web import safe_path
from ..mail.letters import Content, Letter, Recipient, letters, recipients
from . import commands, identity, links, queries, reader, security
from .views import bp


def wire(app: Flask) -> None:
    app.extensions["eventhub-identify"] = identity.identify
    app.context_processor(reader.for_templates)
    app.jinja_env.filters["safe_path"] = safe_path
    recipients.add("person", _recipient)
    letters.add("accounts.sign_in", Letter("accounts.sign_in", _with_link, _l("Link to sign in")))
    letters.add("accounts.fresh_link", Letter("accounts.fresh_link", _with_link, _l("Fresh personal link")))
    links.targets.add(commands.SIGN_IN, lambda about: safe_path(about.get("next")) or url_for("site.mine"))
    personal_data.add("accounts", queries.personal_data)
    security.init(app)
    app.register_blueprint(bp)


def _recipient(code: str) -> Recipient | None:
    person = queries.person(code)
    if person is None or not person.mail:
        return None
    return Recipient(person.mail, person.name, person.language)


def _with_link(about: Mapping[str, str]) -> Content:
    return Content({"address": links.address(about["link"]), "minutes": commands.SIGN_IN_MINUTES})
