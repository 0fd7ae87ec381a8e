"""Reads: items and parts with their lights, as one person may see them. Call inside the person's scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Tree
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.queries.files import names_of
from zhijiao.supervision.rules.ledger import may_follow
from zhijiao.supervision.rules.lights import due_of, is_done, is_late, light_of, roll_up
from zhijiao.supervision.rules.periods import before, period_of, period_words
from zhijiao.supervision.store import acts_for, part_of, parts_of, standing_of, terms_of
from zhijiao.supervision.types import (
    AssignmentState,
    Duty,
    EntryKind,
    ItemState,
    Light,
    Part,
    Rhythm,
    Rollup,
    Source,
    Terms,
)


@dataclass(frozen=True)
class Who:
    """An organisation by name, as it is called on the day."""

    id: int
    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class ItemLine:
    """An item in a list. `mine` are the parts of organisations that the person works in."""

    id: int
    key: str
    pack: str
    source: Source
    row: str
    document: str
    number: str
    title: str
    deliverable: str
    owner: Who
    lead: Who | None
    units: int
    done: int
    due: date | None
    inferred: bool
    every: Rhythm | None
    light: Light
    late: int
    last: date | None
    mine: tuple[tuple[Who, Duty, AssignmentState, int], ...]
    state: ItemState
    nobody: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PartLine:
    """A unit's part in an item. `seen` is the number of entries, for the check that nobody was faster."""

    id: int
    who: Who
    duty: Duty
    state: AssignmentState
    light: Light
    percent: int | None
    last: date | None
    words: str
    help_wanted: str
    period: str
    seen: int
    may_report: bool
    may_confirm: bool
    may_return: bool
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EntryLine:
    """A line of the ledger. `files`: number and name of its evidence."""

    id: int
    part: int
    who: Who
    number: int
    kind: EntryKind
    period: str
    percent: int | None
    words: str
    problems: str
    help_wanted: str
    files: tuple[tuple[int, str], ...]
    by_name: str
    by_organisation: Who | None
    at: datetime
    on: date


@dataclass(frozen=True)
class ItemView:
    """An item in full, as far as the person may see it."""

    line: ItemLine
    evidence: tuple[str, ...]
    clauses: tuple[str, ...]
    indicators: tuple[str, ...]
    source_title: str
    dated: date | None
    scan: int | None
    rollup: Rollup
    share: int
    closed_on: date | None
    carried_under: str
    dropped_because: str
    parts: tuple[PartLine, ...]
    hidden: int
    """Units that the person may not see one by one; they count in the light."""
    entries: tuple[EntryLine, ...]
    may_assign: bool
    may_supervise: bool


def item_lines(
    actor: Actor, standing: Tree, *, on: date, items: Collection[int] | None = None, pack: str | None = None
) -> list[ItemLine]:
    """The items that the person sees, with their lights on a day. Items of packs in the order of the pack's rows."""
    found = WorkItem.objects.filter(tenant=actor.tenant).order_by("source", "pack", "id")
    found = found.defer("addressees", "named", "evidence", "clauses", "indicators", "parties")
    if items is not None:
        found = found.filter(pk__in=items)
    if pack is not None:
        found = found.filter(pack=pack)
    rows = list(found)
    parts = parts_of([row.pk for row in rows])
    mine: dict[int, list[Assignment]] = {}
    # Where the person holds a role themselves, not what lies below.
    own = Assignment.objects.filter(item__in=parts, organisation__in=actor.homes)
    for assignment in own.exclude(state=AssignmentState.RELEASED):
        mine.setdefault(assignment.item_id, []).append(assignment)
    return [_line(row, parts[row.pk], mine.get(row.pk, ()), standing, on) for row in rows]


