"""From files to judgements: records are counted where they changed, each reader sees their own organisations, pages say what to do."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from tests.support.intake import AT, SYSTEM, plant
from tests.support.people import hired, seat_at
from tests.support.students import NUMBERS
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.engines.quality import Subject
from zhijiao.exchange import actions
from zhijiao.exchange.actions.profiling import profile_after_apply
from zhijiao.exchange.jobs import profile
from zhijiao.exchange.models import Profile
from zhijiao.exchange.queries.quality import quality, uncounted
from zhijiao.exchange.store.profiling import refresh
from zhijiao.exchange.types.quality import Judged

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 22)
STUDENTS = "学校代码,身份证件号,姓名,入学年级,专业代码,学制类型,培养层次,全日制,入学日期,学籍状态,班级编号"
CLASSES = "学校代码,班级编号,班级名称,入学年级,专业代码,班级类型,班级人数,开班日期"

Put = Callable[..., Any]


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    with bulk():
        return plant()


@pytest.fixture
def put(ids: dict[str, int], tmp_path: Path) -> Put:
    def intake(school: str, dataset: str, lines: Sequence[str], source: str = "") -> Any:
        path = tmp_path / f"{dataset}.csv"
        titles = {"students": STUDENTS, "classes": CLASSES}[dataset]
        path.write_text("\n".join([titles, *lines]) + "\n", encoding="utf-8")
        return actions.intake(
            by=SYSTEM, at=AT, dataset=dataset, organisation=ids[school], path=path, source=source
        )

    return intake


def student(number: str, school: str = "s1", name: str = "张示例", enrolled: str = "2023-09-01") -> str:
    return f"{school},{number},{name},2023,710205,三年制中职,中职,是,{enrolled},在读,甲班"


def a_class(size: int) -> str:
    return f"s1,甲班,23 示例 1 班,2023,710205,普通班,{size},2023-09-01"


def judged(
    by: Actor, ids: dict[str, int], school: str = "s1", dataset: str = "students", **more: Any
) -> Judged:
    found = quality(by, organisations=[ids[school]], on=ON, datasets=[dataset], **more)
    assert len(found) == 1
    return found[0]


def part(found: Judged, subject: Subject) -> tuple[int, int] | None:
    one = found.score.part(subject)
    return (one.good, one.of) if one else None


def test_what_was_handed_in_is_judged(ids: dict[str, int], put: Put) -> None:
    put("s1", "students", [student(NUMBERS[0]), student(NUMBERS[1]), student(NUMBERS[2], enrolled="x")])
    put("s2", "students", [student(NUMBERS[0], "s2")])
    put("s1", "students", [student(NUMBERS[0]), student(NUMBERS[1], name="李示例")], source="全国系统")
    put("s1", "classes", [a_class(40)])
    assert uncounted(SYSTEM) == 2
    assert refresh(Tenant.REAL, on=ON) == 2
    assert uncounted(SYSTEM) == 0
    found = judged(SYSTEM, ids)
    assert part(found, Subject.VALIDITY) == (2, 3)
    assert part(found, Subject.COMPLETENESS) == (20, 20)
    assert part(found, Subject.DUPLICATES) == (1, 2)
    assert part(found, Subject.AGREEMENT) == (1, 2)
    assert part(found, Subject.TIMELINESS) == (0, 1), "it came after the day, but it came"
    assert {one.subject for one in found.findings} == {
        Subject.VALIDITY,
        Subject.DUPLICATES,
        Subject.AGREEMENT,
    }
    assert found.gaps[0].field.mandatory is False
    classes = judged(SYSTEM, ids, dataset="classes")
    assert part(classes, Subject.ADDITION) == (0, 1)
    assert "填 40 人，在册 2 人" in classes.findings[0].words


def test_only_what_changed_is_counted_anew(ids: dict[str, int], put: Put) -> None:
    put("s1", "students", [student(NUMBERS[0])])
    put("s2", "students", [student(NUMBERS[1], "s2")])
    profile(Tenant.REAL.value)
    with bulk():
        before = dict(Profile.objects.values_list("organisation", "id"))
    put("s2", "students", [student(NUMBERS[1], "s2"), student(NUMBERS[2], "s2")])
    assert refresh(Tenant.REAL, on=ON) == 1
    with bulk():
        after = {p.organisation_id: p for p in Profile.objects.all()}
    assert after[ids["s1"]].pk == before[ids["s1"]]
    assert (after[ids["s2"]].rows, after[ids["s2"]].filled[0]) == (2, 2)
    put("s2", "students", [student(NUMBERS[1], "s2"), student(NUMBERS[2], "s2")])
    assert refresh(Tenant.REAL, on=ON) == 0, "the same file again"
    assert uncounted(SYSTEM) == 0


def test_what_was_undone_is_counted_away(ids: dict[str, int], put: Put) -> None:
    number = put("s1", "students", [student(NUMBERS[0])]).batch
    refresh(Tenant.REAL, on=ON)
    from zhijiao.exchange.queries.batches import by_number

    actions.undo(batch=by_number(SYSTEM, number).batch.id, by=SYSTEM, at=AT, words="报错了")
    refresh(Tenant.REAL, on=ON)
    found = judged(SYSTEM, ids)
    assert found.facts.rows == 0
    assert uncounted(SYSTEM) == 0


def test_a_change_has_it_counted_once(
    django_capture_on_commit_callbacks: Callable[..., Any], db: None
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        profile_after_apply({"tenant": "real"}, AT)
        profile_after_apply({"tenant": "real"}, AT)
    with bulk(), connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%exchange.jobs.profile'")
        assert [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()] == [
            {"tenant": "real"}
        ]


def test_a_school_sees_its_own_and_a_county_both(ids: dict[str, int], put: Put) -> None:
    put("s1", "students", [student(NUMBERS[0])])
    put("s2", "students", [student(NUMBERS[1], "s2")])
    refresh(Tenant.REAL, on=ON)
    everywhere = list(ids.values())
    clerk, county = hired("clerk", Role.SCHOOL, ids["s1"]), hired("county", Role.COUNTY, ids["county"])
    seen = {one.facts.organisation for one in quality(clerk, organisations=everywhere, on=ON)}
    assert seen == {ids["s1"]}
    found = quality(county, organisations=everywhere, on=ON, datasets=["students"])
    assert {(one.facts.organisation, one.facts.rows) for one in found} == {(ids["s1"], 1), (ids["s2"], 1)}


def test_a_period_is_judged_by_its_own_rows(ids: dict[str, int], put: Put) -> None:
    put("s1", "students", [student(NUMBERS[0]), student(NUMBERS[1]).replace(",2023,", ",2022,")])
    refresh(Tenant.REAL, on=ON)
    assert judged(SYSTEM, ids).facts.rows == 2
    assert judged(SYSTEM, ids, period="2022").facts.rows == 1


def test_the_pages_say_what_to_do(ids: dict[str, int], put: Put, client: Client) -> None:
    clerk = seat_at(client, hired("clerk", Role.SCHOOL, ids["s1"]))
    empty = clerk.get("/desk/quality?q=没有这个数据集").content.decode()
    assert "没有符合条件的数据集" in empty
    put("s1", "students", [student(NUMBERS[0]), student(NUMBERS[2], enrolled="x")])
    text = clerk.get("/desk/quality").content.decode()
    assert "有新入库的数据还没有统计" in text
    refresh(Tenant.REAL, on=ON)
    text = clerk.get("/desk/quality?kind=validity").content.decode()
    assert "1 行没有通过检查" in text
    assert f"/desk/data/held?dataset=students&amp;org={ids['s1']}" in text
    one = clerk.get(f"/desk/quality/{ids['s1']}/students").content.decode()
    assert "没有第二个来源" in one
    for address in (f"/desk/quality/{ids['s2']}/students", f"/desk/quality/{ids['s1']}/nothing"):
        assert clerk.get(address).status_code == 404


def test_the_lists_as_workbooks(ids: dict[str, int], put: Put, client: Client) -> None:
    put("s1", "students", [student(NUMBERS[0])])
    assert refresh(Tenant.REAL, on=ON) == 1
    assert judged(SYSTEM, ids).facts.rows == 1
    county = seat_at(client, hired("county", Role.COUNTY, ids["county"]))
    sheet = openpyxl.load_workbook(io.BytesIO(county.get("/desk/quality.xlsx?dataset=students").content))
    cells = [str(cell.value) for row in sheet.worksheets[0].iter_rows() for cell in row]
    assert {"示例s1", "示例s2"} <= set(cells)
    answer = county.get(f"/desk/quality/{ids['s1']}/students.xlsx")
    gaps = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = [str(cell.value) for row in gaps.worksheets[0].iter_rows() for cell in row]
    assert "联系电话" in told
    assert "下载空缺项" in county.get(f"/desk/quality/{ids['s1']}/students").content.decode()
