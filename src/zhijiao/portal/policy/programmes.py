"""Programmes: what can be applied for, planned, held or recognised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import PackIndex, Programme
from zhijiao.policy.types.words import WORDS
from zhijiao.portal import boards
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.catalogue import common_choices, line, lines, units_choice
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show

COLUMNS = (
    Column("name", "项目", value=lambda x: x.thing.name),
    Column("shape", "形式", value=lambda x: x.thing.shape),
    Column("level", "级别", value=lambda x: x.thing.level[0]),
    Column("applicants", "谁可以申报或参加"),
    Column("quota", "名额", num=True, value=lambda x: x.thing.quota[0].value if x.thing.quota else None),
    Column("basis", "依据"),
    Column("state", "平台支持", value=lambda x: x.state.key),
)


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(request, "programmes.html", here, "programmes", listed=listed(here, index))


def listed(here: Frame, index: PackIndex) -> Listing:
    """The programmes after the filters in the address."""
    shape = Choice("shape", "形式", lambda x: (x.thing.shape,), WORDS["programme_shape"].__getitem__)
    level = Choice("level", "级别", lambda x: x.thing.level, WORDS["level"].__getitem__)
    choices = (shape, level, units_choice(index), *common_choices(index))
    return listing(here, lines(index, index.pack.programmes), COLUMNS, choices, _texts)


def _texts(x: Any) -> tuple[str | None, ...]:
    thing: Programme = x.thing
    return (thing.name, thing.what, thing.note, *thing.applicants, *thing.units)


def one(request: HttpRequest, pack: str, programme: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("programmes", programme)
    if not isinstance(thing, Programme):
        raise missing("项目", programme)
    board = boards.board(index, here)
    rows = [board.row(i) for i in thing.indicators]
    return show(
        request, "programme.html", here, "programmes", line=line(index, thing), thing=thing, rows=rows
    )
