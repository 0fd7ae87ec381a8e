"""Generated lives of a plan that follows another, by right and wrong people.

Each walk runs on the real database under the people's own scopes. After every step holds what this domain promises: a plan
in force was approved by nobody who wrote it, every opinion had its answer, everything that the plan before left open has
exactly one decision; and the targets and work items at work are those of the edition in force with what was carried over.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.support.duties import City, city_of
from tests.support.people import AT, DAY, FAR, hire
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import ROLES, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.access.sessions import actor_of
from zhijiao.core.models import Membership, User
from zhijiao.indicators.models import TargetShare
from zhijiao.planning import actions, queries
from zhijiao.planning.models import Carry, Edition, Plan, PlanStep, Remark
from zhijiao.planning.types import Content, Decision, PlanFault, PlanItem, PlanKind, PlanTarget, Reply
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Indicator
from zhijiao.supervision.models import WorkItem

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
PEOPLE = ("office", "office_2", "leader", "both", "county", "bureau", "auditor")
STEPS = ("consult", "end-early", "submit", "return", "approve", "amend", "close")
VERBS = (*STEPS, "save", "remark", "reply", "decide", "tamper")
ONWARDS = {
    "draft": [("save", "office"), ("save", "office_2"), ("consult", "office")],
    "consultation": [("remark", "county"), ("end-early", "office_2")],
    "revision": [("save", "both"), ("reply", "office"), ("submit", "office"), ("submit", "office")],
    "approval": [("decide", "leader"), ("approve", "leader"), ("approve", "leader")],
    "in-force": [("amend", "office")],
}
"""What would lead onwards from each stage, and whose step it is."""
PATH = (
    *(("save", "office"), ("consult", "office"), ("remark", "county"), ("end-early", "office")),
    *(("reply", "office"), ("submit", "office"), ("decide", "leader"), ("approve", "leader")),
)
"""The straight way into force. A walk follows it for a while, then goes where it likes."""


@dataclass(frozen=True)
class Scene:
    people: dict[str, Actor]
    indicators: list[Indicator]
    before: int
    plan: int


@pytest.fixture
def scene(shipped_packs: None) -> Scene:
    city = city_of("taizhou")
    index = policy.index("taizhou")
    assert index is not None
    some = [i for i in index.pack.indicators if i.unit and i.unit != "%"][:3]
    people = _people(city)
    office, leader = people["office"], people["leader"]
    before = _begin(city, office, "上一期", date(2022, 1, 1), None)
    save(before, office, content(some, "前", 2), START)
    for step, who in (("consult", office), ("end-early", office), ("submit", office), ("approve", leader)):
        take(before, step, who, START)
    plan = _begin(city, office, "后继", date(2026, 1, 1), before)
    return Scene(people, some, before, plan)


def _people(city: City) -> dict[str, Actor]:
    with bulk():
        auditor = hire("auditor", Role.AUDITOR, city.place)
        hire("both", Role.OFFICE, city.place)
        user = User.objects.get(username="both")
        described = ROLES[Role.LEADER]
        Membership.objects.create(
            user=user,
            organisation=city.place,
            role=Role.LEADER,
            reach=described.reach,
            sphere=described.sphere,
            starts=DAY,
            ends=FAR,
            basis="tests",
            granted_by="tests",
            granted_at=AT,
        )
        both = actor_of(user)
    return {
        "office": city.office,
        "office_2": city.second_office,
        "leader": city.leader,
        "both": both,
        "county": city.county_officer,
        "bureau": city.bureau_officer,
        "auditor": auditor,
    }


def _begin(city: City, by: Actor, title: str, starts: date, follows: int | None) -> int:
    with acting(by):
        return actions.begin_plan(
            kind=PlanKind.PLACE,
            organisation=city.place.pk,
            pack="taizhou",
            title=title,
            starts=starts,
            ends=starts.replace(year=starts.year + 3) - timedelta(days=1),
            by=by,
            at=START,
            follows=follows,
        ).pk


def content(indicators: list[Indicator], word: str, number: int) -> Content:
    """A text with a target for some of the indicators and one piece of work."""
    targets = tuple(
        PlanTarget(i.id, ">=", Decimal(number + 10), i.unit or "", "") for i in indicators[: number % 4]
    )
    return Content(f"正文{number}", targets, (PlanItem(f"{word}项{number}", "文本", None),))


def save(plan: int, by: Actor, said: Content, at: datetime) -> None:
    with acting(by):
        revision = queries.plan(plan, on=at.date()).row.revision
        actions.save_edition(plan_id=plan, content=said, revision=revision, by=by, at=at)


def take(plan: int, step: str, by: Actor, at: datetime) -> None:
    with acting(by):
        revision = queries.plan(plan, on=at.date()).row.revision
        actions.take_step(plan_id=plan, transition_id=step, revision=revision, by=by, at=at, reason="理由")


# Many of them: tests/trial/test_long_walks.py
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_life_of_a_plan_breaks_the_promise(data: st.DataObject, scene: Scene) -> None:
    with transaction.atomic():
        at = START
        follows = data.draw(st.sampled_from([0, 3, 6, 7, 8, 8, 8]), label="follows")
        for verb, who in PATH[:follows]:
            at += timedelta(days=1)
            act(verb, scene, scene.people[who], 0, at)
        check(scene)
        for _ in range(data.draw(st.integers(3, 10), label="length")):
            with bulk():
                stage = Plan.objects.values_list("stage", flat=True).get(pk=scene.plan)
            anything = st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE))
            onwards = st.sampled_from(ONWARDS.get(stage, [("save", "office")]))
            verb, who = data.draw(st.one_of(onwards, onwards, onwards, anything), label="step")
            number = data.draw(st.integers(0, 7), label="number")
            at += timedelta(days=1)
            with suppress(PlanFault, NotAllowed, Invisible), transaction.atomic():
                act(verb, scene, scene.people[who], number, at)
            check(scene)
        with bulk():
            event(f"came into force: {Plan.objects.get(pk=scene.plan).edition_in_force is not None}")
        transaction.set_rollback(True)


def act(verb: str, scene: Scene, by: Actor, number: int, at: datetime) -> None:
    """Try a step. Nothing but a refusal may stop it."""
    plan = scene.plan
    match verb:
        case "save":
            save(plan, by, content(scene.indicators, "后", number), at)
        case "remark":
            with acting(by):
                actions.remark(plan_id=plan, organisation=by.homes[0], text="意见", by=by, at=at)
        case "reply":
            with acting(by):
                for remark in Remark.objects.filter(plan=plan, reply=""):
                    actions.reply(remark_id=remark.pk, answer=Reply.DECLINED, words="理由", by=by, at=at)
        case "decide":
            with acting(by):
                open_ = [t for t in queries.plan(plan, on=at.date()).things if t.decision is None]
                made = list(Decision)[number % 4]
                some = open_ if number < 4 else open_[:1]
                actions.decide_open(
                    plan_id=plan, decisions={(t.kind, t.id): (made, "说明") for t in some}, by=by, at=at
                )
        case "tamper":
            tamper(scene, by)
        case _:
            take(plan, verb, by, at)


def tamper(scene: Scene, by: Actor) -> None:
    """Raw SQL on the application's login: what was decided or written is changed by nobody."""
    with acting(by), connection.cursor() as cursor:
        for statement in (
            "DELETE FROM planning_carry WHERE plan_id = %s",
            "UPDATE planning_carry SET decision = 'carry' WHERE plan_id = %s",
            "UPDATE planning_edition SET body = '' WHERE plan_id = %s",
            "DELETE FROM planning_planstep WHERE plan_id = %s",
            "DELETE FROM planning_plan WHERE id = %s",
        ):
            changed = 0
            with suppress(DatabaseError), transaction.atomic():
                cursor.execute(statement, [scene.plan])
                changed = cursor.rowcount
            assert changed == 0


