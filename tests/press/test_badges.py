import dataclasses
import io
import re

import outloud
import pdfua
import pikepdf
import pytest

from eventhub.press.badges import A4_8, A4_8_FULL, STOCKS, Badge, Category, Design, Stock, print_badges
from eventhub.press.badges.template import ink_on
from tests.press.samples import CATEGORIES, DESIGN, HOSTILE, badge, codes_of, pages_of, text_of


def _print(badges, design=DESIGN, stock=A4_8, **more):
    return print_badges(design, badges, stock, title="Badges", language="fr", **more)


def _pages(pdf):
    return len(pikepdf.open(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(("badges", "sheets"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_badges_go_on_a_sheet(badges, sheets):
    assert _pages(_print([badge(number) for number in range(badges)])) == sheets


def test_no_badges_are_refused_by_name():
    with pytest.raises(ValueError, match="no badges"):
        _print([])


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_every_code_of_a_printed_sheet_is_read_back_in_order(stock, tmp_path):
    badges = [badge(number) for number in range(9)]
    assert list(codes_of(_print(badges, stock=stock), tmp_path)) == [each.qr_text for each in badges]


def test_a_code_is_read_from_a_badge_cut_out_along_the_marks(tmp_path):
    import zxingcpp

    (page,) = pages_of(_print([badge(0)]), tmp_path, dpi=200)
    millimetre = 200 / 25.4
    left, top = A4_8.place(0)
    cut = page.crop(tuple(round(side * millimetre) for side in (left, top, left + A4_8.width, top + A4_8.height)))
    assert zxingcpp.read_barcode(cut).text == badge(0).qr_text


def test_names_in_both_scripts_city_function_and_category_are_real_text():
    text = text_of(_print([badge(0)]))
    for word in (
        "Amina Benali",
        "أمينة بن سعد",
        "Cheffe du service",
        "Tunis",
        "تونس",
        "Point focal",
        "Réunion technique",
    ):
        assert word in text


def test_letters_the_arabic_family_lacks_come_from_its_latin_sister():
    printed = _print([Badge("focal", latin_name="Čović Ğül")])
    assert "Čović Ğül" in text_of(printed)


@pytest.mark.parametrize("name", ["latin_name", "arabic_name"])
def test_a_person_with_one_script_has_the_one_name_in_the_middle(name, tmp_path):
    wanted = {"latin_name": "João Ferreira", "arabic_name": "عمر حداد"}[name]
    printed = _print([Badge("focal", **{name: wanted})])
    assert wanted in text_of(printed)
    (page,) = pages_of(printed, tmp_path)
    millimetre = 150 / 25.4
    left, top = A4_8.place(0)
    area = (left + 3, top + 17.5, left + 87, top + 33)
    ink = page.convert("L").point(lambda level: 255 if level < 128 else 0)
    box = ink.crop(tuple(round(side * millimetre) for side in area)).getbbox()
    assert abs((box[0] + box[2]) / 2 / millimetre - 42) < 0.5, "centred across"
    assert abs((box[1] + box[3]) / 2 / millimetre - 7.75) < 1.5, "and down"


@pytest.mark.parametrize("length", [20, 60, 120, 10_000])
def test_a_long_name_stays_on_its_badge(length, tmp_path):
    name = ("Maria Fernandez " * (length // 16 + 1))[:length].strip()
    (page,) = pages_of(_print([Badge("focal", latin_name=name, function=name, city_latin=name)]), tmp_path)
    millimetre = 150 / 25.4
    left, top = A4_8.place(0)
    around = page.convert("L").point(lambda level: 255 if level < 200 else 0)
    inside = (left + 2.9, top + 2.9, left + 87.1, top + 51.1)
    around.paste(0, tuple(round(side * millimetre) for side in inside))
    marks = round((left - 1) * millimetre), round((top - 1) * millimetre)
    around = around.crop((*marks, round((left + 91) * millimetre), round((top + 55) * millimetre)))
    assert around.getbbox() is None


def test_a_long_name_is_kept_whole_on_two_lines():
    name = "María del Carmen Fernández de la Vega y Sánchez-Montesinos"
    assert name in " ".join(text_of(_print([Badge("focal", latin_name=name)])).split())


@pytest.mark.parametrize("hostile", [*HOSTILE, "x" * 10_000, "ا" * 10_000, " ", "\u200f"])
def test_hostile_text_in_every_field_neither_breaks_nor_escapes(hostile):
    design = Design(
        title_latin=hostile,
        title_arabic=hostile,
        when_latin=hostile,
        when_arabic=hostile,
        categories={"a": Category(hostile, hostile, "#14506b")},
    )
    person = Badge("a", hostile, hostile, hostile, hostile, hostile, "CODE", (hostile, hostile))
    printed = print_badges(design, [person], title=hostile, language="fr")
    with pikepdf.open(io.BytesIO(printed)) as opened:
        assert len(opened.pages) == 1
        operators = pikepdf.parse_content_stream(opened.pages[0])
        depth = [str(each.operator) for each in operators]
        assert depth.count("q") == depth.count("Q")
        assert "\u202e" not in str(opened.docinfo.get("/Title", ""))
    text = text_of(printed)
    assert "\u202e" not in text
    assert "49" not in text


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#000000;}", "url(x)", "#000000\n"])
def test_a_colour_is_six_digits_and_cannot_carry_a_style(colour):
    with pytest.raises(ValueError, match="not a colour"):
        Category("x", "x", colour)


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#777777", "#e0b24a", "#a8432b", "#1b6585", "#808080", "#00ff00"]
)
def test_the_word_of_a_category_is_readable_on_its_colour(colour):
    assert _contrast(ink_on(colour), colour) >= 4.5


def _contrast(one, other):
    def luminance(colour):
        parts = [int(pair, 16) / 255 for pair in re.findall("[0-9a-f]{2}", colour)]
        return sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_category_shows_its_word_in_both_scripts():
    text = text_of(_print([badge(number) for number in range(3)]))
    for category in CATEGORIES.values():
        assert category.latin in text
    assert "صحافة" in text


def test_a_category_the_design_does_not_know_is_refused():
    with pytest.raises(ValueError, match="mayor"):
        _print([Badge("mayor")])


def test_a_logo_that_is_no_asset_is_refused():
    with pytest.raises(ValueError, match="seal"):
        _print([badge(0)], design=dataclasses.replace(DESIGN, logos=("seal",)))


def test_progress_is_told_before_every_sheet_and_at_the_end():
    heard = []
    _print([badge(number) for number in range(17)], progress=lambda done, total: heard.append((done, total)))
    assert heard == [(0, 17), (8, 17), (16, 17), (17, 17)]


def test_printing_is_cancelled_by_what_progress_raises():
    class Cancelled(Exception):
        pass

    heard = []

    def stop(done, total):
        heard.append(done)
        if done == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        _print([badge(number) for number in range(80)], progress=stop)
    assert heard == [0, 8]
    assert _pages(_print([badge(0)])) == 1, "and the next batch is printed as if nothing had been"


def test_the_same_badges_give_the_same_bytes():
    badges = [badge(number) for number in range(9)]
    assert _print(badges) == _print(badges)


def test_a_sheet_is_tagged_and_passes_both_checkers(tmp_path):
    path = tmp_path / "badges.pdf"
    path.write_bytes(_print([badge(number) for number in range(9)]))
    read_out = outloud.check(str(path))
    assert read_out.error is None
    assert [each.message for each in read_out.findings if each.severity == "error"] == []
    assert [each.message for each in pdfua.validate(str(path)).findings if each.severity >= pdfua.Severity.ERROR] == []
    with pikepdf.open(path) as opened:
        assert str(opened.Root.Lang) == "fr"
        assert str(opened.docinfo.Title) == "Badges"


def test_cut_marks_stand_where_the_cuts_are_and_not_on_a_badge(tmp_path):
    (page,) = pages_of(_print([badge(0)]), tmp_path, dpi=300)
    millimetre = 300 / 25.4
    grey = page.convert("L")
    for column in range(A4_8.columns + 1):
        x = round((A4_8.margin_left + column * A4_8.width) * millimetre)
        y = round((A4_8.margin_top - 4.5) * millimetre)
        assert min(grey.getpixel((x + step, y)) for step in (-1, 0, 1)) < 128


def test_badges_fill_the_sheet_from_edge_to_edge_without_marks(tmp_path):
    assert A4_8_FULL.margin_left == A4_8_FULL.margin_top == 0
    assert A4_8_FULL.place(7) == (105, 3 * 74.25)
    (page,) = pages_of(_print([badge(number) for number in range(8)], stock=A4_8_FULL), tmp_path, dpi=72)
    assert page.size == (595, 842) or page.size == (596, 842)


@pytest.mark.parametrize("change", [{"columns": 3}, {"rows": 6}, {"columns": 0}, {"width": -1}, {"left": 40}])
def test_a_stock_whose_badges_do_not_fit_is_refused(change):
    with pytest.raises(ValueError, match="a4-8"):
        dataclasses.replace(A4_8, **change)


def test_own_sessions_are_listed():
    printed = _print([dataclasses.replace(badge(0), lines=("T1 · 09:30 A", "T3 · 14:00 C"))])
    assert "T1 · 09:30 A · T3 · 14:00 C" in text_of(printed)


def test_a_stock_places_rows_first():
    assert [A4_8.place(index) for index in (0, 1, 2)] == [(15, 40.5), (105, 40.5), (15, 94.5)]
    assert Stock("x", 100, 100, 1, 1, 50, 50).place(0) == (25, 25)
