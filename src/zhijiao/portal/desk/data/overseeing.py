"""What a county or bureau looks at: how far each organisation is, persons who stand twice, the exchange log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.auditing import sealing
from zhijiao.core.models import AuditEvent
from zhijiao.core.tree import Node
from zhijiao.exchange.queries.log import WORDS, count_log, log
from zhijiao.exchange.queries.pages import known_by_person
from zhijiao.exchange.queries.people import twice
from zhijiao.exchange.types.views import LogLine, Twice
from zhijiao.lib.numbers import whole
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.hand_in import Line, lines, owed_workbook
from zhijiao.portal.desk.data.shared import NEEDS, OWED, PAGE, Hub, asked_units, leaf, options, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

MOST = 10_000
VERIFIED = "audit.verified"


@dataclass(frozen=True)
class Unit:
    """How far an organisation is with what it hands in."""

    node: Node
    lines: tuple[Line, ...]

    def count(self, *keys: str) -> int:
        """Its data sets in these states."""
        return sum(line.look.key in keys for line in self.lines)

    @property
    def waiting(self) -> int:
        """Rows that wait to be mended."""
        return sum(line.owed.waiting for line in self.lines)

    @property
    def differences(self) -> int:
        """Places where another source says something else."""
        return sum(line.owed.differences for line in self.lines)


COLUMNS = (
    Column("unit", "单位", value=lambda unit: unit.node.label),
    Column("kind", "类别"),
    Column("all", "应交", num=True, value=lambda unit: len(unit.lines)),
    Column("done", "已入库", num=True, value=lambda unit: unit.count("done")),
    Column("late", "逾期未交", num=True, value=lambda unit: unit.count("late")),
    Column("confirm", "待确认", num=True, value=lambda unit: unit.count("to_confirm", "checking")),
    Column("waiting", "待改行数", num=True, value=lambda unit: unit.waiting),
    Column("differences", "来源差异", num=True, value=lambda unit: unit.differences),
)


def _units(desk: Desk, hub: Hub) -> list[Unit]:
    reviewed = desk.actor.organisations(Permission.REVIEW)
    owing = {kind for dataset in hub.standard.datasets for kind in dataset.owes}
    nodes = [node for node in hub.scope if node.id in reviewed and node.kind in owing]
    wanted = desk.frame.query.get("dataset", "")
    by_unit: dict[int, list[Line]] = {}
    for line in lines(desk, [node.id for node in nodes]):
        if not wanted or line.owed.dataset.id == wanted:
            by_unit.setdefault(line.owed.organisation, []).append(line)
    return [Unit(node, tuple(by_unit[node.id])) for node in nodes if node.id in by_unit]


def _listed(desk: Desk, hub: Hub) -> Listing:
    found = _units(desk, hub)
    state = Choice(
        "state", "状态", lambda unit: [line.look.key for line in unit.lines], lambda key: OWED[key].words
    )
    kind = Choice("kind", "类别", lambda unit: [unit.node.kind.value], lambda key: _kind(found, key))
    return listing(desk.frame, found, COLUMNS, (state, kind), lambda unit: (unit.node.name, unit.node.short))


def _kind(found: Sequence[Unit], key: str) -> str:
    return next(unit.node.kind.words for unit in found if unit.node.kind.value == key)


def _units_view(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    found = _listed(desk, hub)
    here = leaf(desk, len(found.rows))
    every = [line for unit in found.rows for line in unit.lines]
    counted = Counter(line.look.key for line in every)
    return show(
        request,
        desk,
        "units.html",
        hub,
        list=found,
        rows=found.rows[here.offset : here.offset + PAGE],
        leaf=here,
        counted=[(OWED[key], counted[key]) for key in OWED if counted[key]],
        datasets=options(hub)["dataset"],
        wanted=desk.frame.query.get("dataset", ""),
    )


def _units_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = [line for unit in _listed(desk, Hub(desk)).rows for line in unit.lines]
    return owed_workbook(request, desk, rows, "各单位数据归集进度", reverse("portal:data_units"))


def _twice(request: HttpRequest, desk: Desk) -> HttpResponse:
    return show(request, desk, "twice.html", Hub(desk), rows=_standing(desk))


@dataclass(frozen=True)
class Place:
    """Where a person stands: their name as far as the reader may see it, and the record."""

    organisation: int
    dataset: str
    label: str
    record: int | None


def _standing(desk: Desk) -> list[tuple[Twice, list[Place]]]:
    hub, found = Hub(desk), twice(desk.actor)
    known = known_by_person(desk.actor, [one.person for one in found])
    rows = []
    for one in found:
        places = []
        for organisation, dataset, _ in one.places:
            known_one, described = known.get((one.person, organisation, dataset)), hub.dataset(dataset)
            label = masking.labelled(desk, organisation, described, known_one.label) if known_one else ""
            places.append(Place(organisation, dataset, label, known_one.record if known_one else None))
        rows.append((one, places))
    return rows


def _twice_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    columns = [
        *(SheetColumn("人员（加密标识）"), SheetColumn("单位", width=30), SheetColumn("数据集", width=20)),
        *(SheetColumn("姓名"), SheetColumn("范围外另有单位数", kind="number")),
    ]
    cells: list[list[Cell]] = [
        [
            *(one.masked, hub.unit(place.organisation), hub.name(place.dataset)),
            *(place.label or None, one.elsewhere),
        ]
        for one, places in _standing(desk)
        for place in places
    ]
    return workbook(request, desk, "查重", columns, cells, "data-twice", reverse("portal:data_twice"))


# -- log -------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404(f"地址里的日期“{text}”无法识别，请写成 2026-01-31 的样子。") from error


def _lines(desk: Desk, hub: Hub, *, limit: int, offset: int = 0) -> tuple[int, list[LogLine]]:
    query = desk.frame.query
    units, dataset, words = asked_units(desk, hub), query.get("dataset", ""), query.get("q", "")
    action, since, until = query.get("action", ""), _day(query.get("from", "")), _day(query.get("until", ""))
    total = count_log(
        desk.actor,
        organisations=units,
        dataset=dataset,
        action=action,
        words=words,
        since=since,
        until=until,
    )
    found = log(
        desk.actor,
        organisations=units,
        dataset=dataset,
        action=action,
        words=words,
        since=since,
        until=until,
        limit=limit,
        offset=offset,
    )
    return total, found


def _log(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    asked = whole(desk.frame.query.get("page", "1")) or 1
    total, found = _lines(desk, hub, limit=PAGE, offset=(min(max(asked, 1), 1_000_000) - 1) * PAGE)
    with bulk():  # the chain is one for all; of the verdict only the words are shown
        last = AuditEvent.objects.filter(action=VERIFIED).order_by("-id").first()
    return show(
        request,
        desk,
        "log.html",
        hub,
        rows=found,
        leaf=leaf(desk, total),
        words=WORDS,
        choices=options(hub),
        head=sealing.head(),
        last=last,
        verifies=desk.actor.may(Permission.READ_AUDIT),
    )


def _log_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    _, found = _lines(desk, hub, limit=MOST)
    columns = [
        *(SheetColumn("编号", kind="number"), SheetColumn("时间", width=20), SheetColumn("谁")),
        *(SheetColumn("单位", width=30), SheetColumn("做了什么"), SheetColumn("数据集", width=20)),
        *(
            SheetColumn("内容", width=60),
            SheetColumn("文件校验码", width=30),
            SheetColumn("封存环", kind="number"),
        ),
    ]
    cells: list[list[Cell]] = [
        [
            *(line.id, f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S}", line.name),
            *(hub.unit(line.organisation), WORDS.get(line.action, line.action)),
            *(hub.name(line.detail.get("dataset", "")) or None, line.summary),
            *(line.detail.get("digest") or None, line.position),
        ]
        for line in found
    ]
    return workbook(request, desk, "交换日志", columns, cells, "data-log", reverse("portal:data_log"))


units_view = require_safe(at_desk(_units_view, Permission.REVIEW))
units_file_view = require_safe(at_desk(_units_file, Permission.REVIEW))
twice_view = require_safe(at_desk(_twice, *NEEDS))
twice_file_view = require_safe(at_desk(_twice_file, *NEEDS))
log_view = require_safe(at_desk(_log, *NEEDS))
log_file_view = require_safe(at_desk(_log_file, *NEEDS))
