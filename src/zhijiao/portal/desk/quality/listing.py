"""Data quality of every organisation in scope, data set by data set, the most urgent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.engines.quality import Subject
from zhijiao.exchange.queries.quality import quality, uncounted
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.data.shared import PAGE, Hub, leaf
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.quality.shared import KINDS, NEEDS, SHOWN, Line
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

FINE = "fine"
MOST = 20_000


def lines(desk: Desk, hub: Hub) -> list[Line]:
    """The lines that the address asks for by organisation, data set and period."""
    query = desk.frame.query
    nodes = {node.id: node for node in hub.scope}
    org = row_id(query.get("org", ""))
    wanted = [o for o in nodes if org is None or o == org]
    judged = quality(
        desk.actor,
        organisations=wanted,
        on=desk.on,
        datasets=[query["dataset"]] if "dataset" in query else (),
        period=query.get("period", ""),
    )
    return [
        Line(
            one,
            nodes[one.facts.organisation],
            desk.actor.may(Permission.REPORT, one.facts.organisation),
            desk,
        )
        for one in judged
        if "period" not in query or one.facts.rows
    ]


def _columns(many: bool) -> tuple[Column, ...]:
    return (
        *((Column("unit", "单位", value=lambda line: line.node.label),) if many else ()),
        Column("dataset", "数据集", value=lambda line: line.dataset.number),
        Column("rows", "库里行数", num=True, value=lambda line: line.facts.rows),
        Column("timeliness", "及时", value=_by(Subject.TIMELINESS)),
        *(Column(subject.value, subject.words, num=True, value=_by(subject)) for subject in SHOWN),
        Column("findings", "要办的", value=lambda line: -line.judged.weight),
    )


def _by(subject: Subject) -> Callable[[Line], Decimal | None]:
    return lambda line: line.number(subject)


def listed(desk: Desk, found: list[Line]) -> Listing:
    """The lines as the address asks for them."""
    words = {subject.value: text for subject, text in KINDS.items()}
    choices = [
        Choice("kind", "要办的", lambda line: line.kinds or [FINE], lambda key: words.get(key, "没有要办的")),
        Choice("of", "类别", lambda line: [line.node.kind.words]),
    ]
    many = len({line.node.id for line in found}) > 1
    return listing(
        desk.frame,
        sorted(found, key=lambda line: line.urgency),
        _columns(many),
        choices if many else choices[:1],
        lambda line: (line.node.name, line.node.short, line.dataset.name),
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    found = lines(desk, hub)
    shown = listed(desk, found)
    here = leaf(desk, len(shown.rows))
    counted = Counter(kind for line in shown.rows for kind in line.kinds)
    return page(
        request,
        "desk/quality/list.html",
        desk.frame,
        desk=desk,
        view="quality",
        list=shown,
        rows=shown.rows[here.offset : here.offset + PAGE],
        leaf=here,
        many=len(hub.scope) > 1,
        units=len({line.node.id for line in found}),
        counted=[(text, subject.value, counted[subject.value]) for subject, text in KINDS.items()],
        fine=sum(not line.kinds for line in shown.rows),
        subjects=SHOWN,
        datasets=[(one.id, one.name) for one in hub.standard.datasets],
        organisations=[(str(node.id), node.label) for node in hub.scope if node.kind in _owing(hub)][:500],
        periods=[(period, period) for period in _periods(found)],
        uncounted=uncounted(desk.actor),
        reports=desk.actor.may(Permission.REPORT),
    )


def _periods(found: list[Line]) -> list[str]:
    held = {one.period for line in found for one in line.facts.counted if one.period}
    return sorted(held, reverse=True)


def _owing(hub: Hub) -> set[object]:
    return {kind for dataset in hub.standard.datasets for kind in dataset.owes}


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = listed(desk, lines(desk, Hub(desk))).rows[:MOST]
    columns = [
        *(
            SheetColumn("单位", width=30),
            SheetColumn("数据集", width=24),
            SheetColumn("库里行数", kind="number"),
        ),
        *(SheetColumn(subject.words, "%", kind="number") for subject in Subject),
        *(SheetColumn("要办的", width=60), SheetColumn("怎么办", width=40), SheetColumn("谁来办", width=36)),
        SheetColumn("没有检查的", width=60),
    ]
    cells: list[list[Cell]] = [
        [
            *(line.node.label, line.dataset.name, line.facts.rows),
            *(line.number(subject) for subject in Subject),
            "\n".join(one.finding.words for one in line.mending) or None,
            "\n".join(one.finding.todo for one in line.mending) or None,
            "\n".join(dict.fromkeys(one.who for one in line.mending)) or None,
            "；".join(f"{s.words}：{why}" for s, why in line.judged.score.unchecked.items()) or None,
        ]
        for line in rows
    ]
    return workbook(request, desk, "数据质量", columns, cells, "data-quality", reverse("portal:quality"))


view = require_safe(at_desk(_view, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
