"""Succession: what the plan or document before left open, what was decided, and what so goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from zhijiao.indicators.queries import board
from zhijiao.indicators.types import Row, Verdict
from zhijiao.indicators.types.planned import PlannedTarget
from zhijiao.planning import rules
from zhijiao.planning.models import Carry, Plan
from zhijiao.planning.store import content_in_force, index_for
from zhijiao.planning.types import Counts, Decision, OpenThing, PlanItem, PlanTarget, ThingKind
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.wording import target_text, told
from zhijiao.supervision.queries import task_lines
from zhijiao.supervision.queries.planned import done_items_of_plan
from zhijiao.supervision.types import TaskState

_DONE = (TaskState.DONE, TaskState.DONE_IF_SAME)
_LONGEST = 120
"""Characters of the key of a thing (Carry.thing)."""

Left = tuple[ThingKind, str, str, str]
"""Kind, key, title, where it stands."""


def open_things(row: Plan, on: date) -> list[OpenThing]:
    """What the plan before left open, with the decisions so far. Empty for a plan that follows none."""
    decided = {(carry.kind, carry.thing): carry for carry in Carry.objects.filter(plan=row)}
    found = []
    for kind, thing, title, stands in _left_open(row, on):
        carry = decided.get((kind.value, thing))
        found.append(
            OpenThing(
                kind=kind,
                id=thing,
                title=title,
                where_it_stands=stands,
                decision=Decision(carry.decision) if carry else None,
                words=carry.words if carry else "",
                decided_by=carry.by_name if carry else "",
                decided_at=carry.at if carry else None,
            )
        )
    return found


def left_undecided(row: Plan, on: date) -> int:
    """How many things of a plan still have no decision in the plan that follows it; without one, all of them."""
    after = Plan.objects.filter(follows=row).first()
    return len(_of_plan(row)) if after is None else len(rules.undecided(open_things(after, on)))


def effective(row: Plan) -> tuple[list[PlannedTarget], list[tuple[PlanItem, bool]]]:
    """The targets and the work of a plan with what it carried over."""
    content = content_in_force(row)
    targets, items = carried_content(row)
    return (
        rules.targets_in_force(content.targets, targets, row.starts, row.ends),
        rules.items_in_force(content.items, items, row.starts, row.ends),
    )


def carried_content(row: Plan) -> tuple[list[PlanTarget], list[PlanItem]]:
    """What a plan has decided to carry over, as targets and items of its own."""
    targets: list[PlanTarget] = []
    items: list[PlanItem] = []
    index = index_for(row)
    before_targets, before_items = _says(row.follows) if row.follows is not None else ([], [])
    by_key = {
        _target_key(target): [t for t in before_targets if _target_key(t) == _target_key(target)]
        for target in before_targets
    }
    by_title = {_item_key(item): item for item in before_items}
    for carry in Carry.objects.filter(plan=row, decision=Decision.CARRY).order_by("id"):
        match ThingKind(carry.kind):
            case ThingKind.INDICATOR if carry.thing in index.indicators:
                targets += [
                    PlanTarget(carry.thing, bound.op, bound.value, bound.unit, "")
                    for bound in index.indicators[carry.thing].targets
                ]
            case ThingKind.ITEM if carry.thing in index.items:
                _, item = index.items[carry.thing]
                items.append(PlanItem(item.name, item.deliverable, None, item.id))
            case ThingKind.PLAN_TARGET:
                targets += by_key.get(carry.thing, [])
            case ThingKind.PLAN_ITEM if carry.thing in by_title:
                items.append(by_title[carry.thing])
            case _:
                pass
    return targets, items


def dropped_items(row: Plan) -> Iterable[tuple[list[str], str]]:
    """Items of the pack on which a plan decided that work stops, with the words of the decision."""
    for carry in Carry.objects.filter(
        plan=row, kind=ThingKind.ITEM, decision__in=(Decision.DROP, Decision.MERGE)
    ):
        yield [carry.thing], f"“{row.title}”决定{Decision(carry.decision).words}：{carry.words}"


def succession(pack: str, tenant: str, document: str) -> Counts | None:
    """What was decided about the things that a document of the pack left open; None while nobody has decided anything."""
    row = (
        Plan.objects.filter(tenant=tenant, pack=pack, follows_document=document)
        .order_by("-in_force", "id")
        .first()
    )
    return counts_of(row) if row is not None else None


def decided_things(plan: int) -> list[OpenThing]:
    """What a plan decided, thing by thing, whether or not it still counts as open."""
    return [
        OpenThing(
            ThingKind(carry.kind),
            carry.thing,
            carry.title,
            "",
            Decision(carry.decision),
            carry.words,
            carry.by_name,
            carry.at,
        )
        for carry in Carry.objects.filter(plan=plan).order_by("id")
    ]


def succession_of(row: Plan) -> Counts | None:
    """The same for a plan that is followed by another."""
    after = Plan.objects.filter(follows=row).first()
    return counts_of(after) if after is not None else None


def counts_of(row: Plan) -> Counts | None:
    """How a plan decided about what was left open before it."""
    made = list(Carry.objects.filter(plan=row).values_list("decision", flat=True))
    if not made:
        return None
    return Counts(row.pk, row.title, row.in_force, {d: made.count(d.value) for d in Decision})


def _left_open(row: Plan, on: date) -> Sequence[Left]:
    if row.follows is not None:
        return _of_plan(row.follows)
    if row.follows_document:
        return _of_document(index_for(row), row.follows_document, on)
    return []


def _of_document(index: PackIndex, document: str, on: date) -> list[Left]:
    """Indicators and task items of a document that were not reached; of one that has not closed yet, those not reached so
    far. A part of an indicator is decided with its whole."""
    made = board(index, on)
    left = [
        (ThingKind.INDICATOR, r.indicator.id, r.indicator.name, _stands(r))
        for r in made.rows
        if r.closing.document.id == document
        and r.parent is None
        and r.verdict not in (Verdict.MET, Verdict.MET_IF_SAME)
    ]
    left += [
        (
            ThingKind.ITEM,
            line.item.id,
            line.item.name,
            f"{'收官时' if line.closed else '目前'}“{line.state.words}”",
        )
        for line in task_lines(index, made.closings, on)
        if line.row.document == document and line.state not in _DONE
    ]
    return left


def _stands(row: Row) -> str:
    words = f"{'收官时' if row.closing.closed else '目前'}“{row.verdict.words}”"
    if row.indicator.targets:
        words += f"，目标{target_text(row.indicator)}"
    if row.actual is not None:
        words += f"，公布{told(row.actual.op, row.actual.value, row.actual.unit)}"
    return words


def _says(before: Plan) -> tuple[list[PlanTarget], list[PlanItem]]:
    """What a plan says with what it carried over itself."""
    content = content_in_force(before)
    targets, items = carried_content(before)
    own = {target.indicator for target in content.targets}
    named = {item.title.strip() for item in content.items}
    return (
        [*content.targets, *(t for t in targets if t.indicator not in own)],
        [*content.items, *(i for i in items if i.title.strip() not in named)],
    )


def _of_plan(before: Plan) -> list[Left]:
    """Targets of the plan before, and its items that are not done."""
    index = index_for(before)
    targets, items = _says(before)
    done = done_items_of_plan(before.pk)
    words: dict[str, tuple[str, list[str]]] = {}
    for target in targets:
        known = index.indicators.get(target.indicator)
        name = known.name if known is not None else target.indicator
        words.setdefault(_target_key(target), (name, []))[1].append(
            told(target.op, target.value, target.unit)
        )
    left: list[Left] = [
        (ThingKind.PLAN_TARGET, key, name, f"{_year(key)}目标 {'、'.join(bounds)}")
        for key, (name, bounds) in words.items()
    ]
    left += [
        (ThingKind.PLAN_ITEM, _item_key(item), item.title, f"原定 {item.due or '未写时限'}，没有确认完成")
        for item in items
        if item.title.strip()[:200] not in done
    ]
    return left


def _target_key(target: PlanTarget) -> str:
    return f"{target.indicator}@{target.period}"


def _year(key: str) -> str:
    period = key.rpartition("@")[2]
    return f"{period}年" if period else "期末"


def _item_key(item: PlanItem) -> str:
    return item.title.strip()[:_LONGEST]
