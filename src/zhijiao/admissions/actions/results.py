"""Verbs: take over what other bodies found out about candidates besides marks, and the seats that they gave."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from zhijiao.admissions.actions.shared import (
    Refused,
    log,
    places,
    refuse_frozen,
    require_bureau,
    season_of,
)
from zhijiao.admissions.models import (
    Candidate,
    CheckResult,
    Elsewhere,
    Enrolment,
    Round,
    Run,
    ScoreSheet,
    Season,
)
from zhijiao.admissions.queries.seats import STANDS
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.rules.results import read_checks, read_seats
from zhijiao.admissions.rules.rolls import HEADINGS
from zhijiao.admissions.store import seats as store
from zhijiao.admissions.store.sheets import headed
from zhijiao.admissions.types.rolls import BadRoll, CheckColumn, Given, RollFault, Taken
from zhijiao.admissions.types.states import Phase, RunKind, SheetKind
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.tree import tree
from zhijiao.policy.types import AdmissionElsewhere

LATE = (Phase.HANDED_OVER.value, Phase.CLOSED.value)
SHOWN = 40


def checks_of(season: Season) -> list[CheckColumn]:
    """The columns besides marks that a season knows."""
    return [
        CheckColumn(each.id, each.column, each.kind == "number") for each in rules_of(season.rules).checks
    ]


def ways_of(season: Season) -> Sequence[AdmissionElsewhere]:
    """The other bodies whose seats a season takes over."""
    return rules_of(season.rules).elsewhere


def take_checks(*, by: Actor, at: datetime, season: int, name: str, content: bytes) -> Taken:
    """Take over results of checks besides marks; a later file changes those that it names. The same file again changes nothing. Needs
    ADMIT_RUN at a bureau. Raises BadRoll with every fault, Refused, NotAllowed, Invisible."""
    found = season_of(by, season)
    bureau = require_bureau(by, found, Permission.ADMIT_RUN)
    columns = checks_of(found)
    if not columns:
        raise Refused("这个招生季没有设定成绩以外的检查项目，请先在招生规则里列出。")
    digest = hashlib.sha256(content).hexdigest()
    heading, rows, first = headed(content, name, HEADINGS["number"])
    with bulk():
        people = {number: (pk, who) for number, pk, who in _roll(found)}
        lines = read_checks(
            heading,
            rows,
            columns=columns,
            names={number: who for number, (_, who) in people.items()},
            first=first,
        )
        if _there(found, SheetKind.CHECKS, digest) is not None:
            return Taken(len(lines), same=len(lines), digest=digest)
        refuse_frozen(found, "体检、面试结果")
        sheet = _sheet(found, SheetKind.CHECKS, name, digest, len(lines), heading, at, by)
        there = dict(CheckResult.objects.filter(candidate__season=found).values_list("candidate", "results"))
        added = changed = 0
        kept: list[CheckResult] = []
        for line in lines:
            pk = people[line.number][0]
            before = there.get(pk)
            results = {**(before or {}), **{id_: _plain(value) for id_, value in line.results.items()}}
            if results == before:
                continue
            added, changed = added + (before is None), changed + (before is not None)
            kept.append(CheckResult(candidate_id=pk, results=results, sheet=sheet, taken_at=at))
        CheckResult.objects.bulk_create(
            kept,
            batch_size=5000,
            update_conflicts=True,
            unique_fields=["candidate"],
            update_fields=["results", "sheet", "taken_at"],
        )
        log(
            by,
            at,
            "take_checks",
            f"导入体检、面试结果“{name[:80]}”：{len(lines)} 人，摘要 {digest[:12]}",
            organisation=bureau,
            kind="season",
            id_=found.pk,
            detail={"digest": digest, "lines": len(lines)},
        )
        return Taken(len(lines), added, changed, len(lines) - added - changed, digest)


def take_elsewhere(*, by: Actor, at: datetime, season: int, way: str, name: str, content: bytes) -> Taken:
    """Take over the seats that another body gave: each counts as a seat, and closes the batches that the rules name. The same file again
    changes nothing. Needs ADMIT_RUN at the bureau that the rules name. Raises BadRoll with every fault, Refused, NotAllowed, Invisible."""
    found = season_of(by, season)
    said = _way(found, way)
    bureau = _require(by, found, said)
    digest = hashlib.sha256(content).hexdigest()
    heading, rows, first = headed(content, name, HEADINGS["number"])
    standing = tree(by.tenant, timezone.localdate(at))
    with bulk():
        people = {number: (pk, who) for number, pk, who in _roll(found)}
        given = read_seats(
            heading,
            rows,
            schools=places(standing, by, found, said.kinds),
            names={number: who for number, (_, who) in people.items()},
            first=first,
        )
        _refuse_late(found)
        numbers = {number: pk for number, (pk, _) in people.items()}
        fresh = _new(found, said.id, given, numbers, {n.code: n.id for n in standing.nodes.values()})
        if not fresh:
            return Taken(len(given), same=len(given), digest=digest)
        sheet = _there(found, SheetKind.ELSEWHERE, digest) or _sheet(
            found, SheetKind.ELSEWHERE, name, digest, len(given), heading, at, by
        )
        for each in fresh:
            each.sheet, each.taken_at, each.taken_by = sheet, at, by.name[:80]
        Elsewhere.objects.bulk_create(fresh, batch_size=5000)
        log(
            by,
            at,
            "take_elsewhere",
            f"导入{said.name}的录取结果“{name[:80]}”：{len(fresh)} 人，摘要 {digest[:12]}",
            organisation=bureau,
            kind="season",
            id_=found.pk,
            detail={"digest": digest, "lines": len(given), "way": said.id},
        )
        return Taken(len(given), len(fresh), 0, len(given) - len(fresh), digest)


def withdraw_elsewhere(*, by: Actor, at: datetime, season: int, sheet: int, reason: str) -> int:
    """Take a file of seats back as a whole, while no allocation went by it and nobody of it is on record. Returns how many seats. Needs
    ADMIT_RUN at the bureau that the rules name. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        found = season_of(by, season)
        rows = Elsewhere.objects.filter(season=found, sheet=sheet, withdrawn_at__isnull=True)
        first = rows.first()
        if first is None:
            raise Invisible("没有这一批录取结果，或已经撤回。")
        said = _way(found, first.way)
        bureau = _require(by, found, said)
        if not reason.strip():
            raise Refused("请写明撤回的原因。", "reason")
        with bulk():
            _refuse_used(found, sheet, first.taken_at)
            count = rows.update(
                withdrawn_at=at, withdrawn_by=by.name[:80], withdrawn_because=reason.strip()[:300]
            )
        log(
            by,
            at,
            "withdraw_elsewhere",
            f"撤回{said.name}的录取结果 {count} 人：{reason.strip()[:200]}",
            organisation=bureau,
            kind="season",
            id_=found.pk,
            detail={"sheet": sheet, "way": said.id},
        )
        return count


