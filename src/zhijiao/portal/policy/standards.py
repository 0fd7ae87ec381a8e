"""Standards as versioned checklists; a value that no document gives is named as missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import PackIndex, Standard, StandardVersion
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.catalogue import document_choice
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show


@dataclass(frozen=True)
class StandardLine:
    """A standard with its newest version."""

    thing: Standard
    newest: StandardVersion
    gaps: int


COLUMNS = (
    Column("name", "标准", value=lambda x: x.thing.name),
    Column("who", "适用于", value=lambda x: x.thing.applies_to),
    Column("version", "最新版本", value=lambda x: x.newest.version),
    Column("items", "检查项", num=True, value=lambda x: len(x.newest.items)),
    Column("gaps", "缺数值", num=True, value=lambda x: x.gaps),
    Column("basis", "依据"),
)


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(request, "standards.html", here, "standards", listed=listed(here, index))


def listed(here: Frame, index: PackIndex) -> Listing:
    """The standards after the filters in the address."""
    status = Choice("status", "状态", lambda x: (x.newest.status,), WORDS["standard_status"].__getitem__)
    rows = [_line(standard) for standard in index.pack.standards]
    return listing(
        here,
        rows,
        COLUMNS,
        (status, document_choice(index)),
        lambda x: (x.thing.name, x.thing.applies_to, x.thing.note, *(i.name for i in x.newest.items)),
    )


def _line(standard: Standard) -> StandardLine:
    newest = standard.versions[-1]
    return StandardLine(standard, newest, sum(item.missing is not None for item in newest.items))


def one(request: HttpRequest, pack: str, standard: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("standards", standard)
    if not isinstance(thing, Standard):
        raise missing("标准", standard)
    return show(request, "standard.html", here, "standards", thing=thing, versions=thing.versions[::-1])
