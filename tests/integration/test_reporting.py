"""Reports on a real database: opened, handed in, decided, returned, opened again; figures and their trace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests.support.duties import City, city_of
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import AuditEvent, Event, Message
from zhijiao.indicators import actions
from zhijiao.indicators.models import Figure, Report, ReportStep
from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.types import Clashed, Entered, Filters, Owed, Reason, Refused, Reused, StepKind

ON = date(2024, 1, 10)
AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
COUNTED = "tzw.ind.13"
RATIO = "tzw.ind.12"


@pytest.fixture
def city(shipped_packs: None) -> City:
    made = city_of("taizhou")
    actions.open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
    return made


def owes(who: Actor, indicator: str = COUNTED, period: str = "2023") -> Owed:
    with acting(who):
        found = queries.owed(who, ON, Filters(indicator=indicator, period=period))
    assert len(found) == 1
    return found[0]


def fill(who: Actor, value: str, indicator: str = COUNTED, period: str = "2023") -> Owed:
    with acting(who):
        row = owes(who, indicator, period)
        values = (
            {"value": value}
            if row.asks == "value"
            else dict(zip(("numerator", "denominator"), value.split("/"), strict=True))
        )
        actions.save_drafts(by=who, at=AT, entries=[Entered(row.id, values, row.revision)])
        return owes(who, indicator, period)


def approve(city: City, report: int, *, at: datetime = AT) -> None:
    by = city.bureau_officer
    with acting(by):
        row = Report.objects.get(pk=report)
        actions.decide(by=by, at=at, reports={report: row.revision})


def test_a_county_owes_what_the_pack_asks_of_it(city: City) -> None:
    with acting(city.county_officer):
        rows = queries.owed(city.county_officer, ON, Filters(period="2023"))
    assert len(rows) >= 20
    assert {row.organisation for row in rows} == {city.county.id}
    assert {row.due for row in rows} == {date(2024, 1, 30)}
    one = next(row for row in rows if row.indicator == COUNTED)
    assert (one.unit, one.asks, one.clauses) == ("个", "value", ("tzw.ind.13",))


def test_opening_twice_adds_nothing(city: City) -> None:
    with bulk():
        before = Report.objects.count()
    again = actions.open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
    assert (again.new, again.known, again.lost) == (0, before, ())


def test_from_draft_to_figure_along_the_chain(city: City) -> None:
    row = fill(city.county_officer, "12")
    receipt = actions.submit(by=city.county_officer, at=AT, reports={row.id: row.revision})
    assert receipt.lines[0]["value"] == "12"
    with acting(city.bureau_officer):
        waiting = queries.to_review(city.bureau_officer, ON)
        assert [line.owed.id for line in waiting] == [row.id]
        decided = actions.decide(by=city.bureau_officer, at=AT, reports={row.id: waiting[0].owed.revision})
    assert (decided.passed, decided.approved) == (0, 1)
    with acting(city.county_officer):
        figure = queries.history(city.county_officer, COUNTED, city.county.id)[0]
        assert (figure.value, figure.old, figure.reported_by) == (Decimal(12), None, city.county_officer.name)
        seen = queries.report(city.county_officer, row.id, ON)
    assert [line.kind for line in seen.ledger] == [StepKind.SUBMIT, StepKind.APPROVE]
    assert [link.state for link in seen.chain] == ["done"]
    with bulk():
        assert {"indicators.handed_in", "indicators.figures_approved"} <= set(
            Event.objects.values_list("name", flat=True)
        )
        assert {"indicators.submit", "indicators.decide"} <= set(
            AuditEvent.objects.values_list("action", flat=True)
        )
        assert Message.objects.filter(user_id=city.bureau_officer.user, subject__contains="等待审核").exists()


def test_a_ratio_is_computed_from_its_two_numbers(city: City) -> None:
    row = fill(city.county_officer, "300/1,200", RATIO)
    assert (row.value, row.numerator, row.denominator) == (Decimal(25), Decimal(300), Decimal(1200))


def test_what_cannot_be_read_is_kept_as_typed_and_named(city: City) -> None:
    row = fill(city.county_officer, "约12")
    assert (row.typed["value"], row.value) == ("约12", None)
    assert "确切" in row.problems[0].words
    with pytest.raises(Refused) as refused:
        actions.submit(by=city.county_officer, at=AT, reports={row.id: row.revision})
    assert refused.value.problems[0].field == "value"
    assert owes(city.county_officer).state == "draft"


def test_all_faults_of_many_reports_come_at_once_and_nothing_is_handed_in(city: City) -> None:
    good, bad, blank = fill(city.county_officer, "12"), fill(city.county_officer, "5/0", RATIO), None
    with acting(city.county_officer):
        blank = owes(city.county_officer, "tzw.task.1.3")
    with pytest.raises(Refused) as refused:
        actions.submit(by=city.county_officer, at=AT, reports=dict.fromkeys([good.id, bad.id, blank.id]))
    assert {problem.report for problem in refused.value.problems} == {bad.id, blank.id}
    assert owes(city.county_officer).state == "draft"


def test_a_jump_needs_a_word(city: City) -> None:
    last = fill(city.county_officer, "10", period="2022")
    actions.submit(by=city.county_officer, at=AT, reports={last.id: None})
    approve(city, last.id)
    row = fill(city.county_officer, "40")
    with pytest.raises(Refused, match="变动超过30%"):
        actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    actions.save_drafts(by=city.county_officer, at=AT, entries=[Entered(row.id, {"note": "新增两个园区"})])
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    with acting(city.bureau_officer):
        line = queries.to_review(city.bureau_officer, ON)[0]
    assert line.delta == 30
    assert "变动较大" in line.flags


def test_a_return_names_its_reason_and_comes_back_to_the_reporter(city: City) -> None:
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    actions.return_for_correction(
        by=city.bureau_officer, at=AT, reports={row.id: None}, reason=Reason.SCOPE, words="不含签约未开工的"
    )
    back = owes(city.county_officer)
    assert (back.returned, back.reason, back.reason_words) == (True, "口径不符", "不含签约未开工的")
    assert back.typed["value"] == "12"
    with acting(city.county_officer):
        assert Message.objects.filter(subject__contains="退回").count() == 1


def test_other_as_a_reason_needs_words(city: City) -> None:
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    with pytest.raises(Refused, match="要写明原因"):
        actions.return_for_correction(
            by=city.bureau_officer, at=AT, reports={row.id: None}, reason=Reason.OTHER
        )


def test_a_restatement_shows_old_new_and_cause(city: City) -> None:
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    approve(city, row.id)
    actions.reopen(
        by=city.bureau_officer,
        at=AT,
        report=row.id,
        revision=None,
        reason=Reason.LATE_DATA,
        words="一个项目撤销",
    )
    with acting(city.county_officer):
        assert [f.value for f in queries.history(city.county_officer, COUNTED, city.county.id)] == [12]
    again = fill(city.county_officer, "11")
    assert again.approved is not None
    actions.submit(by=city.county_officer, at=AT, reports={again.id: None})
    with acting(city.bureau_officer):
        line = queries.to_review(city.bureau_officer, ON)[0]
        assert [(c.old, c.new) for c in line.changes] == [("12个", "11个")]
    approve(city, row.id, at=AT + timedelta(days=1))
    with acting(city.county_officer):
        new, old = queries.history(city.county_officer, COUNTED, city.county.id)
    assert (new.value, new.old, new.cause) == (11, 12, "数据后来有更正：一个项目撤销")
    assert old.replaced
    assert not new.replaced


def test_nobody_decides_what_they_handed_in(city: City) -> None:
    with bulk():
        report = Report.objects.filter(indicator=COUNTED, period="2023", organisation=city.county).get()
        Report.objects.filter(pk=report.pk).update(
            submitted_by=city.bureau_officer.user, revision=report.revision + 1
        )
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    with bulk():
        report = Report.objects.get(pk=row.id)
        Report.objects.filter(pk=report.pk).update(
            submitted_by=city.bureau_officer.user, revision=report.revision + 1
        )
    with pytest.raises(Refused, match="审定分离"):
        approve(city, row.id)


@pytest.mark.parametrize("who", ["other_county", "school_officer"])
def test_another_countys_report_does_not_exist(city: City, who: str) -> None:
    row = fill(city.county_officer, "12")
    stranger: Actor = getattr(city, who)
    with acting(stranger), pytest.raises(Invisible):
        queries.report(stranger, row.id, ON)
    with pytest.raises(Invisible):
        actions.save_drafts(by=stranger, at=AT, entries=[Entered(row.id, {"value": "1"})])
    with acting(stranger), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_report SET value = 1, revision = revision + 1 WHERE id = %s", [row.id]
        )
        assert cursor.rowcount == 0


def test_who_sees_a_report_need_not_be_who_steps(city: City) -> None:
    row = fill(city.county_officer, "12")
    with pytest.raises(NotAllowed):
        actions.save_drafts(by=city.bureau_officer, at=AT, entries=[Entered(row.id, {"value": "1"})])
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    for who in (city.county_officer, city.leader, city.office):
        with pytest.raises(Refused, match="不由您办理"):
            actions.decide(by=who, at=AT, reports={row.id: None})


def test_a_clash_is_told_with_both_values(city: City) -> None:
    row = fill(city.county_officer, "12")
    fill(city.county_officer, "13")
    with pytest.raises(Clashed, match="现在的值是“13”，您填的是“14”"):
        actions.save_drafts(
            by=city.county_officer, at=AT, entries=[Entered(row.id, {"value": "14"}, row.revision)]
        )


def test_one_clash_stops_the_whole_sitting(city: City) -> None:
    first, second = fill(city.county_officer, "12"), fill(city.county_officer, "300/1200", RATIO)
    chains = {}
    with bulk():
        chains = {r.pk: r.parties for r in Report.objects.filter(pk__in=[first.id, second.id])}
    assert chains
    actions.submit(by=city.county_officer, at=AT, reports={first.id: None})
    with pytest.raises(Clashed):
        actions.decide(by=city.bureau_officer, at=AT, reports={first.id: 1})
    with bulk():
        assert Figure.objects.count() == 0


def test_the_same_key_does_the_deed_once(city: City) -> None:
    row = fill(city.county_officer, "12")
    entries = [Entered(row.id, {"value": "15"})]
    first = actions.hand_in(by=city.county_officer, at=AT, entries=entries, key="k1")
    again = actions.hand_in(by=city.county_officer, at=AT + timedelta(hours=1), entries=entries, key="k1")
    assert first == again
    with pytest.raises(Reused):
        actions.hand_in(by=city.county_officer, at=AT, entries=[Entered(row.id, {"value": "16"})], key="k1")


def test_withdrawn_before_anybody_passed_it(city: City) -> None:
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    actions.withdraw(by=city.county_officer, at=AT, reports={row.id: None})
    assert owes(city.county_officer).state == "draft"
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    approve(city, row.id)
    with pytest.raises(Refused, match="已锁定"):
        actions.withdraw(by=city.county_officer, at=AT, reports={row.id: None})


class TestTheDatabaseRefuses:
    """What no verb does, whoever asks: here under the role that passes every scope."""

    @pytest.fixture
    def approved(self, city: City) -> int:
        row = fill(city.county_officer, "12")
        actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
        approve(city, row.id)
        return row.id

    def run(self, statement: str, report: int, match: str) -> None:
        with pytest.raises(DatabaseError, match=match):
            self.commit(statement, report)

    def commit(self, statement: str, report: int) -> None:
        with transaction.atomic(), bulk(), connection.cursor() as cursor:
            cursor.execute(statement, [report])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_another_value(self, approved: int) -> None:
        self.run(
            "UPDATE indicators_report SET value = 99, revision = revision + 1 WHERE id = %s",
            approved,
            "stays",
        )

    def test_a_state_without_a_line(self, approved: int) -> None:
        self.run(
            "UPDATE indicators_report SET state = 'draft', step = step + 1, revision = revision + 1 WHERE id = %s",
            approved,
            "no line of the ledger",
        )

    def test_another_ledger(self, approved: int) -> None:
        self.run(
            "UPDATE indicators_reportstep SET value = 99 WHERE report_id = %s",
            approved,
            "append_only|Cannot update",
        )

    def test_another_figure(self, approved: int) -> None:
        self.run("UPDATE indicators_figure SET value = 99 WHERE report_id = %s", approved, "Cannot update")

    def test_a_figure_from_nowhere(self, approved: int) -> None:
        self.run(
            """INSERT INTO indicators_figure (report_id, step_id, tenant, pack, version, definition, obligation, indicator,
                 organisation_id, parties, period, starts, ends, value, text, unit, reported_by, reported_as, approved_by,
                 approved_as, known_from, cause, disclosed)
               SELECT report_id, step_id, tenant, pack, version, definition, obligation, indicator, organisation_id, parties,
                 period, starts, ends, 99, text, unit, reported_by, reported_as, approved_by, approved_as, known_from, 'x', false
                 FROM indicators_figure WHERE report_id = %s""",
            approved,
            "written by the step",
        )

    def test_a_line_without_a_move(self, approved: int) -> None:
        self.run(
            """INSERT INTO indicators_reportstep (report_id, number, kind, source, target, name, organisation_id, at, text, note,
                 evidence, reason, reason_words)
               SELECT report_id, 3, 'reopen', 'approved', 'draft', 'x', organisation_id, at, '', '', '{}', 'other', 'x'
                 FROM indicators_reportstep WHERE report_id = %s AND number = 1""",
            approved,
            "does not follow",
        )

    def test_going_away(self, approved: int) -> None:
        self.run("DELETE FROM indicators_report WHERE id = %s", approved, "Cannot delete")

    def test_another_key(self, approved: int) -> None:
        self.run(
            "UPDATE indicators_report SET period = '2020', revision = revision + 1 WHERE id = %s",
            approved,
            "Cannot|key_stays",
        )


def test_the_ledger_is_the_row(city: City) -> None:
    row = fill(city.county_officer, "12")
    actions.submit(by=city.county_officer, at=AT, reports={row.id: None})
    approve(city, row.id)
    with bulk():
        report, last = (
            Report.objects.get(pk=row.id),
            ReportStep.objects.filter(report=row.id).order_by("-number")[0],
        )
    assert (report.state, report.step, report.value) == (last.target, last.number, last.value)
