"""A line of the plan as it is typed, in a form or a row of a workbook: texts by field, read into a line and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from zhijiao.admissions.rules.conditions import PASSED, Conditions, conditions_of, limits_of, number_of
from zhijiao.admissions.types.plan import CellDraft, LimitDraft, LineDraft
from zhijiao.lib.numbers import amount, whole
from zhijiao.policy.types import Admission

TEXTS = (
    "batch",
    "major_code",
    "major_name",
    "direction",
    "partner",
    "diploma",
    "ways_up",
    "destinations",
    "note",
)
MOST_LIMITS = 4


def names_of(rules: Admission) -> list[str]:
    """The fields of a line."""
    return [
        *TEXTS,
        *("years", "tuition", "boarding_fee", "exempt", "boarding", "seats", "min_total"),
        *(f"seats-{origin.id}" for origin in rules.origins),
        *(f"limit-{n}" for n in range(MOST_LIMITS)),
        *(f"limit-words-{n}" for n in range(MOST_LIMITS)),
        "sex",
        *(f"check-{check.id}" for check in rules.checks),
        *(f"least-{n}" for n, _ in enumerate(rules.subjects)),
    ]


def raw_from(rules: Admission, draft: LineDraft) -> dict[str, str]:
    """A line as the form shows it."""
    raw = {name: str(getattr(draft, name)) for name in TEXTS}
    raw["years"] = str(draft.years)
    raw["tuition"] = f"{draft.tuition.normalize():f}"
    raw["boarding_fee"] = f"{draft.boarding_fee.normalize():f}"
    raw["exempt"] = "1" if draft.exempt else ""
    raw["boarding"] = "1" if draft.boarding else ""
    ids = {origin.word: origin.id for origin in rules.origins}
    for cell in draft.cells:
        if not cell.origin:
            raw["seats"] = str(cell.seats)
            raw["min_total"] = "" if cell.min_total is None else f"{cell.min_total.normalize():f}"
        elif cell.origin in ids:
            raw[f"seats-{ids[cell.origin]}"] = str(cell.seats)
    asked = conditions_of(rules, draft.limits)
    raw["sex"] = asked.sex
    for check in rules.checks:
        least = asked.checks.get(check.id)
        raw[f"check-{check.id}"] = "" if least is None else f"{least:f}"
    for n, subject in enumerate(rules.subjects):
        least = asked.least.get(subject.column)
        raw[f"least-{n}"] = "" if least is None else f"{least:f}"
    for number, limit in enumerate(asked.others[:MOST_LIMITS]):
        raw[f"limit-{number}"], raw[f"limit-words-{number}"] = limit.require, limit.words
    return raw


def draft_from(rules: Admission, raw: Mapping[str, str]) -> tuple[LineDraft, list[tuple[str, str]]]:
    """The line that was typed, and what could not be read: (field, words)."""
    faults: list[tuple[str, str]] = []
    years = whole(raw["years"])
    if years is None:
        faults.append(("years", "请填学制，写成 3 这样的整数。"))
    money: dict[str, Decimal] = {}
    for name, what in (("tuition", "学费"), ("boarding_fee", "住宿费")):
        found = amount(raw[name] or "0")
        if found is None:
            faults.append((name, f"{what}“{raw[name]}”不是数，请只填数字，如 600。"))
        money[name] = found or Decimal(0)
    least = amount(raw["min_total"]) if raw["min_total"] else None
    if raw["min_total"] and least is None:
        faults.append(("min_total", f"最低分“{raw['min_total']}”不是数；没有最低分就留空。"))
    cells: list[CellDraft] = []
    for origin in rules.origins:
        typed = raw.get(f"seats-{origin.id}", "")
        number = whole(typed or "0")
        if number is None:
            faults.append((f"seats-{origin.id}", f"“{origin.word}”的计划数“{typed}”不是整数。"))
        elif number:
            cells.append(CellDraft(origin.word, number, least))
    seats = whole(raw["seats"] or "0")
    if seats is None:
        faults.append(("seats", f"计划数“{raw['seats']}”不是整数，请只填数字，如 40。"))
    else:
        cells.append(CellDraft("", seats, least))
    asked, unread = _conditions(rules, raw)
    faults += unread
    draft = LineDraft(
        **{name: raw[name] for name in TEXTS},
        years=years or 0,
        cells=tuple(cells),
        tuition=money["tuition"],
        boarding_fee=money["boarding_fee"],
        exempt=bool(raw["exempt"]),
        boarding=bool(raw["boarding"]),
        limits=limits_of(rules, asked),
    )
    return draft, faults


def _conditions(rules: Admission, raw: Mapping[str, str]) -> tuple[Conditions, list[tuple[str, str]]]:
    """The conditions that were ticked and typed, and what could not be read."""
    faults: list[tuple[str, str]] = []
    checks: dict[str, Decimal] = {}
    least: dict[str, Decimal] = {}
    for check in rules.checks:
        typed = raw.get(f"check-{check.id}", "")
        number = PASSED if typed and check.kind == "passed" else number_of(typed) if typed else None
        if number is not None:
            checks[check.id] = number
        elif typed:
            faults.append(
                (f"check-{check.id}", f"{check.name}的要求“{typed}”不是数，请只填数字；没有要求就留空。")
            )
    for n, subject in enumerate(rules.subjects):
        typed = raw.get(f"least-{n}", "")
        number = number_of(typed) if typed else None
        if number is not None and number <= subject.full:
            least[subject.column] = number
        elif typed:
            faults.append(
                (
                    f"least-{n}",
                    f"{subject.column}的最低分“{typed}”不在 0 到满分 {subject.full} 之间；没有要求就留空。",
                )
            )
    others = tuple(
        LimitDraft(f"limit-{n}", raw[f"limit-{n}"], raw[f"limit-words-{n}"])
        for n in range(MOST_LIMITS)
        if raw.get(f"limit-{n}") or raw.get(f"limit-words-{n}")
    )
    return Conditions(raw.get("sex", ""), checks, least, others), faults
