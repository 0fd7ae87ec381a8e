"""What the pages of figures owed share: states and how they look, values in words, filters, the address of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from zhijiao.indicators.types import Filters, Owed, Problem
from zhijiao.lib.dates import in_chinese
from zhijiao.lib.numbers import number, row_id
from zhijiao.policy.types import Indicator, PackIndex
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.looks import Look

STATES: Final[Mapping[str, Look]] = {
    look.key: look
    for look in (
        Look("empty", "未填", "还没有填", "dashed", "mute"),
        Look("draft", "草稿", "填了，还没有提交", "pencil", "accent"),
        Look("returned", "被退回", "审核方退回，改正后再提交", "back", "bad"),
        Look("review", "审核中", "已提交，等待审核", "clock", "some"),
        Look("approved", "已审定", "已锁定，进入看板", "full", "good"),
    )
}
"""How far a report is, by word, shape and tone."""

FILTER_STATES: Final[Sequence[tuple[str, str]]] = (
    ("mine", "待我填报"),
    ("returned", "被退回"),
    ("review", "审核中"),
    ("approved", "已审定"),
    ("late", "逾期"),
    ("all", "全部"),
)


@dataclass(frozen=True)
class Field:
    """One thing to enter for a figure. `name` is its part, under which the form sends it with the report's id."""

    part: str
    label: str
    unit: str
    typed: str
    last: str
    """Last period's value as it would be typed; empty where there is none."""


def stage_of(owed: Owed) -> Look:
    """How far a report is."""
    if owed.state == "approved":
        return STATES["approved"]
    if owed.state != "draft":
        return replace(STATES["review"], words=owed.state_words or "审核中")
    if owed.returned:
        return STATES["returned"]
    return STATES["draft" if is_filled(owed) else "empty"]


def is_filled(owed: Owed) -> bool:
    """Whether every part of the figure has been entered."""
    return all(field.typed.strip() for field in fields(owed))


def is_open(owed: Owed) -> bool:
    """Whether the reader may fill it in now."""
    return owed.mine and owed.state == "draft"


def fields(owed: Owed) -> tuple[Field, ...]:
    """What is entered for a figure."""
    last = owed.last
    if owed.asks == "ratio":
        return (
            Field(
                "numerator",
                owed.numerator_name,
                owed.numerator_unit,
                _typed(owed, "numerator", owed.numerator),
                as_typed(last.numerator if last else None),
            ),
            Field(
                "denominator",
                owed.denominator_name,
                owed.denominator_unit,
                _typed(owed, "denominator", owed.denominator),
                as_typed(last.denominator if last else None),
            ),
        )
    if owed.asks == "text":
        return (Field("text", "情况", "", owed.typed.get("text", owed.text), last.text if last else ""),)
    return (
        Field(
            "value",
            "数值",
            owed.unit,
            _typed(owed, "value", owed.value),
            as_typed(last.value if last else None),
        ),
    )


def _typed(owed: Owed, part: str, kept: Decimal | None) -> str:
    return owed.typed[part] if part in owed.typed else as_typed(kept)


def as_typed(value: Decimal | None) -> str:
    """A number as a person would type it."""
    return "" if value is None else number(value)


def amount(value: Decimal | None, unit: str = "", text: str = "") -> str:
    """A value as it is read: 1,234人; words where it has no number; a dash where there is nothing."""
    if value is None:
        return text or "—"
    shown = round_for_reading(value)
    return f"{number(shown)}{unit}"


def round_for_reading(value: Decimal) -> Decimal:
    """A computed ratio carries many digits; people read four decimals. Typed values have fewer and stay exact."""
    exponent = value.normalize().as_tuple().exponent
    return value.quantize(Decimal("0.0001")) if isinstance(exponent, int) and exponent < -4 else value


def indicator_of(desk: Desk, owed: Owed) -> Indicator | None:
    """The figure's definition in the pack that the page shows."""
    index: PackIndex | None = desk.index
    return index.indicators.get(owed.indicator) if index is not None else None


def filters_of(desk: Desk, **fixed: str) -> Filters:
    """What the address narrows the list to."""
    query = desk.frame.query
    organisation = query.get("org", "")
    asked = fixed.get("state") or query.get("state", "")
    return Filters(
        state=None if asked in ("", "mine") else asked,
        period=query.get("period") or None,
        obligation=query.get("obligation") or None,
        indicator=query.get("indicator") or None,
        organisation=row_id(organisation),
        search=query.get("q", "")[:200],
    )


def choices_of(lines: Iterable[Owed]) -> dict[str, list[tuple[str, str]]]:
    """What the filter bar offers: only what occurs."""
    listed = list(lines)
    return {
        "period": _pairs(
            (o.period, o.period_words) for o in sorted(listed, key=lambda o: o.ends, reverse=True)
        ),
        "obligation": _pairs((o.obligation, o.obligation_name) for o in listed),
        "org": _pairs((str(o.organisation), o.organisation_name) for o in listed),
    }


def _pairs(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict(found).items())


def numbered(post: QueryDict, name: str) -> list[int]:
    """The ids that a form sent; what is no number is left out."""
    return [found for v in dict.fromkeys(post.getlist(name)) if (found := row_id(v)) is not None]


def beside(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems by the id of the field that they belong to: value-12."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(f"{problem.field or 'row'}-{problem.report}", []).append(problem)
    return found


def back_to(name: str, query: Mapping[str, str], **more: str) -> HttpResponse:
    """Redirect to a list with the filters that it had."""
    kept = {k: v for k, v in {**query, **more}.items() if v}
    return HttpResponseRedirect(f"{reverse(name)}{f'?{urlencode(kept)}' if kept else ''}")


def percent(share: Decimal) -> Decimal:
    """A share as a percentage with one decimal, for reading."""
    return (share * 100).quantize(Decimal("0.1"))


def moment(at: datetime) -> str:
    """A moment as the office's clock shows it: 2026年1月20日 10:32."""
    local = timezone.localtime(at)
    return f"{in_chinese(local.date().isoformat())} {local:%H:%M}"


WORDS: Final[Mapping[str, object]] = {
    "amount": amount,
    "percent": percent,
    "moment": moment,
    "fields": fields,
    "stage": stage_of,
    "is_open": is_open,
}
"""What the templates of these pages may call."""
