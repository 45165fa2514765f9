"""Where a redirect may lead: a path of our own site, checked by the one helper (safety rule 6)."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core.web import safe_path
from tests.factories import accounts as make

OURS = ["/", "/fr/", "/fr/mine", "/fr/events/lyon/agenda?day=1&theme=a%20b", "/ar/x#part", "/fr/b:c", "/fr/ورشة"]
EVIL = [
    "",
    None,
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "HTTPS://evil.example/fr/",
    "http:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "fr/mine",
    "?next=/fr/",
    "#top",
    "/fr/\r\nSet-Cookie: a=b",
    "/fr/\nX: y",
    "/fr/\x00",
    "/fr/ x",
    "/" + "a" * 2001,
    "http://localhost@evil.example/",
    "//localhost:80@evil.example/",
]


@pytest.mark.parametrize("target", OURS)
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert safe_path(target) == target


@pytest.mark.parametrize("target", EVIL)
def test_anything_else_is_not(target: str | None) -> None:
    assert safe_path(target) is None


@given(st.text(alphabet="/\\:.@?#%\r\n\t \x00aeilvx", max_size=12))
def test_whatever_passes_is_one_slash_and_no_way_out(target: str) -> None:
    found = safe_path(target)
    assert found is None or (found.startswith("/") and found[1:2] not in ("/", "\\") and "\\" not in found)


@pytest.mark.parametrize("target", [each for each in EVIL if each])
def test_no_page_of_signing_in_redirects_outside(light_app: Flask, target: str) -> None:
    """Someone who is signed in already is sent on at once: the shortest way out, were there one."""
    client = make.sign_in(light_app, make.organiser())
    for path in ("/fr/sign-in", "/fr/staff/login", "/fr/staff/tf-validate", "/fr/staff/mf-recovery"):
        answer = client.get(path, query_string={"next": target})
        if answer.status_code == 400:  # an address that no browser sends is refused before it is read
            continue
        assert answer.status_code == 302
        assert safe_path(answer.location) is not None
        assert "evil" not in answer.location
