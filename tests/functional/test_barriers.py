"""The tests of pages see what keeps somebody from using a page, wherever on a long page it stands."""

from __future__ import annotations

import pytest

from tests.support.browser import OpenPage, violations

pytestmark = pytest.mark.browser

ROWS = 60
PAGE = """<!doctype html><html lang="zh"><head><title>示例</title><style>
body {{ background: #fff; color: #222; }} .pale {{ color: #ccc; }} .dim {{ background: #333; }} .faint {{ opacity: .3; }}
.own {{ background: #fff; }} .gone {{ display: none; }}
</style></head><body><main><h1>示例</h1><ul>{rows}</ul></main></body></html>"""
PLAIN = "<li><span>示例文字</span></li>"


def page_of(*extra: str) -> str:
    rows = [PLAIN] * ROWS
    rows[ROWS // 2 : ROWS // 2] = extra
    return PAGE.format(rows="".join(rows))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (PLAIN, None),
        ('<li><span class="pale">示例文字</span></li>', "color-contrast"),
        ('<li class="dim"><span>示例文字</span></li>', "color-contrast"),
        ('<li class="faint"><span>示例文字</span></li>', "color-contrast"),
        ('<li class="dim"><span class="own">示例文字</span></li>', None),
        (
            '<li class="gone"><span class="pale">示例</span></li>' * 9 + '<li class="pale">示例文字</li>',
            "color-contrast",
        ),
        ('<li><input type="text"></li>', "label"),
        ('<li><img src="data:,"></li>', "image-alt"),
    ],
)
def test_one_bad_row_among_many_is_found(open_page: OpenPage, row: str, fault: str | None) -> None:
    page = open_page("about:blank")
    page.set_content(page_of(row))
    assert {line.split(":")[0] for line in violations(page)} == ({fault} if fault else set())
    assert page.locator("[data-judged-look]").count() == 0
