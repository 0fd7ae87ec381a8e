"""What a report asks, as a form: fields from the obligation and the indicator's unit, and the checks on them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from zhijiao.engines.forms import (
    Answer,
    Check,
    Fault,
    Field,
    FieldKind,
    Form,
    Jump,
    Level,
    Op,
    Section,
    Value,
    judge,
    validate,
)
from zhijiao.policy.types import Indicator, Obligation

JUMP_PERCENT = Decimal(30)
"""A figure that moved by more than this against the last approved one needs a word of explanation."""

COUNTED = frozenset("个家人名所门次场项支间座套种班本件篇份户位对")
"""Last character of units of which there are only whole ones."""
SCALED = ("万", "亿", "千", "百")
_PLACES = Decimal("0.000001")
VALUE, NUMERATOR, DENOMINATOR, TEXT, NOTE = "value", "numerator", "denominator", "text", "note"


@lru_cache(maxsize=4096)
def _form(asks: str, name: str, unit: str, top: tuple[str, str], bottom: tuple[str, str]) -> Form:
    fields: list[Field] = []
    checks: list[Check] = []
    if asks == "text":
        fields.append(Field(TEXT, name, FieldKind.LONG_TEXT, required=True))
    elif asks == "ratio":
        fields.append(_number(NUMERATOR, *top))
        fields.append(_number(DENOMINATOR, *bottom))
        checks.append(
            Check(
                "denominator-not-zero",
                (DENOMINATOR,),
                Op.NE,
                words="分母为 0 时算不出比例；没有发生的请与审核单位商定",
            )
        )
        if unit == "%":
            checks.append(
                Check(
                    "part-of-whole",
                    (NUMERATOR,),
                    Op.LE,
                    (DENOMINATOR,),
                    level=Level.EXPLAIN,
                    words="分子大于分母，请核对是否填反",
                )
            )
    else:
        fields.append(_number(VALUE, name, unit))
    fields.append(Field(NOTE, "说明", FieldKind.LONG_TEXT, max_length=1000))
    return Form("report", name, (Section("figure", name, tuple(fields)),), tuple(checks))


def form_of(obligation: Obligation, indicator: Indicator) -> Form:
    """The form on which a figure is reported. Ids: value; or numerator and denominator; or text; note."""
    top, bottom = obligation.numerator, obligation.denominator
    return _form(
        obligation.asks,
        indicator.name,
        indicator.unit or "",
        (top.name, top.unit) if top else ("", ""),
        (bottom.name, bottom.unit) if bottom else ("", ""),
    )


def read(
    obligation: Obligation,
    indicator: Indicator,
    typed: Mapping[str, str],
    last: Decimal | None,
    *,
    strict: bool = False,
) -> tuple[Answer, Decimal | None]:
    """What was typed, read and judged, and the value that follows. `last`: the last approved value, for jumps."""
    form = form_of(obligation, indicator)
    note = typed.get(NOTE, "")
    words = {"part-of-whole": note, "jump": note}
    answer = validate(form, typed, explanations=words, strict=strict)
    value = value_of(obligation, indicator, answer.values)
    faults = [*answer.faults, *_jump(indicator, value, last)]
    return Answer(answer.values, tuple(faults), words), value


def value_of(obligation: Obligation, indicator: Indicator, values: Mapping[str, Value]) -> Decimal | None:
    """The figure: as entered, or the quotient (in percent where the unit is), to six places."""
    if obligation.asks == "text":
        return None
    if obligation.asks == "value":
        return _decimal(values.get(VALUE))
    return quotient(_decimal(values.get(NUMERATOR)), _decimal(values.get(DENOMINATOR)), indicator.unit)


def quotient(top: Decimal | None, bottom: Decimal | None, unit: str | None) -> Decimal | None:
    """Numerator over denominator in the indicator's unit; None where one is missing or the denominator is nought."""
    if top is None or not bottom:
        return None
    share = top * 100 / bottom if unit == "%" else top / bottom
    return share.quantize(_PLACES, ROUND_HALF_UP).normalize() + 0


def definition_hash(indicator: Indicator) -> str:
    """The SHA-256 of what a figure means: unit, definition, breakdown, parts, how it is computed. Targets are not part of it."""
    meaning: dict[str, object] = {
        "id": indicator.id,
        "unit": indicator.unit,
        "definition": indicator.definition.model_dump(mode="json"),
        "breakdown": list(indicator.breakdown),
        "parts": indicator.parts.model_dump(mode="json") if indicator.parts else None,
    }
    if (
        indicator.metric is not None
    ):  # figures approved before a definition could be computed keep their address
        meaning["metric"] = indicator.metric.meaning
    text = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_counted(unit: str) -> bool:
    """Whether there are only whole ones of a unit: 个, 人次; not 万元, not 万人次 (1.5万人次 is a whole number of people)."""
    return bool(unit) and unit[-1] in COUNTED and not unit.startswith(SCALED)


def _number(field: str, label: str, unit: str) -> Field:
    low = Decimal(0)
    if unit == "%":
        return Field(field, label, FieldKind.PERCENT, required=True, minimum=low, maximum=Decimal(1000))
    kind = FieldKind.INTEGER if is_counted(unit) else FieldKind.NUMBER
    return Field(field, label, kind, unit=unit or None, required=True, minimum=low)


def _jump(indicator: Indicator, value: Decimal | None, last: Decimal | None) -> list[Fault]:
    if value is None or last is None:
        return []
    kind = FieldKind.PERCENT if indicator.unit == "%" else FieldKind.NUMBER
    field = Field(VALUE, indicator.name, kind, unit=None if kind is FieldKind.PERCENT else indicator.unit)
    form = Form(
        "jump", indicator.name, (Section("s", "s", (field,)),), jumps=(Jump("jump", VALUE, JUMP_PERCENT),)
    )
    return list(judge(form, {VALUE: value}, last={VALUE: last}).faults)


def _decimal(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return Decimal(value)
