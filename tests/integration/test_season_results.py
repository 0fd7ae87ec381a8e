"""Conditions besides marks, and seats that another body gave: taken over, asked by the run, and handed over."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support.people import seat_at
from tests.support.whole_season import (
    CLOSES,
    FROZEN,
    Pupil,
    Whole,
    allocate,
    marks,
    publish,
    whole,
)
from zhijiao.admissions.actions.allocating import evidence
from zhijiao.admissions.actions.results import take_checks, take_elsewhere, withdraw_elsewhere
from zhijiao.admissions.actions.seats import enrolling, letters
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.models import (
    Candidate,
    CheckResult,
    Elsewhere,
    Enrolment,
    Letter,
    Outcome,
    ScoreSheet,
)
from zhijiao.admissions.queries import imports, placed
from zhijiao.admissions.queries.results import elsewhere, result
from zhijiao.admissions.types.plan import LimitDraft
from zhijiao.admissions.types.rolls import BadRoll
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.engines.matching.files import read_input, read_output
from zhijiao.engines.matching.verifying import verify
from zhijiao.records.models import StudentRecord

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]

BEFORE = CLOSES - timedelta(hours=3)
WAY = "college-platform"
WOMEN = LimitDraft("sex", "性别 = 2", "只招女生")
SIGHT = LimitDraft("check-sight", "色觉 = 1", "色觉检查合格")
TALL = LimitDraft("check-height", "身高 >= 160", "身高不低于 160厘米")
FOUR = (
    Pupil(marks(500), (0, 1), sex="男"),
    Pupil(marks(490), (0, 1), sex="女"),
    Pupil(marks(480), (0, 1), sex="女"),
    Pupil(marks(470), (0, 1), sex="女"),
)
"""The first line asks for women with sound sight of 160; the second for sound sight alone."""
CHECKS = """考号,色觉,身高
26000000,合格,180
26000001,不合格,170
26000002,合格,158.5
26000003,合格,160
"""
SEATS = """考号,姓名,录取学校,专业代码,专业名称,学制
26000000,演示生0,示例技工,0303,示例机电,5年
"""


def _lines(scene: Whole, run: int) -> list[str]:
    with bulk():
        found = {o.candidate_id: o.line_id for o in Outcome.objects.filter(run=run)}
    places = {line.pk: str(n) for n, line in enumerate(scene.lines)}
    return [places.get(found.get(c.pk) or 0, "") if c.pk in found else "out" for c in scene.candidates]


def _take(scene: Whole, text: str = SEATS, name: str = "结果.csv", at: datetime = BEFORE) -> int:
    by = scene.planners.officers["labour"]
    return take_elsewhere(
        by=by, at=at, season=scene.season.pk, way=WAY, name=name, content=text.encode()
    ).added


def test_a_run_asks_for_sex_and_checks_and_says_so(tmp_path: Path) -> None:
    scene = whole(FOUR, limits=((WOMEN, SIGHT, TALL), (SIGHT,)))
    taken = take_checks(
        by=scene.officer, at=BEFORE, season=scene.season.pk, name="体检.csv", content=CHECKS.encode()
    )
    assert (taken.lines, taken.added) == (4, 4)
    run = allocate(scene)
    # A man; unsound sight, so nowhere; too short, so the second line; exactly tall enough.
    assert _lines(scene, run) == ["1", "", "1", "0"]
    publish(scene, run)
    with acting(scene.pupils[1]):
        told = result(scene.candidates[1].pk, scene.round, FROZEN)
    assert told is not None
    assert [each.said.short for each in told.told] == ["不符合报考条件", "不符合报考条件"]
    assert "色觉检查合格" in told.told[0].said.sentences
    # What is kept can be read back and holds, although both lines have a condition of the same id.
    packed = evidence.hand_out(run=run, reason="示例：核查", by=scene.officer, at=FROZEN)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in ("input", "output"):
            with zipfile.ZipFile(io.BytesIO(archive.read(f"{name}.zip"))) as inner:
                inner.extractall(tmp_path / name)
    market = read_input(tmp_path / "input")
    assert verify(market, read_output(market, tmp_path / "output")) == ()


def test_checks_are_taken_whole_changed_by_name_and_read_by_no_school() -> None:
    scene = whole(FOUR)
    season = scene.season.pk
    bad = CHECKS.replace("26000001", "99999999").replace("180", "高").replace("合格,158.5", "还行,158.5")
    with pytest.raises(BadRoll) as refused:
        take_checks(by=scene.officer, at=BEFORE, season=season, name="体检.csv", content=bad.encode())
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (2, "身高"),
        (3, "考号"),
        (4, "色觉"),
    ]
    for who in (scene.planners.vocational_officer, scene.planners.county_officer):
        with pytest.raises(NotAllowed):
            take_checks(by=who, at=BEFORE, season=season, name="体检.csv", content=CHECKS.encode())
    take_checks(by=scene.officer, at=BEFORE, season=season, name="体检.csv", content=CHECKS.encode())
    again = take_checks(by=scene.officer, at=BEFORE, season=season, name="体检.csv", content=CHECKS.encode())
    assert again.same == 4
    later = "考号,面试\n26000001,通过\n26000002,\n"
    third = take_checks(by=scene.officer, at=BEFORE, season=season, name="面试.csv", content=later.encode())
    assert (third.lines, third.changed) == (1, 1)
    with bulk():
        row = CheckResult.objects.get(candidate=scene.candidates[1])
        assert row.results == {"sight": "0", "height": "170", "interview": "1"}
        assert Candidate.objects.get(pk=row.candidate_id).total == 490
    run = allocate(scene)
    publish(scene, run)
    for who in (scene.planners.vocational_officer, scene.pupils[0]):
        with acting(who):
            assert not CheckResult.objects.filter(candidate=scene.candidates[1]).exists()
    with acting(scene.parents[1]):
        assert CheckResult.objects.filter(candidate=scene.candidates[1]).exists()


def test_a_seat_elsewhere_closes_the_batches_and_is_handed_over() -> None:
    scene = whole(FOUR)
    assert _take(scene) == 1
    assert _take(scene) == 0
    run = allocate(scene)
    # Without her the third has a seat of the first line.
    assert _lines(scene, run) == ["out", "0", "0", "1"]
    publish(scene, run)
    season, on = scene.season, date(2026, 7, 20)
    at = datetime(2026, 7, 20, 2, tzinfo=FROZEN.tzinfo)
    school = scene.planners.technician
    with acting(scene.pupils[0]):
        told = elsewhere(scene.candidates[0].pk, season)
        assert told is not None
        assert (told.school, told.major, told.years) == ("示例技工", "示例机电", 5)
    with acting(scene.planners.technician_officer):
        mine = [each for each in placed.placed(season, school.pk) if each.elsewhere]
        assert [each.how for each in mine] == ["高职院校招生平台"]
        counts = next(each for each in placed.schools(season, {school.pk}))
        assert (counts.placed, counts.elsewhere) == (2, 1)
    page = seat_at(Client(), scene.pupils[0]).get("/choices").content.decode()
    assert "已由高职院校招生平台录取：示例技工 示例机电" in page
    school_page = seat_at(Client(), scene.planners.technician_officer).get(
        f"/desk/seasons/{season.pk}/seats", follow=True
    )
    assert "高职院校招生平台" in school_page.content.decode()
    page = seat_at(Client(), scene.officer).get(f"/desk/candidates/{scene.candidates[0].pk}").content.decode()
    assert "示例技工 示例机电" in page
    assert letters.issue(season=season.pk, by=scene.officer, at=at, on=on) == 3
    with bulk():
        assert not Letter.objects.filter(candidate=scene.candidates[0]).exists()
    assert enrolling.begin_registering(season=season.pk, by=scene.officer, at=at, on=on) == 4
    with bulk():
        expected = Enrolment.objects.get(candidate=scene.candidates[0])
        others = list(Enrolment.objects.filter(organisation=scene.planners.vocational))
    enrolling.note(
        season=season.pk,
        came={each.pk: True for each in others},
        came_on=on,
        words="",
        by=scene.planners.vocational_officer,
        at=at,
    )
    with bulk():
        ours = list(Enrolment.objects.filter(organisation=school))
    enrolling.note(
        season=season.pk,
        came={each.pk: True for each in ours},
        came_on=on,
        words="",
        by=scene.planners.technician_officer,
        at=at,
    )
    done = enrolling.hand_over(season=season.pk, document="示例〔2026〕9号", by=scene.officer, at=at, on=on)
    assert (done.done, done.refused) == (4, {})
    with bulk():
        expected.refresh_from_db()
        assert StudentRecord.objects.get(pk=expected.record).organisation_id == school.pk


def test_a_file_of_seats_is_refused_whole() -> None:
    scene = whole(FOUR)
    bad = SEATS + "26000001,别人,示例中职,,示例机电,九\n26000000,演示生0,示例技工,0303,示例机电,5\n"
    with pytest.raises(BadRoll) as refused:
        _take(scene, bad)
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (3, "姓名"),
        (3, "录取学校"),
        (3, "专业代码"),
        (3, "学制"),
        (4, "考号"),
    ]
    for who in (scene.officer, scene.planners.technician_officer, scene.planners.county_officer):
        with pytest.raises(NotAllowed):
            take_elsewhere(
                by=who, at=BEFORE, season=scene.season.pk, way=WAY, name="x.csv", content=SEATS.encode()
            )
    _take(scene)
    with pytest.raises(BadRoll, match="已导入过"):
        _take(scene, SEATS.replace("0303", "0304"))
    run = allocate(scene)
    with pytest.raises(Refused, match="还没有公布结果"):
        _take(scene, SEATS.replace("26000000,演示生0", "26000003,演示生3"), at=FROZEN)
    publish(scene, run)
    with pytest.raises(BadRoll, match="在本季已被"):
        _take(scene, SEATS.replace("26000000,演示生0", "26000001,演示生1"), at=FROZEN)


def test_the_page_takes_files_and_takes_seats_back() -> None:
    scene = whole(FOUR)
    office = seat_at(Client(), scene.planners.officers["labour"])
    lead = seat_at(Client(), scene.officer)
    address = "/desk/candidates/import"
    sent = {"season": scene.season.pk, "kind": f"elsewhere-{WAY}"}

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("结果.csv", SEATS.encode())

    assert "下载模板：高职院校招生平台的录取结果" in office.get(address).content.decode()
    assert "高职院校招生平台" not in lead.get(address).content.decode()
    assert lead.post(address, {**sent, "file": file()}).status_code == 422
    assert "已收下" in office.post(address, {**sent, "file": file()}).content.decode()
    with bulk():
        sheet = ScoreSheet.objects.get(season=scene.season, kind="elsewhere").pk
    taken = {"season": scene.season.pk, "sheet": sheet}
    assert office.post(f"{address}/withdraw", {**taken, "reason": ""}).status_code == 422
    assert lead.post(f"{address}/withdraw", {**taken, "reason": "错"}).status_code in (403, 404)
    assert office.post(f"{address}/withdraw", {**taken, "reason": "错"}).status_code == 302
    with bulk():
        assert Elsewhere.objects.get(sheet=sheet).withdrawn_because == "错"
    assert office.get(f"{address}/{scene.season.pk}/elsewhere-{WAY}.xlsx").content[:2] == b"PK"
    assert lead.get(f"{address}/{scene.season.pk}/elsewhere-{WAY}.xlsx").status_code == 404


def test_a_file_of_seats_is_taken_back_while_nothing_went_by_it() -> None:
    scene = whole(FOUR)
    _take(scene)
    by = scene.planners.officers["labour"]
    with bulk():
        sheet = ScoreSheet.objects.get(season=scene.season, kind="elsewhere").pk
    with pytest.raises(NotAllowed):
        withdraw_elsewhere(by=scene.officer, at=BEFORE, season=scene.season.pk, sheet=sheet, reason="错")
    with pytest.raises(Refused, match="原因"):
        withdraw_elsewhere(by=by, at=BEFORE, season=scene.season.pk, sheet=sheet, reason=" ")
    assert withdraw_elsewhere(by=by, at=BEFORE, season=scene.season.pk, sheet=sheet, reason="发错文件") == 1
    with pytest.raises(Invisible):
        withdraw_elsewhere(by=by, at=BEFORE, season=scene.season.pk, sheet=sheet, reason="再撤")
    # The same file may come again; what was taken back stays on record.
    assert _take(scene, at=BEFORE + timedelta(hours=1)) == 1
    with bulk():
        assert Elsewhere.objects.filter(sheet=sheet).count() == 2
    allocate(scene)
    with pytest.raises(Refused, match="投档"):
        withdraw_elsewhere(by=by, at=FROZEN, season=scene.season.pk, sheet=sheet, reason="晚了")


def test_the_templates_read_back() -> None:
    from zhijiao.admissions.store.sheets import headed
    from zhijiao.render.xlsx import write_book

    scene = whole(FOUR)
    with acting(scene.planners.officers["labour"]):
        sorts = imports.sorts(scene.planners.officers["labour"], scene.season)
        assert [sort.key for sort in sorts] == ["candidates", "scores", "checks", f"elsewhere-{WAY}"]
        for sort in sorts[2:]:
            book = write_book(imports.template(scene.season, sort, datetime(2026, 7, 1)))  # noqa: DTZ001
            heading, rows, first = headed(book, "模板.xlsx", ("考号",))
            assert heading[0] == "考号"
            assert (rows, first) == ([], 5) or first > 2
    with acting(scene.officer):
        assert [sort.key for sort in imports.sorts(scene.officer, scene.season)] == [
            "candidates",
            "scores",
            "checks",
        ]
