"""Conditions of a plan line as an official fills them in, and as expressions: sex, checks passed, minimum marks. Pure.

Each choice of the form becomes one limit with an id of its own, and the limit becomes that choice again. What was written as an
expression in another way is kept as it is (`others`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from zhijiao.admissions.types.plan import LimitDraft
from zhijiao.policy.types import Admission, AdmissionCheck

SEX = "性别"
"""The column of the sex: 1 male, 2 female, as student records keep it."""
SEXES: Mapping[str, str] = {"1": "只招男生", "2": "只招女生"}
PASSED = Decimal(1)
_LEAST = re.compile(r"(?P<column>\S+) >= (?P<number>[0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True)
class Conditions:
    """What a line asks. `sex`: a code of `SEXES`, or empty; `checks`: by id of the check, 1 where it must be passed, else the least
    number; `least`: the least marks by column of the subject."""

    sex: str = ""
    checks: Mapping[str, Decimal] = field(default_factory=dict)
    least: Mapping[str, Decimal] = field(default_factory=dict)
    others: tuple[LimitDraft, ...] = ()


def limits_of(rules: Admission, asked: Conditions) -> tuple[LimitDraft, ...]:
    """The limits that these conditions are, in the order of the form. Checks and subjects that the rules do not know are left out."""
    found: list[LimitDraft] = []
    if asked.sex in SEXES:
        found.append(LimitDraft("sex", f"{SEX} = {asked.sex}", SEXES[asked.sex]))
    found += [_of_check(check, asked.checks[check.id]) for check in rules.checks if check.id in asked.checks]
    for number, subject in enumerate(rules.subjects, 1):
        if subject.column in asked.least:
            least = _plain(asked.least[subject.column])
            found.append(
                LimitDraft(
                    f"least-{number}",
                    f"{subject.column} >= {least}",
                    f"{subject.column}不低于 {least} 分",
                    minimum=True,
                )
            )
    return (*found, *asked.others)


def conditions_of(rules: Admission, limits: Sequence[LimitDraft]) -> Conditions:
    """Limits as the form shows them."""
    sex, checks, least, others = "", dict[str, Decimal](), dict[str, Decimal](), list[LimitDraft]()
    subjects = {subject.column for subject in rules.subjects}
    by_column = {check.column: check for check in rules.checks}
    for limit in limits:
        matched = _LEAST.fullmatch(limit.require)
        column = matched["column"] if matched else limit.require.removesuffix(" = 1")
        number = Decimal(matched["number"]) if matched else PASSED
        check = by_column.get(column)
        if limit.id == "sex" and limit.require.removeprefix(f"{SEX} = ") in SEXES:
            sex = limit.require[-1]
        elif check is not None and limit == _of_check(check, number):
            checks[check.id] = number
        elif matched and limit.minimum and column in subjects and limit.id.startswith("least-"):
            least[column] = number
        else:
            others.append(limit)
    return Conditions(sex, checks, least, tuple(others))


def number_of(text: str) -> Decimal | None:
    """A least number as typed, with at most two decimals; None when it is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = found.is_finite() and 0 < found < 10_000 and -int(found.as_tuple().exponent) <= 2
    return found if fits else None


def _of_check(check: AdmissionCheck, asked: Decimal) -> LimitDraft:
    if check.kind == "passed":
        return LimitDraft(f"check-{check.id}", f"{check.column} = 1", f"{check.name}合格")
    least = _plain(asked)
    return LimitDraft(
        f"check-{check.id}", f"{check.column} >= {least}", f"{check.name}不低于 {least}{check.unit or ''}"
    )


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
