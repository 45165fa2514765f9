"""What `eventhub check` looks at. Each look is one sentence, good or bad, and never stops the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from ..core.settings import Settings


@dataclass(frozen=True)
class Finding:
    good: bool
    says: str


def run(settings: Settings) -> list[Finding]:
    """Every finding, in the order an operator would mend them."""
    from .. import create_app

    app = create_app(settings)
    return [Finding(True, f"The settings are complete ({settings.mode} mode, {settings.base_url})."), *_look(app)]


def _look(app: Flask) -> Iterator[Finding]:
    looks: tuple[tuple[str, Callable[[Flask], Finding]], ...] = (
        ("The database cannot be used", _database),
        ("The file store cannot be used", _storage),
        ("The queue cannot be used", _queue),
        ("Mail cannot be sent", _mail),
        ("The translations cannot be read", _translations),
        ("The fonts of the pages cannot be read", _fonts),
        ("PDFs cannot be made", _pdf),
    )
    for failure, look in looks:
        try:
            with app.app_context():
                yield look(app)
        except Exception as fault:
            yield Finding(False, f"{failure}: {str(fault).strip().splitlines()[0] if str(fault).strip() else fault!r}")


def _database(app: Flask) -> Finding:
    from .. import migrations
    from ..core.db import db

    current, head = migrations.current(app), migrations.head()
    kind = "PostgreSQL" if db.engine.dialect.name == "postgresql" else "SQLite"
    if current != head:
        says = f"The database ({kind}) is at {current or 'nothing'} and must be at {head}: eventhub db upgrade"
        return Finding(False, says)
    return Finding(True, f"The database ({kind}) is reachable and up to date ({head}).")


def _storage(_app: Flask) -> Finding:
    import obstore

    from ..core import files

    name = files.write_bytes(b"EventHub")
    same = bytes(obstore.get(files.store(), name).bytes()) == b"EventHub"
    obstore.delete(files.store(), name)
    return Finding(same, "The file store keeps what it is given." if same else "The file store gives back other bytes.")


def _queue(app: Flask) -> Finding:
    from ..core import bell

    return Finding(True, f"The queue is reachable ({bell.depth(app)} waiting).")


def _mail(app: Flask) -> Finding:
    from ..mail import transport

    url = app.config["EVENTHUB"].mail_url
    if not url:
        return Finding(True, f"No mail server is set: letters are kept as files in {transport.mailbox()}.")
    with transport.connect(url) as server:
        server.noop()
    return Finding(True, f"The mail server answers ({urlsplit(url).hostname}).")


def _translations(app: Flask) -> Finding:
    from ..core.text import LANGUAGES

    folder = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    missing = [
        code for code in LANGUAGES if code != "en" and not (folder / code / "LC_MESSAGES" / "messages.mo").is_file()
    ]
    if missing:
        return Finding(False, f"The translations into {', '.join(missing)} are not compiled: run make setup")
    return Finding(True, f"The pages speak {', '.join(LANGUAGES)}.")


def _fonts(_app: Flask) -> Finding:
    fonts = Path(__file__).parents[1] / "static" / "fonts"
    made = list(fonts.glob("*.woff2"))
    if not made:
        return Finding(False, "The fonts of the pages are not made: run make fonts")
    return Finding(True, f"The fonts of the pages are made ({len(made)} files).")


def _pdf(_app: Flask) -> Finding:
    if find_spec("weasyprint") is None:
        return Finding(False, "WeasyPrint is not installed: PDFs cannot be made.")
    try:
        from weasyprint import HTML

        HTML(string="<p>EventHub</p>").write_pdf()
    except OSError:
        return Finding(
            False,
            "PDFs cannot be made: install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        )
    return Finding(True, "PDFs can be made.")


__all__ = ["Finding", "run"]
