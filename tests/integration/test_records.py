"""Student records through their verbs: registered, applied for, decided, written into the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.support.records import AT, SYSTEM, TODAY, City, ask, city, enrol, policy_of, step, student
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.records import actions, queries
from zhijiao.records.models import RecordCase, RecordEvent, RecordIssue, StudentRecord
from zhijiao.records.queries.roster import Asked
from zhijiao.records.rules import ledger
from zhijiao.records.store import Note, append, ledger_of
from zhijiao.records.types import Detail, EventKind, NotEligible, Outdated, Refused, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr("zhijiao.policy.queries.index", policy_of)
    return city()


def row(record: int) -> StudentRecord:
    with bulk():
        return StudentRecord.objects.get(pk=record)


def live_of(person: object) -> list[StudentRecord]:
    with bulk():
        return list(
            StudentRecord.objects.filter(person=person, status__in=("pending", "enrolled", "suspended"))
        )


def agrees(record: int) -> None:
    """What the row says is what its events say."""
    with bulk():
        found = StudentRecord.objects.get(pk=record)
        state = ledger.fold(ledger_of(found))
    assert state is not None
    assert (found.status, found.ends, found.suspended_until) == (
        state.status.value,
        state.ended,
        state.suspended_until,
    )
    assert found.name == state.details[Detail.NAME]
    assert str(found.grade) == state.details[Detail.GRADE]
    assert found.major == state.details[Detail.MAJOR]


def test_the_same_key_twice_is_one_record(place: City) -> None:
    first = actions.register(organisation=place["school"], registration=student(), by=SYSTEM, at=AT, on=TODAY)
    again = actions.register(organisation=place["school"], registration=student(), by=SYSTEM, at=AT, on=TODAY)
    assert first.record == again.record
    assert first.new
    assert not again.new
    assert row(first.record or 0).status == "enrolled"


def test_somebody_with_a_live_record_is_put_on_the_list_instead(place: City) -> None:
    enrol(place, "school", 1)
    found = actions.register(
        organisation=place["technician"],
        registration=student(1, key="另一处", track="technician_3"),
        by=SYSTEM,
        at=AT,
        on=TODAY,
    )
    assert found.record is None
    (issue,) = queries.issues(place.by("technician"))
    assert issue.id == found.issue
    assert "查重不通过" in issue.words
    assert not queries.issues(place.by("school"))
    actions.settle_issue(issue=issue.id, words="对方核实后注销", by=place.by("technician"), at=AT)
    assert not queries.issues(place.by("technician"))
    with pytest.raises(DatabaseError), bulk(), transaction.atomic():
        RecordIssue.objects.update(note="", settled_at=AT)


def test_a_school_registers_and_its_authority_approves(place: City) -> None:
    new = student(2, grade=2026, enrolled_on=date(2026, 11, 2), approved="")
    found = actions.register(
        organisation=place["school"], registration=new, by=place.by("school"), at=AT, on=TODAY
    )
    assert found.record is not None
    assert row(found.record).status == "pending"
    with pytest.raises((NotAllowed, Refused)):
        actions.approve_registrations(
            organisation=place["school"],
            records=[found.record],
            document="示例",
            by=place.by("school"),
            at=AT,
            on=TODAY,
        )
    with pytest.raises(Refused, match="文号"):
        actions.approve_registrations(
            organisation=place["school"],
            records=[found.record],
            document=" ",
            by=place.by("county"),
            at=AT,
            on=TODAY,
        )
    for count in (1, 0):
        done = actions.approve_registrations(
            organisation=place["school"],
            records=[found.record],
            document="示例〔2026〕2号",
            by=place.by("county"),
            at=AT,
            on=TODAY,
        )
        assert done == count
    assert row(found.record).status == "enrolled"
    agrees(found.record)


def test_a_registration_that_is_too_late_is_refused(place: City) -> None:
    late = student(3, grade=2026, enrolled_on=date(2026, 9, 1), approved="")
    with pytest.raises(NotEligible, match="20个工作日"):
        actions.register(
            organisation=place["school"], registration=late, by=place.by("school"), at=AT, on=TODAY
        )
    with pytest.raises(NotEligible, match="注册已经截止"):
        actions.register(
            organisation=place["school"],
            registration=student(4, grade=2026, enrolled_on=date(2026, 11, 16), approved=""),
            by=place.by("school"),
            at=AT,
            on=date(2026, 11, 23),
        )
    with pytest.raises(NotAllowed):
        actions.register(
            organisation=place["school"],
            registration=student(4, grade=2026),
            by=place.by("school"),
            at=AT,
            on=TODAY,
        )


def test_what_came_too_late_is_registered_by_the_authority_under_a_document(place: City) -> None:
    late = student(5, grade=2026, enrolled_on=date(2026, 9, 1), approved="示例〔2026〕9号")
    for who in ("school", "education", "county2"):
        with pytest.raises((NotAllowed, Invisible)):
            actions.register(
                organisation=place["school"], registration=late, by=place.by(who), at=AT, on=date(2026, 12, 1)
            )
    done = actions.register(
        organisation=place["school"], registration=late, by=place.by("county"), at=AT, on=date(2026, 12, 1)
    )
    assert row(done.record or 0).status == "enrolled"
    agrees(done.record or 0)


def test_time_off_and_back(place: City) -> None:
    record = enrol(place)
    said = {"reason": "illness", "until": date(2027, 6, 30), "guardian": True, "proof": True}
    with pytest.raises(NotEligible, match="医院证明"):
        ask(place, "suspend", record, **(said | {"proof": False}))
    case = ask(place, "suspend", record, **said)
    with pytest.raises(Refused, match="没有办结"):
        ask(place, "suspend", record, **said)
    assert [line.id for line in queries.waiting_for(place.by("county"))] == [case]
    assert not queries.waiting_for(place.by("county2"))
    with pytest.raises(Invisible):
        step(place, case, "county2", "record")
    assert step(place, case, "county", "return", "医院证明看不清") == "draft"
    actions.amend(
        case=case,
        application=actions.applying.wanted_of(_case(case)),
        by=place.by("school"),
        at=AT,
        on=TODAY,
    )
    assert row(record).status == "enrolled"
    assert step(place, case, "county", "record") == "recorded"
    assert (row(record).status, row(record).suspended_until) == ("suspended", date(2027, 6, 30))
    with pytest.raises(NotEligible, match="“在读”"):
        ask(place, "transfer", record, target=place["school2"], reason="moving", guardian=True, proof=True)
    back = ask(place, "resume", record, reason="due", proof=True, on=date(2027, 7, 1))
    step(place, back, "county", "record", on=date(2027, 7, 2))
    assert row(record).status == "enrolled"
    agrees(record)
    with bulk():
        events = ledger_of(row(record))
    days = [date(2026, 9, 1), TODAY, date(2027, 7, 1), date(2027, 7, 2)]
    found = [ledger.state_on(events, day) for day in days]
    assert [s.status.value for s in found if s] == ["enrolled", "suspended", "suspended", "enrolled"]


def _case(case: int) -> RecordCase:
    with bulk():
        return RecordCase.objects.get(pk=case)


CROSS = {
    "major": "660301",
    "track": "technician_3",
    "credits": "已修18门、96学分，成绩单附后",
    "guardian": True,
}


def test_from_a_vocational_to_a_technician_school_is_one_case(place: City) -> None:
    record = enrol(place)
    person = row(record).person
    case = ask(place, "cross_transfer", record, target=place["technician"], **CROSS)
    with pytest.raises(Invisible):
        queries.case_view(place.by("county2"), case)
    for who, transition in (("technician", "pass"), ("county", "pass")):
        assert len(live_of(person)) == 1
        step(place, case, who, transition)
        assert [r.pk for r in live_of(person)] == [record]
    assert queries.case_view(place.by("human"), case).line.holder == place["human"]
    assert step(place, case, "human", "record") == "recorded"
    (live,) = live_of(person)
    assert (live.organisation_id, live.track, live.major) == (place["technician"], "technician_3", "660301")
    assert live.previous_id == record
    gone = row(record)
    assert (gone.status, gone.ends, live.starts) == ("transferred", TODAY, TODAY)
    agrees(record)
    agrees(live.pk)
    wanted = {field: value for field, _, value in queries.case_view(place.by("school"), case).wanted}
    assert wanted["credits"] == CROSS["credits"]


@pytest.mark.parametrize("refuser", ["technician", "county", "human"])
def test_a_transfer_that_one_side_refuses_leaves_everything_as_it_was(place: City, refuser: str) -> None:
    record = enrol(place)
    case = ask(place, "cross_transfer", record, target=place["technician"], **CROSS)
    for who in ("technician", "county", "human"):
        if who == refuser:
            assert step(place, case, who, "refuse", "名额已满") == "refused"
            break
        step(place, case, who, "pass")
    assert [r.pk for r in live_of(row(record).person)] == [record]
    assert row(record).status == "enrolled"
    again = ask(place, "cross_transfer", record, target=place["technician2"], **CROSS)
    assert again != case


@pytest.mark.parametrize("point", range(1, 9))
def test_a_transfer_that_dies_on_the_way_changes_nothing(
    place: City, point: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each statement of the switch that writes, as if the server had gone away there."""
    record = enrol(place)
    case = ask(place, "cross_transfer", record, target=place["technician"], **CROSS)
    step(place, case, "technician", "pass")
    step(place, case, "county", "pass")
    count = 0

    def dying(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal count
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            count += 1
            if count == point:
                raise DatabaseError("the server went away")
        return execute(sql, params, many, context)

    from django.db import connection

    with pytest.raises(DatabaseError), connection.execute_wrapper(dying), transaction.atomic():
        step(place, case, "human", "record")
    assert [r.pk for r in live_of(row(record).person)] == [record]
    agrees(record)
    assert _case(case).stage == "step.3"
    assert step(place, case, "human", "record") == "recorded"
    assert [r.organisation_id for r in live_of(row(record).person)] == [place["technician"]]


def test_the_database_itself_refuses_a_second_live_record(place: City) -> None:
    record = row(enrol(place))
    with pytest.raises(IntegrityError), bulk(), transaction.atomic():
        StudentRecord.objects.create(
            tenant="real",
            organisation_id=place["school2"],
            person=record.person,
            sealed=record.sealed,
            key="x",
            name="示例",
            grade=2025,
            major="1",
            track="secondary_3",
            enrolled_on=TODAY,
            status="enrolled",
            starts=TODAY,
        )
    with pytest.raises(IntegrityError), bulk(), transaction.atomic():  # not on a day that is past either
        StudentRecord.objects.create(
            tenant="real",
            organisation_id=place["school2"],
            person=record.person,
            sealed=record.sealed,
            key="x",
            name="示例",
            grade=2025,
            major="1",
            track="secondary_3",
            enrolled_on=TODAY,
            status="withdrawn",
            starts=date(2025, 10, 1),
            ends=date(2025, 11, 1),
        )
    with pytest.raises(DatabaseError, match="pgtrigger"), bulk(), transaction.atomic():
        RecordEvent.objects.update(words="x")
    with pytest.raises(DatabaseError, match="follow"), bulk(), transaction.atomic():
        RecordEvent.objects.create(record=record, number=7, kind="suspend", on=TODAY, by_name="x", at=AT)


def test_general_education_both_ways(place: City) -> None:
    case = ask(
        place,
        "general_in",
        None,
        outside="示例高级中学",
        paper="示例〔2026〕3号",
        credits="高一课程 8 门",
        major="710205",
        track="secondary_3",
        grade=2026,
        guardian=True,
        number=student(9).number,
        name="示例转入",
        sex="2",
    )
    step(place, case, "county", "record")
    (line,) = queries.roster(place.by("school"), Asked())
    assert (line.name, line.status, line.grade) == ("示例转入", Status.ENROLLED, 2026)
    with pytest.raises(NotEligible, match="满一个学期"):
        ask(place, "general_out", line.id, outside="示例高级中学", paper="示例〔2026〕4号", guardian=True)
    other = enrol(place, serial=10)
    out = ask(place, "general_out", other, outside="示例高级中学", paper="示例〔2026〕4号", guardian=True)
    step(place, out, "county", "record")
    assert row(other).status == "transferred"


def test_nobody_keeps_records_in_anothers_place(place: City) -> None:
    record = enrol(place)
    for who in ("county", "education"):
        with pytest.raises((NotAllowed, Invisible)):
            actions.apply_for(
                event="suspend",
                organisation=place["school"],
                record=record,
                application=actions.applying.Application(),
                by=place.by(who),
                at=AT,
                on=TODAY,
            )
    for who in ("school2", "county2", "technician", "human"):
        with pytest.raises(Invisible):
            queries.record_view(place.by(who), record)
        assert queries.roster(place.by(who), Asked()) == []
    case = ask(place, "transfer", record, target=place["school2"], reason="moving", guardian=True, proof=True)
    with pytest.raises(Refused, match="不由您办理"):
        step(place, case, "county", "pass")  # it is the other school's turn


def test_a_page_that_is_out_of_date_is_told_so(place: City) -> None:
    record = enrol(place)
    seen = row(record).revision
    actions.correct(
        record=record,
        sets={Detail.NAME: "示例改名"},
        words="户口簿更名",
        seen=seen,
        by=place.by("school"),
        at=AT,
        on=TODAY,
    )
    with pytest.raises(Outdated):
        actions.correct(
            record=record,
            sets={Detail.NAME: "又改"},
            words="更名",
            seen=seen,
            by=place.by("school"),
            at=AT,
            on=TODAY,
        )
    with pytest.raises(Refused, match="异动"):
        actions.correct(
            record=record, sets={Detail.MAJOR: "660301"}, words="更正", by=place.by("school"), at=AT, on=TODAY
        )
    view, _ = queries.record_view(place.by("county"), record)
    assert view.events[0].changes == (("name", "姓名", "示例学生1", "示例改名"),)
    assert "*" in view.masked


def test_classes_and_terms(place: City) -> None:
    one, other = enrol(place, serial=1), enrol(place, serial=2)
    by = place.by("school")
    known = actions.open_class(
        organisation=place["school"],
        class_no="2025SK01",
        name="25 数控 1 班",
        grade=2025,
        major="660301",
        started_on=date(2025, 9, 1),
        by=by,
        at=AT,
    )
    with pytest.raises(Refused, match="已经有了"):
        actions.open_class(
            organisation=place["school"],
            class_no="2025SK01",
            name="x",
            grade=2025,
            major="660301",
            started_on=date(2025, 9, 1),
            by=by,
            at=AT,
        )
    assert actions.place(records=[one, other], class_no="2025SK01", by=by, at=AT, on=TODAY) == 2
    assert actions.place(records=[one, other], class_no="2025SK01", by=by, at=AT, on=TODAY) == 0
    (line,) = queries.classes(by, [place["school"]])
    assert (line.students, line.id) == (2, known)
    with pytest.raises(Refused, match="还有 2 名"):
        actions.close_class(school_class=known, by=by, at=AT, on=TODAY)
    assert actions.register_term(organisation=place["school"], records=[one], by=by, at=AT, on=TODAY) == 1
    assert (
        actions.register_term(organisation=place["school"], records=[one, other], by=by, at=AT, on=TODAY) == 1
    )
    from zhijiao.core.kinds import Tenant
    from zhijiao.core.tree import tree

    term, name, _, closes = queries.term_now(tree(Tenant.REAL, TODAY), place["school"])
    assert (term, name, closes) == ("2026-autumn", "2026年秋季学期", date(2026, 11, 20))
    assert all(t.registered for t in queries.term_roll(by, place["school"], term))


def test_an_event_cannot_be_dated_before_the_last_one(place: City) -> None:
    record = row(enrol(place))
    with pytest.raises(Refused, match="早于上一条"), bulk():
        append(record, EventKind.WITHDRAW, on=date(2025, 1, 1), note=Note(SYSTEM, AT))


def test_a_student_reads_the_own_record_and_who_looked(place: City) -> None:
    from tests.support.people import hire
    from zhijiao.core.access.roles import Role
    from zhijiao.core.models import Organisation
    from zhijiao.exchange.queries.people import reads_of_mine

    record = enrol(place)
    with bulk():
        pupil = hire("pupil", Role.LEARNER, Organisation.objects.get(pk=place["school"]))
    assert queries.own_records(pupil) is None
    with acting(pupil):
        assert queries.roster(pupil, Asked()) == []
    actions.link_account(record=record, username="pupil", by=place.by("school"), at=AT)
    assert [view.line.id for view in queries.own_records(pupil) or ()] == [record]
    actions.note_look(record=record, by=place.by("county"), at=AT)
    actions.note_look(record=record, by=place.by("county"), at=AT)
    with pytest.raises(Refused, match="用途"):
        actions.read_number(record=record, purpose="", by=place.by("school"), at=AT)
    assert (
        actions.read_number(record=record, purpose="核对证件", by=place.by("school"), at=AT)
        == student().number
    )
    assert [line.purpose for line in reads_of_mine(pupil) or ()] == ["核对证件", "查看学籍"]
    with pytest.raises(NotAllowed):
        actions.read_number(record=record, purpose="核对证件", by=place.by("county"), at=AT)
    actions.unlink_account(record=record, username="pupil", by=place.by("school"), at=AT)
    assert queries.own_records(pupil) is None