def item_view(actor: Actor, standing: Tree, item: int, *, on: date) -> ItemView:
    """One item. Raises Invisible."""
    row = WorkItem.objects.filter(pk=item, tenant=actor.tenant).first()
    if row is None:
        raise Invisible("没有这个事项。")
    (line,) = item_lines(actor, standing, on=on, items=[item])
    terms = terms_of(row)
    seen = list(Assignment.objects.filter(item=row).select_related("item"))
    seen.sort(key=lambda a: (list(Duty).index(Duty(a.duty)), _order(standing, a.organisation_id)))
    ledgers = Entry.objects.filter(assignment__in=seen).select_related("assignment")
    entries = list(ledgers.order_by("-at", "-number"))
    names = names_of(file for entry in entries for file in entry.evidence)
    return ItemView(
        line=line,
        evidence=tuple(row.evidence),
        clauses=tuple(row.clauses),
        indicators=tuple(row.indicators),
        source_title=row.source_title,
        dated=row.dated,
        scan=row.scan_id,
        rollup=Rollup(row.rollup),
        share=row.share,
        closed_on=row.closed_on,
        carried_under=row.carried_under,
        dropped_because=row.dropped_because,
        parts=tuple(_part(a, terms, actor, standing, on) for a in seen),
        hidden=line.units - sum(a.state != AssignmentState.RELEASED for a in seen),
        entries=tuple(_entry(entry, names, standing) for entry in entries),
        may_assign=actor.may(Permission.ASSIGN, row.organisation_id),
        may_supervise=actor.may(Permission.SUPERVISE, row.organisation_id)
        or (row.lead_id is not None and actor.may(Permission.SUPERVISE, row.lead_id)),
    )


def part_of_item(actor: Actor, standing: Tree, part: int, *, on: date) -> tuple[ItemView, PartLine]:
    """An item with the part that a form is about. Raises Invisible."""
    row = Assignment.objects.filter(pk=part, item__tenant=actor.tenant).first()
    if row is None:
        raise Invisible("没有这个事项。")
    view = item_view(actor, standing, row.item_id, on=on)
    return view, next(p for p in view.parts if p.id == part)


def readers_of(part: int) -> list[int]:
    """Who may read the evidence of a part besides its unit."""
    return list(Assignment.objects.values_list("parties", flat=True).get(pk=part))


def lights_of_pack(actor: Actor, pack: str, *, on: date) -> dict[str, tuple[int, Light]]:
    """By the key of each task item of a pack that the person sees: the id of the work item and its light."""
    rows = list(WorkItem.objects.filter(tenant=actor.tenant, pack=pack, source=Source.PACK))
    parts = parts_of([row.pk for row in rows])
    return {row.key: (row.pk, light_of_item(row, parts[row.pk], on)) for row in rows}


