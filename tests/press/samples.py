"""Documents and badges to print in tests, and ways to read what was printed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import zxingcpp
from PIL import Image

from eventhub.press import Asset, asset_url
from eventhub.press.badges import Badge, Category, Design

LOGO = Asset(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30" width="60" height="30">'
    b'<path d="M4 24C10 4 20 4 26 15S42 27 56 6" fill="none" stroke="#14506b" stroke-width="5"/></svg>',
    "image/svg+xml",
)

FRENCH = f"""
<h1>Ordre du jour provisoire</h1>
<p>Lyon, 9 et 10 mars 2016 · <span lang="ar">ليون</span>. Voir <a href="https://example.org/fr/">le site du réseau</a>
ou <a href="#seances">les séances</a>.</p>
<h2>Thèmes</h2>
<ul><li>Gestion interculturelle</li><li>Accès à la santé<ul><li>et à l’éducation</li></ul></li></ul>
<ol><li>Ouverture</li><li>Débat</li></ol>
<h2 id="seances">Séances</h2>
<table><caption>Séances du 9 mars</caption>
<thead><tr><th scope="col">Heure</th><th scope="col">Séance</th><th scope="col">Salle</th></tr></thead>
<tbody>{"".join(f'<tr><th scope="row">{n} h</th><td>Séance {n}</td><td>Salle {n % 3}</td></tr>' for n in range(70))}
</tbody></table>
<div class="partners"><img src="{asset_url("logo")}" alt="CGLU"></div>
"""

ARABIC = f"""
<h1>جدول الأعمال المؤقت</h1>
<p>يناقش المنسقون التقنيون المحاور. انظر <a href="https://example.org/ar/">موقع الشبكة</a>.
<span lang="fr">Lyon</span></p>
<h2>المحاور</h2>
<ul><li>الإدارة بين الثقافات</li><li>الوصول إلى الصحة</li></ul>
<h2>الجلسات</h2>
<table><thead><tr><th scope="col">الساعة</th><th scope="col">الجلسة</th><th scope="col">القاعة</th></tr></thead>
<tbody><tr><td>09:00</td><td>الافتتاح</td><td>1</td></tr><tr><td>10:00</td><td>النقاش</td><td>2</td></tr></tbody>
</table>
<p><img src="{asset_url("logo")}" alt="المدن المتحدة"></p>
"""

CATEGORIES = {
    "focal": Category("Point focal", "منسق تقني", "#1b6585"),
    "expert": Category("Expert", "خبير", "#47611f"),
    "press": Category("Presse", "صحافة", "#e0b24a"),
}

DESIGN = Design(
    title_latin="Réunion technique",
    title_arabic="الاجتماع التقني",
    when_latin="Lyon, 9 et 10 mars 2016",
    when_arabic="ليون، 9 و10 مارس 2016",
    categories=CATEGORIES,
    logos=("logo",),
    assets={"logo": LOGO},
)

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "{{7*7}} {x} %(x)s",
    "=cmd|'/c calc'!A1",
    "javascript:alert(1)",
    "Ali \u202eGPJ.exe",
    "Ali\x00Baba\x1b[31m",
    "Zoé 😀 𝔸𝔹ℂ",
    "Ali\r\nBcc: x@example.org",
    ") Tj ET Q /Fm0 Do (",
    "lone \ud800 surrogate",
    "\u0301 mark alone",
]


def badge(number: int) -> Badge:
    return Badge(
        category=list(CATEGORIES)[number % len(CATEGORIES)],
        latin_name="Amina Benali",
        arabic_name="أمينة بن سعد",
        function="Cheffe du service des relations internationales",
        city_latin="Tunis",
        city_arabic="تونس",
        qr_text=f"HTTPS://EVENTHUB.EXAMPLE/B/{number:010d}",
    )


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def pages_of(pdf: bytes, folder: Path, dpi: int = 150) -> list[Image.Image]:
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "-", str(folder / "page")], input=pdf, check=True)
    return [Image.open(each) for each in sorted(folder.glob("page*.png"))]


def codes_of(pdf: bytes, folder: Path) -> Iterator[str]:
    for page in pages_of(pdf, folder):
        found = zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.QRCode)
        yield from (code.text for code in sorted(found, key=_place))


def _place(code: zxingcpp.Barcode) -> tuple[int, int]:
    corner = code.position.top_left
    return round(corner.y / 100), corner.x
