"""Forms of the network. Each says one value of `values.py`; what a choice offers is filled in by the view."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FloatField, HiddenField, IntegerField
from wtforms.validators import URL, Email, InputRequired, NumberRange, Optional, Regexp, ValidationError

from ..core import clock
from ..core.forms import ChecksField, ChoiceField, Form, LineField, TextField
from ..core.text import LANGUAGES
from ..core.times import zone_names
from . import rules
from .models import CityStatus, ContactKind, ExpertiseKind, PartnerRole, Shore, ThemeStatus
from .values import (
    CityValues,
    ContactValues,
    ExpertiseValues,
    MissionValues,
    NetworkValues,
    NewsValues,
    PartnerValues,
    PersonValues,
    TagValues,
    ThemeValues,
)

SHORES = [(Shore.EUROPE.value, _l("European shore")), (Shore.SOUTH.value, _l("Southern shore"))]
CITY_STATUSES = [
    (CityStatus.INVITED.value, _l("Invited")),
    (CityStatus.EXPECTED.value, _l("Expected")),
    (CityStatus.CONFIRMED.value, _l("Confirmed")),
    (CityStatus.WITHDRAWN.value, _l("Withdrawn")),
]
ROLES = [
    (PartnerRole.LEAD.value, _l("Builds the network")),
    (PartnerRole.PARTNER.value, _l("Partner")),
    (PartnerRole.FUNDER.value, _l("Funding")),
]
THEME_STATUSES = [
    (ThemeStatus.CANDIDATE.value, _l("Candidate")),
    (ThemeStatus.VALIDATED.value, _l("Validated")),
    (ThemeStatus.MERGED.value, _l("Merged")),
    (ThemeStatus.SET_ASIDE.value, _l("Set aside")),
]
CONTACT_KINDS = [
    (ContactKind.POLITICAL.value, _l("Political contact")),
    (ContactKind.TECHNICAL.value, _l("Technical contact")),
]
EXPERTISE_KINDS = [
    (ExpertiseKind.OFFERED.value, _l("The city offers it")),
    (ExpertiseKind.ASKED.value, _l("The city asks for it")),
]
SCRIPTS = [("latin", _l("Latin letters")), ("arabic", _l("Arabic letters"))]
LEVELS = [("native", _l("Mother tongue")), ("fluent", _l("Fluent")), ("working", _l("Working knowledge"))]
ADDRESS = _l("Name in addresses")
ADDRESS_HINT = _l("Small letters, digits and hyphens. Leave empty to have it made from the name.")


def slug_field() -> Any:
    words = _l("Please use small Latin letters, digits and hyphens only.")
    pattern = Regexp(f"^{rules.SLUG.pattern}$", message=words)
    return LineField(ADDRESS, [Optional(), pattern], most=rules.SLUG_MOST, description=ADDRESS_HINT)


class SavedForm(Form):
    """A form that edits a row knows the revision it was opened on."""

    revision = HiddenField(default="0")

    def began_from(self) -> int:
        """The revision the writer saw; 0 for anything that is none."""
        said = str(self.revision.data or "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


class NetworkForm(SavedForm):
    title = TextField(_l("Title"), required=True)
    short_title = TextField(
        _l("Short title"), most=80, description=_l("For the bar of every page. The title stands in where it is empty.")
    )
    summary = TextField(_l("Summary"), block=True, most=1000)
    description = TextField(_l("Description"), block=True)
    funding = TextField(_l("Funding"), block=True, most=2000)
    target_europe = IntegerField(_l("Cities of the European shore"), [InputRequired(), NumberRange(0, 500)])
    target_south = IntegerField(_l("Cities of the southern shore"), [InputRequired(), NumberRange(0, 500)])

    def said(self) -> NetworkValues:
        return NetworkValues(
            title=self.title.data,
            short_title=self.short_title.data,
            summary=self.summary.data,
            description=self.description.data,
            funding=self.funding.data,
            target_europe=self.target_europe.data,
            target_south=self.target_south.data,
        )


class CityForm(SavedForm):
    name = TextField(_l("Name"), required=True, most=120)
    status = ChoiceField(
        _l("Status"),
        choices=CITY_STATUSES,
        default=CityStatus.EXPECTED.value,
        description=_l("Confirmed and expected cities are public; a confirmed one is on the map at once."),
    )
    shore = ChoiceField(_l("Shore"), choices=SHORES)
    country = TextField(_l("Country"), most=120)
    country_code = LineField(
        _l("Country code"),
        [Optional(), Regexp("^[A-Z]{2}$", message=_l("Please give two capital letters, as in FR."))],
        most=2,
        description=_l("Two letters (ISO 3166)."),
    )
    longitude = FloatField(
        _l("Longitude"), [Optional(), NumberRange(-180, 180)], description=_l("Degrees, east positive: 10.18")
    )
    latitude = FloatField(
        _l("Latitude"), [Optional(), NumberRange(-90, 90)], description=_l("Degrees, north positive: 36.81")
    )
    zone = ChoiceField(_l("Time zone"), empty=_l("Not known"))
    text = TextField(_l("Text"), block=True, most=4000, description=_l("A few sentences on the city in the network."))
    slug = slug_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.choices = [(name, name) for name in sorted(zone_names())]

    def said(self) -> CityValues:
        return CityValues(
            name=self.name.data,
            status=CityStatus(self.status.data),
            shore=Shore(self.shore.data),
            country=self.country.data,
            country_code=self.country_code.data,
            longitude=self.longitude.data,
            latitude=self.latitude.data,
            zone=self.zone.data or "",
            text=self.text.data,
            slug=self.slug.data,
        )


class PartnerForm(SavedForm):
    name = TextField(_l("Name"), required=True)
    short_name = TextField(_l("Short name"), most=80)
    role = ChoiceField(_l("Role"), choices=ROLES)
    text = TextField(_l("What it does"), block=True, most=4000)
    website = LineField(
        _l("Website"),
        [
            Optional(),
            URL(message=_l("Please give a full address that begins with https://")),
            Regexp("^https?://", message=_l("Please give a full address that begins with https://")),
        ],
    )
    position = IntegerField(_l("Place in the list"), [InputRequired(), NumberRange(0, 999)], default=1)
    slug = slug_field()

    def said(self) -> PartnerValues:
        return PartnerValues(
            name=self.name.data,
            short_name=self.short_name.data,
            role=PartnerRole(self.role.data),
            text=self.text.data,
            website=self.website.data,
            position=self.position.data,
            slug=self.slug.data,
        )


class ThemeForm(SavedForm):
    title = TextField(_l("Title"), required=True)
    summary = TextField(_l("Summary"), block=True, most=4000)
    status = ChoiceField(_l("Status"), choices=THEME_STATUSES, default=ThemeStatus.CANDIDATE.value)
    position = IntegerField(_l("Place in the list"), [InputRequired(), NumberRange(0, 999)], default=1)
    hue = ChoiceField(_l("Colour"), coerce=int, choices=[(n, _l("Colour %(number)s", number=n)) for n in range(1, 9)])
    slug = slug_field()

    def said(self) -> ThemeValues:
        return ThemeValues(
            title=self.title.data,
            summary=self.summary.data,
            status=ThemeStatus(self.status.data),
            position=self.position.data,
            hue=self.hue.data,
            slug=self.slug.data,
        )


class MissionForm(SavedForm):
    city = ChoiceField(_l("City"))
    done = BooleanField(_l("The mission is done"))
    starts_on = DateField(_l("First day"), [Optional()], description=_l("Leave empty while it is not known."))
    ends_on = DateField(_l("Last day"), [Optional()])
    text = TextField(_l("Report"), block=True, most=8000)

    def validate_ends_on(self, field: Any) -> None:
        if field.data and (not self.starts_on.data or field.data < self.starts_on.data):
            raise ValidationError(str(_l("The last day is before the first.")))

    def said(self) -> MissionValues:
        return MissionValues(
            city=self.city.data,
            done=self.done.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            text=self.text.data,
        )


class ContactForm(SavedForm):
    seen = HiddenField(default="")
    city = ChoiceField(_l("City"))
    kind = ChoiceField(_l("Kind"), choices=CONTACT_KINDS)
    form_of_address = LineField(
        _l("Form of address"), most=40, description=_l("As the person writes it: Mme, Dr., السيدة")
    )
    given_name = LineField(_l("Given name"), most=120)
    family_name = LineField(_l("Family name"), most=120)
    given_name_arabic = LineField(_l("Given name in Arabic letters"), most=120)
    family_name_arabic = LineField(_l("Family name in Arabic letters"), most=120)
    script = ChoiceField(_l("The name is shown first in"), choices=SCRIPTS)
    function = TextField(_l("Function"), most=200)
    mail = LineField(
        _l("E-mail address"), [Optional(), Email(message=_l("Please give a whole e-mail address."))], most=254
    )
    phone = LineField(_l("Telephone"), most=40)
    language = ChoiceField(_l("We write in"), choices=list(LANGUAGES.items()))
    native = ChecksField(_l("Mother tongue"), choices=list(LANGUAGES.items()))
    fluent = ChecksField(_l("Speaks fluently"), choices=list(LANGUAGES.items()))
    working = ChecksField(_l("Has a working knowledge of"), choices=list(LANGUAGES.items()))

    def validate_family_name(self, _field: Any) -> None:
        names = (self.given_name, self.family_name, self.given_name_arabic, self.family_name_arabic)
        if not any(name.data for name in names):
            raise ValidationError(str(_l("Please give a name in at least one script.")))

    def said(self) -> ContactValues:
        return ContactValues(city=self.city.data, kind=ContactKind(self.kind.data), function=self.function.data)

    def person(self) -> PersonValues:
        """The best level of each language counts."""
        levels: dict[str, str] = {}
        for level, _ in LEVELS:
            for code in getattr(self, level).data or ():
                levels.setdefault(code, level)
        return PersonValues(
            mail=self.mail.data,
            form_of_address=self.form_of_address.data,
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            given_name_arabic=self.given_name_arabic.data,
            family_name_arabic=self.family_name_arabic.data,
            script=self.script.data,
            phone=self.phone.data,
            language=self.language.data,
            languages=tuple(levels.items()),
        )


class ExpertiseForm(SavedForm):
    city = ChoiceField(_l("City"))
    kind = ChoiceField(_l("Kind"), choices=EXPERTISE_KINDS)
    theme = ChoiceField(_l("Theme"))
    title = TextField(_l("Title"), required=True)
    text = TextField(_l("Text"), block=True, most=4000)

    def said(self) -> ExpertiseValues:
        return ExpertiseValues(
            city=self.city.data,
            kind=ExpertiseKind(self.kind.data),
            theme=self.theme.data,
            title=self.title.data,
            text=self.text.data,
        )


class TagForm(SavedForm):
    name = TextField(_l("Name"), required=True, most=80)
    slug = slug_field()

    def said(self) -> TagValues:
        return TagValues(name=self.name.data, slug=self.slug.data)


class NewsForm(SavedForm):
    title = TextField(_l("Title"), required=True)
    body = TextField(
        _l("Text"), block=True, description=_l("**bold**, *italic*, lists with -, links as [words](https://…)")
    )
    published_on = DateField(
        _l("Published on"),
        [Optional()],
        description=_l("Empty: a draft that only organisers see. A day to come: public from that day on."),
    )
    tags = ChecksField(_l("Tags"))
    cities = ChecksField(_l("Cities"))
    themes = ChecksField(_l("Themes"))
    slug = slug_field()

    kept_at: datetime | None = None
    """When the item was published so far; kept while its day stays the same."""

    def said(self) -> NewsValues:
        return NewsValues(
            title=self.title.data,
            body=self.body.data,
            published_at=rules.published_at(self.published_on.data, self.kept_at, clock.now()),
            tags=tuple(sorted(self.tags.data or ())),
            cities=tuple(sorted(self.cities.data or ())),
            themes=tuple(sorted(self.themes.data or ())),
            slug=self.slug.data,
        )


__all__ = [
    "CityForm", "ContactForm", "ExpertiseForm", "MissionForm", "NetworkForm", "NewsForm", "PartnerForm", "SavedForm",
    "TagForm", "ThemeForm",
]  # fmt: skip
