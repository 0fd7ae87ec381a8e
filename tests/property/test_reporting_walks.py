"""Generated orders of report, withdraw, pass, return, approve, reopen and restate, by right and wrong people.

Each walk runs on the real database under the people's own scopes, beside a model of some twenty lines. After every step:
the row is what its ledger says; approved values are those of the last figure; every figure but the first names what it
replaces and why; nobody took a step that was not theirs; deadlines are working days counted one by one.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.support.duties import City, city_of
from tests.support.people import hire
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.workdays import china
from zhijiao.indicators import actions
from zhijiao.indicators.models import Figure, Report, ReportStep
from zhijiao.indicators.types import Entered, Reason, Refused

START = datetime(2024, 1, 2, 2, tzinfo=UTC)
PERIOD = "2022/2023"
PEOPLE = (
    *("school", "school_2", "county", "county_2", "bureau", "bureau_2"),
    *("other_county", "leader", "office", "auditor", "system_admin"),
)
LEVELS = {"step.1": ("county", "county_2"), "step.2": ("bureau", "bureau_2")}
VERBS = ("save", "submit", "withdraw", "decide", "return", "reopen", "tamper")


@dataclass
class Model:
    """What should be: a state, a value, the approved values so far, who handed in."""

    state: str = "draft"
    value: int | None = None
    approved: list[int] = field(default_factory=list)
    author: str | None = None
    steps: int = 0

    def allows(self, verb: str, who: str) -> bool:
        """Whether the step is this person's to take now."""
        reporters = ("school", "school_2")
        match verb:
            case "save":
                return self.state == "draft" and who in reporters
            case "submit":
                return self.state == "draft" and who in reporters and self.value is not None
            case "withdraw":
                return self.state == "step.1" and who in reporters
            case "decide" | "return":
                return who in LEVELS.get(self.state, ()) and who != self.author
            case "reopen":
                return self.state == "approved" and who in LEVELS["step.2"]
        return False

    def take(self, verb: str, who: str, value: int) -> None:
        """The step happened."""
        match verb:
            case "save":
                self.value = value
                return
            case "submit":
                self.state, self.author = "step.1", who
            case "withdraw" | "return" | "reopen":
                self.state = "draft"
            case "decide":
                self.state = "step.2" if self.state == "step.1" else "approved"
                if self.state == "approved":
                    assert self.value is not None
                    self.approved.append(self.value)
        self.steps += 1


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


@pytest.fixture
def people(city: City) -> dict[str, Actor]:
    with bulk():
        return {
            "school": city.school_officer,
            "school_2": hire("school-2", Role.SCHOOL, city.school),
            "county": city.county_officer,
            "county_2": city.second_county,
            "bureau": city.bureau_officer,
            "bureau_2": city.second_bureau,
            "other_county": city.other_county,
            "leader": city.leader,
            "office": city.office,
            "auditor": hire("auditor", Role.AUDITOR, city.place),
            "system_admin": hire("system-admin", Role.SYSTEM_ADMINISTRATOR, city.place),
        }


@pytest.fixture
def report(city: City) -> int:
    """A figure that a secondary school owes, through its county and the bureau."""
    actions.open_reports(
        pack="taizhou", tenant=Tenant.REAL, on=date(2024, 1, 2), at=START, since=date(2023, 8, 1)
    )
    with bulk():
        found = Report.objects.filter(organisation=city.school, period=PERIOD, asks="ratio")
        chosen = next(row for row in found.order_by("id") if len(row.chain) == 2)
    return chosen.pk


