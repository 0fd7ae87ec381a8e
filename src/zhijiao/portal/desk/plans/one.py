"""One plan: where it stands, the step that is mine to take, what it says, opinions, editions, what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.core.models import StoredFile
from zhijiao.engines.workflow import StageKind, Transition
from zhijiao.indicators.queries.planned import handed_down, latest_figures
from zhijiao.indicators.types import FigureView
from zhijiao.lib.numbers import row_id
from zhijiao.planning import actions, queries
from zhijiao.planning.queries import PlanView
from zhijiao.planning.types import PlanFault, PlanTarget, Reply
from zhijiao.policy.types import Indicator
from zhijiao.policy.types.wording import told
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.shared import look_of_stage, name_of, target_words
from zhijiao.portal.pages import page
from zhijiao.supervision.queries.planned import items_of_plan


@dataclass(frozen=True)
class TargetLine:
    """A target of the plan beside what is known of it."""

    target: PlanTarget
    words: str
    period: str
    indicator: Indicator | None
    handed: tuple[str, ...]
    weaker: bool
    figure: FigureView | None


@dataclass(frozen=True)
class Blocked:
    """A step that would be this person's, and what it waits for."""

    step: Transition
    why: tuple[str, ...]


@require_GET
def _view(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    return plan_page(request, desk, queries.plan(plan, on=desk.on))


def plan_page(
    request: HttpRequest,
    desk: Desk,
    view: PlanView,
    *,
    faults: Sequence[tuple[str, str]] = (),
    asked: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; after a refused step with what is wrong and what was typed."""
    row = view.row
    # The step forward is the page's main action; those that need a reason are the exception.
    steps = sorted(queries.available_steps(view, desk.actor), key=lambda step: step.reason)
    mine = "author" in queries.parties_of(row, desk.actor)
    content = view.content
    file = StoredFile.objects.filter(pk=content.file).first() if content and content.file else None
    decided = queries.counts_of(row)
    response = page(
        request,
        "desk/plans/one.html",
        desk.frame,
        desk=desk,
        view="plans",
        plan=view,
        row=row,
        look=look_of_stage(view.stage),
        organisation=name_of(desk, row.organisation_id),
        holder=_holder(desk, view),
        late=view.due is not None and view.due < desk.on,
        steps=steps,
        blocked=blocked(view, desk, steps),
        may_write=mine and not view.locked,
        targets=target_lines(desk, view),
        items=content.items if content else (),
        served={item.serves: queries.index_for(row).items.get(item.serves) for item in content.items}
        if content
        else {},
        work={item.title: item for item in items_of_plan(row.pk)},
        file=file,
        may_remark=view.stage.kind is StageKind.WAIT and desk.actor.may(Permission.VIEW) and not mine,
        may_reply=mine,
        replies=[(reply.value, reply.words) for reply in Reply],
        organisations={
            remark.organisation_id: name_of(desk, remark.organisation_id) for remark in view.remarks
        },
        stages={stage.id: stage for stage in view.flow.stages},
        transitions={(t.source, t.id): t.name for t in view.flow.transitions},
        undecided=sum(1 for thing in view.things if thing.decision is None),
        decided=decided,
        succession=queries.succession_of(row),
        faults=list(faults),
        wrong=dict(faults),
        reply_words={reply.value: reply.words for reply in Reply},
        asked=asked or {},
    )
    response.status_code = status
    return response


def _holder(desk: Desk, view: PlanView) -> str:
    """With whom the plan lies now; nobody where it is decided or over."""
    row, stage = view.row, view.stage
    if stage.kind in (StageKind.LOCKED, StageKind.ENDED):
        return ""
    if stage.kind is StageKind.WAIT:
        return view.flow.party_name(stage.holder) or ""
    reviewing = stage.kind is StageKind.REVIEW
    return name_of(
        desk, row.reviewer_id if reviewing and row.reviewer_id is not None else row.organisation_id
    )


def blocked(view: PlanView, desk: Desk, steps: Sequence[Transition]) -> list[Blocked]:
    """Steps that the person's office could take now, were it not for something that can be done about."""
    parties = queries.parties_of(view.row, desk.actor)
    found = []
    for step in view.flow.leaving(view.row.stage):
        if step.by not in parties or step in steps:
            continue
        why = [view.flow.remedy(g) or g for g in step.guards if not view.facts.get(g, False)]
        if step.separate and desk.actor.user in view.authors:
            why.append("您编写过本方案，须由另一位有审定权限的人办理")
        found.append(Blocked(step, tuple(why)))
    return found


def target_lines(desk: Desk, view: PlanView) -> list[TargetLine]:
    """Each target beside the definition, what was handed down, and the newest approved figure of the organisation."""
    if view.content is None:
        return []
    index, row = queries.index_for(view.row), view.row
    ids = {target.indicator for target in view.content.targets}
    figures = latest_figures(row.organisation_id, ids)
    handed = handed_down(row.organisation_id, ids)
    found = []
    for target in view.content.targets:
        year = target.period or str(row.ends.year)
        same = [
            share for share in handed if share.indicator == target.indicator and share.ends.year == int(year)
        ]
        found.append(
            TargetLine(
                target,
                target_words(target),
                f"{target.period}年" if target.period else f"{row.ends.year}年（规划期末）",
                index.indicators.get(target.indicator),
                tuple(told(share.op, share.value, share.unit) for share in same),  # type: ignore[arg-type]
                any(_weaker(target, share.op, share.value) for share in same),
                figures.get(target.indicator),
            )
        )
    return found


def _weaker(target: PlanTarget, op: str, value: Decimal) -> bool:
    """Whether a plan asks less of its organisation than was handed down to it."""
    if op in (">=", ">"):
        return target.op in (">=", ">", "=", "~") and target.value < value
    if op in ("<=", "<"):
        return target.op in ("<=", "<", "=", "~") and target.value > value
    return False


@require_POST
def _step(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    asked = {key: request.POST.get(key, "") for key in ("step", "reason", "revision")}
    revision = row_id(asked["revision"])
    try:
        actions.take_step(
            plan_id=plan,
            transition_id=asked["step"],
            revision=-1 if revision is None else revision,
            by=desk.actor,
            at=timezone.now(),
            reason=asked["reason"].strip(),
        )
    except PlanFault as fault:
        view = queries.plan(plan, on=desk.on)
        faults = [
            (f"reason-{asked['step']}" if "理由" in str(fault) else "", line)
            for line in str(fault).split("\n")
        ]
        return plan_page(request, desk, view, faults=faults, asked=asked, status=422)
    return HttpResponseRedirect(reverse("portal:plan", args=[plan]))


view = at_desk(_view)
step = at_desk(_step)
