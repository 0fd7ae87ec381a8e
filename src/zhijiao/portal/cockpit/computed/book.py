"""The page of a computed indicator as a workbook: words stand where a figure is withheld, never a nought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.engines.forms import period_in_chinese as period_words
from zhijiao.indicators.types import ChangeView, ResultView
from zhijiao.portal.cockpit.computed.levels import SMALL_BASE, Line, context
from zhijiao.portal.cockpit.computed.place import Standpoint, standpoint
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.frame import frame
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Link, Sheet, write_book


@require_safe
def view(request: HttpRequest, pack: str, indicator: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    assert here.index is not None
    at = standpoint(here, here.index, indicator)
    if at is None or at.result is None:
        raise Http404("这里还没有计算结果，没有可以下载的表格。")
    shown = context(here, here.index, at)
    content = write_book(_book(request, at, shown))
    day = timezone.localdate(at.run.known_at).isoformat()
    title = f"{at.mark}{at.name(at.organisation)}_{at.indicator.name}_{day}"
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = name_of_file(
        f"{title}.xlsx", f"{pack}-computed-{at.organisation}-{day}.xlsx"
    )
    return response


def _book(request: HttpRequest, at: Standpoint, shown: dict[str, Any]) -> Book:
    source = f"由业务记录计算，数据截至{timezone.localdate(at.run.known_at).isoformat()}，快照 {at.run.short}"
    title = f"{at.mark}{at.name(at.organisation)}：{at.indicator.name}"
    page = request.build_absolute_uri(at.permalink.replace(".xlsx?", "?", 1))

    def sheet(name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], words: str) -> Sheet:
        return Sheet(name, f"{title}，{words}", columns, rows, source=source, freeze_columns=1)

    sheets = [
        *(
            sheet(f"按{level}"[:20], _line_columns(at, level), _lines(at, lines), shown["period_words"])
            for level, lines in shown["below"]
        ),
        sheet("按专业", _line_columns(at, "专业"), _lines(at, shown["majors"]), shown["period_words"]),
        sheet("各期", _series_columns(at), [_point(at, one) for one in at.series], "各期的数"),
        sheet(
            "改过的数",
            _change_columns(at),
            [_change(one) for one in shown["changes"]],
            "后来的快照算出不同的数",
        ),
    ]
    facts = [
        Fact("数据截至", timezone.localdate(at.run.known_at)),
        Fact("组织树", at.run.tree_on),
        Fact("快照", at.run.snapshot),
        Fact("政策包版本", at.run.version),
        Fact(
            "不公布的",
            "表里写着“不公布”的，是人数少、公布了能认出人的，或者公布了能推算出别的小数的；不是零。",
        ),
        Fact("基数小", f"分母不到 {SMALL_BASE}：比率随个别对象变动，不宜排名。"),
        Fact("页面", Link(page, page)),
    ]
    if at.run.marked:
        facts.insert(0, Fact(at.run.marked, "单位和人员都是虚构的"))
    made = datetime.combine(timezone.localdate(), time(), UTC).replace(tzinfo=None)
    return Book(title, [one for one in sheets if one.rows or one.name == "各期"], made, facts)


def _line_columns(at: Standpoint, first: str) -> tuple[Column, ...]:
    return (
        Column(first, width=36),
        Column("数值", at.unit or None, "number", width=14),
        Column("分子", kind="number", width=12),
        Column("分母", kind="number", width=12),
        Column("说明", width=40),
        Column("对外", width=24),
    )


def _lines(at: Standpoint, lines: Sequence[Line]) -> list[list[Cell]]:
    return [_line(at, line) for line in lines]


def _line(at: Standpoint, line: Line) -> list[Cell]:
    one = line.result
    if one is None:
        return [line.name, line.hidden, None, None, None, line.hidden]
    outside = one.hidden or "可以公布"
    return [
        line.name,
        *_figure(at, one),
        "基数小" if line.is_small else None,
        outside if at.here.signed_in else None,
    ]


def _figure(at: Standpoint, one: ResultView) -> tuple[Cell, Cell, Cell]:
    value: Cell = one.value if one.value is not None else one.reason or None
    return value, one.numerator, one.denominator if at.is_rate else None


def _series_columns(at: Standpoint) -> tuple[Column, ...]:
    return (
        Column("期间", width=18),
        Column("起", kind="date", width=12),
        Column("止", kind="date", width=12),
        Column("数值", at.unit or None, "number", width=14),
        Column("分子", kind="number", width=12),
        Column("分母", kind="number", width=12),
        Column("对外", width=24),
    )


def _point(at: Standpoint, one: ResultView) -> list[Cell]:
    return [period_words(one.period), one.starts, one.ends, *_figure(at, one), one.hidden or "可以公布"]


def _change_columns(at: Standpoint) -> tuple[Column, ...]:
    return (
        Column("期间", width=18),
        Column("原数", at.unit or None, "number", width=14),
        Column("新数", at.unit or None, "number", width=14),
        Column("原因", width=24),
        Column("原数据截至", kind="date", width=14),
        Column("新数据截至", kind="date", width=14),
    )


def _change(one: ChangeView) -> list[Cell]:
    old: Decimal | str = one.old if one.old is not None else "没有数"
    new: Decimal | str = one.new if one.new is not None else "没有数"
    return [
        period_words(one.period),
        old,
        new,
        one.cause,
        timezone.localdate(one.before_known_at),
        timezone.localdate(one.known_at),
    ]
