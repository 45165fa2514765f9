"""The sections of the network's workplace: what each is called, lists, is edited by and exports.

One shape for all of them, so that an organiser who has learnt one knows the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..core import clock
from ..core.i18n import plain_text
from . import commands, forms, queries, rules, work_queries
from .models import City, CityStatus, Contact, Expertise, Mission, News, Partner, Tag, Theme
from .values import ContactValues, ExpertiseValues, MissionValues, NewsValues, PersonValues, of

Words = Mapping[str, Any]


def words_of(choices: Sequence[tuple[str, Any]]) -> Words:
    return dict(choices)


SHORES, STATUSES = words_of(forms.SHORES), words_of(forms.CITY_STATUSES)
ROLES, THEME_STATUSES = words_of(forms.ROLES), words_of(forms.THEME_STATUSES)
CONTACT_KINDS = words_of(forms.CONTACT_KINDS)
KINDS = {"offered": _l("Offered"), "asked": _l("Asked for")}
MISSION_STATES = {"done": _l("Done"), "planned": _l("Planned")}
NEWS_STATES = {"draft": _l("Draft"), "scheduled": _l("Scheduled"), "published": _l("Published")}


@dataclass(frozen=True)
class Section:
    """One kind of thing organisers edit."""

    name: str
    model: type[Any]
    title: Any
    new: Any
    """The words on the button that makes one."""
    empty: Any
    icon: str
    form: type[forms.SavedForm]
    columns: Sequence[tuple[Any, str]]
    """(label, order) of the list's columns; an empty order cannot be sorted by."""
    cells: Callable[[Any], Sequence[Any]]
    """The same columns of one row, and more, for the export."""
    heads: Sequence[Any]
    add: Callable[[str, Any], str]
    edit: Callable[[Any, Any], None]
    take_away: Callable[[str], None]
    called: Callable[[Any], str]
    """What a row is called on its own page."""
    choose: Callable[[Any], None] = lambda _form: None
    """Fills the form's choices."""
    order: str = ""
    """How the list stands at first; by default in the order of its first column."""
    fill: Callable[[Any], Mapping[str, Any]] = lambda row: dict(of(row).items())
    """A row as the form's first values."""
    filters: Mapping[str, tuple[Any, Words]] = field(default_factory=dict)
    """name → (label, words of its values)."""

    @property
    def table(self) -> list[dict[str, Any]]:
        """The columns as the list's macro takes them, with one for the actions."""
        own = [{"label": label, "key": order} if order else {"label": label} for label, order in self.columns]
        return [*own, {"label": _("Actions"), "hidden": True}]

    @property
    def listing(self) -> work_queries.Listing:
        return work_queries.LISTINGS[self.name]


def _cities(form: Any) -> None:
    form.city.choices = work_queries.cities()


def _expertise(form: Any) -> None:
    _cities(form)
    form.theme.choices = work_queries.themes()


def _news(form: Any) -> None:
    form.tags.choices, form.cities.choices = work_queries.tags(), work_queries.cities()
    form.themes.choices = work_queries.themes()


def _news_values(row: News) -> Mapping[str, Any]:
    values = dict(NewsValues.of(row).items())
    return {**values, "published_on": row.published_at.date() if row.published_at else None}


def _contact_values(row: Contact) -> Mapping[str, Any]:
    person = PersonValues.of(row.person)
    spoken = {level: [code for code, known in person.languages if known == level] for level, _ in forms.LEVELS}
    return {**dict(ContactValues.of(row).items()), **dict(person.items()), **spoken, "seen": person.fingerprint}


def _add_contact(_network: str, form: forms.ContactForm) -> str:
    return commands.add_contact(values=form.said(), person=form.person()).code


def _edit_contact(row: Contact, form: forms.ContactForm) -> None:
    commands.edit_contact(
        contact=row.code,
        revision=form.began_from(),
        seen=form.seen.data or "",
        values=form.said(),
        person=form.person(),
    )


def _edit_news(row: News, form: forms.NewsForm) -> None:
    form.kept_at = row.published_at
    commands.edit_news(news=row.code, revision=form.began_from(), values=form.said())


def _news_state(row: News) -> str:
    return str(NEWS_STATES[rules.news_state(row.published_at, clock.now()).value])


