"""A round of filling in: its window, decisions that give longer, and the wiping of a mock round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.rounds import extend, move_window, wipe
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import candidates
from zhijiao.admissions.queries.candidates import Round
from zhijiao.admissions.queries.handed import handed_in
from zhijiao.admissions.types.filling import Standing
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.lib.numbers import whole
from zhijiao.portal.desk.candidates.shared import show
from zhijiao.portal.desk.guard import Desk, at_desk

DONE = {"move": "填报时间已更改。", "extend": "已延长。", "wipe": "模拟填报已清空。"}


def _view(request: HttpRequest, desk: Desk, round_: int) -> HttpResponse:
    row = candidates.run_round(desk.actor, round_)
    if request.method != "POST":
        return _show(request, desk, row)
    do = request.POST.get("do", "")
    step = STEPS.get(do)
    if step is None:
        raise Http404("没有这样的步骤。")
    try:
        step(request.POST, desk, row)
    except Refusal as error:
        return _show(request, desk, row, [(error.field if isinstance(error, Refused) else "", str(error))])
    return HttpResponseRedirect(f"{reverse('portal:round', args=[row.pk])}?done={do}")


def _show(
    request: HttpRequest, desk: Desk, row: Round, faults: list[tuple[str, str]] | None = None
) -> HttpResponse:
    at = timezone.now()
    counted = Counter(one.standing for one in handed_in(row.pk))
    return show(
        request,
        desk,
        "round.html",
        422 if faults else 200,
        row=row,
        kind=RoundKind(row.kind),
        begun=at >= row.opens_at,
        counted=[(standing, counted[standing]) for standing in Standing if counted[standing]],
        extensions=candidates.extensions(row),
        faults=faults or [],
        typed=request.POST,
        done=DONE.get(desk.frame.query.get("done", ""), ""),
        at=at,
    )


def _move(said: Mapping[str, Any], desk: Desk, row: Round) -> None:
    move_window(
        by=desk.actor,
        at=timezone.now(),
        round_=row.pk,
        opens=_moment(said, "opens"),
        closes=_moment(said, "closes"),
        grace=_number(said, "grace", "请写宽限的分钟数。"),
        revision=_number(said, "revision", "页面已过期，请刷新。"),
        reason=said.get("reason", ""),
    )


def _extend(said: Mapping[str, Any], desk: Desk, row: Round) -> None:
    number, school = said.get("number", "").strip().upper(), said.get("school", "").strip()
    candidate = candidates.by_number(desk.actor, row, number) if number else None
    if number and candidate is None:
        raise Refused(f"这个招生季没有考号为 {number} 的考生。", "number")
    node = next((n for n in desk.tree.nodes.values() if school in (n.code, n.name)), None) if school else None
    if school and node is None:
        raise Refused(f"没有名为“{school}”的学校，请写全称或代码。", "school")
    extend(
        by=desk.actor,
        at=timezone.now(),
        round_=row.pk,
        until=_moment(said, "until"),
        document=said.get("document", ""),
        reason=said.get("why", ""),
        candidate=candidate,
        school=node.id if node else None,
    )


def _wipe(said: Mapping[str, Any], desk: Desk, row: Round) -> None:
    wipe(by=desk.actor, at=timezone.now(), round_=row.pk)


def _moment(said: Mapping[str, Any], key: str) -> datetime:
    try:
        found = datetime.fromisoformat(said.get(key, ""))
        found = (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("请写日期和时间，如 2026-07-01 09:00。", key) from None
    return found


def _number(said: Mapping[str, Any], key: str, words: str) -> int:
    found = whole(said.get(key, ""))
    if found is None:
        raise Refused(words, key)
    return found


STEPS: Mapping[str, Callable[[Mapping[str, Any], Desk, Round], None]] = {
    "move": _move,
    "extend": _extend,
    "wipe": _wipe,
}

view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, Permission.ADMIT_RUN))
