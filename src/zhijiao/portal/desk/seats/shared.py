"""What the pages of seats share: how states look, which organisations are the person's, typed days and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.http import HttpRequest

from zhijiao.admissions.queries.placed import Stand
from zhijiao.admissions.queries.rows import Season
from zhijiao.admissions.types.states import DeclineState, TopUpState
from zhijiao.core.access.actor import Invisible
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.desk.seasons.shared import own_schools
from zhijiao.portal.looks import Look

_STANDS: Final[Mapping[Stand, tuple[str, str, str]]] = {
    Stand.SIGNED: ("公布以前请勿外传", "half", "some"),
    Stand.PLACED: ("结果已公布", "full", "good"),
    Stand.GIVING_UP: ("等待确认和办理", "clock", "some"),
    Stand.GIVEN_UP: ("名额转入征集志愿", "closed", "mute"),
    Stand.EXPECTED: ("学校还没有登记", "dashed", "some"),
    Stand.CAME: ("等待移交学籍", "half", "good"),
    Stand.ABSENT: ("没有来校", "closed", "bad"),
    Stand.ON_RECORD: ("已移交学籍", "full", "good"),
}
_DECLINES: Final[Mapping[DeclineState, tuple[str, str, str, str]]] = {
    DeclineState.ASKED: ("待另一人确认", "考生和监护人都要同意", "dashed", "mute"),
    DeclineState.CONFIRMED: ("待办理", "考生和监护人都已同意", "clock", "some"),
    DeclineState.APPROVED: ("已放弃", "名额转入征集志愿", "closed", "mute"),
    DeclineState.REFUSED: ("未同意", "录取仍然有效", "full", "good"),
    DeclineState.WITHDRAWN: ("已撤回", "录取仍然有效", "full", "good"),
}
_TOP_UPS: Final[Mapping[TopUpState, tuple[str, str, str, str]]] = {
    TopUpState.PROPOSED: ("待审批", "等待主管部门审批", "clock", "some"),
    TopUpState.APPROVED: ("已同意", "已补录", "full", "good"),
    TopUpState.REFUSED: ("未同意", "没有补录", "closed", "bad"),
    TopUpState.WITHDRAWN: ("已撤回", "没有补录", "closed", "mute"),
}


def look_of_stand(stand: Stand) -> Look:
    """How somebody with a seat stands, by word, shape and tone."""
    meaning, shape, tone = _STANDS[stand]
    return Look(stand.value, stand.words, meaning, shape, tone)


def look_of_decline(state: str) -> Look:
    """A request to give up by word, shape and tone."""
    return Look(state, *_DECLINES[DeclineState(state)])


def look_of_top_up(state: str) -> Look:
    """A named candidate by word, shape and tone."""
    return Look(state, *_TOP_UPS[TopUpState(state)])


def is_bureau(desk: Desk, season: Season) -> bool:
    """Whether the person reads all of the season."""
    return any(seat.covers & set(season.parties) for seat in desk.actor.seats)


def within_reach(desk: Desk, season: Season) -> set[int] | None:
    """The organisations whose seats the person may read; None for all of the season. Raises Invisible for who is of another place."""
    tree, place = desk.tree, season.organisation_id
    if not any(home.id == place or place in {n.id for n in tree.above(home.id)} for home in desk.homes):
        raise Invisible("没有这个招生季。")
    if is_bureau(desk, season):
        return None
    return set().union(*(seat.covers for seat in desk.actor.seats))


def may_note(desk: Desk, organisation: int) -> bool:
    """Whether the person notes for this school who came."""
    return any(node.id == organisation for node in own_schools(desk))


def day_from(text: str) -> date | None:
    """A day as typed; None when it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def keep_said(request: HttpRequest, words: str) -> None:
    """What was done, for the next page."""
    request.session["seats_said"] = words[:200]


def said_of(request: HttpRequest) -> str:
    """What was done just now, told once."""
    return str(request.session.pop("seats_said", ""))
