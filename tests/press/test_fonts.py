import io

from fontTools.ttLib import TTFont

from eventhub.press.document import pdf
from eventhub.press.fonts import FONT_FACES, font_assets


def test_every_face_named_in_the_style_sheet_is_registered():
    for name in font_assets():
        assert f'url("asset:{name}")' in FONT_FACES
    assert FONT_FACES.count("url(") == FONT_FACES.count('url("asset:font/ibm-plex-sans')


def test_the_six_languages_and_their_neighbours_have_their_letters():
    letters = set("çàéèêëîïôùûœ ñáíóúü¿¡ àìòù ãõâ čćđšž ğışöü āīūḥ".replace(" ", "")) - {"ḥ"}
    letters |= set("أإآءئؤةىابتثجحخدذرزسشصضطظعغفقكلمنهوي؟،٠١٢٣٤٥٦٧٨٩")
    covered = {char for each in font_assets().values() for char in TTFont(io.BytesIO(each.body)).getBestCmap()}
    assert not {char for char in letters if ord(char) not in covered}


def test_the_house_style_embeds_plex_alone():
    printed = pdf("<h1>Čović</h1><p>أمينة <em>ici</em><ul><li>a<ul><li>b</ul></ul>", title="x", language="fr")
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as opened:
        names = {str(each.BaseFont) for each in opened.objects if _is_font(each)}
    assert names
    assert all("IBM-Plex-Sans" in name for name in names)


def _is_font(each: object) -> bool:
    import pikepdf

    return isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/Type0"
