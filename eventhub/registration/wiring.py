"""What the registration room registers with the floors below: letters, links, pages, figures, what is missing."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from ..accounts import links
from ..core import registry
from ..core.registry import MenuEntry, event_menu
from ..events import parts
from ..events.models import Event, EventState
from ..mail.letters import letters as known_letters
from . import letters, missing, personal, words
from .access import Permission
from .commands import decide, setup, steps
from .views import BLUEPRINTS


def wire(app: Flask) -> None:
    letters.register(known_letters)
    links.targets.add(steps.REGISTRATION, letters.target)
    links.targets.add(steps.DELEGATION, letters.target_of_delegation)
    registry.event_created.add("registration", setup.event_created)
    registry.missing.add("registration", missing.find)
    registry.personal_data.add("registration", personal.data)
    parts.changed.add("registration", decide.event_changed)
    parts.figures.add("registration", missing.figures)
    parts.public_actions.add(
        "registration", parts.PublicAction(0, _l("Register"), "register.ask", _register_now, main=True)
    )
    for name, order, label, endpoint in (
        ("registration", 20, _l("Registrations"), "registrations.index"),
        ("registration.waiting", 22, _l("Waiting list"), "registrations.waiting"),
        ("registration.invite", 24, _l("Invite"), "invitations.one"),
        ("delegations", 26, _l("Delegations"), "registration_setup.delegations"),
        ("registration.categories", 28, _l("Categories"), "registration_setup.categories"),
    ):
        event_menu.add(name, MenuEntry(order, label, endpoint, Permission.REGISTRATIONS_MANAGE))
    app.jinja_env.globals.update(delegation_name=letters.delegation_name)
    app.jinja_env.filters.update(
        registration_state=lambda state: str(words.STATES[state]), full_words=lambda full: str(words.FULL[full]),
        origin_words=lambda origin: str(words.ORIGINS[origin]),
    )  # fmt: skip
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _register_now(event: Event) -> bool:
    from .queries import open_categories

    return event.state is EventState.REGISTRATION_OPEN and bool(open_categories(event))
