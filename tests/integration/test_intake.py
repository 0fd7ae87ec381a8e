"""A school's own file, from the csv or workbook to records and back: through the verbs and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.intake import AT, SYSTEM, plant
from tests.support.people import hired
from tests.support.students import NUMBERS, as_csv, as_xlsx, put, student
from zhijiao.cli.main import app
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange import actions
from zhijiao.exchange.models import Batch, PersonalRead, Record
from zhijiao.exchange.queries import batches as read
from zhijiao.exchange.queries import differences, log, owed, people, records
from zhijiao.exchange.store.profiling import refresh
from zhijiao.exchange.types import Side, State
from zhijiao.exchange.types.batches import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    with bulk():
        return plant()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_good_rows_go_on_and_bad_ones_wait(ids: dict[str, int], kind: str) -> None:
    rows = [
        student(NUMBERS[0]),
        student(NUMBERS[1], 入学日期="2023-13-01"),
        student(NUMBERS[2], 学籍状态="不知道"),
    ]
    content = as_csv(rows) if kind == "csv" else as_xlsx(rows)
    outcome = put(ids, content, f"students.{kind}")
    assert (outcome.counts.read, outcome.counts.new, outcome.counts.quarantined) == (3, 1, 2), outcome
    one = records.records(SYSTEM, "students")[0]
    assert one.values["name"] == "张示例"
    assert NUMBERS[0] not in json.dumps(one.values)
    waiting = read.held(SYSTEM)
    assert {row.row for row in waiting} == {3, 4}
    assert all(NUMBERS[1] not in str(row.cells) for row in waiting), "identity numbers are covered"
    back = read.returned(SYSTEM, waiting[0].batch)
    assert back.content
    assert len(back.content) > 100


def test_the_same_again_changes_nothing(ids: dict[str, int]) -> None:
    rows = [student(n) for n in NUMBERS]
    put(ids, as_csv(rows))
    again = put(ids, as_csv(rows))
    assert (again.counts.unchanged, again.counts.new, again.counts.changed, again.counts.gone) == (3, 0, 0, 0)
    from_excel = put(ids, as_xlsx(rows), "students.xlsx")
    assert from_excel.counts.unchanged == 3, "the same facts out of another program are the same facts"


def test_no_number_is_stored_in_the_open(ids: dict[str, int], tmp_path: Path) -> None:
    put(ids, as_csv([student(NUMBERS[0]), student(NUMBERS[1], 入学日期="x")]))
    from django.db import connection

    with bulk(), connection.cursor() as cursor:
        for table in ("record", "held", "batch", "difference"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM exchange_{table} t")
            said = cursor.fetchone()[0] or ""
            assert not any(number in said for number in NUMBERS), table
        cursor.execute("SELECT string_agg(t::text, ' ') FROM core_auditevent t")
        assert not any(number in (cursor.fetchone() or [""])[0] for number in NUMBERS)
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert not any(number.encode() in kept for number in NUMBERS)


def test_a_file_of_something_else_is_refused_whole(ids: dict[str, int]) -> None:
    outcome = put(ids, b"a,b\n1,2\n")
    assert outcome.state is State.REFUSED
    assert "表头" in read.by_number(SYSTEM, outcome.batch).batch.words
    with bulk():
        assert not Record.objects.exists()


def test_what_others_may(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    county = hired("county-clerk", Role.COUNTY, ids["county"])
    stranger = hired("stranger", Role.SCHOOL, ids["other"])
    leader = hired("leader", Role.LEADER, ids["county"])
    outcome = put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    batch = read.by_number(clerk, outcome.batch).batch.id
    assert [one.number for one in read.batches(county)] == [outcome.batch]
    assert len(records.records(leader, "students")) == 1
    assert records.records(stranger, "students") == []
    with pytest.raises(Invisible):
        read.batch(stranger, batch)
    with pytest.raises(Invisible):
        actions.undo(batch=batch, by=stranger, at=AT, words="x")
    with pytest.raises(Invisible):
        put(ids, as_csv([student(NUMBERS[1])]), by=stranger)
    with pytest.raises(NotAllowed):
        put(ids, as_csv([student(NUMBERS[1])]), by=leader)
    foreign = put(ids, as_csv([student(NUMBERS[1], school="other")]), by=clerk)
    assert foreign.counts.quarantined == 1, "a school hands in its own rows only"


def test_a_full_number_is_read_for_a_purpose(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    stranger = hired("stranger", Role.SCHOOL, ids["other"])
    leader = hired("leader", Role.LEADER, ids["county"])
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    one = records.records(clerk, "students")[0]
    with pytest.raises(Refused, match="用途"):
        actions.read_identity(by=clerk, at=AT, record_id=one.id, purpose=" ")
    with pytest.raises(Invisible):
        actions.read_identity(by=stranger, at=AT, record_id=one.id, purpose="核对学籍")
    with pytest.raises(NotAllowed):
        actions.read_identity(by=leader, at=AT, record_id=one.id, purpose="核对学籍")
    assert actions.read_identity(by=clerk, at=AT, record_id=one.id, purpose="核对学籍") == NUMBERS[0]
    assert one.person is not None
    told = people.reads_of(one.person)
    assert [(line.name, line.purpose) for line in told] == [(clerk.name, "核对学籍")]
    with bulk():
        assert PersonalRead.objects.count() == 1


def test_a_person_at_two_schools_is_listed(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    county = hired("county-clerk", Role.COUNTY, ids["county"])
    put(ids, as_csv([student(NUMBERS[0]), student(NUMBERS[1])]))
    batch = actions.receive(
        by=SYSTEM,
        at=AT,
        dataset="students",
        organisation=ids["s2"],
        name="b.csv",
        chunks=[as_csv([student(NUMBERS[0], school="s2")])],
        now=True,
    )
    actions.check(batch=batch.pk, by=SYSTEM, at=AT)
    actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
    own = people.twice(clerk)
    assert [(len(one.places), one.elsewhere) for one in own] == [(1, 1)]
    assert [(len(one.places), one.elsewhere) for one in people.twice(county)] == [(2, 0)]


def test_what_is_owed_and_how_it_stands(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    on = AT.date()
    before = {one.dataset.id: one for one in owed.owed(clerk, organisations=[ids["s1"], ids["other"]], on=on)}
    assert before["students"].state.value == "missing"
    assert all(one.organisation == ids["s1"] for one in before.values()), "only what the reader sees"
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    after = {one.dataset.id: one for one in owed.owed(clerk, organisations=[ids["s1"]], on=on)}
    assert (after["students"].state.value, after["students"].records) == ("done", 1)
    waits = actions.receive(
        by=clerk,
        at=AT,
        dataset="students",
        organisation=ids["s1"],
        name="甲.csv",
        chunks=[as_csv([student(NUMBERS[1])])],
        now=True,
    ).pk
    actions.check(batch=waits, by=clerk, at=AT)
    put(ids, b"a,b\n1,2\n", by=clerk)
    (line,) = (o for o in owed.owed(clerk, organisations=[ids["s1"]], on=on) if o.dataset.id == "students")
    assert (line.state.value, line.last and line.last.id) == ("to_confirm", waits), (
        "unread files hide nothing"
    )


def test_what_stands_is_told_whether_or_not_the_job_has_counted_it(ids: dict[str, int]) -> None:
    """Also what a superior brought, and what was undone."""
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])

    def told() -> tuple[int, str]:
        found = owed.owed(clerk, organisations=[ids["s1"]], on=AT.date())
        one = next(one for one in found if one.dataset.id == "students")
        return one.records, one.state.value

    def fresh_and_counted() -> tuple[int, str]:
        fresh = told()
        refresh(Tenant.REAL, on=AT.date())
        assert told() == fresh
        return fresh

    assert fresh_and_counted() == (0, "missing")
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    assert fresh_and_counted() == (1, "done")
    batch = put(ids, as_csv([student(NUMBERS[0]), student(NUMBERS[1])]), by=SYSTEM)
    assert fresh_and_counted() == (2, "done")
    with bulk():
        last = Batch.objects.get(number=batch.batch).pk
    actions.undo(batch=last, by=SYSTEM, at=AT, words="x")
    assert fresh_and_counted() == (1, "done")


def test_history_and_log_tell_who_changed_what(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    put(ids, as_csv([student(NUMBERS[0], "李示例")]), by=clerk)
    one = records.records(clerk, "students")[0]
    told = records.history(clerk, one.id)
    assert [version.changes for version in told] == [[("姓名", "张示例", "李示例")], []]
    lines = log.log(clerk)
    assert [line.action for line in lines] == ["apply", "check", "receive"] * 2
    assert lines[0].detail["counts"]["changed"] == 1


def test_a_difference_is_settled_with_a_word(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    put(ids, as_csv([student(NUMBERS[0])]))
    put(ids, as_csv([student(NUMBERS[0], "李示例")]), source="national")
    found = differences.differences(clerk)
    assert [(d.field_name, d.own, d.other) for d in found] == [("姓名", "张示例", "李示例")]
    with pytest.raises(Refused):
        actions.settle(by=clerk, at=AT, differences=[found[0].id], stands=Side.OWN, note="")
    assert (
        actions.settle(by=clerk, at=AT, differences=[found[0].id], stands=Side.OWN, note="以户口簿为准") == 1
    )
    assert differences.differences(clerk) == []
    put(ids, as_csv([student(NUMBERS[0], "李示例"), student(NUMBERS[1])]), source="national")
    assert not [d for d in differences.differences(clerk) if d.field == "name"], (
        "what is settled stays settled"
    )


@contextmanager
def _here() -> Iterator[None]:
    yield


def test_the_command_says_what_happened(
    ids: dict[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("zhijiao.cli.product.product", _here)
    file, out = tmp_path / "a.csv", tmp_path / "out"
    file.write_bytes(as_csv([student(NUMBERS[0]), student(NUMBERS[1], 入学日期="?")]))
    asked = ["intake", str(file), "--dataset", "students", "--org", "s1"]
    dry = CliRunner().invoke(app, [*asked, "--dry-run", "--json"])
    assert dry.exit_code == 3, dry.output
    with bulk():
        assert not Record.objects.exists()
    real = CliRunner().invoke(app, [*asked, "--json", "--errors", str(out)])
    told = json.loads(real.stdout)
    assert real.exit_code == 3
    assert {k: told[k] for k in ("read", "valid", "quarantined", "new", "state")} == {
        "read": 2,
        "valid": 1,
        "quarantined": 1,
        "new": 1,
        "state": "applied",
    }
    assert out.exists()
    listed = CliRunner().invoke(app, ["intake", "list", "--json"])
    assert json.loads(listed.stdout)[0]["number"] == told["batch"]
    undone = CliRunner().invoke(app, ["intake", "undo", told["batch"], "--why", "交错了"])
    assert undone.exit_code == 0, undone.output
    with bulk():
        assert not Record.objects.filter(until__isnull=True).exists()
    refused = CliRunner().invoke(app, ["intake", str(file), "--dataset", "nothing", "--org", "s1", "--yes"])
    assert refused.exit_code == 1
