"""Takes the screenshots of the documents from the running product: `make screenshots`.

Starts an instance of its own with the packs of the repository, opens each page as a person would see it on a fixed
day, and writes docs/screenshots/. A picture that no longer shows the product is taken again, never edited.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright

from tests.support.browser import ARGUMENTS, DESK, PHONE, WALL
from tests.support.instance import running

SCREENSHOTS = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
DAY = "on=2024-06-30"


@dataclass(frozen=True)
class Shot:
    """One picture: file name, address, size of the window, whether the whole page is taken."""

    name: str
    address: str
    size: tuple[int, int] = DESK
    whole: bool = False


SHOTS = (
    Shot("home", "/"),
    Shot("overview", f"/c/taizhou/?{DAY}"),
    Shot("overview-phone", f"/c/taizhou/?{DAY}", PHONE),
    Shot("wall", f"/c/taizhou/?wall=1&{DAY}", WALL),
    Shot("indicators", f"/c/taizhou/indicators?{DAY}"),
    Shot("definition", f"/c/taizhou/indicators/tzw.ind.16?{DAY}", whole=True),
    Shot("tasks", f"/c/taizhou/tasks?{DAY}"),
    Shot("reader", "/c/taizhou/policy/tzw"),
    Shot("rule", "/c/wenzhou/rules/wz.rule.brand-school-aid"),
    Shot("compare", "/compare"),
    Shot("search", "/search?q=双师"),
    Shot("public-phone", "/public/taizhou/", PHONE),
)


def take(page: Page, shot: Shot, site: str) -> None:
    """Open a page and write its picture."""
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    response = page.goto(site + shot.address, wait_until="networkidle")
    if response is None or response.status != 200:
        raise SystemExit(f"{shot.address}: {response.status if response else 'no answer'}")
    page.wait_for_timeout(300)
    page.screenshot(path=SCREENSHOTS / f"{shot.name}.png", full_page=shot.whole)


def main() -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhijiao-shots-") as folder, sync_playwright() as driver:
        Path(folder).chmod(0o755)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        with running(Path(folder)) as instance:
            for shot in SHOTS:
                take(page, shot, instance.address)
        browser.close()


if __name__ == "__main__":
    main()
