"""The pictures of the README: `make pictures` builds a demo clinic in a folder of its own, walks it in a real browser and keeps its screens.

python tools/pictures.py [--to docs/pictures]
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools import chromium

WAIT_S = 600
DESK, TALL, PHONE = (ViewportSize(width=width, height=height) for width, height in ((1440, 900), (1440, 1330), (390, 780)))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--to", type=Path, default=Path("docs/pictures"))
    to: Path = options.parse_args().to
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said.json").open("w+") as said:
        port = _free_port()
        command = [sys.executable, "-m", "afterglow.conf.cli", "demo", "--json", "--home", f"{folder}/home", "--port", str(port)]
        demo = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        try:
            _wait_for(f"http://127.0.0.1:{port}/crisis/", demo)
            said.seek(0)
            _take(json.loads(said.readline()), f"http://127.0.0.1:{port}", to)
        finally:
            demo.terminate()
            demo.wait(timeout=30)
    return 0


def _take(told: dict[str, Any], url: str, to: Path) -> None:
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=str(chromium.require()), args=list(chromium.FLAGS))
        desk = _page(browser, DESK)
        desk.goto(f"{url}/sign-in/")
        desk.fill("[name=email]", "ana@example.org")
        desk.fill("[name=password]", told["password"])
        desk.click("main button[type=submit]")
        desk.wait_for_url("**/desk/")
        desk.goto(f"{url}/sessions/board/")
        desk.wait_for_timeout(4000)
        desk.screenshot(path=to / "board.png")
        desk.goto(url + str(desk.get_attribute("a[href$='/room/']", "href")))
        desk.wait_for_timeout(6000)
        desk.screenshot(path=to / "room.png")
        desk.goto(f"{url}/sessions/")
        desk.goto(url + str(desk.get_attribute("a[href$='/gate/']", "href")))
        desk.screenshot(path=to / "gate.png")
        desk.set_viewport_size(TALL)
        desk.goto(next(place["url"] for place in told["addresses"] if "fared" in place["what"]))
        desk.screenshot(path=to / "trajectory.png")
        phone = _page(browser, PHONE)
        phone.goto(next(place["url"] for place in told["addresses"] if "intake" in place["what"]))
        phone.screenshot(path=to / "phone.png")
        browser.close()


def _page(browser: Browser, size: ViewportSize) -> Page:
    return browser.new_context(viewport=size, color_scheme="light").new_page()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, demo: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if demo.poll() is not None:
            raise SystemExit("The demo did not start: run `make demo` to see why.")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"The demo did not answer within {WAIT_S} s.")


if __name__ == "__main__":
    raise SystemExit(main())
