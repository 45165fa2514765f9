"""How fast badges are printed, against plain WeasyPrint printing the same badges in the same run.

`rows()` is what `make bench` shows; alone: `python -m tests.bench.press`.
"""

import random
from collections.abc import Callable
from html import escape
from time import process_time
from typing import NamedTuple

import segno

from eventhub.press import engine
from eventhub.press.badges import A4_8, Badge, Category, Design, print_badges

CATEGORIES = {
    "focal": Category("Point focal", "منسق تقني", "#1b6585"),
    "expert": Category("Expert", "خبير", "#47611f"),
    "press": Category("Presse", "صحافة", "#a8432b"),
}
DESIGN = Design("Réunion technique", CATEGORIES, "الاجتماع التقني", "Lyon, 9 et 10 mars 2016", "ليون، 9 و10 مارس 2016")
FIRST = [
    ("Amina", "أمينة"),
    ("Youssef", "يوسف"),
    ("Leïla", "ليلى"),
    ("João", "جواو"),
    ("Giulia", "جوليا"),
    ("Omar", "عمر"),
]
LAST = [("Benali", "بن علي"), ("El Fassi", "الفاسي"), ("Haddad", "حداد"), ("Ferreira", "فيريرا"), ("Rossi", "روسي")]
CITIES = [("Tunis", "تونس"), ("Tanger", "طنجة"), ("Lisboa", "لشبونة"), ("Lyon", "ليون"), ("Torino", "تورينو")]


class Row(NamedTuple):
    """One line of the bench: what was done, to how many, how fast, how often faster than the yardstick."""

    what: str
    size: int
    figure: str
    ratio: float
    yardstick: str


def people(count: int) -> list[Badge]:
    """Invented people, the same each time, no two names alike."""
    chance = random.Random(1)
    return [_person(chance, number) for number in range(count)]


def _person(chance: random.Random, number: int) -> Badge:
    first, second, last, city = (chance.choice(each) for each in (FIRST, FIRST, LAST, CITIES))
    code = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=10))
    return Badge(
        category=chance.choice(list(CATEGORIES)),
        latin_name=f"{first[0]} {second[0]} {last[0]} {chr(65 + number % 26)}{number // 26}",
        arabic_name=f"{first[1]} {second[1]} {last[1]} {number}",
        function=chance.choice(["Cheffe de service", "Directeur des relations internationales", "Chargé de mission"]),
        city_latin=city[0],
        city_arabic=city[1],
        qr_text=f"HTTPS://EVENTHUB.EXAMPLE/B/{code}",
    )


def plain(badges: list[Badge]) -> bytes:
    """The yardstick: the same words and codes, every badge laid out by WeasyPrint, in its fastest way (tables)."""
    css = f"""@page {{ size: 210mm 297mm; margin: {A4_8.margin_top}mm {A4_8.margin_left}mm }}
      html {{ font: 400 8pt "IBM Plex Sans Arabic", "IBM Plex Sans" }} body {{ margin: 0 }}
      table {{ border-collapse: collapse }} td {{ width: 90mm; height: 54mm; padding: 0; vertical-align: top }}
      h1 {{ font-size: 18pt; margin: 0 }} .qr {{ width: 17mm; height: 17mm }}"""
    cells = [_cell(badge) for badge in badges]
    pairs = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return engine.write(engine.lay_out(f"<table>{pairs}</table>", css))


def _cell(badge: Badge) -> str:
    category = CATEGORIES[badge.category]
    words = [DESIGN.title_latin, DESIGN.when_latin, badge.function, badge.city_latin, category.latin]
    arabic = [DESIGN.title_arabic, DESIGN.when_arabic, badge.city_arabic, category.arabic]
    return (
        f"<td><h1>{escape(badge.latin_name)}</h1><h1 lang=ar dir=rtl>{escape(badge.arabic_name)}</h1>"
        + "".join(f"<div>{escape(word)}</div>" for word in words)
        + "".join(f"<div lang=ar dir=rtl>{escape(word)}</div>" for word in arabic)
        + f'<img class="qr" alt="" src="{_picture(badge.qr_text)}">'
        + "</td>"
    )


def _picture(code: str) -> str:
    return str(segno.make(code, error="m", mask=2, boost_error=False, micro=False).png_data_uri())


def _per_second(print_them: Callable[[list[Badge]], bytes], badges: list[Badge]) -> float:
    """Badges per second of CPU."""
    start = process_time()
    print_them(badges)
    return len(badges) / (process_time() - start)


def rows(sizes: tuple[int, ...] = (100, 2000)) -> list[Row]:
    """Badges per CPU second for each size; the yardstick prints 96 of them. Takes about five seconds."""

    def press(badges: list[Badge]) -> bytes:
        return print_badges(DESIGN, badges, title="Badges", language="fr")

    press(people(8))
    slow = _per_second(plain, people(96))
    named = f"plain WeasyPrint, {slow:.0f} badges per CPU-second"
    measured = [(size, _per_second(press, people(size))) for size in sizes]
    return [Row("badges as PDF", size, f"{fast:.0f} per CPU-second", fast / slow, named) for size, fast in measured]


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what:<16} {row.size:>6}  {row.figure:<24} {row.ratio:>6.1f} x  ({row.yardstick})")
