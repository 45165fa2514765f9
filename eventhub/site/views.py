"""The front door and one's own page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect

from ..core import i18n
from ..core.access import public, signed_in
from ..core.pages import public_page
from ..core.web import render

bp = Blueprint("site", __name__)


@bp.get("/")
@public
def front() -> Any:
    """To the language the browser asks for; never stored, so that each visitor gets their own."""
    return redirect(f"/{i18n.preferred()}/", 302)


@bp.get("/<lang:lang>/")
@public
@public_page(daily=True)
def home() -> str:
    return render("site/home.html")


@bp.get("/<lang:lang>/mine")
@signed_in
def mine() -> str:
    return render("site/mine.html")
