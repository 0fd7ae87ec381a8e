"""Two editions of a plan beside each other: the text line by line, targets and items one by one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from zhijiao.core.access.actor import Invisible
from zhijiao.lib.numbers import whole
from zhijiao.planning import queries
from zhijiao.planning.types import Content, PlanItem, PlanTarget
from zhijiao.policy.types import PackIndex
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.shared import indicator_name, target_words
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class TextLine:
    """A line of the text: kept, added or taken out. `skipped`: so many kept lines in between are not shown."""

    kind: str
    text: str
    skipped: int = 0


@dataclass(frozen=True)
class Difference:
    """A target or an item that differs; an empty side does not have it."""

    name: str
    old: str
    new: str


NEAR = 2
"""Kept lines that are shown around a change."""


@require_GET
def _view(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    view = queries.plan(plan, on=desk.on)
    numbers = sorted(edition.number for edition in view.editions)
    if not numbers:
        raise Invisible(f"“{view.row.title}”还没有保存过。")
    newest = numbers[-1]
    old = _number(desk, "old", numbers[-2] if len(numbers) > 1 else newest)
    new = _number(desk, "new", newest)
    left, right = queries.editions_compared(view, old, new)
    before, after = queries.content_of(left), queries.content_of(right)
    index = queries.index_for(view.row)
    return page(
        request,
        "desk/plans/editions.html",
        desk.frame,
        desk=desk,
        view="plans",
        plan=view,
        row=view.row,
        numbers=[(str(n), f"第 {n} 稿") for n in reversed(numbers)],
        left=left,
        right=right,
        text=text_lines(before.body, after.body),
        targets=target_differences(index, before, after),
        items=item_differences(index, before, after),
        same_file=before.file == after.file,
    )


def _number(desk: Desk, key: str, otherwise: int) -> int:
    asked = whole(desk.frame.query.get(key, ""))
    return otherwise if asked is None else asked


def text_lines(old: str, new: str) -> list[TextLine]:
    """The text with what was taken out and put in; long stretches that stayed are left out."""
    found: list[TextLine] = []
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found += _kept(before[a:b], first=a == 0, last=b == len(before))
            continue
        found += [TextLine("out", line) for line in before[a:b]]
        found += [TextLine("in", line) for line in after[c:d]]
    return found


def _kept(lines: list[str], *, first: bool, last: bool) -> list[TextLine]:
    head, tail = (0 if first else NEAR), (0 if last else NEAR)
    if len(lines) <= head + tail + 1:
        return [TextLine("same", line) for line in lines]
    return [
        *(TextLine("same", line) for line in lines[:head]),
        TextLine("gap", "", len(lines) - head - tail),
        *(TextLine("same", line) for line in lines[len(lines) - tail :]),
    ]


def target_differences(index: PackIndex, old: Content, new: Content) -> list[Difference]:
    """Targets that differ, by indicator and year."""
    before, after = _targets(old), _targets(new)
    return [
        Difference(
            f"{indicator_name(index, key[0])}{f'（{key[1]}年）' if key[1] else ''}",
            before.get(key, ""),
            after.get(key, ""),
        )
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _targets(content: Content) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], list[PlanTarget]] = {}
    for target in content.targets:
        found.setdefault((target.indicator, target.period), []).append(target)
    return {key: "、".join(target_words(t) for t in targets) for key, targets in found.items()}


def item_differences(index: PackIndex, old: Content, new: Content) -> list[Difference]:
    """Items that differ, by title."""
    before = {item.title.strip(): _item(index, item) for item in old.items}
    after = {item.title.strip(): _item(index, item) for item in new.items}
    return [
        Difference(title, before.get(title, ""), after.get(title, ""))
        for title in dict.fromkeys([*before, *after])
        if before.get(title) != after.get(title)
    ]


def _item(index: PackIndex, item: PlanItem) -> str:
    serves = index.items[item.serves][1].name if item.serves in index.items else item.serves
    due = f"，{item.due.isoformat()} 前" if item.due else "，未写时限"
    return f"{item.deliverable or '未写交付物'}{due}{f'，落实“{serves}”' if serves else ''}"


view = at_desk(_view)
