"""Industries that the documents name, and what the code tables call them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import opened, show

COLUMNS = (
    Column("name", "产业", value=lambda x: x.name),
    Column("kind", "类别", value=lambda x: x.kind),
    Column("codes", "国民经济行业代码"),
    Column("majors", "相关专业"),
    Column("basis", "点名的条款", value=lambda x: -len(x.clauses)),
)


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(
        request,
        "industries.html",
        here,
        "industries",
        listed=listed(here, index),
        kinds=WORDS["industry_kind"],
    )


def listed(here: Frame, index: PackIndex) -> Listing:
    """The industries after the filters in the address."""
    kind = Choice("kind", "类别", lambda x: (x.kind,), WORDS["industry_kind"].__getitem__)
    return listing(
        here,
        index.pack.industries,
        COLUMNS,
        (kind,),
        lambda x: (x.name, x.note, *x.gbt4754, *x.majors),
    )
