"""Officials change targets and tasks in a workbook; it comes back as a draft, or with what to correct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.small_pack import write_small_pack
from tests.support.workbooks import HEADER, Desk
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal
from zhijiao.policy.packs.workbook import Draft, WorkbookRefused, read_draft, write_workbook

Changes = dict[tuple[str, str, str], tuple[Any, Any]]


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    write_small_pack(tmp_path / "packs" / "small")
    return Library([tmp_path / "packs"])


@pytest.fixture
def desk(shelf: Library, tmp_path: Path) -> Desk:
    path = tmp_path / "book.xlsx"
    write_workbook(shelf.index("small"), path)
    return Desk(path)


def changes(draft: Draft) -> Changes:
    return {(c.room, c.id, c.path): (c.old, c.new) for c in draft.changes}


def refused(shelf: Library, desk: Desk) -> list[str]:
    with pytest.raises(WorkbookRefused) as caught:
        read_draft(shelf, desk.save())
    return [f"{p.file}：{p.message}" for p in caught.value.problems]


def test_an_untouched_workbook_changes_nothing(shelf: Library, desk: Desk) -> None:
    draft = read_draft(shelf, desk.path)
    assert (draft.changes, draft.notes) == ([], [])


def test_saving_it_with_another_program_changes_nothing(shelf: Library, desk: Desk) -> None:
    assert read_draft(shelf, desk.save()).changes == []


def test_equal_packs_give_equal_files(shelf: Library, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(shelf.index("small"), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


# -- changes ---------------------------------------------------------------------------------------


def test_a_new_target_takes_the_clause_s_figure_and_words_with_it(shelf: Library, desk: Desk) -> None:
    desk.type("目标", desk.row("目标", "plan.target.1"), "数值", 85)
    found = changes(read_draft(shelf, desk.save()))
    assert found["indicators", "plan.target.1", "targets"][1][0]["value"] == "85"
    assert found["clauses", "plan.target.1", "figures"][1][0]["value"] == "85"
    assert "85%" in found["clauses", "plan.target.1", "summary"][1]
    assert len(found) == 3


@pytest.mark.parametrize(
    "typed",
    ["８５．５", "85.5", 85.5, " 85.5 ", "85.5％"],
    ids=["full width", "text", "number", "spaces", "percent"],
)
def test_numbers_are_understood_however_they_are_typed(shelf: Library, desk: Desk, typed: object) -> None:
    desk.type("目标", desk.row("目标", "plan.target.1"), "数值", typed)
    found = changes(read_draft(shelf, desk.save()))
    assert found["indicators", "plan.target.1", "targets"][1][0]["value"] == "85.5"


def test_a_cell_formatted_as_percentage_is_read_as_the_figure_it_shows(shelf: Library, desk: Desk) -> None:
    row = desk.row("目标", "plan.target.1")
    desk.type("目标", row, "数值", 0.85)
    desk.book["目标"].cell(row, desk.column("目标", "数值")).number_format = "0%"
    found = changes(read_draft(shelf, desk.save()))
    assert found["indicators", "plan.target.1", "targets"][1][0]["value"] == "85"


@pytest.mark.parametrize(
    ("typed", "op"), [("＞", ">"), ("＝", "="), ("左右", "~"), ("≧", None), (">=", None)]
)
def test_relations_are_understood_however_they_are_typed(
    shelf: Library, desk: Desk, typed: str, op: str | None
) -> None:
    desk.type("目标", desk.row("目标", "plan.target.1"), "关系", typed)
    found = changes(read_draft(shelf, desk.save()))
    if op is None:
        assert found == {}
    else:
        assert found["indicators", "plan.target.1", "targets"][1][0]["op"] == op


@pytest.mark.parametrize(
    ("typed", "form", "due"),
    [
        ("2025年9月", "", "2025-09"),
        ("2025.9.30", "", "2025-09-30"),
        (2026, "", "2026"),
        (date(2025, 9, 1), "yyyy-mm", "2025-09"),
        (date(2025, 9, 1), "yyyy-mm-dd", "2025-09-01"),
        (date(2025, 9, 1), 'yyyy"年"m"月"', "2025-09"),
    ],
)
def test_dates_keep_the_precision_that_was_typed(
    shelf: Library, desk: Desk, typed: object, form: str, due: str
) -> None:
    row = desk.row("任务", "plan.row.2", "plan.item.2.a")
    desk.type("任务", row, "时限", typed)
    if form:
        desk.book["任务"].cell(row, desk.column("任务", "时限")).number_format = form
    assert changes(read_draft(shelf, desk.save())) == {
        ("tasks", "plan.row.2", "items.plan.item.2.a.due.on"): ("2025-06", due)
    }


def test_one_merged_cell_changes_the_whole_indicator(shelf: Library, desk: Desk) -> None:
    desk.type("目标", desk.row("目标", "plan.part.b", "2"), "口径", "验收合格的平台数")
    assert changes(read_draft(shelf, desk.save())) == {
        ("indicators", "plan.part.b", "definition.words"): ("建成的平台数", "验收合格的平台数")
    }


def test_names_units_and_responsible_units(shelf: Library, desk: Desk) -> None:
    desk.type("目标", desk.row("目标", "plan.part.a"), "观察点", "面向社会的培训")
    row = desk.row("任务", "plan.row.2", "plan.item.2.a")
    desk.type("任务", row, "责任单位", "示例局、县（市、区）")
    desk.type("任务", row, "主要工作", "建设平台")
    assert changes(read_draft(shelf, desk.save())) == {
        ("indicators", "plan.part.a", "name"): ("社会培训", "面向社会的培训"),
        ("tasks", "plan.row.2", "units"): ([], ["示例局", "县（市、区）"]),
        ("tasks", "plan.row.2", "name"): ("建平台", "建设平台"),
    }


def test_rows_may_be_moved_and_columns_added(shelf: Library, desk: Desk) -> None:
    table = desk.book["目标"]
    for block in list(table.merged_cells.ranges):
        table.unmerge_cells(str(block))
    rows = [[cell.value for cell in row] for row in table.iter_rows(min_row=HEADER + 1)]
    for number, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, start=1):
            table.cell(HEADER + 1 + number, column).value = value
    table.insert_cols(3)
    table.cell(HEADER, 3).value = "备注"
    table.cell(HEADER + 1, 3).value = "已与主管部门核对"
    desk.type("目标", desk.row("目标", "plan.policy"), "判断标准", "出台政策")
    assert changes(read_draft(shelf, desk.save())) == {
        ("indicators", "plan.policy", "criterion"): ("出台政策并落实", "出台政策")
    }


def test_a_number_that_lost_its_nought_is_no_change(shelf: Library, desk: Desk) -> None:
    desk.type("任务", desk.row("任务", "plan.row.2", "plan.item.2.a"), "序号", 2.1)
    assert read_draft(shelf, desk.save()).changes == []


# -- new and deleted rows --------------------------------------------------------------------------


def test_a_new_indicator_gets_an_id_from_its_clause(shelf: Library, desk: Desk) -> None:
    desk.add(
        "目标",
        一级指标="主要指标",
        二级指标="备用指标",
        关系="≥",
        数值=7.5,
        单位="％",
        目标期止=2026,
        期类="时点",
        方向="越高越好",
        口径="备用指标的占比",
        条款="plan.target.3",
    )
    found = changes(read_draft(shelf, desk.save()))
    _, added = found["indicators", "plan.target.3", ""]
    assert added["targets"] == [
        {"op": ">=", "value": "7.5", "unit": "%", "clause": "plan.target.3", "strength": "required"}
    ]
    assert found["goals", "goal.indicators", "indicators"][1][-1] == "plan.target.3"


def test_a_new_part_and_a_second_bound(shelf: Library, desk: Desk) -> None:
    given = {"单位": "%", "条款": "plan.target.3", "期类": "时点", "方向": "越高越好", "口径": "占比"}
    desk.add("目标", 一级指标="主要指标", 二级指标="培训和平台", 观察点="占比", 关系="≥", 数值="7.5", **given)
    found = changes(read_draft(shelf, desk.save()))
    assert found["indicators", "plan.whole", "parts.of"][1] == ["plan.part.a", "plan.part.b", "plan.target.3"]
    assert ("indicators", "plan.target.3", "") in found


def test_a_new_item_and_a_new_row(shelf: Library, desk: Desk) -> None:
    desk.add(
        "任务",
        序号="2.10",
        主要工作="建平台",
        事项="运行",
        交付物="运行报告",
        周期="每年",
        条款="plan.task.2",
    )
    new = {
        "序号": "3",
        "重点任务": "平台建设",
        "主要工作": "评平台",
        "责任单位": "示例局",
        "条款": "plan.task.2",
    }
    desk.add("任务", 事项="办法", 交付物="评定办法", **new)
    desk.add("任务", 事项="名单", 交付物="评定名单", **new)
    found = changes(read_draft(shelf, desk.save()))
    assert found["tasks", "plan.row.2", "items.plan.item.2.c"][1]["due"] == {
        "every": "year",
        "inferred": False,
    }
    _, row = found["tasks", "plan.row.3", ""]
    assert [item["id"] for item in row["items"]] == ["plan.item.3.a", "plan.item.3.b"]


def test_a_row_marked_for_deletion_goes_and_nobody_names_it_any_more(shelf: Library, desk: Desk) -> None:
    for bound in ("1", "2"):
        desk.type("目标", desk.row("目标", "plan.part.b", bound), "操作", "删除")
    desk.type("任务", desk.row("任务", "plan.row.2", "plan.item.2.a"), "操作", "删除")
    found = changes(read_draft(shelf, desk.save()))
    assert found["indicators", "plan.part.b", ""][1] is None
    assert found["indicators", "plan.whole", "parts.of"][1] == ["plan.part.a"]
    assert found["tasks", "plan.row.2", "items.plan.item.2.b.indicators"] == (["plan.part.b"], [])
    assert found["tasks", "plan.row.2", "items.plan.item.2.a"][1] is None


def test_one_of_two_bounds_goes(shelf: Library, desk: Desk) -> None:
    desk.type("目标", desk.row("目标", "plan.part.b", "1"), "操作", "删除")
    found = changes(read_draft(shelf, desk.save()))
    assert [t["op"] for t in found["indicators", "plan.part.b", "targets"][1]] == ["<="]


def test_a_bound_that_goes_with_its_number_is_reported(shelf: Library, desk: Desk) -> None:
    desk.type("目标", desk.row("目标", "plan.part.b", "1"), "数值", None)
    draft = read_draft(shelf, desk.save())
    assert [t["op"] for t in changes(draft)["indicators", "plan.part.b", "targets"][1]] == ["<="]
    assert any("plan.part.b" in note and "清空了“数值”" in note for note in draft.notes)


def test_a_row_that_is_simply_gone_stays_and_is_reported(shelf: Library, desk: Desk) -> None:
    desk.book["任务"].delete_rows(desk.row("任务", "row.1", "item.1"))
    draft = read_draft(shelf, desk.save())
    assert draft.changes == []
    assert ["item.1" in note for note in draft.notes] == [True]


# -- the draft -------------------------------------------------------------------------------------


def test_the_draft_keeps_comments_order_and_every_untouched_line(
    shelf: Library, desk: Desk, tmp_path: Path
) -> None:
    desk.type("目标", desk.row("目标", "plan.part.a"), "口径", "培训人次，不去重")
    folder = read_draft(shelf, desk.save()).write(tmp_path / "out")
    assert folder == tmp_path / "out" / "small"
    before = (tmp_path / "packs/small/indicators.yaml").read_text(encoding="utf-8").splitlines()
    after = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == ["    words: 培训人次，不去重"]
    assert [line for line in before if line not in after] == ["    words: 三年累计的培训人次"]
    assert (folder / "tasks.yaml").read_bytes() == (tmp_path / "packs/small/tasks.yaml").read_bytes()


def test_the_draft_passes_the_check_under_a_version_of_its_own(
    shelf: Library, desk: Desk, tmp_path: Path
) -> None:
    desk.type("目标", desk.row("目标", "plan.target.1"), "数值", 85)
    first = Library([read_draft(shelf, desk.save()).write(tmp_path / "first")])
    assert first.problems("small") == []
    assert first.load("small").manifest.version == "0.1-草案-1"
    write_workbook(first.index("small"), desk.path)
    second = read_draft(first, desk.path).write(tmp_path / "second" / "small")
    assert Library([second]).load("small").manifest.version == "0.1-草案-2"


def test_a_draft_is_not_written_over_anything(shelf: Library, desk: Desk, tmp_path: Path) -> None:
    draft = read_draft(shelf, desk.path)
    draft.write(tmp_path / "out")
    with pytest.raises(FileExistsError):
        draft.write(tmp_path / "out")


# -- what is refused -------------------------------------------------------------------------------

Edit = Callable[[Desk], object]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: d.type("目标", 4, "数值", "很多"), "工作簿 目标!G4：“数值”应是数字"),
        (lambda d: d.type("目标", 4, "关系", "大概"), "工作簿 目标!F4：“关系”“大概”不在可选范围内"),
        (lambda d: d.type("目标", 4, "目标期止", "明年"), "“目标期止”日期“明年”不合格"),
        (lambda d: d.type("目标", 4, "数值", "=1+1"), "“数值”这一格是公式"),
        (lambda d: d.type("目标", 4, "二级指标", None), "“二级指标”不能为空"),
        (lambda d: d.type("目标", 4, "口径", " "), "“口径”不能为空"),
        (lambda d: d.type("目标", 4, "单位", None), "“单位”不能为空"),
        (lambda d: d.type("目标", 4, "编号", "plan.none"), "没有编号 plan.none"),
        (lambda d: d.type("任务", 4, "责任单位", "没有的局"), "责任单位「没有的局」没有登记"),
        (lambda d: d.type("任务", 4, "条款", "plan.none"), "引用的条款 plan.none 不存在"),
        (lambda d: d.type("目标", 4, "目标期起", "2030"), "目标期起于 2030"),
        (lambda d: d.add("目标", 二级指标="新的"), "新增的行缺少“条款”"),
        (lambda d: d.add("任务", 主要工作="新的"), "新增的行缺少“交付物”"),
        (lambda d: d.book.remove(d.book["任务"]), "缺少工作表“任务”"),
        (lambda d: d.book["目标"].delete_cols(7), "缺少列：数值"),
    ],
)
def test_a_mistake_is_named_with_its_cell(shelf: Library, desk: Desk, edit: Edit, said: str) -> None:
    edit(desk)
    assert any(said in problem for problem in refused(shelf, desk)), refused(shelf, desk)


def test_all_mistakes_are_named_at_once(shelf: Library, desk: Desk) -> None:
    desk.type("目标", 4, "数值", "很多")
    desk.type("目标", 4, "方向", "向前")
    desk.type("任务", 4, "时限", "以后")
    assert len(refused(shelf, desk)) == 3


def test_a_mistake_that_only_the_pack_shows_is_named_at_its_row(shelf: Library, desk: Desk) -> None:
    row = desk.row("任务", "plan.row.2", "plan.item.2.a")
    desk.type("任务", row, "责任单位", "没有的局")
    assert any(f"工作簿 任务!A{row}" in problem for problem in refused(shelf, desk))


def test_the_workbook_of_another_pack(shelf: Library, desk: Desk) -> None:
    with pytest.raises(WorkbookRefused, match="不是 other 的"):
        read_draft(shelf, desk.path, "other")


def test_a_workbook_of_a_pack_that_is_not_here(desk: Desk, tmp_path: Path) -> None:
    write_minimal(tmp_path / "elsewhere" / "mini")
    with pytest.raises(WorkbookRefused, match="这里没有这个政策包"):
        read_draft(Library([tmp_path / "elsewhere"]), desk.path)


# -- another version in the meantime ---------------------------------------------------------------


def moved(tmp_path: Path, old: str, new: str) -> Library:
    """The pack after somebody else changed it."""
    path = tmp_path / "packs/small/indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return Library([tmp_path / "packs"])


def test_changes_elsewhere_do_not_matter(desk: Desk, tmp_path: Path) -> None:
    desk.type("目标", desk.row("目标", "plan.part.a"), "口径", "培训人次")
    shelf = moved(tmp_path, "words: 是否出台", "words: 有没有出台")
    assert changes(read_draft(shelf, desk.save())) == {
        ("indicators", "plan.part.a", "definition.words"): ("三年累计的培训人次", "培训人次")
    }


def test_a_cell_changed_on_both_sides_is_a_conflict(desk: Desk, tmp_path: Path) -> None:
    desk.type("目标", desk.row("目标", "plan.part.a"), "口径", "培训人次")
    shelf = moved(tmp_path, "三年累计的培训人次", "累计培训人次")
    assert any("与现行版本冲突：导出时是“三年累计的培训人次”" in p for p in refused(shelf, desk))


def test_the_same_change_on_both_sides_is_none(desk: Desk, tmp_path: Path) -> None:
    desk.type("目标", desk.row("目标", "plan.part.a"), "口径", "培训人次")
    shelf = moved(tmp_path, "三年累计的培训人次", "培训人次")
    assert read_draft(shelf, desk.save()).changes == []


def test_without_its_base_an_older_workbook_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.book.remove(desk.book["_基准"])
    shelf = moved(tmp_path, "words: 是否出台", "words: 有没有出台")
    assert any("现行版本是 0.1" in problem for problem in refused(shelf, desk))


def test_exact_decimals_stay_exact(shelf: Library, desk: Desk, tmp_path: Path) -> None:
    desk.type("目标", desk.row("目标", "plan.target.1"), "数值", "80.123456789012")
    folder = read_draft(shelf, desk.save()).write(tmp_path / "out")
    target = Library([folder]).load("small").indicators[0].targets[0]
    assert target.value == Decimal("80.123456789012")
