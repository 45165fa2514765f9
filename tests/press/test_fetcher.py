"""Safety rule 12: the PDF engine reaches nothing but registered assets."""

import base64
import logging
import re
import zlib

import pytest

from eventhub.press import Asset, asset_url, pdf
from eventhub.press.fetcher import AssetFetcher, RefusedAddress
from tests.press.samples import LOGO

SECRET = "the-secret-in-the-file"
LOGO_STROKE = b"0.078431 0.313725 0.419608 RG"


def _svg(inside: str) -> str:
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40">'
        f"{inside}</svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _everything_in(printed: bytes) -> bytes:
    """The file with its compressed streams opened, to search for what leaked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    opened = []
    for each in streams:
        try:
            opened.append(zlib.decompress(each))
        except zlib.error:
            opened.append(each)
    return printed + b"".join(opened)


@pytest.fixture
def refused(caplog):
    caplog.set_level(logging.DEBUG, logger="weasyprint")
    return lambda: [record.getMessage() for record in caplog.records if "RefusedAddress" in record.getMessage()]


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


PROBES = {
    "attachment": '<link rel="attachment" href="{url}">',
    "attached link": '<a rel="attachment" href="{url}">x</a>',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "import": "<style>@import url({url});</style>",
    "background": "<style>p {{ background: url({url}) }}</style><p>x</p>",
    "content": "<style>p::before {{ content: url({url}) }}</style><p>x</p>",
    "font": "<style>@font-face {{ font-family: f; src: url({url}) }} p {{ font-family: f }}</style><p>x</p>",
    "marker": "<style>li {{ list-style-image: url({url}) }}</style><ul><li>x</li></ul>",
    "picture": '<img alt="x" src="{url}">',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "inline svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>',
}


@pytest.mark.parametrize(
    "address", ["file://{path}", "{path}", "http://127.0.0.1:9/x", "https://example.org/x", "FILE://{path}"]
)
@pytest.mark.parametrize("probe", PROBES)
def test_nothing_outside_the_document_is_read(probe, address, secret, monkeypatch):
    reached = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda *args, **kwargs: reached.append(args))
    printed = pdf(PROBES[probe].format(url=address.format(path=secret)), title="x", language="fr")
    assert not reached
    assert SECRET.encode() not in _everything_in(printed)
    assert b"/EmbeddedFile" not in _everything_in(printed)


@pytest.mark.parametrize("tag", ['<image href="{url}"/>', '<image xlink:href="{url}"/>', '<use href="{url}#a"/>'])
def test_a_picture_inside_the_document_cannot_reach_out_either(tag, secret, refused):
    inside = tag.format(url=f"file://{secret}").replace("/>", ' width="9" height="9"/>')
    printed = pdf(f'<img alt="x" src="{_svg(inside)}">', title="x", language="fr")
    assert SECRET.encode() not in _everything_in(printed)


def test_an_entity_in_a_picture_is_not_expanded(secret):
    xml = (
        f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&e;</text></svg>'
    )
    address = "data:image/svg+xml;base64," + base64.b64encode(xml.encode()).decode()
    assert SECRET.encode() not in _everything_in(pdf(f'<img alt="x" src="{address}">', title="x", language="fr"))


def test_the_control_a_fetcher_that_reads_files_would_attach_the_secret(secret):
    """Shows that the probes above could fail."""
    from weasyprint import HTML

    html = PROBES["attachment"].format(url=f"file://{secret}")
    assert SECRET.encode() in _everything_in(HTML(string=html).write_pdf())


def test_a_registered_asset_is_drawn_and_another_name_is_refused(refused):
    page = f'<img alt="x" src="{asset_url("logo")}">'
    drawn = pdf(page, title="x", language="fr", assets={"logo": LOGO})
    assert not refused()
    assert LOGO_STROKE in _everything_in(drawn)
    missing = pdf(page, title="x", language="fr")
    assert refused()
    assert LOGO_STROKE not in _everything_in(missing)


def test_an_asset_of_one_document_is_not_seen_by_the_next(refused):
    pdf("<p>x</p>", title="x", language="fr", assets={"logo": LOGO})
    pdf(f'<img alt="x" src="{asset_url("logo")}">', title="x", language="fr")
    assert refused()


@pytest.mark.parametrize(
    "address",
    [
        "data:text/css,p{color:red}",
        "data:text/html,<b>x",
        "data:,x",
        "data:image/png;base64,AAAA",
        "data:image/tiff;base64,SUkqAA==",
        "data:font/ttf;base64,AAEAAA==",
        "asset:",
        "asset:../../etc/passwd",
        "asset:/etc/passwd",
        "ftp://example.org/x",
        "/etc/passwd",
        "logo",
        "",
    ],
)
def test_the_fetcher_refuses_by_name(address):
    with pytest.raises(RefusedAddress):
        AssetFetcher({"logo": LOGO})(address)


def test_a_picture_in_the_document_is_taken_as_what_it_is():
    answer = AssetFetcher({})(_svg('<path d="M0 0h9"/>'))
    assert answer.content_type == "image/svg+xml"


def test_an_asset_must_be_what_it_says():
    with pytest.raises(ValueError, match="not an image"):
        Asset(b"MZ\x90", "image/png")
    with pytest.raises(ValueError, match="not an image"):
        Asset(b"{}", "application/json")


@pytest.mark.parametrize("name", ["", "Logo", "../x", "a b", "é", "a\n", "a?b"])
def test_an_asset_has_a_plain_name(name):
    with pytest.raises(ValueError, match="name of an asset"):
        asset_url(name)


def test_our_fonts_cannot_be_replaced():
    with pytest.raises(ValueError, match="may not begin"):
        pdf("x", title="x", language="fr", assets={"font/ibm-plex-sans-arabic-400": LOGO})


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_a_link_leads_to_the_web_or_nowhere(address):
    printed = _everything_in(pdf(f'<p><a href="{address}">x</a></p>', title="x", language="fr"))
    assert address.encode() not in printed
    assert b"/URI" in _everything_in(pdf('<p><a href="https://example.org/">x</a></p>', title="x", language="fr"))
