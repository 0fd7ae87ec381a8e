"""Lights: how a unit's part goes, and how an item's light follows from its units'. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zhijiao.lib.dates import in_chinese
from zhijiao.supervision.rules.periods import before, period_of
from zhijiao.supervision.types.work import (
    AssignmentState,
    Colour,
    Duty,
    Light,
    Part,
    Rollup,
    Terms,
    Thresholds,
)

THRESHOLDS = Thresholds()
_WORSE = {Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}


def light_of(part: Part, terms: Terms, on: date, limits: Thresholds = THRESHOLDS) -> Light:
    """The light of one unit's part on a day, the first of these that applies."""
    if part.state is AssignmentState.RELEASED:
        return Light(Colour.GREY, "本单位不再承担这一事项")
    if terms.dropped:
        return Light(Colour.GREY, "这一事项不再办理")
    if terms.every is not None and terms.closed_on is None:
        return _rhythmic(part, terms, on, limits)
    if part.state is AssignmentState.DONE:
        return Light(Colour.GREEN, "已确认完成")
    if part.state is AssignmentState.CLAIMED:
        return _claimed()
    if terms.closed_on is not None:
        return Light(
            Colour.GREY,
            f"规划期已于{_day(terms.closed_on)}收官，还没有决定是否结转",
            "由后续方案决定结转并定出新的时限",
        )
    return _open(part, terms.due, on, limits)


def due_of(terms: Terms, on: date) -> date | None:
    """The due day that counts on a day: that of the current period where the item comes round."""
    if terms.every is None or terms.closed_on is not None:
        return terms.due
    ends = period_of(terms.every, on).ends
    return min(ends, terms.due) if terms.due is not None and terms.due >= on else ends


def is_done(part: Part, terms: Terms, on: date) -> bool:
    """Whether a part is confirmed as done, for the current period where the item comes round."""
    if terms.every is None or terms.closed_on is not None:
        return part.state is AssignmentState.DONE
    return part.done_period == period_of(terms.every, on).key


def is_late(part: Part, terms: Terms, on: date) -> bool:
    """Whether a part is past its due day without having been claimed as done."""
    if part.state is AssignmentState.RELEASED or terms.dropped or terms.closed_on is not None:
        return False
    if terms.every is not None:
        return _missed(part, terms, on) is not None
    return part.state is AssignmentState.OPEN and terms.due is not None and on > terms.due


def roll_up(parts: Sequence[tuple[Part, Light]], rule: Rollup, share: int, terms: Terms, on: date) -> Light:
    """The light of an item. Order of the units does not matter; a unit that gets better never makes it worse.

    `share` is a percentage and counts only under that rule. Grey units do not count; where all are grey, so is the item.
    """
    counted = counted_parts(parts, rule)
    lit = [(part, light) for part, light in counted if light.colour is not Colour.GREY]
    if not lit:
        return counted[0][1] if counted else Light(Colour.GREY, "还没有落实到单位", "明确责任单位")
    worst = max((light for _, light in lit), key=lambda light: _WORSE[light.colour])
    if len(lit) == 1:
        return worst
    done = sum(is_done(part, terms, on) for part, _ in lit)
    told = f"{len(lit)} 个单位中 {done} 个已完成"
    if rule is not Rollup.SHARE:
        return _of_all(worst, [light for _, light in lit], told)
    return _of_share([light.colour for _, light in lit], share, told)


def counted_parts(parts: Sequence[tuple[Part, Light]], rule: Rollup) -> list[tuple[Part, Light]]:
    """The units whose lights decide: the lead, or the members; where there are none of these, whoever there is."""
    active = [pair for pair in parts if pair[0].state is not AssignmentState.RELEASED]
    wanted = Duty.LEAD if rule is Rollup.LEAD else Duty.MEMBER
    return [pair for pair in active if pair[0].duty is wanted] or active


def _of_all(worst: Light, lights: Sequence[Light], told: str) -> Light:
    same = sum(light.colour is worst.colour for light in lights)
    if worst.colour is Colour.GREEN:
        return Light(Colour.GREEN, told)
    return Light(
        worst.colour,
        f"{told}，{same} 个{worst.colour.words}",
        f"{worst.colour.words}的 {same} 个单位转为正常",
    )


