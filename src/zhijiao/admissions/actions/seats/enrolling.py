"""Verbs: who came to school, and the hand-over to the student records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.shared import Refused, log, require_bureau, season_of
from zhijiao.admissions.models import Enrolment, Round, Run, Season
from zhijiao.admissions.rules.reading import batch_of, rules_of
from zhijiao.admissions.rules.season_flow import ALL_HANDED_OVER, ALL_NOTED, SUPPLEMENTS_DONE
from zhijiao.admissions.rules.seats import track_of
from zhijiao.admissions.store import seats as store
from zhijiao.admissions.store.identity import unseal
from zhijiao.admissions.types.states import EnrolmentState, Phase, RoundKind, RunKind, RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.errors import Refusal
from zhijiao.core.tree import Tree, tree
from zhijiao.records.actions import register
from zhijiao.records.types import Registration

SEX = {"男": "1", "女": "2"}
"""The codes by which student records keep what the roll writes in words."""


@dataclass
class HandOver:
    """What became of a hand-over: how many got a record, and who did not, with the reason, by registration number."""

    done: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def begin_registering(*, season: int, by: Actor, at: datetime, on: date) -> int:
    """Let schools note who comes: a line for everybody who holds a seat. Returns how many are expected. Needs ADMIT_RUN at a bureau.
    Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        take_step(
            season=row,
            transition="register",
            by=by,
            at=at,
            on=on,
            facts={SUPPLEMENTS_DONE: _supplements_done(row)},
        )
        with bulk():
            count = expect(row)
        log(
            by,
            at,
            "begin_registering",
            f"开始报到注册，应报到 {count} 人",
            organisation=bureau,
            kind="season",
            id_=row.pk,
        )
        return count


def expect(season: Season) -> int:
    """A line for everybody who holds a seat and has none yet; also for those who were named since. Returns how many are there."""
    store.expect(season.pk)
    return Enrolment.objects.filter(season=season).count()


def expect_all(*, tenant: str) -> int:
    """Lines for those who were named since schools began to note. Returns how many seasons were looked at. For the nightly job."""
    with bulk():
        rows = list(Season.objects.filter(tenant=tenant, phase=Phase.REGISTERING.value))
        for row in rows:
            expect(row)
        return len(rows)


def note(*, season: int, came: Mapping[int, bool], came_on: date, words: str, by: Actor, at: datetime) -> int:
    """Note of some lines (by id) who came and who did not; who was handed over stays. Returns how many changed. Needs ADMIT_PLAN at the
    school. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        if row.phase != Phase.REGISTERING.value:
            raise Refused("现在不在报到注册的时间里。")
        with bulk():
            expect(row)
        lines = list(
            Enrolment.objects.select_for_update(of=("self",))
            .filter(season=row, pk__in=list(came))
            .select_related("candidate")
        )
        if len(lines) != len(came):
            raise Invisible("没有其中的学生。")
        for school in sorted({each.organisation_id for each in lines}):
            by.require(Permission.ADMIT_PLAN, school)
        changed = 0
        for each in lines:
            state = (EnrolmentState.CAME if came[each.pk] else EnrolmentState.ABSENT).value
            if each.state in (state, EnrolmentState.HANDED_OVER.value):
                continue
            each.state, each.came_on = state, came_on if came[each.pk] else None
            each.words, each.noted_by, each.noted_at = words.strip()[:300], by.name[:80], at
            each.save()
            changed += 1
        if changed:
            log(
                by,
                at,
                "note_enrolment",
                f"登记报到情况 {changed} 人",
                organisation=lines[0].organisation_id,
                kind="season",
                id_=row.pk,
            )
        return changed


def hand_over(*, season: int, document: str, by: Actor, at: datetime, on: date) -> HandOver:
    """Put everybody who came on record, each in a transaction of its own: a second time goes on where the first one ended. Who cannot be put
    on record is told with the reason. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        if not document.strip():
            raise Refused("请写新生名册的批准文号。", "document")
        # Those who were refused are tried again after their case was cleared.
        if row.phase not in (Phase.REGISTERING.value, Phase.HANDED_OVER.value):
            raise Refused("现在不在报到注册的时间里。")
        with bulk():
            expect(row)
            open_ = Enrolment.objects.filter(season=row, state=EnrolmentState.EXPECTED.value)
            ids = set(open_.values_list("organisation", flat=True))
            nodes = tree(by.tenant, on).nodes
            schools = sorted(nodes[pk].name if pk in nodes else "已撤并的学校" for pk in ids)
        if schools:
            raise Refused(
                f"还有学校没有登记完报到情况：{'、'.join(schools[:5])}{'等' if len(schools) > 5 else ''}。"
            )
    found = _each(season, document.strip(), by, at, on)
    with acting(by):
        row = lock_season(by, season)
        if row.phase == Phase.REGISTERING.value:
            take_step(season=row, transition="hand-over", by=by, at=at, on=on, facts={ALL_NOTED: True})
        log(
            by,
            at,
            "hand_over",
            f"移交学籍 {found.done} 人，{len(found.refused)} 人没有建立学籍",
            organisation=bureau,
            kind="season",
            id_=row.pk,
            detail={"document": document, "refused": found.refused},
        )
    return found


