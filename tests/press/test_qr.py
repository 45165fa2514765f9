import io
import re
import subprocess

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from eventhub.press import qr


def _read(modules):
    side = (len(modules) + 2 * qr.QUIET) * 4
    picture = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, length in qr.runs(modules):
        left, top = (x + qr.QUIET) * 4, (y + qr.QUIET) * 4
        draw.rectangle((left, top, left + length * 4 - 1, top + 3), fill=0)
    return zxingcpp.read_barcode(picture).text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_what_is_written_is_read_back(data):
    assert _read(qr.rows(data)) == data


def test_runs_paint_each_dark_module_once():
    modules = qr.rows("HTTPS://EVENTHUB.EXAMPLE/B/ABCDEFGHIJ")
    painted = [(x + step, y) for x, y, length in qr.runs(modules) for step in range(length)]
    assert len(painted) == len(set(painted)) == sum(map(sum, modules))
    assert all(modules[y][x] for x, y in painted)


def test_an_inline_svg_is_read_back_and_needs_no_style(tmp_path):
    picture = qr.svg("https://eventhub.example/b/abc", title='Le code d’<Amina> "Benali"')
    assert "style" not in picture
    assert "<Amina>" not in picture
    from weasyprint import HTML

    page = f"<style>@page {{ size: 60mm; margin: 0 }} .qr {{ width: 50mm; height: 50mm }}</style>{picture}"
    raster = subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-"], input=HTML(string=page).write_pdf(), capture_output=True, check=True
    ).stdout
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(raster))).text == "https://eventhub.example/b/abc"


def test_an_inline_svg_keeps_its_quiet_zone():
    picture = qr.svg("x")
    side = int(re.search(r'viewBox="0 0 (\d+)', picture).group(1))
    columns = [int(x) for x in re.findall(r"M(\d+) ", picture)]
    assert min(columns) == qr.QUIET
    assert side - max(columns) > qr.QUIET


@pytest.mark.parametrize("make", [qr.rows, qr.svg])
@pytest.mark.parametrize("data", ["", "x" * 501, "é", "\ud800"])
def test_a_code_no_phone_would_read_is_refused(make, data):
    with pytest.raises(ValueError, match="between 1 and 500"):
        make(data)
