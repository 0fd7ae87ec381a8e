"""The targets of my organisations, or of one below, and how each stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.core.tree import Node
from zhijiao.indicators.queries.sharing import place_board
from zhijiao.indicators.types import Verdict
from zhijiao.indicators.types.sharing import PlaceLine
from zhijiao.lib.numbers import row_id
from zhijiao.policy.types.wording import told
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

MEASURED = frozenset({OrganisationKind.COUNTY, OrganisationKind.ZONE, *SCHOOLS})
"""Whom a target can be handed down to."""


@dataclass(frozen=True)
class Line:
    """A target with its organisation."""

    node: Node
    line: PlaceLine

    @property
    def target(self) -> str:
        """The target in words."""
        share = self.line.share
        return told(share.op, share.value, share.unit)

    @property
    def source(self) -> str:
        """Where it comes from."""
        return "plan" if self.line.share.plan is not None else "handed"


COLUMNS = (
    Column("indicator", "指标", value=lambda x: by_pinyin(x.line.name)),
    Column("organisation", "单位", value=lambda x: by_pinyin(x.node.name)),
    Column("target", "目标", num=True),
    Column("period", "年份", value=lambda x: x.line.share.period),
    Column("figure", "最近审定的数", num=True),
    Column("verdict", "判定", value=lambda x: list(Verdict).index(x.line.verdict)),
    Column("source", "来源"),
)
SOURCES = {"handed": "上级分解", "plan": "本单位方案"}


def nodes_of(desk: Desk) -> list[Node]:
    """The organisations whose targets the page shows: the one asked for, or all that I see."""
    seen = desk.actor.organisations(Permission.VIEW)
    asked = desk.frame.query.get("org", "")
    if asked:
        node = desk.tree.nodes.get(row_id(asked) or 0)
        if node is None or node.id not in seen:
            raise Invisible("没有这个单位。")
        return [node]
    return [node for node in desk.tree.nodes.values() if node.id in seen and node.kind in MEASURED]


def listed(desk: Desk) -> Listing:
    """The targets as the address asks for them."""
    index = desk.index
    lines = (
        [Line(node, line) for node in nodes_of(desk) for line in place_board(index, node.id, desk.on)]
        if index is not None
        else []
    )
    return listing(
        desk.frame,
        lines,
        COLUMNS,
        (
            Choice("unit", "单位", lambda x: [x.node.code], lambda code: desk.tree.by_code[code].label),
            Choice("year", "年份", lambda x: [x.line.share.period], lambda year: f"{year}年"),
            Choice("verdict", "判定", lambda x: [x.line.verdict.value], lambda key: Verdict(key).words),
            Choice("source", "来源", lambda x: [x.source], lambda key: SOURCES[key]),
        ),
        lambda x: (x.line.name, x.node.name),
    )


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = listed(desk)
    counts = Counter(x.line.verdict for x in found.rows)
    return page(
        request,
        "desk/targets/mine.html",
        desk.frame,
        desk=desk,
        view="targets",
        list=found,
        counts=[(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]],
        sources=SOURCES,
        may_split=desk.actor.may(Permission.SPLIT_TARGETS),
    )


@require_GET
def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    columns = (
        *(SheetColumn("指标", width=44), SheetColumn("单位", width=26), SheetColumn("目标", width=20)),
        *(SheetColumn("年份", width=8), SheetColumn("最近审定的数", kind="number", width=16)),
        *(SheetColumn("计量单位", width=10), SheetColumn("报告期", width=16), SheetColumn("判定", width=10)),
        *(SheetColumn("为什么", width=44), SheetColumn("来源", width=12), SheetColumn("依据", width=40)),
    )
    rows = [
        [
            *(x.line.name, x.node.name, x.target, x.line.share.period),
            x.line.figure.value if x.line.figure else None,
            *(x.line.share.unit, x.line.figure.period_words if x.line.figure else None),
            *(x.line.verdict.words, x.line.reason, SOURCES[x.source], x.line.share.basis),
        ]
        for x in listed(desk).rows
    ]
    return workbook(request, desk, "分解目标完成情况", columns, rows, "targets", reverse("portal:targets"))


view = at_desk(_view, Permission.VIEW)
file = at_desk(_file, Permission.VIEW)
