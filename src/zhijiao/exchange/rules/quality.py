"""Judges what is known of a data set of an organisation: parts of a score, what to mend and who does it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from zhijiao.engines.quality import (
    Claim,
    Completeness,
    Delivery,
    FieldUse,
    Part,
    Screening,
    Subject,
    Timeliness,
    Tolerance,
    against_history,
    against_peers,
    completeness,
    inside,
    scored,
    timeliness,
    validity,
)
from zhijiao.exchange.types import Dataset, Keeping, Role
from zhijiao.exchange.types.quality import Asked, Counted, Facts, Finding, Inside, Judged
from zhijiao.lib.dates import in_chinese

NEAR = Tolerance(Decimal(2), Decimal("0.05"))
"""How far the stated size of a class may lie from the students who stand in it: some come and go between two files."""
EXAMPLES = 5
RULES: Final[Mapping[str, str]] = {
    "missing": "必填项没有填",
    "type": "格式不对",
    "length": "太长",
    "value": "不在代码表里",
    "range": "超出范围",
    "pattern": "号码不对",
    "duplicate": "同一主键出现两次",
    "organisation": "不是本单位的行",
    "row": "同一行里前后矛盾",
}
"""Kinds of faults in words; a condition within a row is `row:` and its name."""
WEIGHTS: Final[Mapping[Subject, int]] = {
    Subject.TIMELINESS: 6,
    Subject.VALIDITY: 5,
    Subject.COMPLETENESS: 4,
    Subject.AGREEMENT: 4,
    Subject.DUPLICATES: 3,
    Subject.ADDITION: 2,
    Subject.OUTLIERS: 2,
}
"""How urgent a finding is beside others, to put lists in order; never shown."""


def rule_words(rule: str) -> str:
    """What a check is called."""
    return RULES.get(rule.split(":")[0], "未通过检查")


def judged(facts: Facts, on: date) -> Judged:
    """The judgement on a data set of an organisation, as of a day."""
    filled = _completeness(facts)
    in_time = _timeliness(facts, on)
    parts: dict[Subject, Part | str] = {
        Subject.COMPLETENESS: filled.mandatory if facts.rows else "没有入库的行",
        Subject.OPTIONAL: filled.optional if facts.rows else "没有入库的行",
        Subject.VALIDITY: validity(facts.rows, facts.waiting, _faults(facts)).part,
        Subject.DUPLICATES: _shared(facts),
        Subject.TIMELINESS: in_time if isinstance(in_time, str) else in_time.part,
        Subject.OUTLIERS: _outliers(facts),
        Subject.AGREEMENT: _agreement(facts),
        Subject.ADDITION: _addition(facts),
    }
    score = scored(facts.dataset.id, str(facts.organisation), facts.term, parts)
    findings = _findings(facts, filled, in_time)
    return Judged(
        facts, score, tuple(findings), filled.gaps, sum(WEIGHTS.get(one.subject, 1) for one in findings)
    )


def _completeness(facts: Facts) -> Completeness:
    filled: defaultdict[str, int] = defaultdict(int)
    for counted in facts.counted:
        for field, count in zip(facts.dataset.fields, counted.filled, strict=False):
            filled[field.id] += count
    uses = [FieldUse(field.id, field.name, field.mandatory) for field in facts.dataset.fields]
    return completeness(facts.rows, filled, uses)


def _faults(facts: Facts) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for rule, rows in facts.faults.items():
        found[rule_words(rule)] += rows
    return dict(found)


def _timeliness(facts: Facts, on: date) -> Timeliness | str:
    if not facts.owes:
        return "不由本单位报送"
    if facts.due is None:
        return "有变动时才交，没有固定日子"
    found = timeliness([Delivery(facts.dataset.name, facts.due, facts.received)], on)
    return found if found.part.of else f"还没到截止日（{in_chinese(facts.due.isoformat())}）"


def _shared(facts: Facts) -> Part | str:
    counted = [one for one in facts.counted if one.shared is not None]
    if not counted:
        return (
            "同一人可以有多行，主键在入库时已查重" if facts.dataset.the(Role.PERSON) else "主键在入库时已查重"
        )
    rows, shared = sum(one.rows for one in counted), _sum_shared(facts)
    return Part(Subject.DUPLICATES, rows - shared, rows, f"{rows:,} 人，{shared:,} 人同时在别的单位")


def _sum_shared(facts: Facts) -> int:
    return sum(one.shared or 0 for one in facts.counted)


def _outliers(facts: Facts) -> Part | str:
    compared = [asked for one in facts.counted for asked in (one.history, one.peers) if asked is not None]
    tested = [asked for asked in compared if not asked.untested]
    if not tested:
        return next((asked.untested for asked in compared), "还没有可比的数")
    found = sum(bool(asked.words) for asked in tested)
    words = f"行数与往期、同类比较 {len(tested)} 次，{found} 次待核"
    return Part(Subject.OUTLIERS, len(tested) - found, len(tested), words)


def _agreement(facts: Facts) -> Part | str:
    if facts.differing is None:
        return "没有第二个来源"
    of = max(facts.rows, facts.differing)
    return Part(
        Subject.AGREEMENT, of - facts.differing, of, f"{of:,} 条，{facts.differing:,} 条与别的来源不一致"
    )


def _addition(facts: Facts) -> Part | str:
    found = [one.inside for one in facts.counted if one.inside is not None]
    if not found:
        return "没有可对的合计"
    tested, missed = sum(one.tested for one in found), sum(one.missed for one in found)
    return Part(
        Subject.ADDITION, tested - missed, tested, f"{tested:,} 个班的人数与学籍相对，{missed:,} 个不符"
    )


def _findings(facts: Facts, filled: Completeness, in_time: Timeliness | str) -> list[Finding]:
    found = []
    if not isinstance(in_time, str) and facts.received is None and in_time.late:
        found.append(_late(facts, in_time.late[0][1]))
    if facts.waiting:
        kinds = "、".join(
            f"{name} {rows:,} 行" for name, rows in validity(0, facts.waiting, _faults(facts)).faults
        )
        found.append(
            Finding(
                Subject.VALIDITY,
                facts.waiting,
                f"{facts.waiting:,} 行没有通过检查，还没入库" + (f"：{kinds}。" if kinds else "。"),
                "按每行的说明改好，再交一次；不用交的放弃掉。",
                "报送单位",
            )
        )
    empty = [gap for gap in filled.gaps if gap.field.mandatory]
    if empty:
        names = "、".join(f"“{gap.field.name}” {gap.empty:,} 行" for gap in empty[:3])
        found.append(
            Finding(
                Subject.COMPLETENESS,
                sum(gap.empty for gap in empty),
                f"必填项有空缺：{names}{'等' if len(empty) > 3 else ''}。",
                "把空着的填上，再交一次。",
                "报送单位",
            )
        )
    if facts.differing:
        found.append(
            Finding(
                Subject.AGREEMENT,
                facts.differing,
                f"{facts.differing:,} 条与{'、'.join(facts.sources) or '别的来源'}不一致。",
                "逐条核对，写明以谁为准和依据。",
                "报送单位与对方来源",
            )
        )
    if shared := _sum_shared(facts):
        found.append(
            Finding(
                Subject.DUPLICATES,
                shared,
                f"{shared:,} 人同时在别的单位在册。",
                "与对方单位核对人在哪里，由多报的一方更正。",
                "报送单位与对方单位",
            )
        )
    for one in facts.counted:
        found += _of_period(one)
    return found


def _late(facts: Facts, days: int) -> Finding:
    assert facts.due is not None
    todo = "文件已经交了，看过变动后确认入库。" if facts.pending else "交上这一期的文件。"
    return Finding(
        Subject.TIMELINESS,
        days,
        f"{facts.term}的数据应在{in_chinese(facts.due.isoformat())}前交，已逾期 {days} 天。",
        todo,
        "报送单位",
    )


def _of_period(counted: Counted) -> list[Finding]:
    found = []
    for asked in (counted.history, counted.peers):
        if asked is not None and asked.words:
            found.append(
                Finding(
                    Subject.OUTLIERS,
                    counted.rows,
                    f"行数待核：{asked.words}",
                    "核对有没有漏报、重报或报错年份；没有错的不用改。",
                    "报送单位",
                    counted.period,
                )
            )
    if counted.inside is not None and counted.inside.missed:
        shown = "；".join(counted.inside.examples)
        found.append(
            Finding(
                Subject.ADDITION,
                counted.inside.missed,
                f"{counted.inside.missed:,} 个班填的班级人数与在册学生数不符：{shown}"
                f"{'等' if counted.inside.missed > len(counted.inside.examples) else ''}。",
                "核对班级人数，或学生填的班级编号，改正其中一处。",
                "报送单位",
                counted.period,
            )
        )
    return found


def class_sizes(sizes: Sequence[tuple[str, int, int]]) -> Inside:
    """Classes as (number, stated size, students who stand in it)."""
    found = inside([Claim(name, stated, {"在册学生": counted}) for name, stated, counted in sizes], NEAR)
    return Inside(
        len(sizes),
        len(found.misses),
        tuple(
            f"{miss.claim.name} 填 {miss.claim.total} 人，在册 {miss.summed} 人"
            for miss in found.misses[:EXAMPLES]
        ),
    )


def compared(
    dataset: Dataset, rows: Sequence[tuple[int, str, int]], base: Mapping[int, int], on: date
) -> dict[tuple[int, str], dict[str, Asked]]:
    """Numbers of rows of organisations of one kind, as (organisation, period, rows), against their own past and against one
    another on a base. The answer stands with the newest period that most of them have; the current year of a data set of
    events is not over, and is not compared."""
    if not rows or max(count for *_, count in rows) <= 1:
        return {}
    series: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for organisation, each, count in rows:
        if count:
            series[organisation][each] = count
    period = _judged_period(dataset, series, on)
    if period is None:
        return {}
    earlier = sorted({p for found in series.values() for p in found if p < period})
    found: defaultdict[tuple[int, str], dict[str, Asked]] = defaultdict(dict)
    if period:
        history = against_history(
            {
                str(organisation): [*(had.get(p) for p in earlier), had.get(period)]
                for organisation, had in series.items()
            }
        )
        _told(found, "history", history, [o for o, had in series.items() if period in had], period)
    pairs = {
        organisation: (had[period], base[organisation])
        for organisation, had in series.items()
        if period in had and organisation in base
    }
    if pairs:
        peers = against_peers({str(organisation): pair for organisation, pair in pairs.items()})
        _told(found, "peers", peers, list(pairs), period)
    return dict(found)


def _judged_period(dataset: Dataset, series: Mapping[int, Mapping[str, int]], on: date) -> str | None:
    held: defaultdict[str, int] = defaultdict(int)
    for had in series.values():
        for period in had:
            over = dataset.keeping is Keeping.STATE or not period or period[:4] < str(on.year)
            held[period] += over
    most = [period for period, count in held.items() if count and 2 * count >= len(series)]
    return max(most, default=None)


def _told(
    found: dict[tuple[int, str], dict[str, Asked]],
    name: str,
    screening: Screening,
    organisations: Sequence[int],
    period: str,
) -> None:
    asked = {one.unit: one.words for one in screening.found}
    for organisation in organisations:
        unit = str(organisation)
        found[organisation, period][name] = Asked(asked.get(unit, ""), screening.untested.get(unit, ""))
