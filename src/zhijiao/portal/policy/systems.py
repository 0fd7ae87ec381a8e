"""Systems that the documents name or imply, and ways of working that they ask for."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import Mechanism, PackIndex, System
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.catalogue import common_choices, line, lines, units_choice
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show

NAMED: Final = {"named": "文件点名", "implied": "由机制推出"}

SYSTEM_COLUMNS = (
    Column("name", "系统", value=lambda x: x.thing.name),
    Column("aliases", "文件中的其他叫法"),
    Column("part", "平台部分", value=lambda x: x.thing.part),
    Column("basis", "依据"),
    Column("state", "平台支持", value=lambda x: x.state.key),
)
MECHANISM_COLUMNS = (
    Column("name", "机制", value=lambda x: x.thing.name),
    Column("units", "责任单位"),
    Column("part", "平台部分", value=lambda x: x.thing.part),
    Column("basis", "依据"),
    Column("state", "平台支持", value=lambda x: x.state.key),
)


def view(request: HttpRequest, pack: str) -> HttpResponse:
    """Systems, or with ?view=mechanisms the mechanisms."""
    here, index = opened(request, pack)
    mechanisms = here.query.get("view") == "mechanisms"
    tabs = [
        (f"系统（{len(index.pack.systems)}）", here.url("portal:systems", index.id), not mechanisms),
        (
            f"机制（{len(index.pack.mechanisms)}）",
            here.url("portal:systems", index.id, view="mechanisms"),
            mechanisms,
        ),
    ]
    found = listed_mechanisms(here, index) if mechanisms else listed_systems(here, index)
    template = "mechanisms.html" if mechanisms else "systems.html"
    return show(request, template, here, "systems", listed=found, tabs=tabs)


def listed_systems(here: Frame, index: PackIndex) -> Listing:
    """The systems after the filters in the address."""
    named = Choice("named", "来由", lambda x: ("named" if x.thing.named else "implied",), NAMED.__getitem__)
    rows = lines(index, index.pack.systems)
    return listing(here, rows, SYSTEM_COLUMNS, (named, *common_choices(index)), _system_texts)


def _system_texts(x: Any) -> tuple[str | None, ...]:
    return (x.thing.name, x.thing.number, x.thing.what, x.thing.note, *x.thing.aliases)


def listed_mechanisms(here: Frame, index: PackIndex) -> Listing:
    """The mechanisms after the filters in the address."""
    choices = (units_choice(index), *common_choices(index))
    rows = lines(index, index.pack.mechanisms)
    return listing(
        here,
        rows,
        MECHANISM_COLUMNS,
        choices,
        lambda x: (x.thing.name, x.thing.what, x.thing.note, *x.thing.units),
    )


def system(request: HttpRequest, pack: str, system: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("systems", system)
    if not isinstance(thing, System):
        raise missing("系统", system)
    return show(request, "system.html", here, "systems", line=line(index, thing), thing=thing)


def mechanism(request: HttpRequest, pack: str, mechanism: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("mechanisms", mechanism)
    if not isinstance(thing, Mechanism):
        raise missing("机制", mechanism)
    return show(request, "mechanism.html", here, "systems", line=line(index, thing), thing=thing)
