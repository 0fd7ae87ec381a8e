"""The hand-in page: everything my organisations owe, filled in, saved row by row, and handed in with one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.indicators import actions
from zhijiao.indicators.queries.reports import MOST, MOST_APPROVED
from zhijiao.indicators.queries.reports import owed as owed_by
from zhijiao.indicators.queries.several import several
from zhijiao.indicators.types import Clashed, Entered, Owed, Problem, Refused
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import (
    FILTER_STATES,
    WORDS,
    back_to,
    beside,
    choices_of,
    fields,
    filters_of,
    indicator_of,
    is_filled,
    is_open,
    numbered,
)
from zhijiao.portal.pages import page

NOTE = "note"
PARTS = ("value", "numerator", "denominator", "text", NOTE)
MOST_AT_ONCE = 1000


@dataclass
class Duty:
    """The figures of one obligation that one organisation owes on one day."""

    name: str
    organisation_name: str
    clauses: tuple[str, ...]
    lines: list[Owed] = field(default_factory=list)


@dataclass
class Group:
    """What is due on one day."""

    due: date
    duties: list[Duty] = field(default_factory=list)

    @property
    def first(self) -> Owed:
        return self.duties[0].lines[0]

    @property
    def count(self) -> int:
        return sum(len(duty.lines) for duty in self.duties)


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return hand_in_page(request, desk)


def hand_in_page(
    request: HttpRequest, desk: Desk, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    """The page, with what is wrong where something was refused."""
    # Also after a refused form, whose own address is another, the page's links are those of the list.
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:hand_in")))
    lines = [with_typed(line, request.POST) for line in owed(desk)]
    shown = narrowed(desk, lines)
    editable = [line for line in shown if is_open(line)]
    response = page(
        request,
        "desk/reports/hand_in.html",
        desk.frame,
        desk=desk,
        view="hand_in",
        groups=grouped(shown),
        shown=shown,
        total=len(lines),
        cut=cut_words(lines),
        filled=sum(is_filled(line) for line in editable),
        editable=len(editable),
        late=sum(is_late(line) for line in lines),
        returned=sum(line.returned and line.state == "draft" for line in lines),
        several=len({line.organisation for line in lines}) > 1,
        choices=choices_of(lines),
        states=FILTER_STATES,
        state=asked_state(desk),
        problems=problems,
        beside=beside([*problems, *(p for line in editable for p in line.problems if is_filled(line))]),
        warnings=beside(p for line in editable for p in line.warnings),
        **WORDS,
        definition=lambda line: indicator_of(desk, line),
        taken=desk.frame.query.get("taken", ""),
    )
    response.status_code = status
    return response


def with_typed(line: Owed, post: QueryDict) -> Owed:
    """The line with what a refused form said of it, so that nothing typed is lost."""
    said = {part: str(post[f"{part}-{line.id}"]) for part in PARTS if f"{part}-{line.id}" in post}
    return replace(line, typed={**line.typed, **said}) if said else line


def asked_state(desk: Desk) -> str:
    """What the list is narrowed to where the address does not say: what waits for me."""
    return desk.frame.query.get("state", "mine")


def owed(desk: Desk) -> list[Owed]:
    """Everything that the person's own organisations owe and that is not settled; all of it where the address asks."""
    wanted = asked_state(desk)
    filters = filters_of(desk, state="all" if wanted in ("approved", "all") else "open")
    return list(owed_by(desk.actor, desk.on, filters))


def is_late(line: Owed) -> bool:
    """Whether its reporter is late with it: what was handed in is late, if at all, with whoever has to decide."""
    return line.late and line.state == "draft"


def cut_words(lines: Sequence[Owed]) -> list[str]:
    """What the list leaves out, in words: a list that ends early has to say so."""
    approved = sum(line.state == "approved" for line in lines)
    words = []
    if len(lines) - approved >= MOST:
        words.append(f"还没审定的只列出截止最早的 {MOST} 项")
    if approved >= MOST_APPROVED:
        words.append(f"已审定的只列出最近的 {MOST_APPROVED} 项")
    return words


def narrowed(desk: Desk, lines: Sequence[Owed]) -> list[Owed]:
    """The lines in the state that was asked for."""
    tests = {
        "mine": lambda line: line.state == "draft",
        "returned": lambda line: line.state == "draft" and line.returned,
        "review": lambda line: line.state not in ("draft", "approved"),
        "approved": lambda line: line.state == "approved",
        "late": is_late,
    }
    test = tests.get(asked_state(desk))
    return [line for line in lines if test is None or test(line)]


def grouped(lines: Sequence[Owed]) -> list[Group]:
    """Lines by due date, then obligation and organisation."""
    groups: dict[date, Group] = {}
    duties: dict[tuple[date, str, int], Duty] = {}
    for line in sorted(lines, key=lambda o: (o.due, o.organisation, o.obligation, o.indicator, o.ends)):
        key = (line.due, line.obligation, line.organisation)
        if key not in duties:
            duties[key] = Duty(line.obligation_name, line.organisation_name, line.clauses)
            groups.setdefault(line.due, Group(line.due)).duties.append(duties[key])
        duties[key].lines.append(line)
    return list(groups.values())


