"""What the plan before left open, and the decision on each: one by one, or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.planning import actions, queries
from zhijiao.planning.queries import PlanView
from zhijiao.planning.types import Decision, OpenThing, PlanFault, ThingKind
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn


@dataclass(frozen=True)
class Line:
    """A thing in the table, with the numbers of its fields."""

    number: int
    thing: OpenThing

    @property
    def key(self) -> tuple[ThingKind, str]:
        """Kind and id."""
        return self.thing.kind, self.thing.id


COLUMNS = (
    Column("kind", "类别", value=lambda line: line.thing.kind.words),
    Column("title", "事项", value=lambda line: line.thing.title),
    Column("stands", "到哪一步", value=lambda line: line.thing.where_it_stands),
    Column("decision", "决定", value=lambda line: line.thing.decision.value if line.thing.decision else None),
)


def listed(desk: Desk, view: PlanView) -> Listing:
    """The things as the address asks for them."""
    every = [Line(number, thing) for number, thing in enumerate(view.things)]
    return listing(
        desk.frame,
        every,
        COLUMNS,
        (
            Choice("kind", "类别", lambda line: [line.thing.kind.words]),
            Choice(
                "decision",
                "决定",
                lambda line: [line.thing.decision.value if line.thing.decision else "none"],
                lambda key: "还没有决定" if key == "none" else Decision(key).words,
            ),
        ),
        lambda line: (line.thing.title, line.thing.where_it_stands, line.thing.words),
    )


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    view = queries.plan(plan, on=desk.on)
    if request.method == "GET":
        return _page(request, desk, view)
    typed = {key: str(value) for key, value in request.POST.items() if key.partition("-")[0] in ("d", "w")}
    if request.POST.get("do") in ("fill", "fill_all"):
        return _page(request, desk, view, typed=filled(request, desk, view, typed))
    decisions, faults = chosen(view, typed)
    if not faults and not decisions:
        faults = [("", "还没有选择任何决定。")]
    if not faults:
        try:
            actions.decide_open(plan_id=plan, decisions=decisions, by=desk.actor, at=timezone.now())
        except PlanFault as fault:
            faults = [("", words) for words in str(fault).split("\n")]
    if faults:
        return _page(request, desk, view, typed=typed, faults=faults, status=422)
    return HttpResponseRedirect(f"{reverse('portal:plan_carried', args=[plan])}?done={len(decisions)}")


def filled(request: HttpRequest, desk: Desk, view: PlanView, typed: Mapping[str, str]) -> dict[str, str]:
    """The same decision and words for all that are ticked, or listed, and not decided yet: to be looked at before they are
    given."""
    decision, words = request.POST.get("all", ""), request.POST.get("words", "")
    ticked = set(request.POST.getlist("pick"))
    if request.POST.get("do") == "fill_all":
        ticked = {str(line.number) for line in listed(desk, view).rows}
    made = dict(typed)
    for number, thing in enumerate(view.things):
        if thing.decision is None and str(number) in ticked:
            made[f"d-{number}"], made[f"w-{number}"] = decision, words
    return made


def chosen(
    view: PlanView, typed: Mapping[str, str]
) -> tuple[dict[tuple[ThingKind, str], tuple[Decision, str]], list[tuple[str, str]]]:
    """The decisions that the form gives, and what is wrong with others: (field, words)."""
    decisions: dict[tuple[ThingKind, str], tuple[Decision, str]] = {}
    faults: list[tuple[str, str]] = []
    for number, thing in enumerate(view.things):
        value, words = typed.get(f"d-{number}", ""), typed.get(f"w-{number}", "").strip()
        if thing.decision is not None or value not in set(Decision):
            if words and thing.decision is None:
                faults.append((f"d-{number}", f"“{thing.title}”写了说明，没有选择决定。"))
            continue
        decision = Decision(value)
        if decision is not Decision.CARRY and not words:
            faults.append((f"w-{number}", f"“{thing.title}”决定为“{decision.words}”，要说明理由或去向。"))
            continue
        decisions[thing.kind, thing.id] = (decision, words)
    return decisions, faults


def _page(
    request: HttpRequest,
    desk: Desk,
    view: PlanView,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    counts = {decision: sum(1 for t in view.things if t.decision is decision) for decision in Decision}
    response = page(
        request,
        "desk/plans/carried.html",
        desk.frame,
        desk=desk,
        view="plans",
        plan=view,
        row=view.row,
        list=listed(desk, view),
        may_decide=desk.actor.may(Permission.APPROVE_PLANS, view.row.organisation_id),
        decisions=[(d.value, d.words) for d in Decision],
        counts=[(d.words, n) for d, n in counts.items() if n],
        undecided=sum(1 for thing in view.things if thing.decision is None),
        typed=typed or {},
        faults=list(faults),
        wrong=dict(faults),
        done=request.GET.get("done", ""),
    )
    response.status_code = status
    return response


@require_GET
def _file(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    view = queries.plan(plan, on=desk.on)
    columns = (
        *(SheetColumn("类别", width=8), SheetColumn("事项", width=50), SheetColumn("到哪一步", width=44)),
        *(SheetColumn("决定", width=14), SheetColumn("说明", width=44), SheetColumn("谁决定", width=14)),
        SheetColumn("何时", kind="date"),
    )
    rows = [
        [
            *(thing.kind.words, thing.title, thing.where_it_stands),
            *(
                thing.decision.words if thing.decision else None,
                thing.words or None,
                thing.decided_by or None,
            ),
            timezone.localtime(thing.decided_at).date() if thing.decided_at else None,
        ]
        for thing in (line.thing for line in listed(desk, view).rows)
    ]
    address = reverse("portal:plan_carried", args=[plan])
    return workbook(request, desk, f"{view.row.title}的结转", columns, rows, "carried", address)


view = at_desk(_view)
file = at_desk(_file)
