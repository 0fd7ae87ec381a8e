"""The version of the place's pack that waits: what it touches and how much work hangs on each, then accept or decline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Node
from zhijiao.planning import actions
from zhijiao.planning.queries import Waiting, waiting
from zhijiao.planning.types import GoneDecision, PlanFault, Touched
from zhijiao.policy import queries as policy
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.portal.policy.fields import field_words
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

ROOM_WORDS = {
    "obligations": "报送义务",
    "indicators": "指标和目标",
    "tasks": "任务",
    "chains": "审批链",
    "procedures": "办理程序",
}
CHANGE_WORDS = {"added": "新增", "removed": "删去", "changed": "修改"}

COLUMNS = (
    Column("room", "类别", value=lambda touched: list(ROOM_WORDS).index(touched.room)),
    Column("name", "改了什么"),
    Column("change", "怎样改", value=lambda touched: list(CHANGE_WORDS).index(touched.change)),
    Column("work", "现在有多少业务", num=True, value=lambda touched: touched.at_work),
    Column("then", "接受以后"),
)


def place_of(desk: Desk) -> Node | None:
    """The place of the person's pack, where they may accept its versions."""
    place = desk.tree.place(desk.pack) if desk.pack else None
    return place if place is not None and desk.actor.may(Permission.ACCEPT_PACKS, place.id) else None


def found(desk: Desk) -> Waiting | None:
    """What waits."""
    place = place_of(desk)
    return waiting(desk.pack, place.id, by=desk.actor, on=desk.on) if place is not None else None


def listed(desk: Desk, wait: Waiting) -> Listing:
    """What is touched, as the address asks for it; what most work hangs on comes first."""
    rows = sorted(wait.impact.touched, key=lambda touched: -touched.at_work)
    return listing(
        desk.frame,
        rows,
        COLUMNS,
        (
            Choice("room", "类别", lambda touched: [touched.room], lambda key: ROOM_WORDS[key]),
            Choice("change", "怎样改", lambda touched: [touched.change], lambda key: CHANGE_WORDS[key]),
            Choice(
                "work",
                "业务",
                lambda touched: ["some" if touched.at_work else "none"],
                lambda key: {"some": "有人在办", "none": "还没有业务"}[key],
            ),
        ),
        lambda touched: (touched.name, touched.id),
    )


THEN: Mapping[tuple[str, str], str] = {
    ("obligations", "added"): "从下一个报告期起要报",
    ("obligations", "removed"): "没有报过的草稿关闭；已提交的照常审；已审定的保留",
    ("obligations", "changed"): "从下一个报告期起按新的报；已开放的按原来的链审",
    ("indicators", "added"): "看板上新增",
    ("indicators", "removed"): "看板上不再列；已审定的数保留",
    ("indicators", "changed"): "看板按新的口径和目标判定；已审定的数仍注明原口径",
    ("tasks", "added"): "立项，落实到责任单位",
    ("tasks", "removed"): "在办的逐项决定：了结，或继续办到原时限",
    ("tasks", "changed"): "在办的事项随之更新，进展和佐证保留",
    ("chains", "added"): "以后开放的报送可以使用",
    ("chains", "removed"): "已开放的报送按原来的链审完",
    ("chains", "changed"): "已开放的报送按原来的链审完，以后开放的用新链",
    ("procedures", "added"): "以后开始的可以使用",
    ("procedures", "removed"): "在办的按原程序办完",
    ("procedures", "changed"): "在办的按原程序办完，以后开始的用新程序",
}


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    place = place_of(desk)
    if place is None:
        raise Invisible("您的单位不管理政策包版本。")
    wait = found(desk)
    if request.method == "GET":
        return _page(request, desk, wait)
    asked = {key: str(value) for key, value in request.POST.items()}
    version = asked.get("version", "")
    if wait is None or wait.offered.version != version:
        words = "您看过的版本已不在等待：已经有人办理，或来了更新的版本。下面是现在的情况，没有办理任何事。"
        return _page(request, desk, wait, asked=asked, faults=[("", words)], status=422)
    try:
        if asked.get("do") == "decline":
            actions.decline_version(
                pack=desk.pack,
                version=version,
                at_place=place.id,
                reason=asked.get("reason", ""),
                by=desk.actor,
                at=timezone.now(),
            )
        else:
            actions.accept_version(
                pack=desk.pack,
                version=version,
                at_place=place.id,
                decisions=_decisions(asked),
                reason=asked.get("note", "").strip(),
                by=desk.actor,
                at=timezone.now(),
            )
    except PlanFault as fault:
        field = "reason" if asked.get("do") == "decline" else "gone"
        return _page(request, desk, wait, asked=asked, faults=[(field, str(fault))], status=422)
    return HttpResponseRedirect(f"{reverse('portal:packs_waiting')}?done={asked.get('do', 'accept')}")