def _of_share(colours: Sequence[Colour], share: int, told: str) -> Light:
    def reached(*good: Colour) -> bool:
        return sum(colour in good for colour in colours) * 100 >= share * len(colours)

    if reached(Colour.GREEN):
        return Light(Colour.GREEN, f"{told}，正常的达到 {share}%")
    colour = Colour.YELLOW if reached(Colour.GREEN, Colour.YELLOW) else Colour.RED
    green = sum(c is Colour.GREEN for c in colours)
    missing = -(-share * len(colours) // 100) - green
    return Light(colour, f"{told}，正常的只有 {green} 个", f"再有 {missing} 个单位转为正常")


def _claimed() -> Light:
    return Light(Colour.YELLOW, "已报完成，等待确认", "由牵头单位或交办单位核实后确认")


def _open(part: Part, due: date | None, on: date, limits: Thresholds) -> Light:
    if due is not None and on > due:
        return Light(Colour.RED, f"时限{_day(due)}已过 {(on - due).days} 天，没有报完成", "报完成并附佐证")
    quiet = (on - (part.last or part.started)).days
    said = "没有报过进展" if part.last is None else "没有新的进展"
    if quiet > limits.silent:
        return Light(Colour.RED, f"已有 {quiet} 天{said}", "报一次进展")
    if part.help_wanted:
        return Light(Colour.YELLOW, "请求上级协调", "协调解决后再报一次进展")
    if quiet > limits.quiet:
        return Light(Colour.YELLOW, f"已有 {quiet} 天{said}", "报一次进展")
    if due is None:
        return (
            Light(Colour.GREEN, f"没有写时限，{_day(part.last)}报过进展")
            if part.last is not None
            else Light(Colour.GREY, "没有写时限，也还没有报过进展", "报一次进展")
        )
    left = (due - on).days
    if left <= limits.near:
        return Light(Colour.YELLOW, f"离时限只有 {left} 天，还没有报完成", "按时报完成并附佐证")
    behind = _behind(part, due, on)
    if behind > limits.behind:
        return Light(Colour.YELLOW, f"进度比时间慢 {behind} 个百分点", "加快进度，再报一次进展")
    return Light(Colour.GREEN, f"离时限还有 {left} 天")


def _behind(part: Part, due: date, on: date) -> int:
    """By how many percentage points progress trails time; 0 where no percentage was reported."""
    whole = (due - part.started).days
    if part.percent is None or whole <= 0:
        return 0
    return max(0, (on - part.started).days * 100 // whole - part.percent)


def _rhythmic(part: Part, terms: Terms, on: date, limits: Thresholds) -> Light:
    assert terms.every is not None
    now = period_of(terms.every, on)
    if part.done_period == now.key:
        return Light(Colour.GREEN, f"{now.words}已确认完成")
    if part.period == now.key and part.state is AssignmentState.CLAIMED:
        return _claimed()
    missed = _missed(part, terms, on)
    if missed is not None:
        return Light(Colour.RED, f"{missed}没有报完成", f"补报{missed}的完成情况")
    if part.help_wanted:
        return Light(Colour.YELLOW, "请求上级协调", "协调解决后再报一次进展")
    left = (now.ends - on).days
    if left <= min(limits.near, (now.ends - now.starts).days // 3):
        return Light(Colour.YELLOW, f"{now.words}还有 {left} 天，还没有报完成", "按时报完成并附佐证")
    return Light(Colour.GREEN, f"{now.words}还有 {left} 天")


def _missed(part: Part, terms: Terms, on: date) -> str | None:
    """The period before in words, where the unit had to do it and has not claimed it."""
    assert terms.every is not None
    earlier = before(terms.every, period_of(terms.every, on))
    if part.started > earlier.starts or part.done_period >= earlier.key:
        return None
    claimed = part.state is AssignmentState.CLAIMED and part.period >= earlier.key
    return None if claimed else earlier.words


def _day(day: date | None) -> str:
    return in_chinese(day.isoformat()) if day is not None else ""
