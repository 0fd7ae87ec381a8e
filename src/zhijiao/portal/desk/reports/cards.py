"""What waits of figures, on the first page of the desk."""

from __future__ import annotations

from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.indicators.queries.reports import counts, owed, to_review
from zhijiao.indicators.types import Filters, Owed
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.guard import Desk

SHOWN = 5


def hand_in_card(desk: Desk) -> Card | None:
    """The figures that my organisations owe, the most urgent first."""
    if not desk.actor.may(Permission.REPORT):
        return None
    found = counts(desk.actor, desk.on)
    number = found["draft"] + found["returned"]
    lines = owed(desk.actor, desk.on, Filters(state="open"), most=SHOWN * 4) if number else []
    drafts = [line for line in lines if line.state == "draft"]
    return Card(
        "待报数据",
        number,
        reverse("portal:hand_in"),
        tuple(_line(line) for line in sorted(drafts, key=lambda o: (not o.returned, o.due))[:SHOWN]),
        late=found["late"],
        nothing="没有要报的数。",
    )


def _line(line: Owed) -> Line:
    back = "退回：" if line.returned else ""
    when = f"逾期 {-line.days_left} 个工作日" if line.late else f"还有 {line.days_left} 个工作日"
    return Line(
        f"{back}{line.indicator_name}（{line.period_words}）",
        f"{reverse('portal:hand_in')}#row-{line.id}",
        when,
        line.late,
    )


def review_card(desk: Desk) -> Card | None:
    """What waits for my decision."""
    if not desk.actor.may(Permission.REVIEW):
        return None
    number = counts(desk.actor, desk.on)["review"]
    lines = to_review(desk.actor, desk.on, most=SHOWN) if number else []
    return Card(
        "待审数据",
        number,
        reverse("portal:review"),
        tuple(
            Line(
                f"{line.owed.organisation_name}：{line.owed.indicator_name}",
                reverse("portal:report", args=[line.owed.id]),
                "、".join(line.flags) or "没有提示",
            )
            for line in lines
        ),
        nothing="没有等您审核的数。",
    )


CARDS = (hand_in_card, review_card)
