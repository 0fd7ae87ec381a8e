"""The units of items: giving organisations a part, letting parts follow the tree, ending them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.inbox import holders, notify
from zhijiao.core.tree import Tree
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.rules import ledger
from zhijiao.supervision.rules.expansion import Directory, expand
from zhijiao.supervision.rules.starting import Known, plan_start
from zhijiao.supervision.store import directory_of, realm, set_standing, settlements, standing_of
from zhijiao.supervision.types import NO_UNIT, Addressee, AssignmentState, Duty, EntryKind, Expansion
from zhijiao.supervision.types.starting import Joining, Leaving, Wanted

WORKERS = (Role.OFFICE, Role.DEPARTMENT, Role.COUNTY, Role.SCHOOL, Role.ENTERPRISE)
"""Who is told of work at an organisation."""


def expansion_of(
    addressees: Sequence[Addressee],
    row: WorkItem | None,
    directory: Directory,
    index: PackIndex | None,
    settled: Mapping[str, Sequence[int]],
) -> Expansion:
    named = [Addressee.from_json(plain) for plain in row.named] if row is not None else []
    if not addressees and not named:
        return Expansion({}, (NO_UNIT,))
    # Whoever the office names leads first: it was asked because the document was silent.
    return expand([*named, *addressees], directory, index, settled)


def known(rows: Mapping[str, WorkItem]) -> list[Known]:
    parts: dict[int, dict[int, tuple[Duty, AssignmentState]]] = {row.pk: {} for row in rows.values()}
    for item, organisation, duty, state in Assignment.objects.filter(item__in=parts).values_list(
        "item_id", "organisation_id", "duty", "state"
    ):
        parts[item][organisation] = Duty(duty), AssignmentState(state)
    return [
        Known(row.key, row.title, content(row), parts[row.pk], bool(row.carried_under))
        for row in rows.values()
    ]


def content(row: WorkItem) -> Wanted:
    return Wanted(
        key=row.key,
        row=row.row,
        document=row.document,
        number=row.number,
        title=row.title,
        deliverable=row.deliverable,
        evidence=tuple(row.evidence),
        clauses=tuple(row.clauses),
        indicators=tuple(row.indicators),
        addressees=tuple(Addressee.from_json(plain) for plain in row.addressees),
        due=row.due,
        inferred=row.inferred,
        every=row.every,
        closed_on=row.closed_on,
    )


def set_units(row: WorkItem, expansion: Expansion) -> None:
    parties = sorted(expansion.duties)
    nobody = [{"unit": n.unit, "duty": n.duty.value, "why": n.why} for n in expansion.nobody]
    if (row.lead_id, row.parties, row.nobody) != (expansion.lead, parties, nobody):
        row.lead_id, row.parties, row.nobody = expansion.lead, parties, nobody
        row.save(update_fields=["lead", "parties", "nobody"])


def join(
    row: WorkItem, joinings: Sequence[Joining], by: Actor, at: datetime, on: date, *, tell: bool = True
) -> None:
    """Give organisations a part. One that had a part before takes it up again, or gets another duty."""
    parties = _parties(row)
    have = {a.organisation_id: a for a in Assignment.objects.filter(item=row)}
    Assignment.objects.bulk_create(
        Assignment(item=row, organisation_id=j.organisation, parties=parties, duty=j.duty, started=on)
        for j in joinings
        if j.organisation not in have
    )
    for joining in joinings:
        known = have.get(joining.organisation)
        if known is not None:
            _resume(known, joining.duty, parties, by, at, on)
    for known in have.values():
        if known.parties != parties:
            known.parties = parties
            known.save(update_fields=["parties"])
    if tell:
        for joining in joinings:
            notify(
                holders(joining.organisation, WORKERS),
                key=f"task:{row.pk}:{joining.organisation}",
                subject=f"新交办：{row.title}",
                body=f"{joining.duty.words}。{row.deliverable}",
                link=f"/desk/tasks/{row.pk}",
                at=at,
            )


def _resume(known: Assignment, duty: Duty, parties: list[int], by: Actor, at: datetime, on: date) -> None:
    if known.state == AssignmentState.RELEASED:
        _write(known, EntryKind.RESUME, "按今天的组织树重新承担", by, at, on)
    known.duty, known.parties = duty, parties
    known.save(update_fields=["duty", "parties"])


def leave(row: WorkItem, leaving: Leaving, by: Actor, at: datetime, on: date) -> None:
    """End an organisation's part; what it reported stays."""
    known = Assignment.objects.get(item=row, organisation=leaving.organisation)
    _write(known, EntryKind.RELEASE, "按今天的组织树和责任单位，不再承担", by, at, on)


def _write(known: Assignment, kind: EntryKind, words: str, by: Actor, at: datetime, on: date) -> None:
    after = ledger.follow(standing_of(known), ledger.Line(kind, on, by.user, words=words))
    set_standing(known, after)
    Entry.objects.create(
        assignment=known,
        number=after.entries_count,
        kind=kind,
        words=words,
        by=by.user,
        by_name=by.name,
        at=at,
        on=on,
    )


def _parties(row: WorkItem) -> list[int]:
    """Who sees every part of an item besides the unit itself: who asked for it, and who leads it."""
    return sorted({row.organisation_id, *([row.lead_id] if row.lead_id is not None else [])})


def follow(row: WorkItem, standing: Tree, by: Actor, at: datetime, on: date) -> int:
    """Let the units of one item follow the tree; return how many were added or released."""
    if row.organisation_id not in standing.nodes:
        return 0
    index = policy.index(row.pack) if row.pack else None
    directory = directory_of(standing, by.tenant, realm(standing, row.organisation_id).id)
    addressees = [Addressee.from_json(plain) for plain in row.addressees]
    settled = settlements(row.organisation_id, row.pack)
    expansion = expansion_of(addressees, row, directory, index, settled)
    start = plan_start([], known({row.key: row}), {row.key: expansion})
    set_units(row, expansion)
    join(row, start.joining, by, at, on)
    for leaving in start.leaving:
        leave(row, leaving, by, at, on)
    return len(start.joining) + len(start.leaving)
