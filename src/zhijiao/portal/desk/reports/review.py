"""What waits for my decision: a list and a matrix, approved in one sitting or returned with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.indicators import actions
from zhijiao.indicators.queries.reports import to_review
from zhijiao.indicators.types import RETURN_REASONS, Clashed, Problem, Reason, Refused, Sitting, ToReview
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import WORDS, choices_of, filters_of
from zhijiao.portal.pages import page

MOST_AT_ONCE = 2000
FLAGS = (("clean", "没有提示的"), ("flagged", "有提示的"))


@dataclass
class Group:
    """Reports of one obligation and period."""

    obligation: str
    name: str
    period: str
    period_words: str
    lines: list[ToReview] = field(default_factory=list)


@dataclass
class Matrix:
    """Organisations down, figures across, for one period: everything of a sitting on one sheet."""

    period_words: str
    figures: list[tuple[str, str, str]]
    """Indicator, name, unit."""
    rows: list[tuple[str, dict[str, ToReview]]]
    """Organisation and its reports by indicator."""


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return review_page(request, desk)


def review_page(
    request: HttpRequest,
    desk: Desk,
    problems: Sequence[Problem] = (),
    status: int = 200,
    chosen: frozenset[int] = frozenset(),
) -> HttpResponse:
    """The page; after a refused step with what is wrong, and what was chosen still chosen."""
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:review")))
    every = waiting(desk)
    shown = narrowed(desk, every)
    as_matrix = desk.frame.query.get("view") == "matrix"
    response = page(
        request,
        "desk/reports/review.html",
        desk.frame,
        desk=desk,
        view="review",
        lines=shown,
        total=len(every),
        cut=MOST_AT_ONCE if len(every) >= MOST_AT_ONCE else 0,
        flagged=sum(bool(line.flags) for line in shown),
        clean=sum(decidable(line) and not line.flags for line in shown),
        own=sum(line.own for line in shown),
        groups=[] if as_matrix else grouped(shown),
        matrices=matrices(shown) if as_matrix else [],
        as_matrix=as_matrix,
        views=[
            ("逐项", desk.frame.here(view=None), not as_matrix),
            ("矩阵（单位 × 指标）", desk.frame.here(view="matrix"), as_matrix),
        ],
        choices=choices_of(line.owed for line in every),
        flags=FLAGS,
        reasons=[(reason.value, words) for reason, words in RETURN_REASONS.items()],
        problems=problems,
        wrong={problem.report: problem.words for problem in problems if problem.report},
        chosen=chosen,
        asked={key: request.POST.get(key, "") for key in ("reason", "words")},
        done=desk.frame.query.get("returned", ""),
        **WORDS,
        decidable=decidable,
    )
    response.status_code = status
    return response


def waiting(desk: Desk) -> list[ToReview]:
    """What waits for a decision of the person's organisations, narrowed as the address asks."""
    return to_review(desk.actor, desk.on, filters_of(desk, state="review"), most=MOST_AT_ONCE)


def decidable(line: ToReview) -> bool:
    """Whether the reader may decide it: what one handed in oneself somebody else decides."""
    return not line.own


def narrowed(desk: Desk, lines: Sequence[ToReview]) -> list[ToReview]:
    """By flags, where the address asks; else all. Sorted by obligation, period and organisation."""
    asked = desk.frame.query.get("flag", "")
    kept = [
        line
        for line in lines
        if asked not in ("clean", "flagged") or bool(line.flags) == (asked == "flagged")
    ]
    return sorted(kept, key=lambda line: (line.owed.due, line.owed.obligation, line.owed.organisation))


def grouped(lines: Sequence[ToReview]) -> list[Group]:
    """By obligation and period."""
    found: dict[tuple[str, str], Group] = {}
    for line in lines:
        owed = line.owed
        key = (owed.obligation, owed.period)
        if key not in found:
            found[key] = Group(owed.obligation, owed.obligation_name, owed.period, owed.period_words)
        found[key].lines.append(line)
    return list(found.values())


def matrices(lines: Sequence[ToReview]) -> list[Matrix]:
    """One matrix a period; where an organisation has two reports of a figure, the second stands in the list view only."""
    found: list[Matrix] = []
    for period in dict.fromkeys(line.owed.period for line in lines):
        own = [line for line in lines if line.owed.period == period]
        figures = dict.fromkeys((o.owed.indicator, o.owed.indicator_name, o.owed.unit) for o in own)
        rows: dict[int, tuple[str, dict[str, ToReview]]] = {}
        for line in own:
            row = rows.setdefault(line.owed.organisation, (line.owed.organisation_name, {}))
            row[1].setdefault(line.owed.indicator, line)
        found.append(Matrix(own[0].owed.period_words, list(figures), list(rows.values())))
    return found


@require_POST
def _decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Approve what was chosen, or return it with a reason: all of it, or nothing and why."""
    sitting = _sitting(request)
    chosen = frozenset(sitting.reports)
    if not chosen:
        return _refused(request, desk, "请先勾选要审核的数，再点通过或退回。", chosen)
    now = timezone.now()
    try:
        if request.POST.get("do") == "return":
            code, words = request.POST.get("reason", ""), request.POST.get("words", "").strip()
            if code not in set(Reason):
                return _refused(request, desk, "请选择退回的理由。", chosen, field="reason")
            actions.return_for_correction(
                by=desk.actor, at=now, reports=sitting.reports, reason=Reason(code), words=words
            )
            return HttpResponseRedirect(f"{desk.frame.url('portal:review')}?returned={len(chosen)}")
        decided = actions.decide(by=desk.actor, at=now, reports=sitting.reports)
    except Refused as refused:
        return review_page(
            request, desk, refused.problems, 409 if isinstance(refused, Clashed) else 422, chosen
        )
    return HttpResponseRedirect(reverse("portal:receipt", args=[decided.receipt.number]))


def _sitting(request: HttpRequest) -> Sitting:
    tokens = request.POST.getlist("t")[:MOST_AT_ONCE]
    return Sitting.from_tokens([t for t in tokens if t.replace(".", "", 1).isdecimal() and len(t) < 30])


def _refused(
    request: HttpRequest, desk: Desk, words: str, chosen: frozenset[int], field: str = ""
) -> HttpResponse:
    return review_page(request, desk, [Problem(0, "", field, "asked", words)], 422, chosen)


view = at_desk(_view, Permission.REVIEW)
decide = at_desk(_decide, Permission.REVIEW)
