"""Takes the screenshots of the documents from the running product: `make screenshots`.

Starts an instance of its own with the packs of the repository, opens each page as a person would see it on a fixed
day, and writes docs/screenshots/. A picture that no longer shows the product is taken again, never edited.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import django
from playwright.sync_api import Page, sync_playwright

from tests.support.browser import ARGUMENTS, DESK, PHONE, WALL
from tests.support.instance import Instance, running

SCREENSHOTS = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
DAY = "on=2024-06-30"


@dataclass(frozen=True)
class Shot:
    """One picture: file name, address, size of the window, whether the whole page is taken, who looks (an account of the
    tenant of examples; nobody signed in by default)."""

    name: str
    address: str
    size: tuple[int, int] = DESK
    whole: bool = False
    who: str = ""


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
    Shot("desk", "/desk/", who="demo-taizhou-county-1"),
    Shot("hand-in", "/desk/reports", who="demo-taizhou-county-1"),
    Shot("hand-in-phone", "/desk/reports", PHONE, who="demo-taizhou-county-1"),
    Shot("review", "/desk/review", who="demo-taizhou-bureau"),
    Shot("work", "/desk/tasks", who="demo-taizhou-office"),
    Shot("week", "/desk/week", who="demo-taizhou-office"),
    Shot("organisations", "/desk/organisations", who="demo-taizhou-office"),
    Shot("audit", "/desk/audit", who="demo-taizhou-auditor"),
)
EXAMPLES_PATIENCE = 300.0
"""Seconds to wait for the example work, which is filled in while the pages already answer."""


def take(page: Page, shot: Shot, site: str) -> None:
    """Open a page and write its picture."""
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    response = page.goto(site + shot.address, wait_until="networkidle")
    if response is None or response.status != 200:
        raise SystemExit(f"{shot.address}: {response.status if response else 'no answer'}")
    page.wait_for_timeout(300)
    page.screenshot(path=SCREENSHOTS / f"{shot.name}.png", full_page=shot.whole)


def sign_in(page: Page, who: str, site: str) -> None:
    """Sit down as somebody of the tenant of examples."""
    from zhijiao.core.demo import PASSWORD

    page.context.clear_cookies()
    if who:
        page.goto(f"{site}/login")
        page.fill("input[name=username]", who)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/desk/**")


def wait_for_examples(instance: Instance) -> None:
    """The example work is there once the process that fills it has ended."""
    deadline = time.monotonic() + EXAMPLES_PATIENCE
    filling = "demo fill --quiet"
    while any(filling in _command(pid) for pid in instance.descendants()):
        if time.monotonic() > deadline:
            raise SystemExit("the examples were not filled in time")
        time.sleep(1)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    django.setup()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhijiao-shots-") as folder, sync_playwright() as driver:
        Path(folder).chmod(0o755)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        with running(Path(folder), env={"ZHIJIAO_DEMO": "work"}) as instance:
            time.sleep(3)
            wait_for_examples(instance)
            looking = ""
            for shot in SHOTS:
                if shot.who != looking:
                    sign_in(page, shot.who, instance.address)
                    looking = shot.who
                take(page, shot, instance.address)
        browser.close()


if __name__ == "__main__":
    main()
