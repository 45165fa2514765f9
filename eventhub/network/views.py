"""The public pages of the network: its cities, themes, partners and news. The same bytes for everyone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, url_for

from ..core import i18n, lists
from ..core.access import public
from ..core.folding import fold
from ..core.pages import public_page
from ..core.text import direction
from ..core.web import render
from . import map as maps
from . import queries, rules
from .models import City

bp = Blueprint("network", __name__, url_prefix="/<lang:lang>")


@bp.get("/network")
@public
@public_page()
def about() -> str:
    """What the network is, who builds it and who funds it."""
    return render(
        "network/about.html", network=queries.network(), partners=queries.partners(), missions=queries.missions()
    )


@bp.get("/cities")
@public
@public_page()
def cities() -> str:
    network = queries.network()
    rows = sorted(queries.cities(), key=lambda row: (row.status, fold(i18n.plain_text(row.name)), row.slug))
    return render(
        "network/cities.html",
        network=network,
        cities=rows,
        shores=queries.on_shores(network, rows) if network else [],
        drawing=drawing(rows),
        missions={mission.city_id: mission for mission in reversed(queries.missions())},
    )


@bp.get("/cities/<slug>")
@public
@public_page(daily=True)
def city(slug: str) -> str:
    found = queries.city_page(slug) or abort(404)
    others = queries.neighbours(found.city)
    return render(
        "network/city.html",
        page=found,
        city=found.city,
        drawing=drawing([found.city]) if found.city.longitude is not None else None,
        others=others,
    )


@bp.get("/themes")
@public
@public_page()
def themes() -> str:
    rows = queries.themes()
    skills = [queries.as_skill(row) for row in queries.skills()]
    found = rules.meetings(skills, [row.code for row in rows])
    return render("network/themes.html", themes=rows, meetings={meeting.theme: meeting for meeting in found})


@bp.get("/themes/<slug>")
@public
@public_page(daily=True)
def theme(slug: str) -> str:
    found = queries.theme_page(slug) or abort(404)
    return render("network/theme.html", page=found, theme=found.theme)


@bp.get("/partners")
@public
def partners() -> Any:
    """Partners stand on the page of the network."""
    return redirect(url_for(".about", _anchor="partners"), 301)


@bp.get("/news")
@public
@public_page(filters=("tag", "page"), daily=True)
def news_list() -> str:
    tags = queries.tags()
    asked = lists.wanted(filters={"tag": [tag.slug for tag, _ in tags]}, sorts=["newest"])
    return render("network/news_list.html", page=queries.news_page(asked), tags=tags, chosen=asked.filters["tag"])


@bp.get("/news/<slug>")
@public
@public_page(daily=True)
def news(slug: str) -> str:
    found = queries.news_item(slug) or abort(404)
    return render("network/news.html", item=found, news=found.news)


def drawing(rows: list[City]) -> maps.Drawing:
    """The map of these cities, labelled in the reader's language."""

    def url(row: City) -> str:
        return url_for("network.city", slug=row.slug)

    located = queries.located(rows, lambda row: i18n.plain_text(row.name), url)
    return maps.draw(rules.places(located), rtl=direction(i18n.language()) == "rtl")
