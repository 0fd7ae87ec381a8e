"""Write a plan: text, targets and items in one form. Targets can be read from the text; nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast, get_args

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.core.models import StoredFile
from zhijiao.engines.forms import Field as FormField
from zhijiao.engines.forms import FieldKind, Unreadable, read_date, read_number
from zhijiao.lib.folding import fold
from zhijiao.lib.numbers import row_id
from zhijiao.planning import actions, queries
from zhijiao.planning.queries import PlanView
from zhijiao.planning.types import Clash, Content, PlanFault, PlanItem, PlanTarget, Proposal
from zhijiao.policy.types import Indicator, Op, PackIndex
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.shared import OPS, indicator_name, typed
from zhijiao.portal.pages import page

SPARE = 3
"""Empty lines at the end of a table."""
MOST = 400
"""Lines that a form may send."""


@dataclass(frozen=True)
class TargetRow:
    """A target as it was typed."""

    indicator: str = ""
    op: str = ">="
    value: str = ""
    period: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.indicator.strip() or self.value.strip() or self.period.strip())


@dataclass(frozen=True)
class ItemRow:
    """A piece of work as it was typed."""

    title: str = ""
    deliverable: str = ""
    due: str = ""
    serves: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.title.strip() or self.deliverable.strip() or self.due.strip() or self.serves.strip())


@dataclass(frozen=True)
class Typed:
    """The form as it came: nothing of it is lost when it is wrong."""

    body: str
    targets: tuple[TargetRow, ...]
    items: tuple[ItemRow, ...]
    file: int | None


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    view = queries.plan(plan, on=desk.on)
    desk.actor.require(Permission.WRITE_PLANS, view.row.organisation_id)
    index = queries.index_for(view.row)
    if request.method == "GET":
        return form_page(request, desk, view, as_typed(index, view.content))
    sent = from_post(request)
    stored = attached(request, desk, view.row.organisation_id, view.row.parties)
    sent = replace(sent, file=stored.ids[-1] if stored.ids else None)
    faults: list[tuple[str, str]] = [("upload-files", words) for words in stored.errors]
    todo = request.POST.get("do", "save")
    if todo == "read":
        proposals = queries.proposed_targets(view, sent.body)
        return form_page(request, desk, view, with_proposals(index, sent, proposals), proposals=proposals)
    if todo == "more":
        return form_page(request, desk, view, sent, spare=SPARE * 3)
    content, wrong = content_from(index, sent)
    faults += wrong
    if not faults:
        try:
            actions.save_edition(
                plan_id=plan,
                content=content,
                revision=_revision(request),
                by=desk.actor,
                at=timezone.now(),
            )
            return HttpResponseRedirect(reverse("portal:plan", args=[plan]))
        except Clash as clash:
            fresh = queries.plan(plan, on=desk.on)
            return form_page(request, desk, fresh, sent, faults=[("", str(clash))], clashed=True, status=422)
        except PlanFault as fault:
            faults = [("", words) for words in str(fault).split("\n")]
    return form_page(request, desk, view, sent, faults=faults, status=422)


def _revision(request: HttpRequest) -> int:
    sent = row_id(request.POST.get("revision"))
    return -1 if sent is None else sent


# -- between the form and the plan -----------------------------------------------------------------


def as_typed(index: PackIndex, content: Content | None) -> Typed:
    """What a plan says, as the form shows it."""
    if content is None:
        return Typed("", (), (), None)
    return Typed(
        content.body,
        tuple(
            TargetRow(indicator_name(index, t.indicator), t.op, typed(t.value), t.period)
            for t in content.targets
        ),
        tuple(
            ItemRow(
                i.title,
                i.deliverable,
                i.due.isoformat() if i.due else "",
                index.items[i.serves][1].name if i.serves in index.items else i.serves,
            )
            for i in content.items
        ),
        content.file,
    )


def from_post(request: HttpRequest) -> Typed:
    """What was sent; empty lines are left out."""
    post = request.POST
    lists = {key: post.getlist(key)[:MOST] for key in ("t-indicator", "t-op", "t-value", "t-period")}
    targets = [TargetRow(*row) for row in zip(*lists.values(), strict=False)]
    lists = {key: post.getlist(key)[:MOST] for key in ("i-title", "i-deliverable", "i-due", "i-serves")}
    items = [ItemRow(*row) for row in zip(*lists.values(), strict=False)]
    return Typed(
        post.get("body", "").replace("\r\n", "\n"),
        tuple(row for row in targets if not row.empty),
        tuple(row for row in items if not row.empty),
        None,
    )


def content_from(index: PackIndex, sent: Typed) -> tuple[Content, list[tuple[str, str]]]:
    """What the form says, and what is wrong with it: (id of the field, words)."""
    faults: list[tuple[str, str]] = []
    by_name = {fold(indicator.name): indicator for indicator in index.indicators.values()}
    by_item = {fold(item.name): item_id for item_id, (_, item) in index.items.items()}
    targets = [_target(index, by_name, n, row, faults) for n, row in enumerate(sent.targets)]
    items = [_item(index, by_item, n, row, faults) for n, row in enumerate(sent.items)]
    content = Content(
        sent.body,
        tuple(target for target in targets if target is not None),
        tuple(item for item in items if item is not None),
        sent.file,
    )
    return content, faults


def _target(
    index: PackIndex,
    by_name: Mapping[str, Indicator],
    number: int,
    row: TargetRow,
    faults: list[tuple[str, str]],
) -> PlanTarget | None:
    indicator = index.indicators.get(row.indicator.strip()) or by_name.get(fold(row.indicator))
    if indicator is None:
        said = (
            f"没有叫“{row.indicator.strip()}”的指标，请从列表中选择。"
            if row.indicator.strip()
            else "请选择指标。"
        )
        faults.append((f"t-{number}-indicator", f"目标第 {number + 1} 行：{said}"))
        return None
    if row.op not in get_args(Op):
        faults.append((f"t-{number}-op", f"“{indicator.name}”：请选择不低于、不超过等关系。"))
        return None
    if indicator.unit is None:
        faults.append(
            (f"t-{number}-indicator", f"“{indicator.name}”是定性指标，没有数值；请写进正文，不列为目标值。")
        )
        return None
    kind = FieldKind.PERCENT if indicator.unit == "%" else FieldKind.NUMBER
    try:
        value: Decimal = read_number(row.value, FormField("value", indicator.name, kind, indicator.unit))
    except Unreadable as unreadable:
        faults.append((f"t-{number}-value", f"“{indicator.name}”：{unreadable.words}"))
        return None
    return PlanTarget(
        indicator.id, cast(Op, row.op), value, indicator.unit, row.period.strip().removesuffix("年")
    )


def _item(
    index: PackIndex,
    by_name: Mapping[str, str],
    number: int,
    row: ItemRow,
    faults: list[tuple[str, str]],
) -> PlanItem | None:
    due = None
    if not row.title.strip():
        faults.append((f"i-{number}-title", f"任务第 {number + 1} 行没有写名称，请填写，或清空这一行。"))
    if row.due.strip():
        try:
            due = read_date(row.due)
        except Unreadable as unreadable:
            faults.append((f"i-{number}-due", f"任务“{row.title.strip()}”的时限：{unreadable.words}"))
    serves = row.serves.strip()
    found = serves if serves in index.items else by_name.get(fold(serves), "")
    if serves and not found:
        faults.append(
            (
                f"i-{number}-serves",
                f"任务“{row.title.strip()}”：没有叫“{serves}”的上级任务，请从列表中选择，或留空。",
            )
        )
    if any(key.startswith(f"i-{number}-") for key, _ in faults):
        return None
    return PlanItem(row.title.strip(), row.deliverable.strip(), due, found)


def with_proposals(index: PackIndex, sent: Typed, proposals: Sequence[Proposal]) -> Typed:
    """The form with the targets that were understood and do not stand in it yet."""
    have = {(fold(row.indicator), row.period.strip().removesuffix("年")) for row in sent.targets}
    new = [
        TargetRow(p.name, p.target.op, typed(p.target.value), p.target.period)
        for p in proposals
        if p.target is not None and (fold(p.name), p.target.period) not in have
    ]
    return replace(sent, targets=(*sent.targets, *new))


def form_page(
    request: HttpRequest,
    desk: Desk,
    view: PlanView,
    sent: Typed,
    *,
    faults: Sequence[tuple[str, str]] = (),
    proposals: Sequence[Proposal] | None = None,
    clashed: bool = False,
    spare: int = SPARE,
    status: int = 200,
) -> HttpResponse:
    """The form. After a clash it shows what the plan says now beside what was typed, and saves over it only knowingly."""
    index = queries.index_for(view.row)
    file = StoredFile.objects.filter(pk=sent.file).first() if sent.file else None
    response = page(
        request,
        "desk/plans/text.html",
        desk.frame,
        desk=desk,
        view="plans",
        plan=view,
        row=view.row,
        sent=sent,
        targets=[*sent.targets, *[TargetRow() for _ in range(spare)]],
        items=[*sent.items, *[ItemRow() for _ in range(spare)]],
        ops=OPS,
        indicators=[i for i in index.indicators.values() if i.unit is not None],
        units={i.name: i.unit for i in index.indicators.values()},
        tasks=[item.name for _, item in index.items.values()],
        faults=list(faults),
        wrong=dict(faults),
        proposals=proposals,
        current=as_typed(index, view.content) if clashed else None,
        newest=view.editions[0] if view.editions else None,
        ticket=ticket(desk.actor, view.row.organisation_id, view.row.parties),
        kept=[file] if file else [],
    )
    response.status_code = status
    return response


view = at_desk(_view, Permission.WRITE_PLANS)
