"""The plans that a person has to do with, and the same list as a workbook; the card of the desk's first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhijiao.core.access.roles import Permission
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import StageKind, due
from zhijiao.planning import queries
from zhijiao.planning.queries import Plan
from zhijiao.planning.types import PlanKind
from zhijiao.portal.desk.cards import Card
from zhijiao.portal.desk.cards import Line as CardLine
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.shared import link_to_plan, look_of_stage, name_of
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.looks import Look
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

WHO = {"mine": "我单位的", "review": "等我审定的", "consult": "正在征求意见的", "below": "下级和其他单位的"}
SHOWN = 5


@dataclass(frozen=True)
class Line:
    """A plan in the list. `who`: what the reader has to do with it."""

    row: Plan
    look: Look
    organisation: str
    holder: str
    due: date | None
    late: bool
    who: tuple[str, ...]

    @property
    def kind(self) -> PlanKind:
        """Whose plan it is."""
        return PlanKind(self.row.kind)


COLUMNS = (
    Column("title", "方案", value=lambda line: by_pinyin(line.row.title)),
    Column("organisation", "单位", value=lambda line: by_pinyin(line.organisation)),
    Column("period", "规划期", value=lambda line: (line.row.starts, line.row.ends)),
    Column("stage", "环节", value=lambda line: list(StageKind).index(StageKind(line.row.stage_kind))),
    Column("holder", "在谁手上"),
    Column("due", "办理期限", value=lambda line: line.due),
    Column("edition", "稿次", num=True, value=lambda line: line.row.edition),
)


def lines(desk: Desk) -> list[Line]:
    """Every plan that the person may see."""
    rows = queries.plans(tenant=desk.actor.tenant)
    return [_line(desk, row) for row in rows]


def _line(desk: Desk, row: Plan) -> Line:
    flow = queries.flow_for(row)
    stage = flow.stage(row.stage)
    until = due(stage, row.entered, china())
    reviewing = stage.kind is StageKind.REVIEW
    holder = row.reviewer_id if reviewing and row.reviewer_id is not None else row.organisation_id
    return Line(
        row,
        look_of_stage(stage),
        name_of(desk, row.organisation_id),
        "" if stage.kind in (StageKind.LOCKED, StageKind.ENDED) else name_of(desk, holder),
        until,
        until is not None and until < desk.on,
        _who(desk, row, stage.kind),
    )


def _who(desk: Desk, row: Plan, kind: StageKind) -> tuple[str, ...]:
    mine = row.organisation_id in desk.actor.homes
    found = ["mine"] if mine else ["below"]
    if kind is StageKind.REVIEW and "approver" in queries.parties_of(row, desk.actor):
        found.append("review")
    if kind is StageKind.WAIT:
        found.append("consult")
    return tuple(found)


def listed(desk: Desk) -> Listing:
    """The list as the address asks for it."""
    return listing(
        desk.frame,
        lines(desk),
        COLUMNS,
        (
            Choice("who", "与我的关系", lambda line: line.who, lambda key: WHO[key]),
            Choice("kind", "类别", lambda line: [line.kind.value], lambda key: PlanKind(key).words),
            Choice("stage", "环节", lambda line: [line.look.words]),
        ),
        lambda line: (line.row.title, line.organisation, line.row.filed_number),
    )


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = listed(desk)
    return page(
        request,
        "desk/plans/list.html",
        desk.frame,
        desk=desk,
        view="plans",
        list=found,
        may_write=desk.actor.may(Permission.WRITE_PLANS),
    )


@require_GET
def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    columns = (
        *(SheetColumn("方案", width=44), SheetColumn("单位", width=30), SheetColumn("类别", width=14)),
        *(SheetColumn("起", kind="date"), SheetColumn("止", kind="date"), SheetColumn("环节", width=16)),
        *(SheetColumn("在谁手上", width=24), SheetColumn("办理期限", kind="date")),
        *(SheetColumn("稿次", kind="number"), SheetColumn("备案号", width=24)),
        SheetColumn("页面", width=8, printed=False),
    )
    rows = [
        [
            *(line.row.title, line.organisation, line.kind.words, line.row.starts, line.row.ends),
            *(line.look.words, line.holder, line.due, line.row.edition, line.row.filed_number or None),
            link_to_plan(request, line.row.pk),
        ]
        for line in listed(desk).rows
    ]
    return workbook(request, desk, "方案清单", columns, rows, "plans", reverse("portal:plans"))


def card(desk: Desk) -> Card | None:
    """What waits of plans: to write on, to review, out for consultation."""
    if not desk.actor.may(Permission.VIEW) or not desk.pack:
        return None
    found = [line for line in lines(desk) if _waits(desk, line)]
    return Card(
        "方案",
        len(found),
        reverse("portal:plans"),
        tuple(
            CardLine(
                f"{line.row.title}：{line.look.words}",
                reverse("portal:plan", args=[line.row.pk]),
                f"{line.due:%m-%d}前" if line.due else "",
                line.late,
            )
            for line in found[:SHOWN]
        ),
        late=sum(line.late for line in found),
        nothing="没有要编写、审定或提意见的方案。",
    )


def _waits(desk: Desk, line: Line) -> bool:
    drafting = line.row.stage_kind == StageKind.DRAFT and "mine" in line.who
    return (drafting and desk.actor.may(Permission.WRITE_PLANS)) or bool(
        {"review", "consult"} & set(line.who)
    )


view = at_desk(_view, Permission.VIEW)
file = at_desk(_file, Permission.VIEW)