def _new(
    season: Season,
    way: str,
    given: Sequence[Given],
    people: Mapping[str, int],
    schools: Mapping[str, int],
) -> list[Elsewhere]:
    """The rows of a file that are not there yet. Raises BadRoll for whoever has another seat."""
    standing = {
        row.candidate_id: row for row in Elsewhere.objects.filter(season=season, withdrawn_at__isnull=True)
    }
    ids = [people[each.number] for each in given]
    here = store.seats_here(season.pk, ids, STANDS)
    faults: list[RollFault] = []
    fresh: list[Elsewhere] = []
    for each in given:
        pk = people[each.number]
        row = Elsewhere(
            season=season,
            candidate_id=pk,
            way=way,
            organisation_id=schools[each.school],
            major_code=each.major_code,
            major_name=each.major_name,
            years=each.years,
        )
        before = standing.get(pk)
        if before is not None and not _same(before, row):
            remedy = "要更正的，先撤回那一批，再导入整份"
            words = f"{each.number} 已导入过“{before.major_name}”的录取"
            faults.append(RollFault(each.line, "考号", words, remedy))
        elif before is None and pk in here:
            remedy = "一人只有一个学位：先办理放弃，再导入；或从文件里去掉这一行"
            faults.append(RollFault(each.line, "考号", f"{each.number} 在本季已被“{here[pk]}”录取", remedy))
        elif before is None:
            fresh.append(row)
    if faults:
        raise BadRoll(faults)
    return fresh


def _same(one: Elsewhere, other: Elsewhere) -> bool:
    fields = ("way", "organisation_id", "major_code", "major_name", "years")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _refuse_late(season: Season) -> None:
    """Between the freeze and the published result the input of the allocation stays as it is."""
    if season.phase in LATE:
        raise Refused(f"招生季现在是“{season.phase_words}”，不再导入别的平台的录取结果。")
    done = Run.objects.filter(season=season, kind=RunKind.REAL.value, published_at__isnull=False)
    waiting = (
        Round.objects.filter(season=season, frozen_at__isnull=False, wiped_at__isnull=True)
        .exclude(pk__in=done.values("round"))
        .exclude(kind="mock")
        .first()
    )
    if waiting is not None:
        raise Refused(f"“{waiting.name}”已经冻结，还没有公布结果。请等结果公布以后再导入。")


def _refuse_used(season: Season, sheet: int, taken_at: datetime) -> None:
    """Raise Refused where something was done by a file of seats."""
    run = (
        Run.objects.filter(season=season, kind=RunKind.REAL.value, started_at__gte=taken_at)
        .exclude(state__in=("failed", "cancelled"))
        .first()
    )
    if run is not None:
        raise Refused(
            f"第 {run.number} 次投档已经按这一批结果办理，不能撤回。个别错误按录取后的更正程序办理。"
        )
    if Enrolment.objects.filter(elsewhere__sheet=sheet).exists():
        raise Refused("这一批学生已经开始报到登记，不能撤回。")


def _way(season: Season, way: str) -> AdmissionElsewhere:
    found = next((each for each in ways_of(season) if each.id == way), None)
    if found is None:
        raise Refused("本季的规则里没有这个平台。请选择规则里写明的平台。", "way")
    return found


def _require(by: Actor, season: Season, way: AdmissionElsewhere) -> int:
    bureau = season.bureaus[way.imports]
    if not by.everything and not by.may(Permission.ADMIT_RUN, bureau):
        raise NotAllowed(Permission.ADMIT_RUN, season.title)
    return bureau


def _roll(season: Season) -> list[tuple[str, int, str]]:
    return list(Candidate.objects.filter(season=season).values_list("number", "pk", "name"))


def _there(season: Season, kind: SheetKind, digest: str) -> ScoreSheet | None:
    return ScoreSheet.objects.filter(season=season, kind=kind.value, digest=digest).first()


def _sheet(
    season: Season,
    kind: SheetKind,
    name: str,
    digest: str,
    rows: int,
    heading: Sequence[str],
    at: datetime,
    by: Actor,
) -> ScoreSheet:
    return ScoreSheet.objects.create(
        season=season,
        kind=kind.value,
        name=name[:200],
        digest=digest,
        rows=rows,
        columns=[title[:40] for title in heading[:SHOWN]],
        sealed_at=at,
        sealed_by=by.name[:80],
    )


def _plain(value: Decimal) -> str:
    return f"{value:f}"
