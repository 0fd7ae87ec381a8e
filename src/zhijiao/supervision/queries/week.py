"""Read: the week in review. What moved, what stuck, what is new, whom to call. Call inside the person's scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from zhijiao.core.access.actor import Actor
from zhijiao.core.inbox import holders
from zhijiao.core.models import User
from zhijiao.core.tree import Tree
from zhijiao.supervision.actions.units import WORKERS
from zhijiao.supervision.models import Assignment, Entry, ProceedingStep
from zhijiao.supervision.queries.proceedings import ProceedingLine, proceeding_lines
from zhijiao.supervision.queries.work import Who, who
from zhijiao.supervision.rules.lights import is_late, light_of
from zhijiao.supervision.store import part_of, terms_of
from zhijiao.supervision.types import AssignmentState, Colour, EntryKind, ItemState, Light, Side

QUIET_WEEKS = 3
"""Without a line of progress for so many weeks an item counts as stuck, until the page asks for another number."""


@dataclass(frozen=True)
class Moved:
    """Something that was done in the week."""

    on: date
    who: Who
    what: str
    title: str
    words: str
    link: tuple[str, int]


@dataclass(frozen=True)
class Stuck:
    """A part that does not move, and why it stands here."""

    who: Who
    item: int
    title: str
    lead: Who | None
    light: Light
    last: date | None
    quiet: int
    """Days since the last line of progress, or since the start."""
    late: bool
    help_wanted: str


@dataclass(frozen=True)
class Call:
    """Whom to call: an organisation with what is stuck there, and its people with their office phones."""

    who: Who
    stuck: int
    late: int
    replies: int
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday, as known at the end of it (or today, while it runs)."""

    monday: date
    sunday: date
    on: date
    moved: tuple[Moved, ...]
    stuck: tuple[Stuck, ...]
    waiting: tuple[ProceedingLine, ...]
    """Cases in which a unit's answer is awaited, the late ones first."""
    opened: tuple[ProceedingLine, ...]
    calls: tuple[Call, ...]
    reported: int
    """Units that reported progress in the week."""
    owing: int
    """Units with an open part."""


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def week(actor: Actor, standing: Tree, *, day: date, on: date, quiet_weeks: int = QUIET_WEEKS) -> Week:
    """The week in which a day lies, for the organisations that the person sees. `on` is today."""
    monday, sunday = week_of(day)
    until = min(sunday, on)
    moved = _moved(actor, standing, monday, until)
    stuck, owing = _stuck(actor, standing, until, quiet_weeks)
    cases = proceeding_lines(actor, standing, on=until)
    waiting = sorted(
        (c for c in cases if not c.closed and c.turn is Side.SUBJECT and c.opened <= until),
        key=lambda c: (not c.late, c.due or date.max),
    )
    opened = [c for c in cases if monday <= c.opened <= until]
    reported = {m.who.id for m in moved if m.link[0] == "task"}
    return Week(
        monday=monday,
        sunday=sunday,
        on=until,
        moved=tuple(moved),
        stuck=tuple(stuck),
        waiting=tuple(waiting),
        opened=tuple(opened),
        calls=tuple(_calls(standing, stuck, waiting)),
        reported=len(reported & owing),
        owing=len(owing),
    )


def _moved(actor: Actor, standing: Tree, monday: date, until: date) -> list[Moved]:
    entries = (
        Entry.objects.filter(assignment__item__tenant=actor.tenant, on__gte=monday, on__lte=until)
        .exclude(kind__in=(EntryKind.RELEASE, EntryKind.RESUME))
        .select_related("assignment__item")
        .order_by("-on", "-id")
    )
    steps = (
        ProceedingStep.objects.filter(proceeding__tenant=actor.tenant, on__gte=monday, on__lte=until)
        .select_related("proceeding")
        .order_by("-on", "-id")
    )
    done = [
        Moved(
            e.on,
            who(standing, e.assignment.organisation_id),
            EntryKind(e.kind).words,
            e.assignment.item.title,
            e.words,
            ("task", e.assignment.item_id),
        )
        for e in entries
    ]
    done += [
        Moved(
            s.on,
            who(standing, s.by_organisation_id or s.proceeding.organisation_id),
            s.name,
            f"{s.proceeding.number} {s.proceeding.title}",
            s.words,
            ("notice", s.proceeding_id),
        )
        for s in steps
    ]
    return sorted(done, key=lambda m: m.on, reverse=True)


def _stuck(actor: Actor, standing: Tree, until: date, quiet_weeks: int) -> tuple[list[Stuck], set[int]]:
    rows = (
        Assignment.objects.filter(
            item__tenant=actor.tenant,
            item__state=ItemState.OPEN,
            item__closed_on__isnull=True,
            started__lte=until,
        )
        .exclude(state=AssignmentState.RELEASED)
        .select_related("item")
    )
    found: list[Stuck] = []
    owing: set[int] = set()
    for row in rows:
        part, terms = part_of(row), terms_of(row.item)
        light = light_of(part, terms, until)
        if part.state is AssignmentState.DONE and terms.every is None:
            continue
        owing.add(row.organisation_id)
        quiet = (until - (part.last or part.started)).days
        late = is_late(part, terms, until)
        silent = quiet > quiet_weeks * 7 and part.state is not AssignmentState.CLAIMED
        if late or silent or part.help_wanted or light.colour is Colour.RED:
            found.append(
                Stuck(
                    who(standing, row.organisation_id),
                    row.item_id,
                    row.item.title,
                    who(standing, row.item.lead_id) if row.item.lead_id else None,
                    light,
                    part.last,
                    quiet,
                    late,
                    row.help_wanted,
                )
            )
    found.sort(key=lambda s: (not s.late, -s.quiet, s.who.code, s.item))
    return found, owing


def _calls(standing: Tree, stuck: list[Stuck], waiting: list[ProceedingLine]) -> list[Call]:
    """Organisations by what is stuck there, the most first, with the people who hold a role there."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in stuck:
        counts[each.who.id][0] += 1
        counts[each.who.id][1] += each.late
    for case in waiting:
        if case.late:
            for subject in case.subjects:
                counts[subject.id][2] += 1
    people = _people(counts)
    calls = [
        Call(who(standing, o), n, late, replies, people.get(o, ()))
        for o, (n, late, replies) in counts.items()
    ]
    return sorted(calls, key=lambda c: (-c.late - c.replies, -c.stuck, c.who.code))


def _people(organisations: dict[int, list[int]]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Names and office phones of who holds a working role at each organisation, as far as the person may see them."""
    held = {o: holders(o, WORKERS) for o in organisations}
    users = {
        user: (name, phone)
        for user, name, phone in User.objects.filter(
            pk__in={u for ids in held.values() for u in ids}
        ).values_list("pk", "name", "phone")
    }
    return {o: tuple(users[u] for u in ids if u in users) for o, ids in held.items()}
