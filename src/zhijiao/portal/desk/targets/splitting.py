"""Split the targets of a place: which are split, and the matrix of organisations and years for one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import SCHOOLS
from zhijiao.core.tree import Node
from zhijiao.engines.forms import Field as FormField
from zhijiao.engines.forms import FieldKind, Unreadable, read_number
from zhijiao.indicators.actions import sharing as actions
from zhijiao.indicators.queries import sharing
from zhijiao.indicators.types.sharing import Share, SplitFault, SumCheck
from zhijiao.lib.numbers import whole
from zhijiao.policy.types import Indicator, PackIndex
from zhijiao.policy.types.objects import Target
from zhijiao.policy.types.wording import told
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.plans.shared import typed
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.desk.targets.mine import MEASURED
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

YEARS = 3
"""Years side by side in the matrix."""


@dataclass(frozen=True)
class Place:
    """Where the person splits targets, and to whom."""

    node: Node
    nodes: Sequence[Node]


@dataclass(frozen=True)
class Line:
    """A target that can be split, and for which years it is."""

    indicator: Indicator
    target: Target
    handed: tuple[str, ...]
    drafts: tuple[str, ...]

    @property
    def state(self) -> str:
        """Handed down, drafted or open."""
        return "handed" if self.handed and not self.drafts else "draft" if self.drafts else "open"


@dataclass
class Matrix:
    """Organisations down, years across, for one target. `typed` is what the fields show."""

    years: list[int]
    typed: dict[tuple[int, int], str] = field(default_factory=dict)
    confirmed: dict[tuple[int, int], Share] = field(default_factory=dict)
    drafted: set[int] = field(default_factory=set)
    checks: dict[int, SumCheck] = field(default_factory=dict)


STATES = {"open": "还没有分解", "draft": "有草稿", "handed": "已下达"}
COLUMNS = (
    Column("indicator", "指标", value=lambda x: by_pinyin(x.indicator.name)),
    Column("target", "全市目标", num=True),
    Column("state", "分解", value=lambda x: list(STATES).index(x.state)),
    Column("handed", "已下达的年份"),
    Column("drafts", "草稿"),
)


def place_for(desk: Desk) -> Place:
    """The nearest of my organisations at which I may split targets and that has somebody below. Raises Invisible."""
    for home in desk.homes:
        if desk.actor.may(Permission.SPLIT_TARGETS, home.id):
            nodes = receivers(desk, home)
            if nodes:
                # Counties before the schools that the place runs itself.
                return Place(home, sorted(nodes, key=lambda node: node.kind in SCHOOLS))
    raise Invisible("您的单位下面没有可以分解目标的单位。")


def place_of(desk: Desk, known: Indicator) -> Place:
    """The same for one target: schools only where it is measured at schools. Raises Invisible."""
    place = place_for(desk)
    nodes = [node for node in place.nodes if node.kind not in SCHOOLS or "school" in known.level]
    return Place(place.node, nodes or place.nodes)


def receivers(desk: Desk, home: Node) -> list[Node]:
    """Whom targets go down to: the measured organisations next below; a county's schools are the county's to split to."""
    found: list[Node] = []
    for child in desk.tree.children.get(home.id, ()):
        found += [child] if child.kind in MEASURED else receivers(desk, child)
    return found


def lines(desk: Desk, index: PackIndex, place: Place) -> list[Line]:
    """Every target with a number, in the order of the framework."""
    every = sharing.shares(
        pack=index.id, tenant=desk.actor.tenant, organisations=[node.id for node in place.nodes]
    )
    found = []
    for indicator in index.in_order:
        for target in indicator.targets if indicator.unit else ():
            own = [s for s in every if s.indicator == indicator.id and s.op == target.op]
            handed = sorted({s.period for s in own if s.state == "confirmed"})
            drafts = sorted({s.period for s in own if s.state == "proposed"})
            found.append(Line(indicator, target, tuple(handed), tuple(drafts)))
    return found


def listed(desk: Desk, index: PackIndex, place: Place) -> Listing:
    """The list as the address asks for it."""
    return listing(
        desk.frame,
        lines(desk, index, place),
        COLUMNS,
        (Choice("state", "分解", lambda x: [x.state], lambda key: STATES[key]),),
        lambda x: (x.indicator.name,),
    )


@require_GET
def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    index, place = _index(desk), place_for(desk)
    return page(
        request,
        "desk/targets/splits.html",
        desk.frame,
        desk=desk,
        view="targets",
        splitter=place,
        list=listed(desk, index, place),
        states=STATES,
    )


@require_GET
def _list_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    index, place = _index(desk), place_for(desk)
    columns = (
        *(SheetColumn("指标", width=50), SheetColumn("全市目标", width=20), SheetColumn("分解", width=12)),
        *(SheetColumn("已下达的年份", width=20), SheetColumn("草稿", width=20)),
    )
    rows = [
        [
            x.indicator.name,
            told(x.target.op, x.target.value, x.target.unit),
            STATES[x.state],
            "、".join(x.handed) or None,
            "、".join(x.drafts) or None,
        ]
        for x in listed(desk, index, place).rows
    ]
    return workbook(request, desk, "目标分解清单", columns, rows, "splits", reverse("portal:splits"))


def subject(desk: Desk, indicator: str) -> tuple[PackIndex, Indicator, Target]:
    """The target that the address names: an indicator, and a bound where it has several. Raises Invisible."""
    index = _index(desk)
    known = index.indicators.get(indicator)
    if known is None or known.unit is None or not known.targets:
        raise Invisible("没有这个指标，或它没有数值目标。")
    op = desk.frame.query.get("op", known.targets[0].op)
    target = next((t for t in known.targets if t.op == op), None)
    if target is None:
        raise Invisible("这个指标没有这样的目标。")
    return index, known, target


def first_year(desk: Desk) -> int:
    """The first year of the matrix: as the address says, else this one."""
    asked = whole(desk.frame.query.get("from", ""))
    return asked if asked is not None and 2000 <= asked <= 2100 else desk.on.year


def matrix_of(
    desk: Desk,
    index: PackIndex,
    known: Indicator,
    target: Target,
    place: Place,
    sent: Mapping[str, str] | None,
) -> Matrix:
    """What is drafted and confirmed; with `sent`, what was typed instead of the drafts."""
    years = [first_year(desk) + n for n in range(YEARS)]
    made = Matrix(years)
    organisations = [node.id for node in place.nodes]
    rows = sharing.shares(
        pack=index.id, tenant=desk.actor.tenant, organisations=organisations, indicator=known.id
    )
    rows = [row for row in rows if row.op == target.op and row.period.isdecimal()]
    for row in sorted(rows, key=lambda row: row.state == "proposed"):  # a draft covers what was confirmed
        key = (row.organisation, int(row.period))
        if row.state == "confirmed":
            made.confirmed[key] = row
        else:
            made.drafted.add(key[1])
        made.typed[key] = typed(row.value)
    for year in made.drafted:  # a draft is whole: who is not in it gets nothing
        for organisation in organisations:
            if not any(
                r.organisation == organisation and r.period == str(year) and r.state == "proposed"
                for r in rows
            ):
                made.typed.pop((organisation, year), None)
    if sent is not None:
        made.typed = {
            (organisation, year): sent.get(f"s-{organisation}-{year}", "")
            for organisation in organisations
            for year in years
        }
    additive = sharing.is_additive(index, known)
    for year in years:
        values = [
            v for o in organisations if (v := _number(known, made.typed.get((o, year), ""))) is not None
        ]
        made.checks[year] = sharing.check_sum(target, values, additive=additive)
    return made


def read(
    known: Indicator, place: Place, made: Matrix
) -> tuple[dict[int, dict[int, Decimal]], dict[str, str]]:
    """By year the values typed, and what is wrong beside each field."""
    values: dict[int, dict[int, Decimal]] = {year: {} for year in made.years}
    wrong: dict[str, str] = {}
    for node in place.nodes:
        for year in made.years:
            text = made.typed.get((node.id, year), "").strip()
            if not text:
                continue
            try:
                values[year][node.id] = read_number(text, _field(known))
            except Unreadable as unreadable:
                wrong[f"s-{node.id}-{year}"] = f"{node.label}{year}年：{unreadable.words}"
    return values, wrong


def _field(known: Indicator) -> FormField:
    kind = FieldKind.PERCENT if known.unit == "%" else FieldKind.NUMBER
    return FormField("value", known.name, kind, known.unit)


def _number(known: Indicator, text: str) -> Decimal | None:
    try:
        return read_number(text, _field(known)) if text.strip() else None
    except Unreadable:
        return None


@require_http_methods(["GET", "POST"])
def _one(request: HttpRequest, desk: Desk, indicator: str) -> HttpResponse:
    index, known, target = subject(desk, indicator)
    place = place_of(desk, known)
    if request.method == "GET":
        return matrix_page(
            request, desk, known, target, place, matrix_of(desk, index, known, target, place, None)
        )
    sent = {key: str(value) for key, value in request.POST.items()}
    made = matrix_of(desk, index, known, target, place, sent)
    values, wrong = read(known, place, made)
    faults = list(wrong.items())
    todo, _, asked = sent.get("do", "save").partition("-")
    year = whole(asked)
    if not faults:
        try:
            for each, shares in values.items():
                _save(desk, index, known, target, place, each, shares)
            if todo == "confirm" and year is not None:
                actions.confirm_split(
                    pack=index.id,
                    indicator=known.id,
                    op=target.op,
                    year=year,
                    at_place=place.node.id,
                    note=sent.get("note", ""),
                    by=desk.actor,
                    at=timezone.now(),
                )
            done = f"{todo}-{asked}" if todo == "confirm" else "save"
            return HttpResponseRedirect(desk.frame.here(done=done))
        except SplitFault as fault:
            base = made.years[0] if year is None else year
            faults = [(f"s-{o}-{base}" if o else "note", words) for o, words in fault.problems]
    return matrix_page(
        request, desk, known, target, place, made, faults=faults, note=sent.get("note", ""), status=422
    )


def _save(
    desk: Desk,
    index: PackIndex,
    known: Indicator,
    target: Target,
    place: Place,
    year: int,
    shares: Mapping[int, Decimal],
) -> None:
    """A year whose values are those that were handed down needs no draft."""
    rows = sharing.shares(
        pack=index.id,
        tenant=desk.actor.tenant,
        organisations=[node.id for node in place.nodes],
        indicator=known.id,
    )
    here = [row for row in rows if row.op == target.op and row.period == str(year)]
    confirmed = {row.organisation: row.value for row in here if row.state == "confirmed"}
    if confirmed == dict(shares) and not any(row.state == "proposed" for row in here):
        return
    actions.split_targets(
        pack=index.id,
        indicator=known.id,
        op=target.op,
        year=year,
        values=shares,
        at_place=place.node.id,
        by=desk.actor,
        at=timezone.now(),
    )


def matrix_page(
    request: HttpRequest,
    desk: Desk,
    known: Indicator,
    target: Target,
    place: Place,
    made: Matrix,
    *,
    faults: Sequence[tuple[str, str]] = (),
    note: str = "",
    told_of: str = "",
    status: int = 200,
) -> HttpResponse:
    """The matrix; with what is wrong beside its field. A workbook that came in shows the same page at its own address."""
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:split", args=[known.id])))
    response = page(
        request,
        "desk/targets/split.html",
        desk.frame,
        desk=desk,
        view="targets",
        indicator=known,
        target=target,
        whole=told(target.op, target.value, target.unit),
        splitter=place,
        made=made,
        others=[t for t in known.targets if t.op != target.op],
        faults=list(faults),
        wrong=dict(faults),
        note=note,
        told_of=told_of,
        done=request.GET.get("done", ""),
    )
    response.status_code = status
    return response


def _index(desk: Desk) -> PackIndex:
    if desk.index is None:
        raise Invisible("您的单位没有政策包。")
    return desk.index


list_view = at_desk(_list, Permission.SPLIT_TARGETS)
list_file = at_desk(_list_file, Permission.SPLIT_TARGETS)
one_view = at_desk(_one, Permission.SPLIT_TARGETS)
