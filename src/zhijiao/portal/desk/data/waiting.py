"""Rows that wait to be mended, and differences between two sources: lists with one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.exchange import actions
from zhijiao.exchange.queries.batches import count_held, held
from zhijiao.exchange.queries.differences import count_differences, differences
from zhijiao.exchange.queries.pages import known_by_difference
from zhijiao.exchange.types import DifferenceState, HeldState, Side
from zhijiao.exchange.types.batches import Refused
from zhijiao.exchange.types.views import DifferenceView, HeldView
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.shared import NEEDS, PAGE, Hub, asked_units, leaf, options, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import numbered
from zhijiao.portal.desk.sheets import workbook
from zhijiao.render.xlsx import Column as SheetColumn

MOST = 10_000
HELD = {"waiting": HeldState.WAITING, "mended": HeldState.MENDED, "dropped": HeldState.DROPPED}
OPEN = {"open": DifferenceState.OPEN, "settled": DifferenceState.SETTLED, "gone": DifferenceState.GONE}


def _asked(desk: Desk, hub: Hub) -> dict[str, Any]:
    return {"organisations": asked_units(desk, hub), "dataset": desk.frame.query.get("dataset", "")}


def _held_states(desk: Desk) -> tuple[HeldState, ...]:
    return (HELD.get(desk.frame.query.get("state", ""), HeldState.WAITING),)


def _held(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _held_page(request, desk)


def _held_page(request: HttpRequest, desk: Desk, fault: str = "", status: int = 200) -> HttpResponse:
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:data_held")))
    hub, states = Hub(desk), _held_states(desk)
    asked = _asked(desk, hub)
    here = leaf(desk, count_held(desk.actor, states=states, **asked))
    return show(
        request,
        desk,
        "held.html",
        hub,
        status,
        rows=_seen(desk, hub, held(desk.actor, states=states, limit=PAGE, offset=here.offset, **asked)),
        leaf=here,
        choices=options(hub),
        held_states=[(key, state.words) for key, state in HELD.items() if key != "waiting"],
        open=states == (HeldState.WAITING,),
        own=desk.actor.organisations(Permission.REPORT),
        fault=fault,
    )


def _seen(desk: Desk, hub: Hub, rows: Sequence[HeldView]) -> list[HeldView]:
    """Rows without what stands in them where they speak of other organisations' persons."""
    found = []
    for row in rows:
        described = hub.standard.by_id.get(row.dataset)
        if not masking.is_own(desk, row.organisation) and (
            described is None or masking.is_personal(described)
        ):
            named = [str(p.get("column") or "这一行") for p in row.problems]
            told = [{"words": f"“{name}”填得不对（内容只有报送单位看得到）"} for name in dict.fromkeys(named)]
            row = replace(row, cells={}, problems=told)
        found.append(row)
    return found


def _held_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    rows = _seen(desk, hub, held(desk.actor, states=_held_states(desk), limit=MOST, **_asked(desk, hub)))
    titles = list(dict.fromkeys(title for row in rows for title in row.cells))[:60]
    columns = [
        *(SheetColumn("单位", width=30), SheetColumn("数据集", width=24), SheetColumn("批次")),
        *(SheetColumn("行", kind="number"), SheetColumn("怎么改", width=50)),
        *(SheetColumn(title) for title in titles),
    ]
    cells = [
        [
            *(hub.unit(row.organisation), hub.name(row.dataset), row.number, row.row),
            "；".join(str(p.get("words", "")) for p in row.problems),
            *(row.cells.get(title) or None for title in titles),
        ]
        for row in rows
    ]
    return workbook(request, desk, "待改的行", columns, cells, "data-held", reverse("portal:data_held"))


