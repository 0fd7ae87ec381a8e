"""The data standard: what ships passes its own checks, and every fault is told with its place and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhijiao.exchange.rules.standard import (
    StandardRefused,
    checked_standard,
    json_schema,
    read_standard,
    shipped,
)
from zhijiao.exchange.rules.standard.building import built_dataset, built_list
from zhijiao.exchange.rules.standard.mapping import dataset_mapping, list_from, list_mapping
from zhijiao.exchange.rules.standard.reading import SHIPPED
from zhijiao.exchange.types import FieldType, Privacy, Role


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped standard that may be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "standard"))


def _damage(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a text that stands once in a file; the line on which it stands."""
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_what_ships_has_no_faults() -> None:
    standard, problems = checked_standard(SHIPPED)
    assert problems == []
    assert standard is not None
    assert len(standard.datasets) >= 30
    assert [each.number for each in standard.datasets] == sorted(each.number for each in standard.datasets)


def test_every_person_is_protected() -> None:
    for dataset in shipped().datasets:
        for field in dataset.fields:
            if field.role is Role.PERSON:
                assert field.privacy is Privacy.SENSITIVE
            if field.name in ("姓名", "联系电话"):
                assert field.privacy is not Privacy.NONE, (dataset.id, field.id)


def test_the_hash_is_that_of_the_content(folder: Path) -> None:
    same = read_standard(folder)
    assert same.hash == shipped().hash
    _damage(folder, "classes.yaml", "name: 班级名称", "name: 班名")
    assert read_standard(folder).hash != same.hash


def test_mappings_read_back_as_they_were() -> None:
    for dataset in shipped().datasets:
        said: list[tuple[tuple[str | int, ...], str]] = []
        assert built_dataset(dataset_mapping(dataset), said) == dataset, said
    for codes in shipped().codes.values():
        assert built_list(list_mapping(codes), []) == codes == list_from(list_mapping(codes))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "classes.yaml",
            "pinyin: BJMC, name: 班级名称, type: C",
            "pinyin: BJMC, name: 班级名称, type: X",
            "没有“X”这个取值",
        ),
        ("classes.yaml", "values: class_kinds", "values: class_kind", "没有代码表 class_kind"),
        ("classes.yaml", "key: [organisation, class_no]", "key: [organisation, klass]", "klass 不是字段"),
        (
            "classes.yaml",
            "key: [organisation, class_no]",
            "key: [organisation, enterprise]",
            "enterprise 不是必填",
        ),
        ("classes.yaml", "ended_on >= started_on", "ended_on >= begun_on", "begun_on"),
        ("classes.yaml", "ended_on >= started_on", "ended_on >=", "校验 ended_after_start"),
        ("classes.yaml", "role: period, ", "role: organisation, ", "有 2 个字段的 role 是 organisation"),
        ("classes.yaml", "refers: enterprises", "refers: firms", "没有数据集 firms"),
        ("classes.yaml", "keeping: state", "keeping: always", "没有“always”这个取值"),
        ("classes.yaml", "owner: 学校", "owners: 学校", "不认识这一项"),
        ("classes.yaml", "example: 23 数控 1 班", "example: 23", "应是文字"),
        ("classes.yaml", "example: 普通班", "example: 特长班", "不在代码表 class_kinds 里"),
        ("classes.yaml", "number: ZJ0202\n", "number: ZJ0301\n", "有 2 个数据集在用"),
        ("students.yaml", "role: person, privacy: sensitive", "role: person, privacy: personal", "敏感信息"),
        ("codes/common.yaml", "code: county, name: 县级", "code: city, name: 县级", "代码 city 写了两次"),
        ("codes/common.yaml", "name: 县级,", "name: 市级,", "名称“市级”同时指"),
    ],
)
def test_faults_name_file_line_and_remedy(folder: Path, file: str, old: str, new: str, says: str) -> None:
    line = _damage(folder, file, old, new)
    with pytest.raises(StandardRefused) as refused:
        read_standard(folder)
    found = [problem for problem in refused.value.problems if says in problem.message + problem.remedy]
    assert found, refused.value.problems
    assert any(problem.file == file for problem in found)
    assert any(abs(problem.line - line) <= 1 for problem in found if problem.file == file)
    assert all(problem.remedy for problem in refused.value.problems)


def test_all_faults_come_at_once(folder: Path) -> None:
    _damage(
        folder,
        "classes.yaml",
        "pinyin: BJMC, name: 班级名称, type: C",
        "pinyin: BJMC, name: 班级名称, type: X",
    )
    _damage(
        folder,
        "classes.yaml",
        "pinyin: BJRS, name: 班级人数, type: N",
        "pinyin: BJRS, name: 班级人数, type: Y",
    )
    _damage(folder, "courses.yaml", "keeping: state", "keeping: always")
    _, problems = checked_standard(folder)
    assert len(problems) >= 3


def test_json_schema_of_a_data_set() -> None:
    standard = shipped()
    schema = json_schema(standard.by_id["graduates"], standard.codes)
    assert "person" in schema["required"]
    assert "pay" not in schema["required"]
    assert "employed" in schema["properties"]["destination"]["enum"]
    assert schema["properties"]["due_on"]["format"] == "date"
    assert schema["properties"]["year"]["minimum"] == 2000
    assert standard.by_id["graduates"].by_id["pay"].type is FieldType.MONEY