def _spoken(person: Any) -> str:
    return ", ".join(f"{code} ({level})" for code, level in person.languages or ())


SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        Section(
            name="cities", model=City, title=_l("Cities"), new=_l("New city"), icon="city", form=forms.CityForm,
            empty=_l("Add the cities of the network, and the places kept open for others."),
            columns=[
                (_l("City"), "name"), (_l("Country"), "country"), (_l("Shore"), "shore"), (_l("Status"), "status"),
            ],
            filters={"status": (_l("Status"), STATUSES), "shore": (_l("Shore"), SHORES)},
            heads=[
                _l("City"), _l("Country"), _l("Shore"), _l("Status"), _l("Longitude"), _l("Latitude"), _l("Time zone"),
            ],
            cells=lambda row: [
                plain_text(row.name), plain_text(row.country), SHORES[row.shore.value], STATUSES[row.status.value],
                row.longitude, row.latitude, row.zone,
            ],
            add=lambda network, form: commands.add_city(network=network, values=form.said()),
            edit=lambda row, form: commands.edit_city(city=row.code, revision=form.began_from(), values=form.said()),
            take_away=lambda code: commands.set_city_status(city=code, status=CityStatus.WITHDRAWN),
            called=lambda row: plain_text(row.name),
        ),
        Section(
            name="partners", model=Partner, title=_l("Partners"), new=_l("New partner"), icon="people",
            form=forms.PartnerForm, empty=_l("Add who builds, joins and funds the network."),
            columns=[(_l("Place in the list"), "position"), (_l("Name"), "name"), (_l("Role"), "role")],
            filters={"role": (_l("Role"), ROLES)},
            heads=[_l("Name"), _l("Short name"), _l("Role"), _l("Website")],
            cells=lambda row: [
                plain_text(row.name), plain_text(row.short_name), ROLES[row.role.value], row.website,
            ],
            add=lambda network, form: commands.add_partner(network=network, values=form.said()),
            edit=lambda row, form: commands.edit_partner(
                partner=row.code, revision=form.began_from(), values=form.said()
            ),
            take_away=lambda code: commands.remove_partner(partner=code),
            called=lambda row: plain_text(row.name),
        ),
        Section(
            name="themes", model=Theme, title=_l("Themes"), new=_l("New theme"), icon="theme", form=forms.ThemeForm,
            empty=_l("Add the themes the cities will debate."),
            columns=[(_l("Place in the list"), "position"), (_l("Theme"), "title"), (_l("Status"), "status")],
            filters={"status": (_l("Status"), THEME_STATUSES)},
            heads=[_l("Theme"), _l("Status"), _l("Summary")],
            cells=lambda row: [plain_text(row.title), THEME_STATUSES[row.status.value], plain_text(row.summary)],
            add=lambda network, form: commands.add_theme(network=network, values=form.said()),
            edit=lambda row, form: commands.edit_theme(theme=row.code, revision=form.began_from(), values=form.said()),
            take_away=lambda code: commands.remove_theme(theme=code),
            called=lambda row: plain_text(row.title),
        ),
        Section(
            name="missions", model=Mission, title=_l("Scoping missions"), new=_l("New mission"), icon="pin",
            form=forms.MissionForm, empty=_l("Note the scoping missions, done and to come."),
            columns=[(_l("City"), "city"), (_l("Days"), "starts"), (_l("State"), "state")],
            filters={"state": (_l("State"), MISSION_STATES)},
            heads=[_l("City"), _l("First day"), _l("Last day"), _l("State"), _l("Report")],
            cells=lambda row: [
                plain_text(row.city.name), row.starts_on, row.ends_on,
                MISSION_STATES["done" if row.done else "planned"], plain_text(row.text),
            ],
            add=lambda _network, form: commands.add_mission(values=form.said()),
            edit=lambda row, form: commands.edit_mission(
                mission=row.code, revision=form.began_from(), values=form.said()
            ),
            take_away=lambda code: commands.remove_mission(mission=code),
            called=lambda row: _("Mission to %(city)s", city=plain_text(row.city.name)),
            choose=_cities, fill=lambda row: dict(MissionValues.of(row).items()),
        ),
        Section(
            name="contacts", model=Contact, title=_l("Contacts"), new=_l("New contact"), icon="person",
            form=forms.ContactForm, empty=_l("Add who answers for each city, politically and technically."),
            columns=[(_l("Person"), "person"), (_l("City"), "city"), (_l("Kind"), "kind"), (_l("Languages"), "")],
            filters={"kind": (_l("Kind"), CONTACT_KINDS)},
            heads=[
                _l("City"), _l("Kind"), _l("Form of address"), _l("Given name"), _l("Family name"),
                _l("Given name in Arabic letters"), _l("Family name in Arabic letters"), _l("Function"),
                _l("E-mail address"), _l("Telephone"), _l("Languages"),
            ],
            cells=lambda row: [
                plain_text(row.city.name), CONTACT_KINDS[row.kind.value], row.person.form_of_address,
                row.person.given_name, row.person.family_name, row.person.given_name_arabic,
                row.person.family_name_arabic, plain_text(row.function), row.person.mail, row.person.phone,
                _spoken(row.person),
            ],
            add=_add_contact, edit=_edit_contact, take_away=lambda code: commands.remove_contact(contact=code),
            called=lambda row: row.person.name, choose=_cities, fill=_contact_values,
        ),
        Section(
            name="expertise", model=Expertise, title=_l("Expertise"), new=_l("New expertise"), icon="swap",
            form=forms.ExpertiseForm, empty=_l("Note what each city offers and asks for: they meet by theme."),
            columns=[(_l("Title"), "title"), (_l("City"), "city"), (_l("Theme"), "theme"), (_l("Kind"), "kind")],
            filters={"kind": (_l("Kind"), KINDS)},
            heads=[_l("City"), _l("Kind"), _l("Theme"), _l("Title"), _l("Text")],
            cells=lambda row: [
                plain_text(row.city.name), KINDS[row.kind.value], plain_text(row.theme.title), plain_text(row.title),
                plain_text(row.text),
            ],
            add=lambda _network, form: commands.add_expertise(values=form.said()),
            edit=lambda row, form: commands.edit_expertise(
                expertise=row.code, revision=form.began_from(), values=form.said()
            ),
            take_away=lambda code: commands.remove_expertise(expertise=code),
            called=lambda row: plain_text(row.title), choose=_expertise,
            fill=lambda row: dict(ExpertiseValues.of(row).items()),
        ),
        Section(
            name="news", model=News, order="-published", title=_l("News"), new=_l("New item"), icon="notes",
            form=forms.NewsForm,
            empty=_l("Write the first item. It stays a draft until you give it a day."),
            columns=[(_l("Title"), "title"), (_l("Published on"), "published"), (_l("Tags"), ""), (_l("State"), "")],
            filters={"state": (_l("State"), NEWS_STATES)},
            heads=[_l("Title"), _l("Published on"), _l("State"), _l("Tags"), _l("Text")],
            cells=lambda row: [
                plain_text(row.title), row.published_at.date() if row.published_at else None, _news_state(row),
                ", ".join(plain_text(tag.name) for tag in row.tags), plain_text(row.body),
            ],
            add=lambda network, form: commands.add_news(network=network, values=form.said()),
            edit=_edit_news, take_away=lambda code: commands.remove_news(news=code),
            called=lambda row: plain_text(row.title), choose=_news, fill=_news_values,
        ),
        Section(
            name="tags", model=Tag, title=_l("Tags"), new=_l("New tag"), icon="flag", form=forms.TagForm,
            empty=_l("Add the words news are found by."),
            columns=[(_l("Tag"), "name")], heads=[_l("Tag"), forms.ADDRESS],
            cells=lambda row: [plain_text(row.name), row.slug],
            add=lambda _network, form: commands.add_tag(values=form.said()),
            edit=lambda row, form: commands.edit_tag(tag=row.code, revision=form.began_from(), values=form.said()),
            take_away=lambda code: commands.remove_tag(tag=code), called=lambda row: plain_text(row.name),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A row in its section."""

    section: Section
    row: Any

    @property
    def called(self) -> str:
        return self.section.called(self.row)


def find(section: str, code: str) -> Item | None:
    """For `requires(load=…)`."""
    row = queries.by_code(SECTIONS[section].model, code)
    return Item(SECTIONS[section], row) if row is not None else None
