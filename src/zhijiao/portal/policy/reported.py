"""Figures and statements that were made public, and how each compares with what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse

from zhijiao.indicators.types import Row
from zhijiao.policy.types import Answer, Indicator, PackIndex, Reported, TaskItem
from zhijiao.policy.types.words import WORDS
from zhijiao.portal import boards
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.catalogue import document_choice
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show
from zhijiao.portal.policy.speaking import reported_text

ANSWERS: Final = {"answers": "回应目标或任务", "observation": "观察数据"}


@dataclass(frozen=True)
class ReportedLine:
    """A published figure with the objects that it answers."""

    thing: Reported
    said: str
    answers: list[tuple[Answer, Indicator | TaskItem]]


COLUMNS = (
    Column("name", "公布的内容", value=lambda x: x.thing.name),
    Column("value", "公布的数"),
    Column("as_of", "截至", value=lambda x: x.thing.as_of),
    Column("scope", "范围", value=lambda x: x.thing.scope),
    Column("answers", "回应什么，可比关系", value=lambda x: -len(x.answers)),
    Column("basis", "出处"),
)


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(request, "reported.html", here, "reported", listed=listed(here, index))


def listed(here: Frame, index: PackIndex) -> Listing:
    """The published figures after the filters in the address."""
    role = Choice("role", "用途", lambda x: ("answers" if x.answers else "observation",), ANSWERS.__getitem__)
    how = Choice(
        "how", "可比关系", lambda x: dict.fromkeys(a.how for a, _ in x.answers), WORDS["how"].__getitem__
    )
    scope = Choice("scope", "范围", lambda x: (x.thing.scope,) if x.thing.scope else ())
    rows = [_line(index, thing) for thing in index.pack.reported]
    return listing(
        here,
        rows,
        COLUMNS,
        (role, how, scope, document_choice(index)),
        lambda x: (x.thing.name, x.thing.text, x.thing.note, x.thing.scope, *(t.name for _, t in x.answers)),
    )


def _line(index: PackIndex, thing: Reported) -> ReportedLine:
    return ReportedLine(thing, reported_text(thing), answers_of(index, thing))


def answers_of(index: PackIndex, thing: Reported) -> list[tuple[Answer, Indicator | TaskItem]]:
    """What a figure answers, each as the indicator or task item itself."""
    found: list[tuple[Answer, Indicator | TaskItem]] = []
    for answer in thing.answers:
        if answer.indicator is not None:
            found.append((answer, index.indicators[answer.indicator]))
        if answer.task is not None:
            found.append((answer, index.items[answer.task][1]))
    return found


def one(request: HttpRequest, pack: str, reported: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("reported", reported)
    if not isinstance(thing, Reported):
        raise missing("公布数据", reported)
    board = boards.board(index, here)
    rows: dict[str, Row] = {a.indicator: board.row(a.indicator) for a in thing.answers if a.indicator}
    return show(
        request,
        "reported_one.html",
        here,
        "reported",
        thing=thing,
        said=reported_text(thing),
        answers=answers_of(index, thing),
        rows=rows,
    )
