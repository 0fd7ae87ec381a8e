"""What the documents ask of one part of the platform, and honestly what of it is built."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhijiao.indicators.types import Row
from zhijiao.policy.types import PackIndex, Part
from zhijiao.portal import boards
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.policy.catalogue import lines
from zhijiao.portal.policy.rules import rule_lines
from zhijiao.portal.policy.shared import show

HOMES = {"cockpit": "portal:overview", "policy": "portal:policy"}
PARTS: tuple[Part, ...] = ("management", "enterprise", "resources")


def view(request: HttpRequest, pack: str, part: str) -> HttpResponse:
    if part in HOMES:
        return redirect(frame(request, pack).url(HOMES[part], pack))
    known = next((p for p in PARTS if p == part), None)
    if known is None:
        raise Http404(f"平台没有“{part}”这一部分。")
    here = frame(request, pack, known)
    index = here.index
    assert index is not None
    return show(
        request, "part.html", here, "", known=known, **_asked(index, known), rows=_rows(index, known, here)
    )


def _asked(index: PackIndex, part: Part) -> dict[str, object]:
    """The objects of one part; its capabilities include those that only these objects name."""
    pack = index.pack
    systems = lines(index, [s for s in pack.systems if s.part == part])
    programmes = lines(index, [p for p in pack.programmes if p.part == part])
    mechanisms = lines(index, [m for m in pack.mechanisms if m.part == part])
    rules = [r for r in rule_lines(index) if r.thing.part == part]
    listed = [c for line in (*systems, *programmes, *mechanisms) for c in line.capabilities]
    needed = {c.id: c for c in (*listed, *(c for rule in rules for c in rule.capabilities))}
    own = {c.id: c for c in index.capabilities.values() if c.part == part}
    return {
        "systems": systems,
        "programmes": programmes,
        "mechanisms": mechanisms,
        "rules": rules,
        "capabilities": list(own.values()),
        "others": [c for name, c in needed.items() if name not in own],
    }


def _rows(index: PackIndex, part: Part, here: Frame) -> list[Row]:
    return [row for row in boards.board(index, here).rows if row.indicator.part == part]
