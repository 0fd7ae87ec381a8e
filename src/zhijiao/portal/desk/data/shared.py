"""What the pages of data share: how states look, whose data one works on, lists with pages, refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Node
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types import Dataset, Standard, State
from zhijiao.exchange.types.views import OwedState
from zhijiao.lib.numbers import row_id, whole
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.looks import Look
from zhijiao.portal.pages import page

NEEDS = (Permission.REPORT, Permission.REVIEW, Permission.VIEW)
PAGE = 100

OWED: Final[Mapping[str, Look]] = {
    "late": Look("late", "逾期未交", "过了日子还没有交", "cross", "bad"),
    "missing": Look("missing", OwedState.MISSING.words, "这一期还没有交", "dashed", "mute"),
    "checking": Look("checking", OwedState.CHECKING.words, "文件收到了，正在逐行检查", "clock", "accent"),
    "to_confirm": Look(
        "to_confirm", OwedState.TO_CONFIRM.words, "检查完了，看过变动以后确认入库", "pencil", "accent"
    ),
    "waiting_rows": Look(
        "waiting_rows", OwedState.WAITING_ROWS.words, "对的行已入库，错的行改好再交", "warn", "some"
    ),
    "done": Look("done", OwedState.DONE.words, "这一期交了，都入库了", "full", "good"),
    "change": Look("change", "有变动再交", "没有固定日子，变动以后再交", "ring", "mute"),
}
"""Where a data set stands, by word, shape and tone."""

STATES: Final[Mapping[str, Look]] = {
    look.key: look
    for look in (
        Look("received", State.RECEIVED.words, "正在逐行检查，可以先去做别的", "clock", "accent"),
        Look("checked", State.CHECKED.words, "还没有改动任何数据", "pencil", "accent"),
        Look("applied", State.APPLIED.words, "已成为平台的数据", "full", "good"),
        Look("withdrawn", State.WITHDRAWN.words, "没有入库", "closed", "mute"),
        Look("undone", State.UNDONE.words, "入库以后又撤销了", "back", "mute"),
        Look("refused", State.REFUSED.words, "一行也没有读", "cross", "bad"),
    )
}
"""States of a file, by word, shape and tone."""


@dataclass(frozen=True)
class Hub:
    """The data of one desk."""

    desk: Desk

    @cached_property
    def standard(self) -> Standard:
        """The standard in force."""
        return standard()

    @cached_property
    def senders(self) -> list[Node]:
        """The organisations for which the person hands in, those of their own roles."""
        return [node for node in self.desk.homes if self.desk.actor.may(Permission.REPORT, node.id)]

    @cached_property
    def scope(self) -> list[Node]:
        """Every organisation whose data the person sees, as a list would be read."""
        actor = self.desk.actor
        seen = actor.organisations(Permission.VIEW) | actor.organisations(Permission.REPORT)
        nodes = [node for node in self.desk.tree.nodes.values() if node.id in seen]
        return sorted(nodes, key=lambda node: self.desk.tree.path(node.id))

    def unit(self, organisation: int | None) -> str:
        """What an organisation is called; one that has ended is named by what remains of it."""
        node = self.desk.tree.nodes.get(organisation or 0)
        return node.label if node else "已撤并的单位"

    def name(self, dataset: str) -> str:
        """What a data set is called."""
        found = self.standard.by_id.get(dataset)
        return found.name if found else dataset

    def dataset(self, name: str) -> Dataset:
        """A data set by its id. Raises Http404."""
        found = self.standard.by_id.get(name)
        if found is None:
            raise Http404(f"数据目录里没有“{name}”这个数据集。")
        return found


def show(
    request: HttpRequest, desk: Desk, template: str, hub: Hub, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of this part."""
    response = page(
        request,
        f"desk/data/{template}",
        desk.frame,
        desk=desk,
        view="data",
        hub=hub,
        rooms=rooms(desk),
        states=STATES,
        **context,
    )
    response.status_code = status
    return response


ROOMS = (
    ("交文件", "portal:data", ()),
    ("各单位进度", "portal:data_units", (Permission.REVIEW,)),
    ("待改的行", "portal:data_held", ()),
    ("来源差异", "portal:data_differences", ()),
    ("查重", "portal:data_twice", ()),
    ("交换日志", "portal:data_log", ()),
)


def rooms(desk: Desk) -> list[tuple[str, str, bool]]:
    """The views of this part: label, address, whether it is the current one."""
    return [
        (label, desk.frame.url(name), reverse(name) == _room(desk.frame.path))
        for label, name, needs in ROOMS
        if not needs or any(desk.actor.may(permission) for permission in needs)
    ]


def _room(path: str) -> str:
    """The view that a page belongs to: a file's to the hand-in page."""
    files = reverse("portal:data") + "/files/"
    return reverse("portal:data") if path.startswith(files) else path


@dataclass(frozen=True)
class Leaf:
    """One page of a long list."""

    here: int
    total: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.here - 1) * self.size


def leaf(desk: Desk, total: int, size: int = PAGE) -> Leaf:
    """The page that the address asks for, within those that there are."""
    asked = whole(desk.frame.query.get("page", "1")) or 1
    return Leaf(min(max(asked, 1), max(1, -(-total // size))), total, size)


def asked_units(desk: Desk, hub: Hub) -> Sequence[int] | None:
    """The organisation that the address asks for; None where it asks for none."""
    wanted = row_id(desk.frame.query.get("org", ""))
    return None if wanted is None else [wanted]


def options(hub: Hub) -> dict[str, list[tuple[str, str]]]:
    """What filter bars offer: organisations in scope, data sets."""
    return {
        "org": [(str(node.id), hub.desk.tree.path(node.id)) for node in hub.scope[:500]],
        "dataset": [(one.id, one.name) for one in hub.standard.datasets],
    }
