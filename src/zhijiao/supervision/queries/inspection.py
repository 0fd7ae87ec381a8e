"""Reads: batches, checks and the problem sheet. Call inside the person's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Tree
from zhijiao.supervision.models import Batch, Check, Problem
from zhijiao.supervision.queries.files import names_of
from zhijiao.supervision.queries.work import Who, who
from zhijiao.supervision.rules.drawing import draw, lot
from zhijiao.supervision.store import acts_for
from zhijiao.supervision.types import Finding, Manner, ProblemState


@dataclass(frozen=True)
class ProblemLine:
    """A problem: of whom, by when, where it stands, and what the person may do about it."""

    id: int
    number: int
    who: Who
    found_by: Who
    text: str
    basis: str
    demand: str
    due: date
    state: ProblemState
    late: bool
    found_on: date
    source: str
    source_link: tuple[str, int] | None
    escalated: int | None
    may_answer: bool
    may_recheck: bool
    may_escalate: bool


@dataclass(frozen=True)
class ProblemStepLine:
    """What was done about a problem. `files`: number and name."""

    id: int
    number: int
    state: ProblemState
    words: str
    files: tuple[tuple[int, str], ...]
    by_name: str
    at: datetime
    on: date


@dataclass(frozen=True)
class CheckLine:
    """A check of a batch."""

    id: int
    who: Who
    item: int | None
    item_title: str
    finding: Finding
    manner: Manner
    checked_on: date | None
    checkers: str
    words: str
    files: tuple[tuple[int, str], ...]
    problems: tuple[ProblemLine, ...]
    may_record: bool


@dataclass(frozen=True)
class BatchLine:
    """A batch in a list."""

    id: int
    title: str
    owner: Who
    manner: Manner
    starts: date
    ends: date
    checks: int
    checked: int
    problems: int
    settled: int


@dataclass(frozen=True)
class BatchView:
    """A batch with its draw. `lots`: every name of the lists with its lot and whether it was drawn."""

    line: BatchLine
    pack: str
    basis: str
    seed: str
    drawn_by: str
    drawn_at: datetime
    lots: tuple[tuple[str, str, str, bool], ...]
    repeats: bool
    """Whether drawing again from seed and lists gives the checks that stand here."""
    checks: tuple[CheckLine, ...]


def batch_lines(actor: Actor, standing: Tree) -> list[BatchLine]:
    """The batches that the person sees, newest first."""
    return [
        _batch(row, standing) for row in Batch.objects.filter(tenant=actor.tenant).order_by("-starts", "-id")
    ]


def batch_view(actor: Actor, standing: Tree, batch: int, *, on: date) -> BatchView:
    """One batch. Raises Invisible."""
    row = Batch.objects.filter(pk=batch, tenant=actor.tenant).first()
    if row is None:
        raise Invisible("没有这个批次。")
    checks = list(row.checks.select_related("item").order_by("id"))
    drawn = draw(row.seed, row.objects_list, row.objects_drawn, row.items_list, row.items_drawn)
    names = {n.code: n.label for n in standing.nodes.values()}
    titles = {c.item.key: c.item.title for c in checks if c.item is not None}
    lots = [
        ("对象", names.get(code, code), lot(row.seed, "object", code), code in drawn.objects)
        for code in row.objects_list
    ] + [
        ("事项", titles.get(key, key), lot(row.seed, "item", key), key in drawn.items)
        for key in row.items_list
    ]
    codes = {standing.nodes[c.organisation_id].code for c in checks if c.organisation_id in standing.nodes}
    return BatchView(
        line=_batch(row, standing),
        pack=row.pack,
        basis=row.basis,
        seed=row.seed,
        drawn_by=row.drawn_by,
        drawn_at=row.drawn_at,
        lots=tuple(sorted(lots, key=lambda each: (each[0], each[2]))),
        repeats=codes <= set(drawn.objects),
        checks=tuple(_check(check, actor, standing, on) for check in checks),
    )


def check_view(actor: Actor, standing: Tree, check: int, *, on: date) -> tuple[BatchLine, CheckLine]:
    """One check with its batch. Raises Invisible."""
    row = Check.objects.filter(pk=check, batch__tenant=actor.tenant).select_related("item", "batch").first()
    if row is None:
        raise Invisible("没有这项检查。")
    return _batch(row.batch, standing), _check(row, actor, standing, on)


def problem_lines(actor: Actor, standing: Tree, *, on: date) -> list[ProblemLine]:
    """The problems that the person sees: open ones first, by their day."""
    rows = Problem.objects.filter(organisation__tenant=actor.tenant).select_related("check_of", "proceeding")
    lines = [problem_line(row, actor, standing, on) for row in rows]
    return sorted(lines, key=lambda p: (p.state is ProblemState.SETTLED, p.due, p.id))


def problem_view(
    actor: Actor, standing: Tree, problem: int, *, on: date
) -> tuple[ProblemLine, tuple[ProblemStepLine, ...]]:
    """One problem with what was done about it. Raises Invisible."""
    row = Problem.objects.filter(pk=problem, organisation__tenant=actor.tenant).first()
    if row is None:
        raise Invisible("没有这条问题。")
    done = list(row.steps.order_by("number"))
    names = names_of(file for step in done for file in step.files)
    steps = tuple(
        ProblemStepLine(
            s.pk, s.number, ProblemState(s.state), s.words, named(s.files, names), s.by_name, s.at, s.on
        )
        for s in done
    )
    return problem_line(row, actor, standing, on), steps


def problem_counts(actor: Actor, standing: Tree, *, on: date) -> dict[int, Counter[str]]:
    """By organisation: how many problems were found, settled, are open and late. For counting later."""
    found: dict[int, Counter[str]] = {}
    for line in problem_lines(actor, standing, on=on):
        counts = found.setdefault(line.who.id, Counter())
        counts["found"] += 1
        counts[line.state.value] += 1
        counts["late"] += line.late
    return found


def problem_line(row: Problem, actor: Actor, standing: Tree, on: date) -> ProblemLine:
    """A problem as one person may see it."""
    state = ProblemState(row.state)
    late = state is ProblemState.OPEN and on > row.due
    issues = actor.may(Permission.SUPERVISE, row.found_by_id)
    check = row.check_of
    link = ("check", check.pk) if check is not None and row.check_of_id else None
    if row.proceeding_id is not None:
        link = ("notice", row.proceeding_id)
    return ProblemLine(
        id=row.pk,
        number=row.number,
        who=who(standing, row.organisation_id),
        found_by=who(standing, row.found_by_id),
        text=row.text,
        basis=row.basis,
        demand=row.demand,
        due=row.due,
        state=state,
        late=late,
        found_on=row.found_on,
        source="督查检查" if row.proceeding_id is None else "文书所列",
        source_link=link,
        escalated=row.escalated_id,
        may_answer=state is ProblemState.OPEN and acts_for(actor, Permission.PROGRESS, row.organisation_id),
        may_recheck=state is ProblemState.ANSWERED and issues and row.answered_by != actor.user,
        may_escalate=late and issues and row.escalated_id is None,
    )


def named(files: Iterable[int], names: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    """Number and name of each file that is there."""
    return tuple((file, names[file]) for file in files if file in names)


def _batch(row: Batch, standing: Tree) -> BatchLine:
    checks = Check.objects.filter(batch=row)
    problems = Problem.objects.filter(check_of__batch=row)
    return BatchLine(
        id=row.pk,
        title=row.title,
        owner=who(standing, row.organisation_id),
        manner=Manner(row.manner),
        starts=row.starts,
        ends=row.ends,
        checks=checks.count(),
        checked=checks.exclude(finding=Finding.OPEN).count(),
        problems=problems.count(),
        settled=problems.filter(state=ProblemState.SETTLED).count(),
    )


def _check(row: Check, actor: Actor, standing: Tree, on: date) -> CheckLine:
    return CheckLine(
        id=row.pk,
        who=who(standing, row.organisation_id),
        item=row.item_id,
        item_title=row.item.title if row.item is not None else "",
        finding=Finding(row.finding),
        manner=Manner(row.manner),
        checked_on=row.checked_on,
        checkers=row.checkers,
        words=row.words,
        files=named(row.files, names_of(row.files)),
        problems=tuple(problem_line(p, actor, standing, on) for p in row.problems.order_by("number")),
        may_record=row.finding == Finding.OPEN
        and any(actor.may(Permission.SUPERVISE, o) for o in row.parties),
    )
