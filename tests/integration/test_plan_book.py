"""The plan of a school as a workbook: out, filled in, what it would change, kept as drafts, the same once more."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from tests.support.people import seat_at
from tests.support.planning_season import AT, ON, PACK, YEAR, Planners, line, plant_planners
from zhijiao.admissions.actions.lines import draft_of, propose_lines, save_line
from zhijiao.admissions.actions.plan_book import OtherChanges, apply_changes, book, plan_changes
from zhijiao.admissions.actions.seasons import begin_planning, open_season
from zhijiao.admissions.models import PlanLine
from zhijiao.admissions.types.rolls import BadRoll
from zhijiao.admissions.types.season import Opening
from zhijiao.cli.main import app
from zhijiao.core.access.actor import NotAllowed
from zhijiao.core.access.scope import bulk
from zhijiao.render.xlsx import write_book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]

BATCH = "第三批：三年制中职和技工"
NEW = {
    "学校": "示例中职",
    "批次": BATCH,
    "专业代码": "720201",
    "专业名称": "示例护理",
    "学制": 3,
    "计划（不限生源）": 40,
    "计划（本县户籍）": 5,
    "免学费": "是",
    "提供住宿": "是",
    "住宿费": 600,
    "性别要求": "只招女生",
    "色觉检查须合格": "是",
    "身高不低于": 155,
    "体育最低分": 20,
    "怎样升学": "可以报考高职（单独考试招生）",
}


@pytest.fixture
def planners() -> Planners:
    return plant_planners()


@pytest.fixture
def season(planners: Planners) -> int:
    officer = planners.officers["education"]
    opening = Opening(planners.city.pk, PACK, "2026", "示例市2026年统一招生", YEAR, "示例文号")
    made = open_season(opening=opening, by=officer, at=AT, on=ON)
    begin_planning(season=made.pk, by=officer, at=AT, on=ON)
    return made.pk


def _template(season: int, planners: Planners) -> openpyxl.Workbook:
    made = book(
        season=season,
        by=planners.vocational_officer,
        on=ON,
        created=datetime(2026, 3, 2),  # noqa: DTZ001
    )
    return openpyxl.load_workbook(io.BytesIO(write_book(made)))


def _fill(made: openpyxl.Workbook, *rows: dict[str, Any]) -> bytes:
    """Write rows below what is there."""
    sheet = made["招生计划"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "招生代码" for cell in row))
    titles = {str(cell.value).split("（人")[0]: cell.column for cell in head if cell.value}
    at = (head[0].row or 0) + 1
    while any(cell.value for cell in sheet[at]):
        at += 1
    for n, row in enumerate(rows):
        for title, value in row.items():
            sheet.cell(at + n, titles[title], value)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _changes(season: int, planners: Planners, content: bytes) -> Any:
    return plan_changes(
        season=season, content=content, name="计划.xlsx", by=planners.vocational_officer, on=ON
    )


def _apply(season: int, planners: Planners, content: bytes, expect: str) -> Any:
    return apply_changes(
        season=season,
        content=content,
        name="计划.xlsx",
        expect=expect,
        by=planners.vocational_officer,
        at=AT,
        on=ON,
    )


def test_a_filled_in_workbook_becomes_drafts_once(season: int, planners: Planners) -> None:
    content = _fill(_template(season, planners), NEW, {**NEW, "专业代码": "710205", "专业名称": "示例网络"})
    found = _changes(season, planners, content)
    assert [(change.new, change.major) for change in found.rows] == [
        (True, "720201 示例护理"),
        (True, "710205 示例网络"),
    ]
    with bulk():
        assert not PlanLine.objects.exists()
    _apply(season, planners, content, found.digest)
    with bulk():
        row = PlanLine.objects.get(major_code="720201")
        draft = draft_of(row)
    assert [(c.origin, c.seats) for c in draft.cells] == [("本县户籍", 5), ("", 40)]
    assert [each.require for each in draft.limits] == ["性别 = 2", "色觉 = 1", "身高 >= 155", "体育 >= 20"]
    assert draft.ways_up == "可以报考高职（单独考试招生）"
    again = _changes(season, planners, content)
    assert (again.rows, again.same) == ((), 2)
    # The template now holds both, and comes back unchanged.
    out = _fill(_template(season, planners))
    same = _changes(season, planners, out)
    assert (same.rows, same.same, same.left) == ((), 2, 0)


def test_a_change_says_what_it_changes_and_others_stay(season: int, planners: Planners) -> None:
    first = _fill(_template(season, planners), NEW, {**NEW, "专业代码": "710205", "专业名称": "示例网络"})
    _apply(season, planners, first, _changes(season, planners, first).digest)
    short = f"学校,批次,专业代码,计划（不限生源）\n示例中职,{BATCH},720201,60\n".encode()
    found = _changes(season, planners, short)
    assert (found.left, [change.words for change in found.rows]) == (1, [("计划（不限生源）：40 → 60",)])
    with pytest.raises(OtherChanges):
        _apply(season, planners, short, "0" * 64)
    _apply(season, planners, short, found.digest)
    with bulk():
        draft = draft_of(PlanLine.objects.get(major_code="720201"))
    # Columns that the file does not have keep what the line says.
    assert (draft.seats, draft.boarding, len(draft.limits)) == (65, True, 4)
    propose_lines(
        season=season, organisation=planners.vocational.pk, by=planners.vocational_officer, at=AT, on=ON
    )
    with pytest.raises(BadRoll, match="不能再改"):
        _changes(season, planners, short.replace(b",60", b",70"))
    assert _changes(season, planners, short).rows == ()


def test_every_fault_is_said_at_once(season: int, planners: Planners) -> None:
    bad = _fill(
        _template(season, planners),
        {**NEW, "学校": "示例技工"},
        {**NEW, "批次": "第九批", "性别要求": "女"},
        {**NEW, "招生代码": "99999"},
        {**NEW, "学制": "三", "住宿费": "六百", "体育最低分": 300},
        {**NEW, "专业代码": "710205"},
        {**NEW, "专业代码": "710205"},
    )
    with pytest.raises(BadRoll) as refused:
        _changes(season, planners, bad)
    assert [(fault.line - 4, fault.column) for fault in refused.value.faults] == [
        (0, "学校"),
        (1, "性别要求"),
        (1, "批次"),
        (2, "招生代码"),
        (3, "学制"),
        (3, "住宿费"),
        (3, "体育最低分"),
        (5, "专业代码"),
    ]
    with pytest.raises(BadRoll, match="没有这一列"):
        _changes(season, planners, "专业,人数\n护理,40\n".encode())
    for who in (planners.officers["education"], planners.leaders["labour"]):
        with pytest.raises(NotAllowed):
            plan_changes(season=season, content=bad, name="x.xlsx", by=who, on=ON)


def test_the_page_shows_the_changes_and_gives_the_marked_file_back(
    season: int, planners: Planners, client: Client
) -> None:
    seat_at(client, planners.vocational_officer)
    address = f"/desk/seasons/{season}/plan/book"
    assert "用工作簿填" in client.get(f"/desk/seasons/{season}/plan").content.decode()
    assert client.get(f"{address}.xlsx").content[:2] == b"PK"

    def send(content: bytes) -> Any:
        return client.post(address, {"file": SimpleUploadedFile("计划.xlsx", content)})

    bad = send(_fill(_template(season, planners), {**NEW, "学制": "三"}))
    assert bad.status_code == 422
    carried = re.search(r'name="carried" value="([^"]+)"', bad.content.decode())
    assert carried is not None
    back = client.post(f"{address}/marked", {"carried": carried[1].replace("&amp;", "&")})
    marked = openpyxl.load_workbook(io.BytesIO(back.content))
    assert "三" in str(marked["招生计划"]["G4"].value)
    assert "学制" in marked["招生计划"]["G4"].comment.text
    good = send(_fill(_template(season, planners), NEW)).content.decode()
    assert "720201 示例护理" in good
    fields = {
        name: re.search(rf'name="{name}" value="([^"]+)"', good)[1]  # type: ignore[index]
        for name in ("carried", "expect")
    }
    assert client.post(f"{address}/apply", {**fields, "expect": "x"}).status_code == 422
    assert client.post(f"{address}/apply", fields).status_code == 302
    with bulk():
        assert PlanLine.objects.get().major_name == "示例护理"
    # Nobody else's page is taken.
    other = seat_at(Client(), planners.technician_officer)
    assert other.post(f"{address}/apply", fields).status_code == 422
    office = seat_at(Client(), planners.officers["education"])
    assert office.get(address).status_code in (403, 404)


def test_an_operator_fills_in_by_command(
    season: int, planners: Planners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def here() -> Iterator[None]:
        yield

    monkeypatch.setattr("zhijiao.cli.product.product", here)
    save_line(
        season=season,
        organisation=planners.technician.pk,
        draft=line(),
        by=planners.technician_officer,
        at=AT,
        on=ON,
    )

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["season", "plan", *words])

    out = tmp_path / "plan.xlsx"
    assert "1 个专业" in run("template", "2026", "-o", str(out)).stdout
    filled = tmp_path / "filled.xlsx"
    filled.write_bytes(_fill(openpyxl.load_workbook(out), NEW))
    assert "会改 1 个专业，1 个不变" in run("check", "2026", str(filled)).stdout
    assert "已存为草稿 1 个专业" in run("import", "2026", str(filled)).stdout
    assert "已存为草稿 0 个专业，2 个不变" in run("import", "2026", str(filled)).stdout
    filled.write_bytes(_fill(openpyxl.load_workbook(out), {**NEW, "学制": 9}))
    bad = run("check", "2026", str(filled), "--json")
    assert (bad.exit_code, "学制" in bad.stdout) == (1, True)