@require_POST
def _save_row(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """Save one row, or after a paste the whole form; the page's script shows the answer in the row."""
    line = next((o for o in several(desk.actor, [report], desk.on)), None)
    if line is None:
        raise Http404
    clash: Clashed | None = None
    try:
        keep(desk, entered(request.POST, [report]))
    except Clashed as error:
        clash = error
    return _said(request, desk, [report], clash)


@require_POST
def _save_all(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save every row of the form. With the script the rows' answers come back; without it the page."""
    reports = numbered(request.POST, "r")[:MOST_AT_ONCE]
    clash: Clashed | None = None
    try:
        keep(desk, entered(request.POST, reports))
    except Clashed as error:
        clash = error
    if request.headers.get("HX-Request") == "true":
        return _said(request, desk, reports, clash)
    if clash is not None:
        return hand_in_page(request, desk, clash.problems, 409)
    return back_to("portal:hand_in", desk.frame.query)


def _said(request: HttpRequest, desk: Desk, reports: Sequence[int], clash: Clashed | None) -> HttpResponse:
    lines = list(several(desk.actor, reports, desk.on))
    problems = [p for line in lines for p in line.problems if p.code != "required"]
    return page(
        request,
        "desk/reports/said.html",
        desk.frame,
        lines=lines,
        at=timezone.localtime(),
        clash={p.report: p.words for p in clash.problems} if clash else {},
        beside=beside(problems),
        warnings=beside(p for line in lines for p in line.warnings),
        **WORDS,
        several=len(reports) > 1,
    )


@require_POST
def _submit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand in every row that is filled. What is doubtful is shown once more first; what is wrong stops everything."""
    now = timezone.now()
    reports = numbered(request.POST, "r")[:MOST_AT_ONCE]
    try:
        if "confirmed" not in request.POST:
            keep(desk, entered(request.POST, reports))
        lines = [o for o in several(desk.actor, reports, desk.on) if is_open(o) and is_filled(o)]
        errors = [p for line in lines for p in line.problems]
        if errors or not lines:
            nothing = Problem(0, "", "", "nothing", "没有可以提交的：还没有一行填完整。填好数以后再提交。")
            return hand_in_page(request, desk, errors or [nothing], 422)
        if "confirmed" not in request.POST and any(line.warnings for line in lines):
            return _check(request, desk, lines)
        receipt = actions.submit(by=desk.actor, at=now, reports={o.id: o.revision for o in lines})
    except Refused as refused:
        return hand_in_page(request, desk, refused.problems, 409 if isinstance(refused, Clashed) else 422)
    return HttpResponseRedirect(reverse("portal:receipt", args=[receipt.number]))


def _check(request: HttpRequest, desk: Desk, lines: Sequence[Owed]) -> HttpResponse:
    doubtful = [line for line in lines if line.warnings]
    return page(
        request,
        "desk/reports/check.html",
        desk.frame,
        desk=desk,
        view="hand_in",
        lines=lines,
        doubtful=doubtful,
        **WORDS,
    )


@require_POST
def _withdraw(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """Take back what nobody has passed yet."""
    line = next(iter(several(desk.actor, [report], desk.on)), None)
    if line is None:
        raise Http404
    try:
        actions.withdraw(by=desk.actor, at=timezone.now(), reports={report: line.revision})
    except Refused as refused:
        return hand_in_page(request, desk, refused.problems, 409)
    return back_to("portal:hand_in", desk.frame.query)


def keep(desk: Desk, entries: Sequence[Entered]) -> None:
    """Keep what differs from the drafts. The page saves row by row, so a form that is sent a moment later may carry a
    revision that the same person has just passed: then what is left to save is looked at again. Raises Refused, Clashed."""
    try:
        _keep(desk, entries)
    except Clashed:
        _keep(desk, entries)


def _keep(desk: Desk, entries: Sequence[Entered]) -> None:
    lines = {line.id: line for line in several(desk.actor, [e.report for e in entries], desk.on)}
    changed = [e for e in entries if e.report not in lines or _differs(e, lines[e.report])]
    if changed:
        actions.save_drafts(by=desk.actor, at=timezone.now(), entries=changed)


def _differs(entry: Entered, line: Owed) -> bool:
    kept = {field.part: field.typed for field in fields(line)} | {NOTE: line.typed.get(NOTE, line.note)}
    return any(text.strip() != kept.get(part, "").strip() for part, text in entry.values.items())


def entered(post: QueryDict, reports: Sequence[int]) -> list[Entered]:
    """What a form says of some reports. A field that the form does not have stays as it was."""
    found = []
    for report in reports:
        values = {part: str(post[f"{part}-{report}"]) for part in PARTS if f"{part}-{report}" in post}
        revision = post.get(f"revision-{report}", "")
        if values:
            found.append(Entered(report, values, row_id(revision)))
    return found


view = at_desk(_view, Permission.REPORT)
save_row = at_desk(_save_row, Permission.REPORT)
save_all = at_desk(_save_all, Permission.REPORT)
submit = at_desk(_submit, Permission.REPORT)
withdraw = at_desk(_withdraw, Permission.REPORT)
