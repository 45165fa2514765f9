"""The words of this room for its codes, translated when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from .models import Origin, State
from .rules import Full, Lacking

STATES: Mapping[State, Any] = {
    State.INVITED: _l("Invited"),
    State.DRAFT: _l("Draft"),
    State.PENDING: _l("Awaiting approval"),
    State.APPROVED: _l("Approved"),
    State.WAITLISTED: _l("On the waiting list"),
    State.DECLINED: _l("Declined"),
    State.REFUSED: _l("Refused"),
    State.CANCELLED: _l("Cancelled"),
    State.REPLACED: _l("Replaced"),
}
FULL: Mapping[Full, Any] = {
    Full.EVENT: _l("the event is full"),
    Full.CATEGORY: _l("the category is full"),
    Full.DELEGATION: _l("every place of the delegation is taken"),
    Full.QUOTA: _l("every place of the delegation in this category is taken"),
}
LACKING: Mapping[Lacking, Any] = {
    Lacking.NAME: _l("your name"),
    Lacking.LANGUAGES: _l("your working languages"),
    Lacking.RANKING: _l("the order of the themes"),
}
LEVELS: Mapping[str, Any] = {
    "native": _l("Mother tongue"),
    "fluent": _l("Fluent"),
    "working": _l("Working knowledge"),
}
FOOD: Mapping[str, Any] = {
    "vegetarian": _l("Vegetarian"),
    "vegan": _l("Vegan"),
    "halal": _l("Halal"),
    "kosher": _l("Kosher"),
    "gluten_free": _l("Gluten-free"),
    "lactose_free": _l("Lactose-free"),
    "nut_free": _l("No nuts"),
}
ORIGINS: Mapping[Origin, Any] = {
    Origin.INVITATION: _l("Invited by the organiser"),
    Origin.NOMINATION: _l("Nominated by the delegation"),
    Origin.REQUEST: _l("Asked for a place"),
}
ANSWERS: Mapping[str, Any] = {
    "form_of_address": _l("Form of address"),
    "given_name": _l("Given name"),
    "family_name": _l("Family name"),
    "given_name_arabic": _l("Given name in Arabic script"),
    "family_name_arabic": _l("Family name in Arabic script"),
    "script": _l("Name shown first in"),
    "function": _l("Function"),
    "organisation": _l("Organisation"),
    "phone": _l("Telephone"),
    "language": _l("Language of our letters"),
    "languages": _l("Working languages"),
    "access_needs": _l("Access needs"),
    "food_needs": _l("Food needs"),
    "food_note": _l("Other food needs or allergies"),
    "note": _l("Note to the organiser"),
    "ranking": _l("Order of the themes"),
}
COLOURS: Mapping[str, Any] = {
    "sea": _l("Sea blue"),
    "olive": _l("Olive green"),
    "terracotta": _l("Terracotta"),
    "plum": _l("Plum"),
    "slate": _l("Slate"),
    "sand": _l("Sand"),
    "amber": _l("Amber"),
    "teal": _l("Teal"),
    "indigo": _l("Indigo"),
}
