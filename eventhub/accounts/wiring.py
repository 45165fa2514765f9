"""What the accounts room registers: who acts, who mail goes to, its letters, its pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from ..mail.letters import Content, Letter, Recipient, letters, recipients
from . import commands, identity, links, queries, security
from .views import bp


def wire(app: Flask) -> None:
    app.extensions["eventhub-identify"] = identity.identify
    recipients.add("person", _recipient)
    letters.add("accounts.sign_in", Letter("accounts.sign_in", _with_link, _l("Link to sign in")))
    letters.add("accounts.fresh_link", Letter("accounts.fresh_link", _with_link, _l("Fresh personal link")))
    links.targets.add(commands.SIGN_IN, lambda about: about.get("next") or url_for("site.mine"))
    security.init(app)
    app.register_blueprint(bp)


def _recipient(code: str) -> Recipient | None:
    person = queries.person(code)
    if person is None or not person.mail:
        return None
    return Recipient(person.mail, person.name, person.language)


def _with_link(about: Mapping[str, str]) -> Content:
    return Content({"address": links.address(about["link"]), "minutes": commands.SIGN_IN_MINUTES})
