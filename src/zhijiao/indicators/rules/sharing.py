"""Splitting a target: whether shares make up the whole, and how an organisation stands to its own. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from zhijiao.indicators.rules.board import holds
from zhijiao.indicators.types.board import Verdict
from zhijiao.indicators.types.reporting import FigureView
from zhijiao.indicators.types.sharing import Share, SumCheck
from zhijiao.lib.numbers import quantity
from zhijiao.policy.types import Bound, Indicator, PackIndex
from zhijiao.policy.types.wording import told

_AT_LEAST, _AT_MOST = (">=", ">", "=", "~"), ("<=", "<")
HUNDRED = Decimal(100)


def is_additive(index: PackIndex, indicator: Indicator) -> bool:
    """Whether the values of counties add up to that of the city: as the duty to report it says; else by the unit, since
    neither percentages nor amounts per head add up."""
    rollups = {obligation.rollup for obligation in index.obligations_of(indicator.id)} - {"none"}
    if rollups:
        return rollups == {"sum"}
    unit = indicator.unit or ""
    return not ("%" in unit or "/" in unit or "倍" in unit)


def check_sum(bound: Bound, shares: Collection[Decimal], *, additive: bool) -> SumCheck:
    """Hold the shares of one target against the whole."""
    if not shares:
        return SumCheck(additive, None, Decimal(0), 0, None, "还没有分解")
    whole = told(bound.op, bound.value, bound.unit)
    if not additive:
        below = sum(1 for value in shares if _asks_less(bound, value))
        words = (
            f"有 {below} 个单位的要求低于全市目标（{whole}）"
            if below
            else f"各单位都不低于全市目标（{whole}）"
        )
        return SumCheck(False, None, Decimal(0), below, below == 0, words)
    total = sum(shares, Decimal(0))
    said = f"合计 {quantity(total, bound.unit)}，全市目标{whole}"
    if bound.op in _AT_MOST:
        over = max(total - bound.value, Decimal(0))
        more = f"，超出 {quantity(over, bound.unit)}" if over else "，没有超出"
        return SumCheck(True, total, over, 0, not over, said + more)
    short = max(bound.value - total, Decimal(0))
    spare = total - bound.value
    more = f"，还差 {quantity(short, bound.unit)}" if short else ""
    more = more or (f"，富余 {quantity(spare, bound.unit)}" if spare else "，正好")
    return SumCheck(True, total, short, 0, not short, said + more)


def share_fault(indicator: Indicator, value: Decimal) -> str:
    """What is wrong with one share; empty where nothing is."""
    if value < 0:
        return f"{quantity(value, indicator.unit)}小于 0，请改正。"
    if "%" in (indicator.unit or "") and value > HUNDRED and indicator.direction != "lower":
        return f"{quantity(value, indicator.unit)}超过 100%，请核对。"
    return ""


def stand(
    share: Share, starts: date | None, ends: date, indicator: Indicator, figure: FigureView | None, on: date
) -> tuple[Verdict, str]:
    """How an organisation stands to one of its targets on a day, and why. Only figures of the target's time count."""
    bound = Bound(op=share.op, value=share.value, unit=share.unit or "项")
    due = on > ends
    if figure is None or figure.value is None:
        if due:
            return Verdict.NOT_REPORTED, "目标期已满，还没有审定的数。"
        return Verdict.NOT_DUE, "目标期未满，还没有审定的数。"
    said = f"{figure.period_words}审定 {quantity(figure.value, figure.unit)}"
    if holds(bound, figure.value, indicator.direction, 5):
        return Verdict.MET, f"{said}，达到。"
    if due and (starts is None or figure.ends >= starts):
        return Verdict.NOT_MET, f"{said}，没有达到。"
    return Verdict.NOT_DUE, f"{said}，目标期未满。"


def _asks_less(bound: Bound, value: Decimal) -> bool:
    return value > bound.value if bound.op in _AT_MOST else value < bound.value
