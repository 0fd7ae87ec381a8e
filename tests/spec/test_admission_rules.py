"""The rules of an admission as tables that an official can check: `admission-rules.md`.

Every table is run through the kernel, the slow program and the verifier. What a season adds to marks is checked with the class and
the threshold that a shipped pack gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.slow_matching import slow_match
from zhijiao.admissions.rules.bonus import Combining, Confirmed, total_of
from zhijiao.engines.matching.digesting import Algorithm, whole_of
from zhijiao.engines.matching.files import digested, output_files
from zhijiao.engines.matching.market import market_of
from zhijiao.engines.matching.result import outcome
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import (
    Applicant,
    BadInput,
    Batch,
    Case,
    Cell,
    Choice,
    Comparator,
    Flow,
    LastSeat,
    Limit,
    Outcome,
    Review,
    Rules,
)
from zhijiao.engines.matching.verifying import verify

WORDS = {
    "录取": "admitted",
    "录取后放弃": "given_up",
    "调剂录取": "adjusted",
    "前面已录取": "placed_higher",
    "前面批次已录取": "placed_earlier",
    "未到线": "below_line",
    "末位同分未录取": "tied_out",
    "抽签未录取": "lot",
    "低于最低分": "below_minimum",
    "没有本生源的计划": "no_cell",
    "填报了互斥的类别": "excluded",
    "无专业可录": "no_major",
    "已投档": "after_filing",
}
POLICIES = {"都录取": LastSeat.ADMIT_TIED, "都不录取": LastSeat.STRICT, "抽签": LastSeat.LOTTERY}
MAIN, BONUS = Path(__file__).with_name("admission-rules.md").read_text(encoding="utf-8").split("\n# 加分\n")


@dataclass
class Section:
    """A rule: its conditions, and the two tables as rows by heading."""

    name: str
    said: dict[str, list[str]] = field(default_factory=dict)
    tables: list[list[dict[str, str]]] = field(default_factory=list)

    def one(self, what: str, otherwise: str = "") -> str:
        return self.said.get(what, [otherwise])[0]


def _sections() -> Iterator[Section]:
    for part in MAIN.split("\n## ")[1:]:
        name, *lines = part.split("\n")
        section, heading = Section(name), None
        for line in lines:
            if line.startswith("- "):
                what, value = line[2:].split("：", 1)
                section.said.setdefault(what, []).append(value)
            elif line.startswith("|"):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                if heading is None:
                    heading = cells
                    section.tables.append([])
                elif not set(line) <= set("|-"):
                    section.tables[-1].append(dict(zip(heading, cells, strict=True)))
            else:
                heading = None
        yield section


SECTIONS = list(_sections())


def _case(section: Section) -> Case:
    plan, people = section.tables
    cells = tuple(
        Cell(
            row["计划格"],
            row["学校"],
            row["专业"],
            row["批次"],
            row["生源"],
            int(row["人数"]),
            float(row["最低分"]) if row["最低分"] else None,
        )
        for row in plan
    )
    policy, _, seed = section.one("末位同分").partition("，种子 ")
    rules = Rules(
        batches=tuple(_batch(section, name) for name in dict.fromkeys(cell.batch for cell in cells)),
        order=tuple(
            Comparator("total" if step == "总分" else step) for step in section.one("同分排序").split("，")
        ),
        last_seat=POLICIES[policy],
        seed=seed,
        limits=(
            *(_limit(text) for text in section.said.get("限制", ())),
            *(replace(_limit(text), minimum=True) for text in section.said.get("单科最低", ())),
        ),
        flows=tuple(Flow(*text.split("到")) for text in section.said.get("回流", ())),
    )
    reviews = [text.split(" ") for text in section.said.get("退档", ())]
    return Case(
        rules,
        cells,
        tuple(_person(row) for row in people),
        reviews=tuple(Review(batch, *_unit(unit), who, reason) for batch, unit, who, reason in reviews),
        given_up=frozenset(
            (who, batch) for who, batch in (t.split("在") for t in section.said.get("放弃", ()))
        ),
    )


def _batch(section: Section, name: str) -> Batch:
    where, _, ratio = section.one("投档比例").partition(" ")
    first, _, second = section.one("互斥").partition("排除")
    return Batch(
        name,
        stages=2 if section.one("两段") == name else 1,
        ratio=float(ratio) if where == name else 1.0,
        can_decline=section.one("可放弃") == name,
        excludes=frozenset({second}) if first == name else frozenset(),
    )


def _limit(text: str) -> Limit:
    school, name, require = text.split(" ", 2)
    return Limit(name, require, school=school)


def _unit(text: str) -> tuple[str, str]:
    return text[:2], text[2:]


def _person(row: dict[str, str]) -> Applicant:
    choices: dict[str, list[Choice]] = {}
    for part in row["志愿"].split("；"):
        batch, wanted = part.split("：")
        choices[batch] = [
            Choice(order, *_unit(each.removesuffix("（服从）")), adjust=each.endswith("（服从）"))
            for order, each in enumerate(wanted.split("、"), 1)
        ]
    words = ("考生", "生源", "志愿", "结果", "各志愿的说明")
    columns = {
        ("total" if name == "总分" else name): float(row[name])
        for name in row
        if name not in words and row[name]  # empty: there is no such result
    }
    return Applicant(row["考生"], frozenset({row["生源"]} - {""}), columns, choices)


def _code(words: str) -> str:
    for start, code in (("条件不符：", "limit"), ("退档：", "returned")):
        if words.startswith(start):
            return f"{code}:{words.removeprefix(start)}"
    return WORDS[words]


def _run(case: Case) -> Outcome:
    market = market_of(case)
    result = match(market)
    assert verify(market, result) == ()
    assert outcome(market, result) == slow_match(case)
    return outcome(market, result)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_rule_gives_what_the_table_says(section: Section) -> None:
    case = _case(section)
    found = _run(case)
    cell = {each.applicant: each.cell for each in found.placed}
    order = {batch.id: at for at, batch in enumerate(case.rules.batches)}
    for row in section.tables[1]:
        who = row["考生"]
        told = sorted(
            (each for each in found.told if each.applicant == who), key=lambda t: (order[t.batch], t.order)
        )
        assert (who, cell[who]) == (who, row["结果"])
        assert [each.code for each in told] == [_code(words) for words in row["各志愿的说明"].split("、")]


def test_giving_up_in_the_last_round_is_refused() -> None:
    """征求志愿录取后不得放弃。"""
    section = next(each for each in SECTIONS if each.name.startswith("常规批放弃录取"))
    case = _case(section)
    case = replace(case, given_up=case.given_up | {("二号", "征求")})
    with pytest.raises(BadInput):
        match(market_of(case))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_same_input_has_the_same_digest_in_any_order(section: Section) -> None:
    def sm3(case: Case) -> str:
        market = market_of(case)
        return whole_of(digested(market, output_files(market, match(market)), Algorithm.SM3))

    case = _case(section)
    assert sm3(case) == sm3(replace(case, applicants=tuple(reversed(case.applicants))))


CLASSES = {"少数民族": "minority", "三侨": "overseas", "港澳": "overseas", "军人": "soldier"}


@pytest.mark.parametrize(
    "line", [line for line in BONUS.splitlines() if re.match(r"\|[^-]*\d \|$", line)], ids=str
)
def test_bonus_is_added_as_the_table_says(line: str) -> None:
    claimed, wanted = (cell.strip() for cell in line.strip("|").split("|"))
    claims = [each.split(" ") for each in claimed.split("、") if each]
    how = Combining(alone=(("soldier", Decimal(20)),))
    found = total_of([Confirmed(CLASSES[name], Decimal(points)) for name, points in claims], how)
    assert found == Decimal(wanted)