def _each(season: int, document: str, by: Actor, at: datetime, on: date) -> HandOver:
    """The hand-over itself works under the name of the platform: the bureau's word covers all schools."""
    found = HandOver()
    system = Actor.system(by.name, by.tenant)
    with bulk():
        waiting = list(
            Enrolment.objects.filter(season=season, state=EnrolmentState.CAME.value)
            .order_by("candidate__number")
            .values_list("pk", flat=True)
        )
    for pk in waiting:
        with bulk():
            row = (
                Enrolment.objects.select_for_update(of=("self",))
                .select_related("candidate", "line", "elsewhere", "season")
                .get(pk=pk)
            )
            if row.state != EnrolmentState.CAME:
                continue
            try:
                done = register(
                    organisation=row.organisation_id,
                    registration=registration(row, document, tree(by.tenant, on)),
                    by=system,
                    at=at,
                    on=on,
                )
            except Refusal as refused:
                found.refused[row.candidate.number] = str(refused)
                continue
            if done.record is None:
                found.refused[row.candidate.number] = "这名学生在别处已有学籍，已列入学籍疑点"
                continue
            row.state, row.record, row.handed_over_at = EnrolmentState.HANDED_OVER.value, str(done.record), at
            row.save()
            found.done += 1
    return found


def registration(row: Enrolment, document: str, standing: Tree) -> Registration:
    """What the student records are told of a new student."""
    candidate = row.candidate
    assert row.came_on is not None
    major, track = _seat(row, standing)
    return Registration(
        key=f"admission:{row.season_id}:{candidate.number}",
        number=unseal(candidate.identity_sealed),
        name=candidate.name,
        grade=row.season.year,
        major=major,
        track=track,
        enrolled_on=row.came_on,
        sex=SEX.get(candidate.sex, ""),
        approved=document,
    )


def _seat(row: Enrolment, standing: Tree) -> tuple[str, str]:
    """Code of the major and track: by the plan, or as the other body's file says."""
    line, other = row.line, row.elsewhere
    if line is not None:
        category = batch_of(rules_of(row.season.rules), line.batch).category
        return line.major_code, track_of(category, line.kind, line.years)
    assert other is not None
    node = standing.nodes.get(row.organisation_id)
    return other.major_code, track_of("", node.kind.value if node else "", other.years)


def close(*, season: int, by: Actor, at: datetime, on: date) -> None:
    """Close a season when everybody who came is on record. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        with bulk():
            left = Enrolment.objects.filter(
                season=row, state__in=(EnrolmentState.EXPECTED.value, EnrolmentState.CAME.value)
            ).exists()
        take_step(season=row, transition="close", by=by, at=at, on=on, facts={ALL_HANDED_OVER: not left})


def _supplements_done(season: Season) -> bool:
    begun = Round.objects.filter(
        season=season, kind=RoundKind.SUPPLEMENTARY.value, seats__isnull=False
    ).distinct()
    done = Run.objects.filter(
        season=season, kind=RunKind.REAL.value, state=RunState.PUBLISHED.value
    ).values_list("round", flat=True)
    return not begun.exclude(pk__in=list(done)).exists()