def _decisions(asked: Mapping[str, str]) -> dict[str, GoneDecision]:
    return {
        key.removeprefix("g-"): GoneDecision(value)
        for key, value in asked.items()
        if key.startswith("g-") and value in set(GoneDecision)
    }


def _page(
    request: HttpRequest,
    desk: Desk,
    wait: Waiting | None,
    *,
    asked: Mapping[str, str] | None = None,
    faults: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    response = page(
        request,
        "desk/packs/waiting.html",
        desk.frame,
        desk=desk,
        view="packs",
        wait=wait,
        list=listed(desk, wait) if wait else None,
        totals=totals_of(wait.impact.touched) if wait else {},
        changes=Counter(t.change for t in wait.impact.touched) if wait else {},
        room_words=ROOM_WORDS,
        change_words=CHANGE_WORDS,
        then=THEN,
        fields_of=fields_of,
        decisions=[(decision.value, decision.words) for decision in GoneDecision],
        history=policy.answered(desk.pack),
        refusal=policy.refusal(desk.pack),
        asked=asked or {},
        faults=list(faults),
        wrong=dict(faults),
        done=request.GET.get("done", ""),
    )
    response.status_code = status
    return response


def totals_of(every: Sequence[Touched]) -> Mapping[str, int]:
    """How much work of each kind is touched. A report hangs on its duty, its indicator and its chain: it counts once."""
    rooms: dict[str, Counter[str]] = {}
    for touched in every:
        rooms.setdefault(touched.room, Counter()).update(touched.work)
    found: Counter[str] = Counter()
    for counted in rooms.values():
        found |= counted  # the larger of the two
    return found


def fields_of(touched: Touched) -> str:
    """The fields that changed, in words."""
    if touched.room == "tasks":  # counted by items, described as part of their row
        return "、".join(
            field_words("tasks", f"items.{field}").rpartition(" · ")[2] for field in touched.fields
        )
    return "、".join(field_words(touched.room, field) for field in touched.fields)


@require_GET
def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    wait = found(desk)
    if wait is None:
        raise Http404("没有等待接受的版本。")
    columns = (
        *(SheetColumn("类别", width=14), SheetColumn("改了什么", width=50), SheetColumn("编号", width=22)),
        *(SheetColumn("怎样改", width=8), SheetColumn("改动的栏目", width=40)),
        *(SheetColumn("现在有多少业务", kind="number"), SheetColumn("其中", width=44)),
        SheetColumn("接受以后", width=44),
    )
    rows = [
        [
            *(ROOM_WORDS[touched.room], touched.name, touched.id, CHANGE_WORDS[touched.change]),
            *(fields_of(touched) or None, touched.at_work),
            "、".join(f"{words} {n}" for words, n in touched.work.items()) or None,
            THEN[touched.room, touched.change],
        ]
        for touched in listed(desk, wait).rows
    ]
    return workbook(request, desk, "政策包新版影响", columns, rows, "pack", reverse("portal:packs_waiting"))


def card(desk: Desk) -> Card | None:
    """A version that waits for the person."""
    if place_of(desk) is None:
        return None
    offered = policy.offer(desk.pack)
    lines = (
        (Line("看影响，决定是否接受", reverse("portal:packs_waiting"), f"{offered.offered_at:%m-%d} 送来"),)
        if offered is not None
        else ()
    )
    return Card(
        "政策包新版本",
        len(lines),
        reverse("portal:packs_waiting"),
        lines,
        nothing="没有等待接受的版本。",
    )


view = at_desk(_view, Permission.ACCEPT_PACKS)
file = at_desk(_file, Permission.ACCEPT_PACKS)
