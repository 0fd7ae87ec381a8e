"""The lists of the review and of who is late, as files: the rows that the page shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhijiao.core.access.roles import Permission
from zhijiao.indicators.queries.standing import overdue_of
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.overdue import late_ones
from zhijiao.portal.desk.reports.review import narrowed, waiting
from zhijiao.portal.desk.reports.shared import percent
from zhijiao.portal.desk.sheets import workbook
from zhijiao.render.xlsx import Cell, Column, Link

REVIEW = (
    Column("填报单位", width=22),
    Column("报送事项", width=28),
    Column("指标", width=34),
    Column("报告期", width=14),
    Column("计量单位", width=10),
    Column("上期数", kind="number", width=16),
    Column("本期数", kind="number", width=16),
    Column("文字", width=40),
    Column("变化", kind="number", width=14),
    Column("变化（%）", kind="number", width=12),
    Column("提示", width=26),
    Column("说明", width=36),
    Column("提交人", width=12),
    Column("提交日期", kind="date", width=13),
    Column("页面", width=8, printed=False),
)
LATE = (
    Column("单位", width=24),
    Column("指标", width=36),
    Column("报告期", width=14),
    Column("截止", kind="date", width=13),
    Column("逾期天数", kind="number", width=12),
    Column("现在到", width=16),
    Column("页面", width=8, printed=False),
)


@require_GET
def _review_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows: list[list[Cell]] = []
    for line in narrowed(desk, waiting(desk)):
        owed = line.owed
        rows.append(
            [
                owed.organisation_name,
                owed.obligation_name,
                owed.indicator_name,
                owed.period_words,
                owed.unit,
                owed.last.value if owed.last else None,
                owed.value,
                owed.text or None,
                line.delta,
                percent(line.relative) if line.relative is not None else None,
                "；".join(line.flags),
                owed.note,
                owed.submitted_by,
                owed.submitted_at.date() if owed.submitted_at else None,
                _link(request, owed.id),
            ]
        )
    return workbook(request, desk, "待审数据", REVIEW, rows, "review", reverse("portal:review"))


@require_GET
def _overdue_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows: list[list[Cell]] = [
        [
            late.organisation_name,
            line.indicator_name,
            line.period_words,
            line.deadline or line.due,
            (desk.on - (line.deadline or line.due)).days,
            line.state_words,
            _link(request, line.id),
        ]
        for late in late_ones(desk)
        for line in overdue_of(desk.actor, late.organisation, desk.on)
    ]
    return workbook(request, desk, "逾期未办", LATE, rows, "overdue", reverse("portal:overdue"))


def _link(request: HttpRequest, report: int) -> Link:
    return Link("查看", request.build_absolute_uri(reverse("portal:report", args=[report])))


review_file = at_desk(_review_file, Permission.REVIEW)
overdue_file = at_desk(_overdue_file, Permission.REVIEW)
