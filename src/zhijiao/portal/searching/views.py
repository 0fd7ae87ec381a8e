"""The search page: one box, everything, every city."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.lib.folding import fold, words_of
from zhijiao.lib.numbers import whole
from zhijiao.policy import queries
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.words import WORDS
from zhijiao.portal import links
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page
from zhijiao.portal.searching.marking import pieces
from zhijiao.portal.searching.relaxing import suggestions
from zhijiao.portal.searching.results import arrange

LONGEST = 60
"""The longest query, as in the API."""
LONGEST_EXAMPLE = 6
FARTHEST = 1_000_000
"""No offset is beyond this; a larger one in an address is a slip."""


def view(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    packs = {index.id: index for index in queries.indexes()}
    query = here.query.get("q", "").strip()
    pack = here.query.get("pack") if here.query.get("pack") in packs else None
    kind = here.query.get("kind") if here.query.get("kind") in WORDS["room"] else None
    context: dict[str, Any] = {"query": query, "pack": pack, "kind": kind, "packs": packs, "longest": LONGEST}
    if not query or len(query) > LONGEST:
        return page(request, "searching/search.html", here, found=None, examples=_examples(packs), **context)
    words = words_of(query)
    found = arrange(queries.search(query, pack), pack, kind, _offset(here))
    hints = [] if found.total else suggestions(fold(query), partial(_finds, pack))
    return page(
        request,
        "searching/search.html",
        here,
        found=found,
        hints=hints,
        pieces=partial(_pieces, words),
        link=partial(_link, here, packs),
        **context,
    )


def _pieces(words: list[str], text: str) -> Any:
    return pieces(text, words)


def _link(here: Frame, packs: dict[str, PackIndex], pack: str, room: str, object_id: str) -> str | None:
    return links.href(here, room, object_id, packs[pack])


def _finds(pack: str | None, query: str) -> bool:
    return any(pack in (None, hit.pack) for hit in queries.search(query))


def _offset(here: Frame) -> int:
    return min(whole(here.query.get("offset", "")) or 0, FARTHEST)


def _examples(packs: dict[str, PackIndex]) -> list[str]:
    """Words to try: what the cities call the parts of their platforms, as far as something is found by them."""
    names = (index.pack.manifest.names for index in packs.values())
    words = dict.fromkeys(text for n in names for text in (n.cockpit, n.management, n.enterprise))
    return [word for word in words if len(word) <= LONGEST_EXAMPLE and _finds(None, word)]
