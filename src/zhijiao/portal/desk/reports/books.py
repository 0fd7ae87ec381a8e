"""The workbook out and in again: checked first, then said what would change, then filled in as drafts.

Nothing is kept between the steps: the page carries what was read, signed and bound to its reader.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.indicators import actions
from zhijiao.indicators.queries.reports import owed as owed_by
from zhijiao.indicators.queries.several import check
from zhijiao.indicators.types import Clashed, Entered, Filters, Refused
from zhijiao.indicators.types import Owed as Line
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports import hand_in
from zhijiao.portal.desk.reports.shared import fields, is_open, stage_of
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.pages import page
from zhijiao.render.xlsx.opening import MOST_BYTES, UnreadableBook, not_a_workbook
from zhijiao.reports.queries import hand_in_workbook, is_ours, marked_workbook, own, read_workbook
from zhijiao.reports.types import Asked, Columns, Entry, Grid, Matched, Owed, Part, Problem, Taken

SALT = "zhijiao.hand-in"
MOST_CARRIED = 1_200_000
"""Bytes of a workbook that a page carries, to give it back marked. A bigger one is told about in words only."""
ONE_HOUR = 3600


@dataclass(frozen=True)
class Cell:
    """One value that would change: of which figure, from what, to what, and where it was read."""

    report: int
    name: str
    organisation: str
    period: str
    label: str
    unit: str
    old: str
    new: str
    where: str
    computed: bool


# -- out -------------------------------------------------------------------------------------------


@require_GET
def _download(request: HttpRequest, desk: Desk) -> HttpResponse:
    lines = hand_in.narrowed(desk, hand_in.owed(desk))
    day = desk.on.isoformat()
    where = "、".join(dict.fromkeys(node.label for node in desk.homes)) or "本单位"
    content = hand_in_workbook(
        [owed_of(line) for line in lines],
        title=f"{where}指标填报工作簿",
        on=desk.on,
        permalink=request.build_absolute_uri(reverse("portal:hand_in")),
    )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = name_of_file(f"{where}指标填报_{day}.xlsx", f"reports-{day}.xlsx")
    return response


def owed_of(line: Line) -> Owed:
    """A figure owed as the workbook shows it."""
    parts: list[Asked] = []
    for field in fields(line):
        last, approved = (
            (getattr(figure, field.part) or None) if figure else None for figure in (line.last, line.approved)
        )
        kept = getattr(line, field.part) or None
        now = kept if kept is not None else field.typed or None
        parts.append(Asked(_part(field.part), field.label, field.unit, last, approved, now))
    return Owed(
        report=line.id,
        indicator=line.indicator,
        name=line.indicator_name,
        other_names=(),
        organisation=line.organisation_name,
        period=line.period,
        period_words=line.period_words,
        due=line.due,
        state=stage_of(line).words,
        asked=tuple(parts),
        note=line.typed.get("note", line.note),
        open=is_open(line),
    )


def _part(name: str) -> Part:
    parts: dict[str, Part] = {
        "value": "value",
        "numerator": "numerator",
        "denominator": "denominator",
        "text": "text",
        "note": "note",
    }
    return parts[name]


# -- in: check -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Read what was sent. Ours is told by its mark; any other is read by the names of its rows."""
    if request.method != "POST":
        return _start(request, desk)
    sent = request.FILES.get("book")
    if not isinstance(sent, UploadedFile):
        return _start(request, desk, "请先选择一个 .xlsx 工作簿。", 422)
    content = sent.read(MOST_BYTES + 1)
    lines = _lines(desk)
    owed = [owed_of(line) for line in lines]
    try:
        if is_ours(content):
            return _checked(request, desk, lines, read_workbook(content, owed), sent.name or "", content)
        grids = own.read_grids(content)
    except UnreadableBook as error:
        return _start(request, desk, f"“{sent.name}”{error}", 422)
    except (ValueError, KeyError, TypeError, AttributeError):
        # The reading library fails in many ways on what only looks like a workbook.
        return _start(request, desk, f"“{sent.name}”{not_a_workbook()}", 422)
    return _matched(request, desk, lines, grids, own.guess(grids, owed), sent.name or "", {})


