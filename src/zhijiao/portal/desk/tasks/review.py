"""The week in review, as a page, a workbook and a document."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import XLSX
from zhijiao.portal.desk.tasks.shared import DOCX, show
from zhijiao.registry.queries import contacts
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Sheet, write_book
from zhijiao.supervision.queries.letters import week_document
from zhijiao.supervision.queries.week import QUIET_WEEKS, Week, week

LINK_NAMES = {"task": "duty", "notice": "notice"}


def _asked(desk: Desk) -> Week:
    text = desk.frame.query.get("day", "")
    try:
        day = date.fromisoformat(text) if text else desk.on
    except ValueError as error:
        raise Http404(f"地址里的日期“{text}”无法识别，请写成 2026-03-05 的样子。") from error
    if day > desk.on:
        day = desk.on
    weeks = desk.frame.query.get("quiet", "")
    quiet = found if (found := row_id(weeks)) and found <= 52 else QUIET_WEEKS
    return week(desk.actor, desk.tree, day=day, on=desk.on, quiet_weeks=quiet)


def _page(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = _asked(desk)
    last = (found.monday - timedelta(days=7)).isoformat()
    following = found.monday + timedelta(days=7)
    return show(
        request,
        desk,
        "week.html",
        "week",
        week=found,
        earlier=desk.frame.here(day=last),
        later=desk.frame.here(day=following.isoformat()) if following <= desk.on else None,
        quiet=desk.frame.query.get("quiet", str(QUIET_WEEKS)),
        officers=contacts([c.who.id for c in found.calls], desk.on),
        link_names=LINK_NAMES,
        document=desk.frame.as_file("docx"),
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = _asked(desk)
    moved: list[list[Cell]] = [[m.on, m.who.name, m.what, m.title, m.words or None] for m in found.moved]
    stuck: list[list[Cell]] = [
        [
            s.who.name,
            s.title,
            s.light.reason,
            s.quiet,
            s.last,
            s.lead.name if s.lead else None,
            s.help_wanted or None,
        ]
        for s in found.stuck
    ]
    waiting: list[list[Cell]] = [
        [
            c.number,
            "、".join(s.name for s in c.subjects),
            c.title,
            c.stage_name,
            c.due,
            "逾期" if c.late else None,
        ]
        for c in found.waiting
    ]
    calls: list[list[Cell]] = [
        [c.who.name, c.stuck, c.late, c.replies, "；".join(f"{n} {p}".strip() for n, p in c.people) or None]
        for c in found.calls
    ]
    words = f"{found.monday.isoformat()}至{found.sunday.isoformat()}"
    book = Book(
        "任务办理一周情况",
        [
            Sheet(
                "进展",
                "本周进展",
                (
                    Column("日期", kind="date", width=13),
                    Column("单位", width=22),
                    Column("办理", width=16),
                    Column("事项", width=44),
                    Column("内容", width=50),
                ),
                moved,
                source=words,
                empty="本周没有进展。",
            ),
            Sheet(
                "停滞",
                "停滞或逾期",
                (
                    Column("单位", width=22),
                    Column("事项", width=44),
                    Column("原因", width=36),
                    Column("没有进展的天数", kind="number", width=14),
                    Column("最近进展", kind="date", width=13),
                    Column("牵头单位", width=20),
                    Column("请求协调", width=36),
                ),
                stuck,
                source=words,
                empty="没有停滞或逾期的任务。",
            ),
            Sheet(
                "待答复",
                "等待答复和整改",
                (
                    Column("文号", width=18),
                    Column("单位", width=22),
                    Column("事由", width=44),
                    Column("环节", width=16),
                    Column("期限", kind="date", width=13),
                    Column("是否逾期", width=10),
                ),
                waiting,
                source=words,
                empty="没有等待答复的文书。",
            ),
            Sheet(
                "联系谁",
                "需要联系的单位",
                (
                    Column("单位", width=22),
                    Column("停滞", kind="number", width=9),
                    Column("逾期", kind="number", width=9),
                    Column("逾期未复", kind="number", width=10),
                    Column("联系人", width=50),
                ),
                calls,
                source=words,
                empty="没有需要联系的单位。",
            ),
        ],
        datetime.combine(desk.on, time(), UTC).replace(tzinfo=None),
        [Fact("截至", found.on)],
    )
    return HttpResponse(
        write_book(book),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="week-{found.monday.isoformat()}.xlsx"'},
    )


def _document(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = _asked(desk)
    place = desk.homes[0].name if desk.homes else ""
    content = week_document(found, place, created=datetime.combine(desk.on, time(), UTC).replace(tzinfo=None))
    return HttpResponse(
        content,
        content_type=DOCX,
        headers={"Content-Disposition": f'attachment; filename="week-{found.monday.isoformat()}.docx"'},
    )


page_view = require_safe(at_desk(_page, Permission.VIEW))
file_view = require_safe(at_desk(_file, Permission.VIEW))
document_view = require_safe(at_desk(_document, Permission.VIEW))