def check(scene: Scene) -> None:
    with bulk():
        row = Plan.objects.get(pk=scene.plan)
        steps = list(PlanStep.objects.filter(plan=row).order_by("number"))
        assert row.stage == (steps[-1].target if steps else "draft")
        assert [step.source for step in steps] == ["draft", *(s.target for s in steps[:-1])][: len(steps)]
        approvals = [step for step in steps if step.transition == "approve"]
        for number, approval in enumerate(approvals):
            first = approvals[number - 1].edition + 1 if number else 1
            wrote = Edition.objects.filter(plan=row, number__range=(first, approval.edition))
            assert approval.by not in set(wrote.values_list("by", flat=True))
            given = Remark.objects.filter(plan=row, at__lt=approval.at)
            assert all(r.replied_at is not None and r.replied_at <= approval.at for r in given)
        if not row.in_force:
            over = TargetShare.objects.filter(plan=row.pk, state="confirmed")
            assert not over.exists()
            return
        assert row.edition_in_force == approvals[-1].edition
        things = queries.open_things(row, row.entered)
        assert all(thing.decision is not None for thing in things)
        decided = Carry.objects.filter(plan=row)
        assert decided.count() == len(things)
        check_effects(scene, row)


def check_effects(scene: Scene, row: Plan) -> None:
    """What is at work is what the edition in force says, with what was carried over and not said again."""
    edition = Edition.objects.get(plan=row, number=row.edition_in_force)
    before = Edition.objects.get(plan=scene.before)
    carried = {c.thing for c in Carry.objects.filter(plan=row, decision=Decision.CARRY)}
    own = {t["indicator"]: Decimal(t["value"]) for t in edition.targets}
    targets = {
        **{t["indicator"]: Decimal(t["value"]) for t in before.targets if f"{t['indicator']}@" in carried},
        **own,
    }
    shares = TargetShare.objects.filter(plan=row.pk, state="confirmed")
    assert {s.indicator: s.value for s in shares} == targets
    assert len(shares) == len(targets)
    items = {i["title"] for i in edition.items} | {i["title"] for i in before.items if i["title"] in carried}
    at_work = WorkItem.objects.filter(source="plan", key__startswith=f"plan-{row.pk}-", state="open")
    assert {item.title for item in at_work} == items