def unresolved(actor: Actor, pack: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """Spellings behind which nobody was found: (spelling, why, items as id and title). For who may settle them."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    rows = WorkItem.objects.filter(tenant=actor.tenant, pack=pack, state=ItemState.OPEN).exclude(nobody=[])
    for pk, title, owner, nobody in rows.order_by("id").values_list(
        "id", "title", "organisation_id", "nobody"
    ):
        if actor.may(Permission.ASSIGN, owner):
            for each in nobody:
                found.setdefault((each["unit"], each["why"]), []).append((pk, title))
    return [(unit, why, items) for (unit, why), items in found.items()]


def waiting_claims(actor: Actor) -> list[tuple[int, str, int]]:
    """Items with claims that the person may confirm: (id, title, how many)."""
    waiting = Assignment.objects.filter(item__tenant=actor.tenant, state=AssignmentState.CLAIMED)
    counts: dict[tuple[int, str], int] = {}
    for row in waiting.select_related("item").order_by("id"):
        if row.claimed_by != actor.user and _decides(row, actor):
            key = row.item_id, row.item.title
            counts[key] = counts.get(key, 0) + 1
    return [(item, title, n) for (item, title), n in counts.items()]


def light_of_item(row: WorkItem, parts: Sequence[Part], on: date) -> Light:
    """The light of an item on a day."""
    terms = terms_of(row)
    # Most units stand alike; their light is worked out once.
    lights = {part: light_of(part, terms, on) for part in dict.fromkeys(parts)}
    lit = [(part, lights[part]) for part in parts]
    return roll_up(lit, Rollup(row.rollup), row.share, terms, on)


# -- shared ----------------------------------------------------------------------------------------


def who(standing: Tree, organisation: int) -> Who:
    """An organisation by the name of the day; one that has closed since by its id alone."""
    node = standing.nodes.get(organisation)
    return (
        Who(organisation, node.code, node.label, node.kind.value)
        if node is not None
        else Who(organisation, "", "已撤并的单位", "other")
    )


def _decides(row: Assignment, actor: Actor) -> bool:
    """Whether somebody may confirm or send back a part: who asked for the item, and its lead for the others."""
    item = row.item
    if any(actor.may(p, item.organisation_id) for p in (Permission.ASSIGN, Permission.SUPERVISE)):
        return True
    return (
        item.lead_id is not None
        and row.duty != Duty.LEAD
        and acts_for(actor, Permission.PROGRESS, item.lead_id)
    )


def _line(
    row: WorkItem, parts: Sequence[Part], mine: Sequence[Assignment], standing: Tree, on: date
) -> ItemLine:
    terms = terms_of(row)
    active = [part for part in parts if part.state is not AssignmentState.RELEASED]
    days = [part.last for part in active if part.last is not None]
    return ItemLine(
        id=row.pk,
        key=row.key,
        pack=row.pack,
        source=Source(row.source),
        row=row.row,
        document=row.document,
        number=row.number,
        title=row.title,
        deliverable=row.deliverable,
        owner=who(standing, row.organisation_id),
        lead=who(standing, row.lead_id) if row.lead_id is not None else None,
        units=len(active),
        done=sum(is_done(part, terms, on) for part in active),
        due=due_of(terms, on),
        inferred=row.inferred,
        every=terms.every,
        light=light_of_item(row, parts, on),
        late=sum(is_late(part, terms, on) for part in active),
        last=max(days, default=None),
        mine=tuple(
            (who(standing, a.organisation_id), Duty(a.duty), AssignmentState(a.state), a.pk) for a in mine
        ),
        state=ItemState(row.state),
        nobody=tuple((n["unit"], n["why"]) for n in row.nobody),
    )


def _part(a: Assignment, terms: Terms, actor: Actor, standing: Tree, on: date) -> PartLine:
    ledger = standing_of(a)
    decides = _decides(a, actor)
    return PartLine(
        id=a.pk,
        who=who(standing, a.organisation_id),
        duty=Duty(a.duty),
        state=ledger.state,
        light=light_of(part_of(a), terms, on),
        percent=a.percent,
        last=a.last_on,
        words=a.last_words,
        help_wanted=a.help_wanted,
        period=period_words(a.period),
        seen=a.entries_count,
        may_report=acts_for(actor, Permission.PROGRESS, a.organisation_id)
        and not terms.dropped
        and any(may_follow(ledger, EntryKind.PROGRESS, key) for key, _ in _periods(terms, on)),
        may_confirm=decides and may_follow(ledger, EntryKind.CONFIRM) and a.claimed_by != actor.user,
        may_return=decides and may_follow(ledger, EntryKind.RETURN),
        periods=tuple(
            (key, words) for key, words in _periods(terms, on) if may_follow(ledger, EntryKind.PROGRESS, key)
        ),
    )


def _periods(terms: Terms, on: date) -> tuple[tuple[str, str], ...]:
    """The periods that can be reported on a day, the current one first; one without a key where nothing comes round."""
    if terms.every is None:
        return (("", ""),)
    now = period_of(terms.every, on)
    earlier = before(terms.every, now)
    return (now.key, now.words), (earlier.key, earlier.words)


def _entry(entry: Entry, names: Mapping[int, str], standing: Tree) -> EntryLine:
    return EntryLine(
        id=entry.pk,
        part=entry.assignment_id,
        who=who(standing, entry.assignment.organisation_id),
        number=entry.number,
        kind=EntryKind(entry.kind),
        period=period_words(entry.period),
        percent=entry.percent,
        words=entry.words,
        problems=entry.problems,
        help_wanted=entry.help_wanted,
        files=tuple((file, names[file]) for file in entry.evidence if file in names),
        by_name=entry.by_name,
        by_organisation=who(standing, entry.by_organisation_id) if entry.by_organisation_id else None,
        at=entry.at,
        on=entry.on,
    )


def _order(standing: Tree, organisation: int) -> tuple[str, str]:
    node = standing.nodes.get(organisation)
    return (node.code, node.name) if node is not None else ("~", "")
