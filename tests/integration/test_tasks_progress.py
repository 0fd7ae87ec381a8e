"""Progress with evidence: reported by a unit, confirmed by the lead, seen by those whom it concerns."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.duties import City, city_of
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import AuditEvent, Message, StoredFile
from zhijiao.supervision.actions import (
    carry_over,
    confirm,
    drop,
    report_progress,
    return_part,
    set_rollup,
    start_from_instruction,
)
from zhijiao.supervision.models import Assignment, Entry, WorkItem
from zhijiao.supervision.queries.work import ItemView, item_lines, item_view
from zhijiao.supervision.rules.ledger import Line, replay
from zhijiao.supervision.store import standing_of
from zhijiao.supervision.types import (
    Addressee,
    AssignmentState,
    Colour,
    Duty,
    EntryKind,
    Instruction,
    Outdated,
    Refused,
    Report,
    Rhythm,
    Rollup,
    Source,
)

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


def item_of(city: City, *, due: date | None = date(2026, 6, 30), every: Rhythm | None = None) -> int:
    return start_from_instruction(
        instruction=Instruction(
            title="排查实训基地",
            deliverable="排查表",
            source=Source.MINUTES,
            number="〔2026〕1号",
            dated=ON,
            addressees=(
                Addressee(Duty.LEAD, organisation=city.bureau.id),
                Addressee(Duty.MEMBER, kinds=(OrganisationKind.COUNTY,)),
            ),
            due=due,
            every=every,
            evidence=("排查表",),
        ),
        organisation=city.place.id,
        by=city.office,
        at=AT,
        on=ON,
    )


def part(item: int, organisation: int) -> Assignment:
    with bulk():
        return Assignment.objects.get(item=item, organisation=organisation)


def scan(row: Assignment, by: Actor) -> int:
    with acting(by):
        return StoredFile.objects.create(
            digest="0" * 64,
            name="排查表.pdf",
            size=1,
            media_type="application/pdf",
            organisation_id=row.organisation_id,
            parties=row.parties,
            uploaded_by=by.name,
            uploaded_at=AT,
        ).pk


def view(actor: Actor, city: City, item: int, on: date = ON) -> ItemView:
    with acting(actor):
        return item_view(actor, city.tree, item, on=on)


def test_a_county_reports_and_the_bureau_confirms(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(
        assignment=mine.pk,
        report=Report("已排查 3 所学校", percent=40),
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    with pytest.raises(Refused, match="佐证"):
        report_progress(
            assignment=mine.pk, report=Report("完成", done=True), by=city.county_officer, at=AT, on=ON
        )
    file = scan(mine, city.county_officer)
    report_progress(
        assignment=mine.pk,
        report=Report("全部排查完", done=True, evidence=(file,)),
        seen=1,
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    seen = view(city.bureau_officer, city, item)
    line = next(p for p in seen.parts if p.who.id == city.county.id)
    assert line.state is AssignmentState.CLAIMED
    assert line.may_confirm
    with acting(city.bureau_officer):
        assert StoredFile.objects.filter(pk=file).exists()
        assert Message.objects.filter(subject__startswith="报完成").exists()
    confirm(assignments=[mine.pk], seen={mine.pk: 2}, by=city.bureau_officer, at=AT, on=ON)
    assert part(item, city.county.id).state == AssignmentState.DONE
    with acting(city.county_officer):
        assert AuditEvent.objects.filter(action="supervision.confirm").count() == 1


def test_another_county_sees_the_item_but_nobody_elses_part(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(
        assignment=mine.pk, report=Report("进展", percent=10), by=city.county_officer, at=AT, on=ON
    )
    seen = view(city.other_county, city, item)
    assert [p.who.id for p in seen.parts] == [city.counties[1].id]
    assert seen.hidden == len(city.counties)  # the other counties and the lead
    assert seen.entries == ()
    assert seen.line.light == view(city.office, city, item).line.light
    with pytest.raises(Invisible):
        report_progress(assignment=mine.pk, report=Report("越权"), by=city.other_county, at=AT, on=ON)
    with pytest.raises(Invisible):
        view(city.school_officer, city, item)


def test_only_the_lead_or_who_asked_confirms_and_nobody_their_own(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(
        assignment=mine.pk,
        report=Report("完成", done=True, evidence=(scan(mine, city.county_officer),)),
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    with pytest.raises(NotAllowed):
        confirm(assignments=[mine.pk], by=city.second_county, at=AT, on=ON)
    lead = part(item, city.bureau.id)
    report_progress(
        assignment=lead.pk,
        report=Report("完成", done=True, evidence=(scan(lead, city.bureau_officer),)),
        by=city.bureau_officer,
        at=AT,
        on=ON,
    )
    with pytest.raises(NotAllowed):  # the lead's own part is for the office to confirm
        confirm(assignments=[lead.pk], by=city.second_bureau, at=AT, on=ON)
    confirm(assignments=[lead.pk, mine.pk], by=city.office, at=AT, on=ON)


def test_a_return_needs_words_and_reopens(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(
        assignment=mine.pk,
        report=Report("完成", done=True, evidence=(scan(mine, city.county_officer),)),
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    with pytest.raises(Refused, match="理由"):
        return_part(assignment=mine.pk, words=" ", by=city.bureau_officer, at=AT, on=ON)
    return_part(assignment=mine.pk, words="缺两所学校", by=city.bureau_officer, at=AT, on=ON)
    assert part(item, city.county.id).state == AssignmentState.OPEN
    with pytest.raises(Refused, match="没有可以确认"):
        confirm(assignments=[mine.pk], by=city.bureau_officer, at=AT, on=ON)


def test_who_comes_second_is_told(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(assignment=mine.pk, report=Report("一"), seen=0, by=city.county_officer, at=AT, on=ON)
    with pytest.raises(Outdated, match="刷新"):
        report_progress(assignment=mine.pk, report=Report("二"), seen=0, by=city.second_county, at=AT, on=ON)
    with bulk():
        assert Entry.objects.filter(assignment=mine).count() == 1


def test_a_file_of_something_else_is_refused(city: City) -> None:
    item = item_of(city)
    mine, other = part(item, city.county.id), part(item, city.counties[1].id)
    file = scan(other, city.other_county)
    with pytest.raises(Refused, match="重新上传"):
        report_progress(
            assignment=mine.pk,
            report=Report("完成", done=True, evidence=(file,)),
            by=city.county_officer,
            at=AT,
            on=ON,
        )


def test_what_comes_round_is_reported_each_period(city: City) -> None:
    item = item_of(city, due=None, every=Rhythm.MONTH)
    mine = part(item, city.county.id)
    april = date(2026, 4, 20)
    for day in (ON, april):
        row = part(item, city.county.id)
        report_progress(
            assignment=row.pk,
            report=Report("本月完成", done=True, evidence=(scan(row, city.county_officer),)),
            by=city.county_officer,
            at=AT,
            on=day,
        )
        confirm(assignments=[row.pk], by=city.bureau_officer, at=AT, on=day)
    row = part(item, city.county.id)
    assert row.done_period == "2026-04"
    with pytest.raises(Refused, match="已经确认完成"):
        report_progress(assignment=mine.pk, report=Report("再报"), by=city.county_officer, at=AT, on=april)
    with pytest.raises(Refused, match="只能报"):
        report_progress(
            assignment=mine.pk,
            report=Report("早先", period="2026-01"),
            by=city.county_officer,
            at=AT,
            on=date(2026, 5, 5),
        )
    seen = view(city.county_officer, city, item, on=date(2026, 6, 2))
    assert seen.parts[0].light.colour is Colour.RED  # May was not reported


def test_the_row_is_what_its_ledger_says(city: City) -> None:
    item = item_of(city)
    mine = part(item, city.county.id)
    report_progress(
        assignment=mine.pk,
        report=Report("请协调", percent=30, help_wanted="缺场地"),
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    file = scan(mine, city.county_officer)
    report_progress(
        assignment=mine.pk,
        report=Report("完成", done=True, evidence=(file,)),
        by=city.county_officer,
        at=AT,
        on=ON,
    )
    return_part(assignment=mine.pk, words="缺签字", by=city.office, at=AT, on=ON)
    with bulk():
        row = Assignment.objects.get(pk=mine.pk)
        lines = [
            Line(EntryKind(e.kind), e.on, e.by, e.period, e.percent, e.words, e.help_wanted)
            for e in row.entries.order_by("number")
        ]
    assert standing_of(row) == replay(lines)


def test_carried_over_dropped_and_another_rule(city: City) -> None:
    item = item_of(city)
    with bulk():
        WorkItem.objects.filter(pk=item).update(closed_on=date(2026, 1, 1))
    assert view(city.office, city, item).line.light.colour is Colour.GREY
    with pytest.raises(NotAllowed):
        carry_over(items=[item], due=None, under="x", by=city.county_officer, at=AT, on=ON)
    carry_over(items=[item], due=date(2027, 1, 1), under="后续方案", by=city.leader, at=AT, on=ON)
    assert view(city.office, city, item).line.light.colour is Colour.GREEN
    set_rollup(item=item, rollup=Rollup.SHARE, share=50, by=city.office, at=AT)
    with pytest.raises(Refused):
        set_rollup(item=item, rollup=Rollup.SHARE, share=0, by=city.office, at=AT)
    drop(items=[item], reason="已并入另一事项", by=city.office, at=AT)
    mine = part(item, city.county.id)
    with pytest.raises(Refused, match="不再办理"):
        report_progress(assignment=mine.pk, report=Report("报"), by=city.county_officer, at=AT, on=ON)
    with acting(city.office):
        (line,) = item_lines(city.office, city.tree, on=ON, items=[item])
    assert line.light.colour is Colour.GREY
