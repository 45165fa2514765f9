"""Make the pictures of the documentation: a fresh demo, the real server, a real browser.

python tools/pictures.py [folder]
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
PICTURES = {
    "agenda-fr": ("/fr/events/technical-meeting-lyon/agenda", 1280, 860),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="eventhub-pictures-") as instance:
        environ = {
            **os.environ,
            "EVENTHUB_MODE": "demo",
            "EVENTHUB_INSTANCE": instance,
            "EVENTHUB_BIND": f"127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "eventhub.cli", "serve", "--prepare"]
        server = subprocess.Popen(command, cwd=ROOT, env=environ)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            take(f"http://127.0.0.1:{port}", folder)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(url)


def take(address: str, folder: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, (path, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(folder / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