def _drop(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give up rows that will not be handed in."""
    chosen = numbered(request.POST, "row")
    if not chosen:
        return _held_page(request, desk, "请先在行首勾选要放弃的行。", 422)
    actions.drop_held(by=desk.actor, at=timezone.now(), rows=chosen, words=request.POST.get("words", ""))
    return HttpResponseRedirect(reverse("portal:data_held"))


@dataclass(frozen=True)
class Told:
    """A difference for eyes: what a clerk knows the record by, and both values in words."""

    difference: DifferenceView
    label: str
    record: int | None
    own: str
    other: str


def _told(desk: Desk, hub: Hub, rows: Sequence[DifferenceView]) -> list[Told]:
    known = known_by_difference(desk.actor, [row.id for row in rows])
    found = []
    for row in rows:
        described = hub.standard.by_id.get(row.dataset)
        field = described.by_id.get(row.field) if described else None
        one, own = known.get(row.id), masking.is_own(desk, row.organisation)
        label = one.label if one else ""
        mine, other = row.own, row.other
        if field is not None:
            mine = masking.shown(hub.standard, field, mine, own=own)
            other = masking.shown(hub.standard, field, other, own=own)
        if described is not None:
            label = masking.labelled(desk, row.organisation, described, label)
        found.append(Told(row, label or row.key, one.record if one else None, mine, other))
    return found


def _states(desk: Desk) -> tuple[DifferenceState, ...]:
    return (OPEN.get(desk.frame.query.get("state", ""), DifferenceState.OPEN),)


def _differences(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _differences_page(request, desk)


def _differences_page(
    request: HttpRequest,
    desk: Desk,
    faults: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:data_differences")))
    hub, states = Hub(desk), _states(desk)
    asked = _asked(desk, hub)
    here = leaf(desk, count_differences(desk.actor, states=states, **asked))
    return show(
        request,
        desk,
        "differences.html",
        hub,
        status,
        rows=_told(
            desk, hub, differences(desk.actor, states=states, limit=PAGE, offset=here.offset, **asked)
        ),
        leaf=here,
        choices=options(hub),
        open=states == (DifferenceState.OPEN,),
        sides=list(Side),
        others=[("settled", DifferenceState.SETTLED.words), ("gone", DifferenceState.GONE.words)],
        own=desk.actor.organisations(Permission.REPORT) | desk.actor.organisations(Permission.REVIEW),
        faults=faults,
        chosen=numbered(request.POST, "row"),
        typed=request.POST,
    )


def _differences_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    rows = _told(desk, hub, differences(desk.actor, states=_states(desk), limit=MOST, **_asked(desk, hub)))
    columns = [
        *(SheetColumn("单位", width=30), SheetColumn("数据集", width=24), SheetColumn("对方来源", width=20)),
        *(
            SheetColumn("哪一条", width=36),
            SheetColumn("项"),
            SheetColumn("本单位报的"),
            SheetColumn("对方的"),
        ),
        *(SheetColumn("状态"), SheetColumn("以谁为准"), SheetColumn("依据", width=40), SheetColumn("谁核对")),
    ]
    cells = [
        [
            *(hub.unit(row.organisation), hub.name(row.dataset), row.source, told.label, row.field_name),
            *(told.own or None, told.other or None),
            *(row.state.words, row.stands.words if row.stands else None),
            *(row.note or None, row.settled_by or None),
        ]
        for told in rows
        for row in [told.difference]
    ]
    return workbook(
        request, desk, "来源差异", columns, cells, "data-differences", reverse("portal:data_differences")
    )


def _settle(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say whose value stands, with a word why."""
    chosen, stands = numbered(request.POST, "row"), request.POST.get("stands", "")
    faults = []
    if not chosen:
        faults.append(("", "请先在行首勾选核对过的差异"))
    if stands not in {side.value for side in Side}:
        faults.append(("stands", "请选以谁为准"))
    if not request.POST.get("note", "").strip():
        faults.append(("note", "请写一句依据，比如：以纸质学籍卡为准"))
    if not faults:
        try:
            actions.settle(
                by=desk.actor,
                at=timezone.now(),
                differences=chosen,
                stands=Side(stands),
                note=request.POST["note"],
            )
        except Refused as refused:
            faults.append(("note", str(refused)))
    if faults:
        return _differences_page(request, desk, faults, 422)
    return HttpResponseRedirect(reverse("portal:data_differences"))


held_view = require_safe(at_desk(_held, *NEEDS))
held_file_view = require_safe(at_desk(_held_file, *NEEDS))
drop_view = require_POST(at_desk(_drop, Permission.REPORT))
differences_view = require_safe(at_desk(_differences, *NEEDS))
differences_file_view = require_safe(at_desk(_differences_file, *NEEDS))
settle_view = require_POST(at_desk(_settle, Permission.REPORT, Permission.REVIEW))
