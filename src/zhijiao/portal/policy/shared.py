"""What the pages of this folder have in common: the frame, the second menu, words for coverage."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.policy.types import Capability, Capable, PackIndex
from zhijiao.policy.types.words import WORDS, word
from zhijiao.portal import links
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.looks import TASKS, Look
from zhijiao.portal.pages import page

SERVED: Final[dict[str, Look]] = {
    look.key: look
    for look in (
        Look(
            "served",
            word("served", "served"),
            "条款已成为平台上可查、可用的对象。这不表示政策目标已经达到。",
            "full",
            "good",
        ),
        Look(
            "planned",
            word("served", "planned"),
            "条款已有对应的对象，但承接它的功能还没有建成。",
            "half",
            "some",
        ),
        Look("unserved", word("served", "unserved"), "条款还没有对应的对象。", "dashed", "bad"),
    )
}
"""The state of a clause. “落实” would be read as a promise kept, so the screen says 承接."""

STATE: Final[dict[str, Look]] = {
    look.key: look
    for look in (
        Look("built", word("capability_state", "built"), "所需功能都已建成。", "full", "good"),
        Look(
            "planned", word("capability_state", "planned"), "所需功能至少有一项还没有建成。", "half", "some"
        ),
    )
}
"""Whether what an object needs of the product is there."""

PAGES: Final = (
    ("policy", "文件"),
    ("coverage", "条款覆盖"),
    ("conflicts", "分歧与口径"),
    ("programmes", "项目"),
    ("rules", "规则"),
    ("standards", "标准"),
    ("systems", "系统与机制"),
    ("obligations", "报送义务"),
    ("procedures", "办理程序"),
    ("reported", "公布数据"),
    ("places", "组织与区划"),
    ("industries", "产业"),
    ("versions", "版本"),
)
"""The second menu: page names and labels. A page for a room that the pack leaves empty is left out."""

_MAY_BE_EMPTY: Final = ("programmes", "rules", "standards", "industries", "obligations")


def opened(request: HttpRequest, pack: str) -> tuple[Frame, PackIndex]:
    """The frame of a page of the policy part, with the pack that it certainly has."""
    here = frame(request, pack, "policy")
    assert here.index is not None
    return here, here.index


def show(request: HttpRequest, template: str, here: Frame, tab: str, **context: Any) -> HttpResponse:
    """A page of the policy part, with its second menu; `tab` is the entry that is current."""
    return page(
        request,
        f"policy/{template}",
        here,
        subnav=_subnav(here, tab),
        # A page names the same units and clauses over and over; each address is made once.
        link=cache(partial(links.href, here)),
        named=cache(partial(links.named, here)),
        room_words=WORDS["room"],
        served_looks=SERVED,
        state_looks=STATE,
        task_looks=TASKS,
        **context,
    )


def _subnav(here: Frame, tab: str) -> list[tuple[str, str, bool]]:
    index = here.index
    if index is None:
        return []
    return [
        (label, here.url(f"portal:{name}", index.id), name == tab)
        for name, label in PAGES
        if (name not in _MAY_BE_EMPTY or getattr(index.pack, name))
        and (name != "procedures" or index.procedures)  # these may be inherited
    ]


def capabilities_of(index: PackIndex, thing: object) -> list[Capability]:
    """What the object needs of the product; most need nothing."""
    named = thing.capabilities if isinstance(thing, Capable) else []
    return [index.capabilities[name] for name in named if name in index.capabilities]


def missing(what: str, name: str) -> Http404:
    """The answer for an id that the pack does not hold."""
    return Http404(f"本政策包没有编号为“{name}”的{what}。")


def owner_of(index: PackIndex, *, clause: str | None = None, document: str | None = None) -> str | None:
    """The pack of the family that itself holds this clause or document."""
    for pack in index.family:
        if clause is not None and any(c.id == clause for c in pack.clauses):
            return pack.id
        if document is not None and any(d.id == document for d in pack.manifest.documents):
            return pack.id
    return None
