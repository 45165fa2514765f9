"""The real server with its real workers, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from ..bench.harness import free_port

ROOT = Path(__file__).parents[2]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
SECONDS = 60


@dataclass(frozen=True)
class House:
    """A running EventHub with the demo network loaded."""

    address: str
    instance: Path

    def url(self, path: str) -> str:
        return f"{self.address}{path}"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`eventhub serve` on a fresh demo, web and job workers together, as `make run` starts it."""
    instance = tmp_path_factory.mktemp("house")
    port = free_port()
    environ = {
        **os.environ,
        "EVENTHUB_MODE": "demo",
        "EVENTHUB_INSTANCE": str(instance),
        "EVENTHUB_BIND": f"127.0.0.1:{port}",
        "EVENTHUB_BASE_URL": f"http://127.0.0.1:{port}",
        "EVENTHUB_SQLITE_SYNCHRONOUS": "NORMAL",
    }
    eventhub = [sys.executable, "-m", "eventhub.cli"]
    for step in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([*eventhub, *step], env=environ, cwd=ROOT, check=True, timeout=120, capture_output=True)
    log = (instance / "serve.log").open("w")
    process = subprocess.Popen([*eventhub, "serve"], env=environ, cwd=ROOT, stdout=log, stderr=log)
    try:
        _await(f"http://127.0.0.1:{port}/healthz", instance / "serve.log")
        yield House(f"http://127.0.0.1:{port}", instance)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _await(url: str, log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"EventHub did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium. A missing browser is a failure, never a skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium here: make test installs it with apt-get install chromium"
    launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield launched
    launched.close()


class Walk:
    """One person in a browser of their own. Every page visited is checked: no script error, nothing that axe finds
    serious, no third party, right language and direction."""

    def __init__(self, context: BrowserContext, house: House, language: str) -> None:
        self.context, self.house, self.language = context, house, language
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"console on {self.page.url}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.house.address, "data:", "blob:", "about:")):
            self.faults.append(f"third party: {request.url}")

    def goto(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.house.url(path))
        self.check()
        return self.page

    def check(self) -> None:
        """What must hold of every page."""
        self.page.wait_for_load_state("load")
        assert not self.faults, self.faults
        found = re.match(r"/(fr|en|es|ar|it|pt)/", self.page.url.removeprefix(self.house.address))
        if found:
            root = self.page.locator("html")
            expect(root).to_have_attribute("lang", re.compile(f"^{found[1]}"))
            expect(root).to_have_attribute("dir", "rtl" if found[1] == "ar" else "ltr")
        axe = Axe().run(self.page)
        bad = [each for each in axe.response["violations"] if each["impact"] in ("serious", "critical")]
        assert not bad, f"{self.page.url}: {[(each['id'], each['nodes'][0]['html'][:200]) for each in bad]}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{self.page.url} scrolls sideways by {wide} px"

    def press(self, name: str | re.Pattern[str], role: str = "button") -> Page:
        """Press a button or follow a link by its words, and check where it leads."""
        self.page.get_by_role(role, name=name).first.click()
        self.check()
        return self.page

    def follow(self, name: str | re.Pattern[str]) -> Page:
        return self.press(name, "link")

    def picture(self, name: str) -> None:
        folder = os.environ.get("EVENTHUB_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def walk(browser: Browser, house: House) -> Iterator[Callable[..., Walk]]:
    """Somebody new comes to the house: `walk("fr")`, `walk("ar", phone=True)`."""
    contexts: list[BrowserContext] = []

    def begin(language: str = "fr", *, phone: bool = False) -> Walk:
        size = PHONE if phone else WIDE
        context = browser.new_context(
            viewport=size, locale=language, is_mobile=phone, has_touch=phone, accept_downloads=True
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Walk(context, house, language)

    yield begin
    for context in contexts:
        context.close()