def _start(request: HttpRequest, desk: Desk, fault: str = "", status: int = 200) -> HttpResponse:
    response = page(
        request,
        "desk/reports/book.html",
        desk.frame,
        desk=desk,
        view="hand_in",
        fault=fault,
        count=len(_lines(desk)),
    )
    response.status_code = status
    return response


def _lines(desk: Desk) -> list[Line]:
    return list(owed_by(desk.actor, desk.on, Filters(state="open")))


def _checked(
    request: HttpRequest,
    desk: Desk,
    lines: Sequence[Line],
    taken: Taken,
    name: str,
    content: bytes | None = None,
    **more: Any,
) -> HttpResponse:
    """Say everything that is wrong, by cell; where nothing is, what would change."""
    by_id = {line.id: line for line in lines}
    problems = [*taken.problems, *_misread(taken.entries, by_id, desk)]
    changes, same = _changes(taken.entries, by_id)
    carried = ""
    if problems and content is not None and len(content) <= MOST_CARRIED:
        carried = _sign(
            desk,
            {
                "name": name,
                "book": base64.b85encode(content).decode(),
                "problems": [(p.sheet, p.cell, p.words) for p in problems],
            },
        )
    plan = [
        (entry.report, by_id[entry.report].revision, entry.values)
        for entry in taken.entries
        if entry.report in {c.report for c in changes}
    ]
    response = page(
        request,
        "desk/reports/book_plan.html",
        desk.frame,
        desk=desk,
        view="hand_in",
        name=name,
        problems=problems,
        carried=carried,
        changes=changes,
        figures=len(plan),
        same=same,
        blank=taken.blank,
        plan="" if problems else _sign(desk, {"plan": plan}),
        **{"own": None, **more},
    )
    response.status_code = 422 if problems else 200
    return response


def _misread(entries: Sequence[Entry], lines: Mapping[int, Line], desk: Desk) -> list[Problem]:
    """What the forms say of the texts, told at the cells they stand in."""
    checked = check(desk.actor, [Entered(entry.report, entry.values) for entry in entries], desk.on)
    by_report = {entry.report: entry for entry in entries}
    found = []
    for problem in checked:
        entry = by_report.get(problem.report)
        if entry is None or problem.level != "error" or problem.code == "required":
            continue
        at = entry.found.get(_part(problem.field)) if problem.field in hand_in.PARTS else None
        at = at or next(iter(entry.found.values()))
        name = f"“{lines[problem.report].indicator_name}”"
        words = problem.words if problem.words.startswith(name) else f"{name}：{problem.words}"
        found.append(Problem(at.sheet, at.cell, words))
    return found


def _changes(entries: Sequence[Entry], lines: Mapping[int, Line]) -> tuple[list[Cell], int]:
    """What would change, and how many values are the same as they stand."""
    changed, same = [], 0
    for entry in entries:
        line = lines[entry.report]
        known = {field.part: (field.label, field.unit, field.typed) for field in fields(line)}
        known["note"] = ("说明", "", line.typed.get("note", line.note))
        for part, found in entry.found.items():
            label, unit, old = known[part]
            if _comparable(found.text) == _comparable(old):
                same += 1
                continue
            changed.append(
                Cell(
                    line.id,
                    line.indicator_name,
                    line.organisation_name,
                    line.period_words,
                    "" if part == "value" else label,
                    unit,
                    old,
                    found.text,
                    f"{found.sheet}!{found.cell}",
                    found.computed,
                )
            )
    return changed, same


def _comparable(text: str) -> str:
    return text.replace(",", "").replace("，", "").strip()


# -- in: somebody's own workbook -------------------------------------------------------------------


def _matched(
    request: HttpRequest,
    desk: Desk,
    lines: Sequence[Line],
    grids: Sequence[Grid],
    columns: Columns | None,
    name: str,
    chosen: Mapping[str, tuple[int, Part]],
    period: str = "",
) -> HttpResponse:
    """Show which row was taken for which figure, which was not, and let the reader correct the columns."""
    periods = dict(sorted(((line.period, line.period_words) for line in lines), reverse=True))
    period = period if period in periods else next(iter(periods), "")
    kept = [line for line in lines if line.period == period] if len(periods) > 1 else list(lines)
    owed = [owed_of(line) for line in kept]
    result = (
        own.match(grids[columns.sheet], columns, owed, chosen)
        if columns is not None
        else Matched(Taken(), (), (), ())
    )
    return _checked(
        request,
        desk,
        lines,
        result.taken,
        name,
        own=result,
        columns=columns,
        grids=grids,
        titles=own.titles(grids[columns.sheet if columns else 0]) if grids else [],
        periods=list(periods.items()),
        period=period,
        grid=_sign(
            desk, {"name": name, "grids": [(g.name, g.rows, sorted(g.computed)) for g in trimmed(grids)]}
        ),
        named={line.id: line for line in lines},
    )


