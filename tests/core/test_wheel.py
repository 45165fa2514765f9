"""The wheel runs where there is no checkout: templates, catalogues, fonts, migrations and facts are inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOOK = """
import sys
from pathlib import Path
import eventhub
from eventhub import create_app

app = create_app()
assert Path(eventhub.__file__).is_relative_to(sys.prefix), eventhub.__file__
assert Path(app.template_folder).is_relative_to(sys.prefix), app.template_folder
assert Path(app.config["BABEL_TRANSLATION_DIRECTORIES"]).is_relative_to(sys.prefix)
client = app.test_client()
for path in ("/fr/", "/ar/sign-in", "/static/app.css", "/static/fonts/plex-arabic-400.woff2"):
    answer = client.get(path, base_url=app.config["EVENTHUB"].base_url)
    print(path, answer.status_code, len(answer.data) > 100)
"""


def scripts() -> Path:
    return Path(sysconfig.get_path("scripts"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [scripts() / "uv", "build", "--wheel", "--no-build-isolation", "--offline", "--quiet",
         "--python", sys.executable, "--out-dir", folder, ROOT],
        check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
    )  # fmt: skip
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the wheel and, beneath it, the libraries it stands on; never the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", symlinks=True)
    site = next((folder / "venv").glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Found after the wheel's own folder; a path file is not read a second time, so the editable install stays unseen.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(folder: Path, *words: str) -> str:
    environ = {
        "PATH": os.environ["PATH"],
        "EVENTHUB_SECRET_KEY": "k" * 40,
        "EVENTHUB_BASE_URL": "http://localhost",
        "EVENTHUB_INSTANCE": str(folder / "instance"),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        [folder / "venv/bin/python", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_what_the_checkout_has_beside_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    beside = [path for name in ("templates", "translations") for path in (ROOT / name).rglob("*") if path.is_file()]
    made = list((ROOT / "eventhub/static/fonts").glob("*.woff2"))
    assert made, "make fonts"
    assert {
        f"eventhub/{path.relative_to(ROOT)}" for path in beside if path.suffix in (".html", ".txt", ".mo")
    } <= inside
    assert {str(path.relative_to(ROOT)) for path in made} <= inside
    assert {
        "eventhub/migrations/env.py",
        "eventhub/migrations/alembic.ini",
        "eventhub/demo/facts/network.json",
    } <= inside
    assert not [name for name in inside if name.startswith(("tests/", "tools/")) or "__pycache__" in name]


def test_an_installed_wheel_migrates_and_serves_pages_from_its_own_files(elsewhere: Path) -> None:
    assert run(elsewhere, "-m", "eventhub.cli", "db", "upgrade").startswith("The database is at ")
    answers = run(elsewhere, "-c", LOOK).splitlines()
    assert answers == [
        "/fr/ 200 True",
        "/ar/sign-in 200 True",
        "/static/app.css 200 True",
        "/static/fonts/plex-arabic-400.woff2 200 True",
    ]
