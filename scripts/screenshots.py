"""Takes the screenshots of the documents from the running product: `make screenshots`.

Starts an instance of its own with the packs of the repository, opens each page as a person would see it on a fixed
day, and writes docs/screenshots/; names after the command take only these. A picture that no longer shows the product
is taken again, never edited.
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
    tenant of examples; nobody signed in by default), and which links lead on from there (a part of each one's words)."""

    name: str
    address: str
    size: tuple[int, int] = DESK
    whole: bool = False
    who: str = ""
    links: tuple[str, ...] = ()


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
    Shot("catalogue", "/data"),
    Shot("data-standard", "/data/students"),
    Shot("data-hub", "/desk/data", who="demo-taizhou-school-1"),
    Shot("data-hub-phone", "/desk/data", PHONE, who="demo-taizhou-school-1"),
    Shot("data-quality", "/desk/quality", who="demo-taizhou-school-1"),
    Shot("roster", "/desk/records", who="demo-taizhou-school-1"),
    Shot("record", "/desk/records", who="demo-taizhou-school-1", links=("示例学生甲",)),
    Shot("record-case", "/desk/records/cases?sort=-number", who="demo-taizhou-school-1", links=("学籍〔",)),
    Shot("school-seats", "/desk/seasons", who="demo-taizhou-school-1", links=("已结束的演练", "名单、放弃")),
    Shot("season", "/desk/seasons", who="demo-taizhou-bureau", links=("正在填报的演练",)),
    Shot("plan", "/desk/seasons", who="demo-taizhou-bureau", links=("正在填报的演练", "看全部")),
    Shot(
        "allocation", "/desk/seasons", who="demo-taizhou-bureau", links=("已结束的演练", "投档录取", "第1次")
    ),
    Shot("after-admission", "/desk/seasons", who="demo-taizhou-bureau", links=("已结束的演练", "名单、放弃")),
    Shot("admissions", "/c/taizhou/admissions", who="demo-taizhou-bureau", links=("已结束的演练",)),
    Shot("candidates", "/desk/candidates", who="demo-taizhou-junior"),
    Shot("public-plan-phone", "/public/taizhou/admissions?total=480", PHONE, who="demo-taizhou-pupil"),
    Shot("choices-phone", "/choices", PHONE, who="demo-taizhou-pupil"),
    Shot("filling-phone", "/choices", PHONE, who="demo-taizhou-pupil", links=("填报志愿",)),
    Shot("add-choice-phone", "/choices", PHONE, who="demo-taizhou-pupil", links=("填报志愿", "添加志愿")),
    Shot("result-phone", "/choices", PHONE, whole=True, who="demo-taizhou-pupil", links=("录取结果",)),
    Shot("letter-phone", "/choices", PHONE, who="demo-taizhou-pupil", links=("录取结果", "通知书")),
)
EXAMPLES_PATIENCE = 300.0
"""Seconds to wait for the example work, which is filled in while the pages already answer."""


def take(page: Page, shot: Shot, site: str) -> None:
    """Open a page and write its picture."""
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    response = page.goto(site + shot.address, wait_until="networkidle")
    if response is None or response.status != 200:
        raise SystemExit(f"{shot.address}: {response.status if response else 'no answer'}")
    for words in shot.links:
        page.locator("main").get_by_role("link", name=words).first.click()
        page.wait_for_load_state("networkidle")
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
        page.wait_for_url(lambda address: "/login" not in address)


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
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="zhijiao-shots-") as folder, sync_playwright() as driver:
        Path(folder).chmod(0o755)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        with running(Path(folder), env={"ZHIJIAO_DEMO": "work"}) as instance:
            time.sleep(3)
            wait_for_examples(instance)
            looking = ""
            for shot in (each for each in SHOTS if not wanted or each.name in wanted):
                if shot.who != looking:
                    sign_in(page, shot.who, instance.address)
                    looking = shot.who
                take(page, shot, instance.address)
        browser.close()


if __name__ == "__main__":
    main()
