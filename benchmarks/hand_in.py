"""How long handing in takes: a county officer in Chromium, from signing in to the receipt, from her workbook and by pasting.

A person also thinks and types; what is measured is the product's share and the clicks. Prints
JSON: seconds and clicks of each way, and of the city's sitting.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support import instance, scene
from tests.support.browser import ARGUMENTS, DESK
from tests.support.database import open_folder
from tests.support.reporting import FILE_DIALOGUE, as_upload, clicks, counting, fill_workbook, sign_in

FIGURES = 20


def main() -> None:
    """Measure and print."""
    found: dict[str, Any] = {"figures": FIGURES, "machine": platform.processor() or platform.machine()}
    with sync_playwright() as driver:
        executable = shutil.which("chromium") or "/usr/bin/chromium"
        browser = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        with open_folder() as data, instance.running(data, env={"ZHIJIAO_DEMO": "0"}) as running:
            scene.lay(data)
            found["workbook"] = _measured(browser, running.address, "county-1", _by_workbook)
            found["typing"] = _measured(browser, running.address, "county-2", _by_typing)
        with open_folder() as data, instance.running(data, env={"ZHIJIAO_DEMO": "0"}) as running:
            scene.lay(data, handed_in=True)
            found["sitting"] = _measured(browser, running.address, "bureau", _sitting)
        browser.close()
    print(json.dumps(found, ensure_ascii=False, indent=2))


def _measured(browser: Browser, site: str, who: str, way: Any) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN")
    counting(context)
    page = context.new_page()
    started = time.monotonic()
    more = way(page, site, who)
    seconds = time.monotonic() - started
    result = {"hand_in_s": round(seconds, 1), "clicks": clicks(page) + more.pop("dialogue", 0), **more}
    context.close()
    return result


def _by_workbook(page: Page, site: str, who: str) -> dict[str, Any]:
    sign_in(page, site, who, "/desk/reports")
    with page.expect_download() as waiting_for:
        page.get_by_role("link", name="下载工作簿").first.click()
    content = fill_workbook(Path(waiting_for.value.path()).read_bytes(), FIGURES)
    page.get_by_role("link", name="上传工作簿").click()
    page.get_by_label("工作簿（.xlsx）").set_input_files(as_upload(content))
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name=re.compile("^填入草稿")).click()
    page.get_by_role("button", name=re.compile("^提交")).click()
    page.wait_for_url("**/desk/receipts/**")
    return {"dialogue": FILE_DIALOGUE}


def _by_typing(page: Page, site: str, who: str) -> dict[str, Any]:
    sign_in(page, site, who, "/desk/reports")
    rows = page.locator("tr[data-row]")
    rows.first.locator("[data-column]").first.click()
    for number in range(FIGURES):
        for field in rows.nth(number).locator("[data-column]").all():
            part = (field.get_attribute("name") or "").partition("-")[0]
            field.fill({"text": "示例：已完成。", "denominator": "100", "numerator": "62"}.get(part, "12"))
            field.press("Enter")
    page.get_by_role("button", name=re.compile("^提交")).click()
    page.wait_for_url("**/desk/receipts/**")
    return {}


def _sitting(page: Page, site: str, who: str) -> dict[str, Any]:
    sign_in(page, site, who, "/desk/review")
    page.get_by_role("button", name="全选").click()
    count = int(page.locator("[data-chosen]").first.inner_text())
    page.get_by_role("button", name=re.compile("^通过")).click()
    page.get_by_role("button", name="确认通过").click()
    page.wait_for_url("**/desk/receipts/**", timeout=120_000)
    return {"approved": count}


if __name__ == "__main__":
    main()
