"""Rosters to and from the data hub, and the files of the registers above."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.records import (
    AT,
    TODAY,
    City,
    ask,
    book_of,
    city,
    enrol,
    lines_of,
    policy_of,
    step,
    student,
)
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.exchange.actions import intake
from zhijiao.exchange.queries import differences, people, records
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types import State
from zhijiao.records import actions, queries
from zhijiao.records.queries.roster import Asked
from zhijiao.records.types import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> City:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr("zhijiao.policy.queries.index", policy_of)
    return city()


def test_a_roster_goes_to_the_hub_and_only_what_changed_changes(place: City) -> None:
    by = place.by("school")
    one, _ = enrol(place, serial=1), enrol(place, serial=2)
    actions.open_class(
        organisation=place["school"],
        class_no="2025SK01",
        name="示例班",
        grade=2025,
        major="710205",
        started_on=TODAY.replace(year=2025, month=9, day=1),
        by=by,
        at=AT,
    )
    actions.place(records=[one], class_no="2025SK01", by=by, at=AT, on=TODAY)
    classes, students = actions.hand_to_hub(organisation=place["school"], by=by, at=AT)
    assert (classes.state, students.state) == (State.APPLIED, State.APPLIED)
    assert (students.counts.new, students.counts.quarantined) == (2, 0)
    assert sorted(row.values["name"] for row in records.records(by, "students")) == ["示例学生1", "示例学生2"]
    case = ask(place, "transfer", one, target=place["school2"], reason="moving", guardian=True, proof=True)
    for who, transition in (("school2", "pass"), ("county", "pass"), ("county2", "record")):
        step(place, case, who, transition)
    again = {o.dataset: o for o in actions.hand_to_hub(organisation=place["school"], by=by, at=AT)}
    assert (again["students"].counts.changed, again["students"].counts.unchanged) == (1, 1)
    assert again["student_changes"].counts.new == 1
    arrived = actions.hand_to_hub(organisation=place["school2"], by=place.by("school2"), at=AT)
    assert {o.dataset: o.counts.new for o in arrived} == {"students": 1, "student_changes": 1}
    # Person by person the hub holds the blind index, no number in the clear.
    assert all(student(1).number not in str(row.values) for row in records.records(by, "students"))


def test_handing_over_twice_changes_nothing(place: City) -> None:
    enrol(place, serial=1)
    by = place.by("school")
    actions.hand_to_hub(organisation=place["school"], by=by, at=AT)
    for outcome in actions.hand_to_hub(organisation=place["school"], by=by, at=AT):
        assert outcome.state is State.APPLIED
    assert records.count_records(by, "students") == 1


def test_a_school_starts_from_the_roster_that_is_there(place: City, tmp_path: Path) -> None:
    by = place.by("school")
    fields = standard().by_id["students"].fields
    kept = {"organisation": "r.school", "grade": "2025", "major": "710205", "track": "secondary_3"}
    kept |= {"education": "secondary", "full_time": "yes", "enrolled_on": "2025-09-01", "ethnic": "01"}
    rows = [
        {
            **kept,
            "person": student(1).number,
            "name": "示例一",
            "status": "enrolled",
            "student_no": f"G{student(1).number}",
        },
        {
            **kept,
            "person": student(2).number,
            "name": "示例二",
            "status": "withdrawn",
            "left_on": "2026-03-01",
        },
        {
            **kept,
            "person": student(3).number,
            "name": "示例三",
            "status": "suspended",
            "student_no": "20250003",
        },
        {**kept, "person": student(4).number, "name": "示例四", "status": "enrolled"},
    ]
    path = tmp_path / "students.csv"
    lines = [[f.name for f in fields], *([row.get(f.id, "") for f in fields] for row in rows)]
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
    taken = intake(by=by, at=AT, dataset="students", organisation=place["school"], path=path)
    assert taken.counts.new == 4, taken.problems
    enrol(place, "technician", serial=4)
    enrol(place, serial=5)
    with pytest.raises(Refused, match="3 名学生不在这里"):
        actions.hand_to_hub(organisation=place["school"], by=by, at=AT)
    with pytest.raises(NotAllowed):
        actions.take_over(organisation=place["school"], by=place.by("county"), at=AT, on=TODAY)
    assert actions.take_over(organisation=place["school"], by=by, at=AT, on=TODAY) == (3, 1)
    assert actions.take_over(organisation=place["school"], by=by, at=AT, on=TODAY) == (0, 4)
    found = {line.name: line for line in queries.roster(by, Asked(everybody=True))}
    assert {name: line.status.value for name, line in found.items()} == {
        "示例一": "enrolled",
        "示例二": "withdrawn",
        "示例三": "suspended",
        "示例学生5": "enrolled",
    }
    assert (found["示例一"].school_no, found["示例三"].school_no) == ("", "20250003")
    # The rows go back as they came: only the number in the clear is gone, and who is on record elsewhere.
    again = {o.dataset: o.counts for o in actions.hand_to_hub(organisation=place["school"], by=by, at=AT)}
    assert (again["students"].unchanged, again["students"].changed, again["students"].gone) == (
        2,
        1,
        1,
    )


def test_the_upper_register_is_told_compared_and_read_back(place: City) -> None:
    by = place.by("school")
    for serial in (1, 2, 3):
        enrol(place, serial=serial)
    name, content = actions.write_upload(organisation=place["school"], by=by, at=AT)
    assert name.endswith(".xlsx")
    heading, *lines = lines_of(content)
    at = {title: place_ for place_, title in enumerate(heading)}
    assert [line[at["身份证件号"]] for line in lines] == [student(n).number for n in (1, 2, 3)]
    assert lines[0][at["学籍号"]] == f"G{student(1).number}"
    assert (lines[0][at["学制"]], lines[0][at["学生当前状态"]], lines[0][at["性别"]]) == (
        "三年制",
        "在读",
        "男性",
    )
    # The same file comes back as that system's export: no difference.
    actions.take_export(organisation=place["school"], name="导出.xlsx", content=content, by=by, at=AT)
    assert differences.differences(by) == []
    # Now the other system says something else of one, lacks another and has a stranger.
    lines[0][at["姓名"]] = "示例改名"
    lines[1][at["身份证件号"]] = student(7).number
    taken = actions.take_export(
        organisation=place["school"],
        name="导出.xlsx",
        content=book_of([["某系统导出"], heading, *lines]),
        by=by,
        at=AT,
    )
    assert taken.rows == 3
    found = sorted((d.field, d.own, d.other) for d in differences.differences(by))
    assert ("name", "示例学生1", "示例改名") in found
    assert sum(field == "" for field, _, _ in found) == 2
    # What it refused comes onto a list, once.
    refused = book_of(
        [
            ["身份证件号", "姓名", "错误信息"],
            [student(2).number, "示例学生2", "查重不通过：已在其他学校注册"],
            [student(9).number, "别人", "重号"],
        ]
    )
    for new, known in ((1, 0), (0, 1)):
        done = actions.take_refusals(
            organisation=place["school"], name="x.xlsx", content=refused, by=by, at=AT
        )
        assert (done.new, done.known, done.strangers) == (new, known, 1)
    (issue,) = queries.issues(by)
    assert "查重不通过" in issue.words
    assert "转出或注销" in issue.remedy
    assert [line[2] for line in queries.register_files(by, place["school"])] == [
        *("refused", "refused", "export", "export", "upload")
    ]


def test_a_file_of_another_kind_is_refused_whole(place: City) -> None:
    by = place.by("school")
    enrol(place)
    for content, words in (
        (b"PK nonsense", "读不了"),
        ("甲,乙\n1,2\n".encode(), "“x”前 12 行里找不到“身份证件号”.*开头一行是：甲、乙"),
        (b"", "里面是空的"),
        (book_of([[""], ["甲"]]), "工作表“Sheet”前 12 行"),
        ("身份证件号,甲\n1,2\n".encode(), "不像"),
    ):
        with pytest.raises(Refused, match=words):
            actions.take_export(organisation=place["school"], name="x", content=content, by=by, at=AT)
    with pytest.raises(Refused, match="一列"):
        actions.take_refusals(
            organisation=place["school"], name="x", content="身份证件号,甲\n1,2\n".encode(), by=by, at=AT
        )
    assert queries.issues(by) == []


def test_a_file_that_a_spreadsheet_spoiled_is_refused_by_the_cell(place: City) -> None:
    by = place.by("school")
    enrol(place)
    _, content = actions.write_upload(organisation=place["school"], by=by, at=AT)
    heading, line = lines_of(content)
    at = heading.index("身份证件号")
    good = line[at]
    for wrong, words in (
        ("3.30102E+17", r"工作表“Sheet” D3的证件号被表格软件改成了数值（3.30102E\+17）.*“文本”"),
        (f"{good[:15]}000", "D3的证件号被表格软件改成了数值"),
        ("", "D3没有填号码，这一行却有姓名。.*补全证件号"),
    ):
        spoiled = [*line[:at], wrong, *line[at + 1 :]]
        with pytest.raises(Refused, match=words):
            actions.take_export(
                organisation=place["school"],
                name="导出.xlsx",
                content=book_of([heading, line, spoiled]),
                by=by,
                at=AT,
            )
    refused = book_of([["身份证件号", "原因"], ["3.30102E+17", "重号"]])
    with pytest.raises(Refused, match=r"“结果\.xlsx”工作表“Sheet” A2的证件号被表格软件"):
        actions.take_refusals(organisation=place["school"], name="结果.xlsx", content=refused, by=by, at=AT)
    assert queries.issues(by) == []
    assert [kind for _, _, kind, *_ in queries.register_files(by, place["school"])] == ["upload"]


def test_what_could_not_be_read_is_said_by_the_cell(place: City) -> None:
    by = place.by("school")
    enrol(place)
    refused = book_of(
        [
            ["校验结果"],
            ["身份证件号", "原因"],
            [student(1).number, "重号"],
            ["", "身份信息不符"],
            ["330102X", "重号"],
        ]
    )
    done = actions.take_refusals(organisation=place["school"], name="x.xlsx", content=refused, by=by, at=AT)
    assert (done.new, done.strangers) == (1, 0)
    said = queries.register_files(by, place["school"])[0]
    assert "A4、工作表“Sheet” A5没有号码或号码不对" in str(said)


def test_a_wrong_value_of_an_export_is_found_in_the_row_of_that_file(place: City) -> None:
    by = place.by("school")
    enrol(place)
    _, content = actions.write_upload(organisation=place["school"], by=by, at=AT)
    heading, line = lines_of(content)
    status = heading.index("学生当前状态")
    odd = [*line[:status], "不明状态", *line[status + 1 :]]
    taken = actions.take_export(
        organisation=place["school"],
        name="导出.xlsx",
        content=book_of([["某系统导出"], ["2026年"], heading, [""], odd]),
        by=by,
        at=AT,
    )
    assert [problem.row for problem in taken.outcome.problems] == [5]


def test_writing_the_file_is_a_reading_that_the_student_sees(place: City) -> None:
    record = enrol(place)
    actions.write_upload(organisation=place["school"], by=place.by("school"), at=AT)
    view, _ = queries.record_view(place.by("school"), record)
    assert [line.purpose for line in people.reads_of(view.person)] == ["上报中职学籍系统"]


def test_terms_that_run_out_are_told(place: City) -> None:
    record = enrol(place)
    case = ask(place, "repeat", record, grade=2026, guardian=True)
    due = queries.cases(place.by("school"))[0].due
    assert due is not None
    system = Actor.system("学籍提醒")
    assert actions.remind(by=system, at=AT, on=TODAY) == 0
    assert actions.remind(by=system, at=AT, on=due) == 1
    step(place, case, "county", "record")
    assert actions.remind(by=system, at=AT, on=due) == 0


def test_every_night_the_rosters_go_to_the_hub(place: City) -> None:
    from zhijiao.records.jobs import nightly

    enrol(place, serial=1)
    enrol(place, "technician", serial=2)
    nightly(0)
    assert records.count_records(place.by("school"), "students") == 1
    assert records.count_records(place.by("technician"), "students") == 1