# Many of them: tests/trial/test_long_walks.py
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_walk_leaves_the_law(data: st.DataObject, people: dict[str, Actor], report: int) -> None:
    """Half of the steps lead onwards, so that walks get far; of the others half are anybody's anything."""
    with transaction.atomic():
        model, at = Model(), START
        for _ in range(data.draw(st.integers(6, 30), label="length")):
            pairs = [(verb, who) for verb in VERBS for who in PEOPLE]
            open_ = [pair for pair in pairs if model.allows(*pair)]
            onwards = [pair for pair in open_ if pair[0] in ("submit", "decide", "reopen")] or open_
            offered = data.draw(st.sampled_from([pairs, open_, onwards, onwards]), label="offered")
            verb, who = data.draw(st.sampled_from(offered), label="step")
            value = data.draw(st.integers(0, 5000), label="value")
            at += timedelta(days=data.draw(st.integers(0, 40), label="days"))
            allowed = model.allows(verb, who)
            assert attempt(verb, people[who], report, value, at) is allowed, (verb, who, model)
            if allowed:
                model.take(verb, who, value)
            check(report, model, at if allowed and verb != "save" else None)
        event(f"figures: {min(len(model.approved), 3)}")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def attempt(verb: str, who: Actor, report: int, value: int, at: datetime) -> bool:
    """Try a step; whether it happened. Nothing but a refusal may stop it."""
    one = {report: None}
    try:
        with transaction.atomic():
            match verb:
                case "save":
                    typed = {"numerator": str(value), "denominator": "10000", "note": "说明"}
                    actions.save_drafts(by=who, at=at, entries=[Entered(report, typed)])
                case "submit":
                    actions.submit(by=who, at=at, reports=one)
                case "withdraw":
                    actions.withdraw(by=who, at=at, reports=one)
                case "decide":
                    actions.decide(by=who, at=at, reports=one)
                case "return":
                    actions.return_for_correction(by=who, at=at, reports=one, reason=Reason.SCOPE)
                case "reopen":
                    actions.reopen(
                        by=who, at=at, report=report, revision=None, reason=Reason.LATE_DATA, words="更正"
                    )
                case _:
                    return tamper(who, report)
    except (Refused, NotAllowed, Invisible):
        return False
    return True


def tamper(who: Actor, report: int) -> bool:
    """Raw SQL on the application's login: what was handed in is changed by nobody."""
    with acting(who), connection.cursor() as cursor:
        for statement in (
            "UPDATE indicators_report SET numerator = 1, revision = revision + 1 WHERE id = %s AND state <> 'draft'",
            "UPDATE indicators_figure SET numerator = 1 WHERE report_id = %s",
            "DELETE FROM indicators_figure WHERE report_id = %s",
            "DELETE FROM indicators_reportstep WHERE report_id = %s",
        ):
            changed = 0
            with suppress(DatabaseError), transaction.atomic():
                cursor.execute(statement, [report])
                changed = cursor.rowcount
            assert changed == 0
    return False


def check(report: int, model: Model, moved: datetime | None) -> None:
    with bulk():
        row = Report.objects.get(pk=report)
        lines = list(ReportStep.objects.filter(report=report).order_by("number"))
        figures = list(Figure.objects.filter(report=report).order_by("id"))
    assert row.state == model.state
    assert row.step == model.steps == len(lines)
    # Replaying the ledger gives the row.
    assert row.state == (lines[-1].target if lines else "draft")
    assert [line.source for line in lines] == ["draft", *(line.target for line in lines[:-1])][: len(lines)]
    if row.state != "draft":
        assert row.numerator == lines[-1].numerator == model.value
    # What was approved stands, with its trace.
    assert [figure.numerator for figure in figures] == model.approved
    assert [figure.replaces_id for figure in figures] == [None, *(figure.pk for figure in figures[:-1])][
        : len(figures)
    ]
    assert all(figure.cause for figure in figures[1:])
    if row.state == "approved":
        assert row.numerator == figures[-1].numerator
        assert row.value == figures[-1].value == Decimal(model.approved[-1]) / 100
    if moved is not None:
        assert row.deadline == naive_deadline(row, moved)


def naive_deadline(row: Report, moved: datetime) -> date | None:
    """The deadline counted day by day: working days of the level, or the term of who mends."""
    if row.state == "approved":
        return None
    today = (moved + timedelta(hours=8)).date()
    if row.state == "draft":
        return max(row.due, count_on(today, 3))
    return count_on(today, row.chain[int(row.state[-1]) - 1]["days"])


def count_on(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= china().is_working(day)
    return day


def test_the_people_of_the_walk_are_where_they_should_be(people: dict[str, Actor], report: int) -> None:
    with bulk():
        row = Report.objects.get(pk=report)
    assert [link["party"] for link in row.chain] == [people["county"].homes[0], people["bureau"].homes[0]]
    assert row.organisation_id == people["school"].homes[0]
