"""Generated walks of office work on the real database: right and wrong people, clocks across holidays, nothing skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.duties import City, city_of
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import CLOCK, Flow, StageKind, Transition
from zhijiao.policy import queries as policy
from zhijiao.policy.types.flows import flow_of
from zhijiao.supervision.actions import lapse_proceedings, open_proceedings, take_step
from zhijiao.supervision.actions.proceedings import flow_in
from zhijiao.supervision.models import Proceeding, ProceedingStep
from zhijiao.supervision.queries.proceedings import proceeding_view
from zhijiao.supervision.rules.proceedings import procedure_for, strangers
from zhijiao.supervision.types import (
    SIDES,
    Opening,
    ProceedingKind,
    Refused,
    Side,
    Step,
)

WALKS = 60
PACKS = ("taizhou", "wenzhou", "zhejiang")

# The days before the long holidays of several years, and ordinary ones.
starts = st.sampled_from(
    [
        date(2023, 9, 25),
        date(2024, 2, 5),
        date(2024, 9, 27),
        date(2025, 1, 24),
        date(2025, 9, 29),
        date(2026, 2, 9),
    ]
) | st.dates(date(2022, 1, 1), date(2026, 6, 30))
WHO = (
    "office",
    "second_office",
    "leader",
    "county_officer",
    "second_county",
    "other_county",
    "school_officer",
)


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("kind", ProceedingKind)
def test_every_procedure_of_the_packs_can_be_run(
    shipped_packs: None, pack: str, kind: ProceedingKind
) -> None:
    index = policy.index(pack)
    assert index is not None
    assert strangers(flow_of(procedure_for(index, kind))) == []


def may(actor_name: str, side: Side) -> bool:
    """Who may act for which side, said once more and plainly."""
    return (
        actor_name
        in {
            Side.ISSUER: {"office", "second_office"},
            Side.SIGNER: {"leader"},
            Side.SUBJECT: {"county_officer", "second_county"},
            Side.UPPER: set(),
        }[side]
    )


@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kind=st.sampled_from(ProceedingKind),
    start=starts,
    moves=st.lists(
        st.tuples(st.sampled_from(WHO), st.integers(0, 5), st.booleans(), st.integers(0, 25), st.booleans()),
        min_size=5,
        max_size=25,
    ),
)
def test_only_declared_steps_by_the_right_people_happen(
    city: City, kind: ProceedingKind, start: date, moves: list[tuple[str, int, bool, int, bool]]
) -> None:
    with transaction.atomic():
        made = walk(city, kind, start, moves)
        transaction.set_rollback(True)
    assert made


def walk(
    city: City, kind: ProceedingKind, start: date, moves: list[tuple[str, int, bool, int, bool]]
) -> bool:
    on = start
    (case,) = open_proceedings(
        kind=kind,
        opening=Opening(title="事项进展滞后", words="已过时限", subjects=(city.county.id,)),
        organisation=city.place.id,
        pack="taizhou",
        by=city.office,
        at=moment(on),
        on=on,
    )
    submitted: int | None = None
    for name, choice, with_words, wait, known_step in moves:
        on += timedelta(days=wait)
        check_lapse(city, case, on)
        actor: Actor = getattr(city, name)
        row, flow = read(case)
        if row.closed:
            break
        leaving = list(flow.leaving(row.stage)) if known_step else list(flow.transitions)
        wanted = leaving[choice % len(leaving)]
        declared = flow.transition(row.stage, wanted.id)
        step = Step(wanted.id, "已按要求办理" if with_words else "", due=on + timedelta(days=20))
        try:
            take_step(proceeding=case, step=step, by=actor, at=moment(on), on=on)
        except Invisible:
            assert name in ("other_county", "school_officer") or not set(row.parties) & set(row.subjects)
            assert_unchanged(case, row)
            continue
        except Refused:
            assert_unchanged(case, row)
            refused_rightly(name, declared, with_words, submitted, actor)
            continue
        assert declared is not None
        assert declared.by != CLOCK
        assert may(name, SIDES[declared.by])
        assert with_words or not (declared.reason or declared.guards)
        assert not (declared.separate and submitted == actor.user)
        if flow.stage(declared.source).kind in (StageKind.DRAFT, StageKind.WAIT):
            submitted = actor.user
        after, _ = read(case)
        assert after.stage == declared.target
        assert after.closed == (flow.stage(declared.target).kind is StageKind.ENDED)
        assert after.due == expected_due(flow, declared.target, on, step.due)
        seen_by_subject(city, case, flow, after)
    replayed(case)
    return True


def refused_rightly(
    name: str, declared: Transition | None, with_words: bool, submitted: int | None, actor: Actor
) -> None:
    """A refusal has one of the reasons that a person could name."""
    if declared is None or declared.by == CLOCK:
        return
    assert (
        not may(name, SIDES[declared.by])
        or ((declared.reason or declared.guards) and not with_words)
        or (declared.separate and submitted == actor.user)
    ), declared


def check_lapse(city: City, case: int, on: date) -> None:
    """The clock takes its step exactly when the term has run out, and on the day after it."""
    before, flow = read(case)
    lapse_proceedings(by=city.system, at=moment(on), on=on)
    after, _ = read(case)
    clock = flow.stage(before.stage).clock
    automatic = next((t for t in flow.leaving(before.stage) if t.automatic), None)
    if before.closed or clock is None or automatic is None or before.due is None or on <= before.due:
        assert (after.stage, after.revision) == (before.stage, before.revision)
        return
    with bulk():
        step = ProceedingStep.objects.get(
            proceeding=case, number=before.steps.count() - (after.revision - before.revision) + 1
        )
    assert step.transition == automatic.id
    assert step.by is None
    assert step.on == before.due + timedelta(days=1)


def expected_due(flow: Flow, stage: str, on: date, named: date | None) -> date | None:
    """The due day by walking day after day."""
    clock = flow.stage(stage).clock
    if clock is None:
        return named
    day, left = on, clock.days
    while left:
        day += timedelta(days=1)
        left -= not clock.working or china().is_working(day)
    return day


def seen_by_subject(city: City, case: int, flow: Flow, row: Proceeding) -> None:
    """The unit concerned sees the case from the stage on in which it can act, and never before."""
    with bulk():
        stages = [
            flow.start,
            *ProceedingStep.objects.filter(proceeding=case).values_list("target", flat=True),
        ]
    reached = any(
        SIDES.get(flow.stage(s).holder) is Side.SUBJECT
        or any(SIDES.get(t.by) is Side.SUBJECT for t in flow.leaving(s))
        for s in stages
    )
    with acting(city.county_officer):
        assert Proceeding.objects.filter(pk=case).exists() == reached
        if reached:
            proceeding_view(city.county_officer, city.tree, case, on=row.entered)
    with acting(city.other_county):
        assert not Proceeding.objects.filter(pk=case).exists()
        assert not ProceedingStep.objects.filter(proceeding=case).exists()


def replayed(case: int) -> None:
    """The row stands where its steps lead, and each step starts where the one before ended."""
    row, flow = read(case)
    stage = flow.start
    with bulk():
        steps = list(ProceedingStep.objects.filter(proceeding=case).order_by("number"))
    for number, step in enumerate(steps, 1):
        assert (step.number, step.source) == (number, stage)
        assert flow.transition(stage, step.transition) is not None
        stage = step.target
    assert row.stage == stage


def assert_unchanged(case: int, before: Proceeding) -> None:
    after, _ = read(case)
    assert (after.stage, after.revision, after.due) == (before.stage, before.revision, before.due)


def read(case: int) -> tuple[Proceeding, Flow]:
    with bulk():
        row = Proceeding.objects.get(pk=case)
        return row, flow_in(row)


def moment(on: date) -> datetime:
    return datetime.combine(on, time(1), UTC)
