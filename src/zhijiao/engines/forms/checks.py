"""Rules across fields, and jumps against the last value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from operator import eq, ge, gt, le, lt, ne

from zhijiao.engines.forms.numbers import unit_of
from zhijiao.engines.forms.types import Check, Fault, Form, Jump, Level, Op, Value
from zhijiao.lib.numbers import plain, quantity

_HOLDS: dict[Op, Callable[[Decimal, Decimal], bool]] = {
    Op.EQ: eq,
    Op.LE: le,
    Op.LT: lt,
    Op.GE: ge,
    Op.GT: gt,
    Op.NE: ne,
}
_SHOULD = {
    Op.EQ: "应等于",
    Op.LE: "不应大于",
    Op.LT: "应小于",
    Op.GE: "不应小于",
    Op.GT: "应大于",
    Op.NE: "不应等于",
}


def findings(
    form: Form,
    values: Mapping[str, Value],
    last: Mapping[str, Value],
    *,
    hidden: Collection[str] = (),
    unread: Collection[str] = (),
) -> list[Fault]:
    """What the checks and jumps of a form find. `hidden`: fields not asked; `unread`: fields with a fault of their own."""
    found = [_broken(form, check, values, hidden, unread) for check in form.checks]
    found += [_jumped(form, jump, values, last) for jump in form.jumps if jump.field not in unread]
    return [fault for fault in found if fault is not None]


def _broken(
    form: Form,
    check: Check,
    values: Mapping[str, Value],
    hidden: Collection[str],
    unread: Collection[str],
) -> Fault | None:
    if any(field in unread for field in (*check.left, *check.right)):
        return None
    left = _sum(check.left, values, hidden)
    right = _sum(check.right, values, hidden) if check.right else Decimal(0)
    if left is None or right is None:
        return None
    right += check.plus
    if _HOLDS[check.op](left, right):
        return None
    code = "check" if check.level is Level.ERROR else "doubt"
    return Fault(check.left[0], code, _words(form, check, left, right, values), check.level, check.id)


def _sum(fields: tuple[str, ...], values: Mapping[str, Value], hidden: Collection[str]) -> Decimal | None:
    """The sum of a side; None while a field is blank. A field that is not asked adds nothing."""
    asked = [field for field in fields if field not in hidden]
    numbers = [_number(values.get(field)) for field in asked]
    if not numbers or None in numbers:
        return None
    return sum((number for number in numbers if number is not None), Decimal(0))


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return Decimal(value)


def _words(form: Form, check: Check, left: Decimal, right: Decimal, values: Mapping[str, Value]) -> str:
    unit = unit_of(form.field(check.left[0]))
    sides = f"{_side(form, check.left, left, unit)}，{_SHOULD[check.op]}"
    if check.right:
        sides += _side(form, check.right, right, unit, check.plus)
    else:
        sides += quantity(right, unit)
    gap = f"，相差{quantity(abs(left - right), unit)}" if left != right else ""
    remedy = check.words or "请核对"
    if check.level is Level.EXPLAIN:
        remedy += "；如属实，请写明原因"
    return f"{sides}{gap}；{remedy}。"


def _side(form: Form, fields: tuple[str, ...], total: Decimal, unit: str, plus: Decimal = Decimal(0)) -> str:
    names = "＋".join(f"“{form.field(field).label}”" for field in fields)
    if plus:
        names += f"{'＋' if plus > 0 else '−'}{plain(abs(plus))}"
    several = len(fields) > 1 or plus
    return (
        f"{names}{'之和为' if several else '为'}{quantity(total, unit)}"
        if several
        else f"{names}（{quantity(total, unit)}）"
    )


def _jumped(form: Form, jump: Jump, values: Mapping[str, Value], last: Mapping[str, Value]) -> Fault | None:
    new, old = _number(values.get(jump.field)), _number(last.get(jump.field))
    if new is None or old is None or abs(new - old) * 100 <= jump.percent * abs(old):
        return None
    field = form.field(jump.field)
    unit = unit_of(field)
    percent = f"（{_percent(new - old, old)}）" if old else ""
    words = (
        f"“{field.label}”由上次的{quantity(old, unit)}变为{quantity(new, unit)}{percent}，"
        f"变动超过{plain(jump.percent)}%；{jump.words or '请核对'}"
    )
    if jump.level is Level.EXPLAIN:
        words += "；如属实，请写明原因"
    return Fault(jump.field, "jump", f"{words}。", jump.level, jump.id)


def _percent(delta: Decimal, old: Decimal) -> str:
    share = (delta * 100 / abs(old)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{'+' if share > 0 else '−' if share < 0 else ''}{plain(abs(share))}%"


def sides(check: Check) -> Iterator[str]:
    """Every field that a check speaks of."""
    yield from check.left
    yield from check.right
