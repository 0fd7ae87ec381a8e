"""The cards of this subject on the first page of the desk."""

from __future__ import annotations

from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.lib.dates import in_chinese
from zhijiao.portal.desk.cards import Card, Line, MakeCard
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.desk.tasks.lists import open_parts
from zhijiao.supervision.queries.inspection import problem_lines
from zhijiao.supervision.queries.proceedings import due_cases
from zhijiao.supervision.queries.work import waiting_claims

SHOWN = 5


def duties(desk: Desk) -> Card | None:
    """Tasks of the person's own organisations whose light is not green."""
    if not desk.actor.may(Permission.PROGRESS):
        return None
    waiting = open_parts(desk)
    lines = tuple(
        Line(
            f"{line.title}（{duty.words}）",
            reverse("portal:duty_report", args=[part]),
            line.light.reason,
            line.light.colour.value == "red",
        )
        for line, duty, part in waiting[:SHOWN]
    )
    late = sum(line.light.colour.value == "red" for line, _, _ in waiting)
    address = f"{reverse('portal:duties')}?role=mine"
    return Card("任务进展", len(waiting), address, lines, late, "本单位的任务都正常。")


def claims(desk: Desk) -> Card | None:
    """Claims that the person can confirm."""
    if not (desk.actor.may(Permission.ASSIGN) or desk.actor.may(Permission.PROGRESS)):
        return None
    waiting = waiting_claims(desk.actor)
    if not waiting:
        return None
    lines = tuple(
        Line(title, reverse("portal:duty", args=[item]), f"{n} 个单位报完成")
        for item, title, n in waiting[:SHOWN]
    )
    return Card("待确认完成", sum(n for *_, n in waiting), reverse("portal:duties"), lines)


def cases(desk: Desk) -> Card | None:
    """Cases in which it is the person's move."""
    if not desk.actor.may(Permission.VIEW):
        return None
    waiting = due_cases(desk.actor, desk.tree, on=desk.on)
    problems = [p for p in problem_lines(desk.actor, desk.tree, on=desk.on) if p.may_answer or p.may_recheck]
    if not waiting and not problems and not desk.actor.may(Permission.SUPERVISE):
        return None
    lines = [
        Line(
            f"{c.kind.words}：{c.title}",
            reverse("portal:notice", args=[c.id]),
            f"{in_chinese(c.due.isoformat())}前" if c.due else c.stage_name,
            c.late,
        )
        for c in waiting
    ] + [
        Line(
            f"{'待复查' if p.may_recheck else '待整改'}：{p.text}",
            reverse("portal:problem", args=[p.id]),
            f"{in_chinese(p.due.isoformat())}前",
            p.late,
        )
        for p in problems
    ]
    address = f"{reverse('portal:notices')}?state=mine"
    late = sum(line.late for line in lines)
    return Card("督办整改", len(lines), address, tuple(lines[:SHOWN]), late, "没有要办理的督办和整改。")


CARDS: tuple[MakeCard, ...] = (duties, claims, cases)