def trimmed(grids: Sequence[Grid]) -> list[Grid]:
    """What the page carries on: enough rows of enough sheets for any office's table."""
    left, kept = 20_000, []
    for grid in grids:
        cells = sum(len(row) for row in grid.rows)
        if cells > left:
            break
        left -= cells
        kept.append(grid)
    return kept


@require_POST
def _own_again(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Read the same workbook again with the columns, the period and the rows that the reader named."""
    sent = _open(desk, request.POST.get("grid", ""))
    if sent is None:
        return _start(request, desk, "这一页已经过期，请重新上传工作簿。", 422)
    grids = [
        Grid(name, tuple(tuple(row) for row in rows), frozenset((r, c) for r, c in computed))
        for name, rows, computed in sent["grids"]
    ]
    numbers = [request.POST.get(key, "") for key in ("sheet", "names", "values")]
    columns = None
    if grids and all(n.isdecimal() and len(n) < 5 for n in numbers):
        sheet, names, values = (int(n) for n in numbers)
        columns = Columns(min(sheet, len(grids) - 1), names, values)
    chosen: dict[str, tuple[int, Part]] = {}
    for key, value in request.POST.items():
        asked, _, part = str(value).partition(".")
        report = row_id(asked)
        if key.startswith("row-") and report is not None and part in hand_in.PARTS:
            chosen[key.removeprefix("row-")] = (report, _part(part))
    lines = _lines(desk)
    period = request.POST.get("period", "")
    return _matched(request, desk, lines, grids, columns, str(sent["name"]), chosen, period)


# -- in: apply -------------------------------------------------------------------------------------


@require_POST
def _apply(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Fill the drafts with what was shown. The same again changes nothing; what changed meanwhile is told."""
    sent = _open(desk, request.POST.get("plan", ""))
    if sent is None:
        return _start(request, desk, "这一页已经过期，请重新上传工作簿。", 422)
    entered = [Entered(report, values, revision) for report, revision, values in sent["plan"]]
    try:
        actions.save_drafts(by=desk.actor, at=timezone.now(), entries=entered)
    except Clashed as error:
        return hand_in.hand_in_page(request, desk, error.problems, 409)
    except Refused as error:
        return hand_in.hand_in_page(request, desk, error.problems, 422)
    return HttpResponseRedirect(f"{reverse('portal:hand_in')}?taken={len(entered)}")


@require_POST
def _marked(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sender's own workbook with the wrong cells marked."""
    sent = _open(desk, request.POST.get("carried", ""))
    if sent is None:
        return _start(request, desk, "这一页已经过期，请重新上传工作簿。", 422)
    content = marked_workbook(base64.b85decode(sent["book"]), [Problem(*p) for p in sent["problems"]])
    response = HttpResponse(content, content_type=XLSX)
    stem = str(sent["name"]).removesuffix(".xlsx")[:80] or "工作簿"
    response["Content-Disposition"] = name_of_file(f"{stem}_需要改正.xlsx", "marked.xlsx")
    return response


def _sign(desk: Desk, what: Mapping[str, Any]) -> str:
    return signing.dumps({**what, "for": desk.actor.user}, salt=SALT, compress=True)


def _open(desk: Desk, signed: str) -> dict[str, Any] | None:
    """What a page carried, if it is ours, of this person, and not old."""
    try:
        found = signing.loads(signed, salt=SALT, max_age=ONE_HOUR)
    except signing.BadSignature:
        return None
    return found if isinstance(found, dict) and found.get("for") == desk.actor.user else None


download = at_desk(_download, Permission.REPORT)
upload = at_desk(_upload, Permission.REPORT)
own_again = at_desk(_own_again, Permission.REPORT)
apply = at_desk(_apply, Permission.REPORT)
marked = at_desk(_marked, Permission.REPORT)
