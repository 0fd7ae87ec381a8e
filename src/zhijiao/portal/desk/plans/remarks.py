"""Opinions in the consultation, and their answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from zhijiao.planning import actions, queries
from zhijiao.planning.types import PlanFault, Reply
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.one import plan_page


@require_POST
def _remark(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    home = desk.homes[0].id if desk.homes else 0
    asked = {"text": request.POST.get("text", ""), "place": request.POST.get("place", "")}
    try:
        actions.remark(
            plan_id=plan,
            organisation=home,
            text=asked["text"],
            place=asked["place"].strip(),
            by=desk.actor,
            at=timezone.now(),
        )
    except PlanFault as fault:
        view = queries.plan(plan, on=desk.on)
        return plan_page(request, desk, view, faults=[("text", str(fault))], asked=asked, status=422)
    return HttpResponseRedirect(f"{reverse('portal:plan', args=[plan])}#remarks")


@require_POST
def _reply(request: HttpRequest, desk: Desk, plan: int, remark: int) -> HttpResponse:
    answer, words = request.POST.get("answer", ""), request.POST.get("words", "")
    asked = {f"answer-{remark}": answer, f"words-{remark}": words}
    try:
        if answer not in set(Reply):
            raise PlanFault("请选择采纳情况。")
        actions.reply(remark_id=remark, answer=Reply(answer), words=words, by=desk.actor, at=timezone.now())
    except PlanFault as fault:
        field = f"{'words' if answer in set(Reply) else 'answer'}-{remark}"
        view = queries.plan(plan, on=desk.on)
        return plan_page(request, desk, view, faults=[(field, str(fault))], asked=asked, status=422)
    return HttpResponseRedirect(f"{reverse('portal:plan', args=[plan])}#remarks")


remark = at_desk(_remark)
reply = at_desk(_reply)
