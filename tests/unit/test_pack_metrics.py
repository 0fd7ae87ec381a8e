"""What the checker says of a computed definition: the line, the fault, the remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.pack_metrics import METRIC, write
from zhijiao.indicators.rules.asking import definition_hash
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.serial import canonical, from_canonical


def broken(folder: Path, old: str, new: str) -> list[Problem]:
    assert old in METRIC
    return write(folder, METRIC.replace(old, new, 1)).problems("city")


def test_a_definition_that_holds_together_passes(tmp_path: Path) -> None:
    assert write(tmp_path).problems("city") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("in: teachers, count: rows", "in: teacher, count: rows", "没有数据集 teacher。是不是 teachers"),
        ("dual_since is", "dual_sinse is", "dual_sinse"),
        ("count: person", "count: persons", "没有字段 persons。是不是 person"),
        ('specialist = "yes" and', 'specialist = "1" and', '「specialist = "1"'),
        ("where: specialist =", "where: specialist is", "「specialist is"),
        ("where: specialist =", "where: organisation_kind =", "yes"),
        ("count: rows,", "count: rows, sum: hours,", "count 与 sum 恰写一个"),
        ("standing: [since, until]}", "standing: [since, until], during: since}", "写了during、standing"),
        (", standing: [since, until]}", "}", "一个也没有"),
        ("standing: [licensed_on, closed_on]", "standing: [licensed, closed_on]", "没有字段 licensed"),
        ("{organisation: organisation}", "{organization: organisation}", "没有字段 organization"),
        ("value: dual / all\n", "value: dual / every\n", "算式用到的量 every 没有写"),
        ("value: dual / all\n", "value: dual > all\n", "不只是加减乘除"),
        ("value: dual / all\n", "value: dual / \n", "「dual /」"),
        ("    scale: 100\n", "", "单位是 %，乘数却是 1"),
        ("{years: 2}", "{years: 2, from: '2024'}", "years 与 from 恰写一个"),
        ("levels: [city, school]", "levels: [city]", "school 不在 levels 中"),
        ("      why: 分母为零\n", "", "值与原因对不上"),
        ("beside: {share: null}", "beside: {}", "应写：share"),
        ("period: '2026'", "period: '2026-05'", "写成年份，如 2023"),
        ("{S1: technician}", "{S1: technicians}", "是不是 technician"),
        ("        schools: []", "        students: []", "用不到的数据集 students"),
        ("count: rows", "cuont: rows", "是不是 count"),
        ("decimals: 1", "decimals: 一", "应是数字"),
        ("value: null\n      why: 分母为零", "value: 50", "不成立，应得 50，算出没有值"),
        ("why: 分母为零", "why: 无数据", "原因应是无数据，算出的是分母为零"),
        ("abroad_months: 2.50", "abroad_months: 两个", "算例读不出来"),
        ("abroad_months: 2.50", "abroad_monts: 2", "算例读不出来"),
    ],
)
def test_a_slip_is_told_where_it_stands_with_its_remedy(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    found = broken(tmp_path, old, new)
    assert any(said in str(problem) for problem in found), [str(problem) for problem in found]
    first = (
        (tmp_path / "city" / "indicators.yaml").read_text(encoding="utf-8").splitlines().index("  metric:")
    )
    for problem in found:
        assert problem.line > first
        assert not re.search(r"[\u4e00-\u9fff」][,:;?!]|[,;?!][\u4e00-\u9fff「]", str(problem)), str(problem)


def test_without_the_data_standard_only_what_the_pack_knows_is_checked(tmp_path: Path) -> None:
    write(tmp_path, METRIC.replace("in: teachers, count: rows", "in: teecher, count: rows", 1))
    assert Library([tmp_path]).problems("city") == []


def test_an_installed_definition_comes_back_as_it_was_written(tmp_path: Path) -> None:
    pack = write(tmp_path).load("city")
    again = from_canonical(canonical(pack))
    assert again.indicators == pack.indicators
    row = again.indicators[0].metric.examples[0].rows["teachers"][0]  # type: ignore[union-attr]
    assert row["abroad_months"] == "2.5"


def test_the_address_of_a_definition_changes_with_its_meaning_and_not_with_its_examples(
    tmp_path: Path,
) -> None:
    def address(metric: str, name: str) -> str:
        return definition_hash(write(tmp_path / name, metric).load("city").indicators[0])

    plain, written = address("", "plain"), address(METRIC, "written")
    assert len({plain, written, address(METRIC.replace("dual / all", "all / dual", 1), "turned")}) == 3
    assert address(METRIC.replace("name: 一人", "name: 两人"), "renamed") == written
    assert address(METRIC.replace("name: 双师型教师数", "name: 双师数"), "called") == written
