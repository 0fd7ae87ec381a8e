"""Students whom nobody reaches: when a notice (公示) has to come first, and how long it stays. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from zhijiao.policy.types import RecordRule
from zhijiao.records.types import Application, Fault, Reached


def unanswered(rule: RecordRule, wanted: Application) -> tuple[Fault, ...]:
    """What an application under a rule with a notice leaves open about who was told."""
    if rule.notice_days is None:
        return ()
    if wanted.reached is None:
        asked = f"请写明是否已告知学生和监护人；联系不上的，提交后先公示{rule.notice_days}天"
        return (Fault("reached", asked, "reached"),)
    if wanted.reached is Reached.TOLD:
        return ()
    found = []
    if wanted.guardian:
        found.append(Fault("reached", "填了“联系不上”，又勾了监护人已同意；请改其中一处", "reached"))
    if not wanted.words.strip():
        found.append(Fault("words", "请在说明里写清何时、用什么方式联系过几次", "words"))
    if not wanted.contact.strip():
        found.append(Fault("contact", "请填公示上的联系人和电话，学生看到后找得到学校", "contact"))
    return tuple(found)


def last_day(starts: date, days: int) -> date:
    """The last day of a notice that begins on a day, in days of the calendar: that day is the first."""
    return starts + timedelta(days=days - 1)
