"""The list of choices. Every tap is kept at once as a draft; handing in is a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.admissions.actions.drafting import DraftMoved, save_draft
from zhijiao.admissions.queries import filling
from zhijiao.admissions.queries.filling import Edit, edited, place_of, put_back
from zhijiao.admissions.queries.offers import faults_of
from zhijiao.admissions.types.filling import Chosen, Closed, Offer
from zhijiao.lib.numbers import row_id
from zhijiao.portal.choices.shared import Filling, filling_of
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page


def show(request: HttpRequest, desk: Desk, here: Filling, wrong: str = "", status: int = 200) -> HttpResponse:
    """The list with what is wrong with it, and the fixed bar."""
    said = here.state.draft
    faults = (
        faults_of(
            said, here.market.offers, here.market.batches, here.place.candidate.origins, here.market.names
        )
        if said
        else ()
    )
    response = page(
        request,
        "choices/filling.html",
        desk.frame,
        desk=desk,
        view="choices",
        here=here,
        wrong=wrong,
        faults=faults,
        by_line={fault.line: fault.words for fault in faults if fault.line},
        receipt=request.GET.get("receipt", ""),
        gone=_gone(request, here),
    )
    response.status_code = status
    return response


def _view(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    here = filling_of(request, desk, candidate, round_code)
    if request.method != "POST":
        return show(request, desk, here)
    chosen = _edited(request, here)
    said = ""
    if request.POST.get("edit") == Edit.REMOVE:
        line = int(request.POST["line"])
        place = place_of(here.state.draft, line, here.market.offers)
        adjust = "&adjust=1" if line in here.state.draft.adjust else ""
        said = f"gone={line}&place={place}{adjust}" if place else ""
    return change(request, desk, here, chosen, "portal:choices_fill", said)


def _gone(request: HttpRequest, here: Filling) -> tuple[Offer, int] | None:
    """What was just taken out and where it stood, so that it can be put back."""
    line, place = row_id(request.GET.get("gone")), row_id(request.GET.get("place"))
    if line is None or place is None or not here.takes:
        return None
    offer = here.market.offers.get(line)
    return None if offer is None or offer.id in here.state.draft.lines else (offer, place)


def change(
    request: HttpRequest, desk: Desk, here: Filling, chosen: Chosen, onward: str, said: str = ""
) -> HttpResponse:
    """Keep a changed list, and go back to a page. `said`: what that page is to say, as a query."""
    revision = row_id(request.POST.get("revision"))
    try:
        save_draft(
            by=desk.actor,
            at=here.at,
            candidate=here.place.candidate.pk,
            round_code=here.place.round.code,
            chosen=chosen,
            revision=-1 if revision is None else revision,
            opened=here.opened or here.at,
        )
    except (Closed, DraftMoved) as error:
        again = filling_of(request, desk, here.place.candidate.pk, here.place.round.code)
        return show(request, desk, again, str(error), 409)
    back = request.POST.get("back", "")
    query = f"?{back}" if back and len(back) < 400 and "\n" not in back and "\r" not in back else ""
    query = query or (f"?{said}" if said else "")
    return HttpResponseRedirect(f"{reverse(onward, args=here.args)}{query}")


def _edited(request: HttpRequest, here: Filling) -> Chosen:
    asked = request.POST.get("edit", "")
    if asked.startswith("version-"):
        return _version(here, asked.removeprefix("version-"))
    line = row_id(request.POST.get("line"))
    place = row_id(asked.removeprefix("back-"))
    if asked.startswith("back-") and line is not None and place is not None:
        return put_back(
            here.state.draft,
            line,
            place,
            here.market.offers,
            list(here.market.batches),
            adjust=request.POST.get("adjust") == "1",
        )
    if asked not in set(Edit) or line is None:
        raise Http404("没有这样的改动。")
    return edited(here.state.draft, Edit(asked), line, here.market.offers, list(here.market.batches))


def _version(here: Filling, number: str) -> Chosen:
    """The list of a version that was handed in, to go on from."""
    for made in filling.history(here.place.candidate, here.place.round):
        if str(made.receipt.version) == number:
            return made.chosen
    raise Http404("没有这一版。")


def _plan(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    """What can be chosen: filtered by batch, school and words; one tap adds a line."""
    here = filling_of(request, desk, candidate, round_code)
    if request.method == "POST":
        return change(request, desk, here, _edited(request, here), "portal:choices_plan")
    return page(
        request,
        "choices/plan.html",
        desk.frame,
        desk=desk,
        view="choices",
        here=here,
        **_found(here, desk),
    )


def _found(here: Filling, desk: Desk) -> dict[str, Any]:
    from zhijiao.admissions.queries.offers import opened
    from zhijiao.lib.folding import matches

    query = desk.frame.query
    batch = query.get("batch", "") if query.get("batch", "") in here.market.batches else ""
    origins = here.place.candidate.origins
    mine = [offer for offer in here.market.offers.values() if opened(offer, origins)]
    shown = [offer for offer in mine if not batch or offer.batch == batch]
    schools = sorted({(offer.school, offer.school_name) for offer in shown}, key=lambda pair: pair[1])
    if query.get("school"):
        shown = [offer for offer in shown if offer.school == query["school"]]
    if query.get("q"):
        shown = [
            offer
            for offer in shown
            if matches(
                query["q"], (offer.code, offer.school_name, offer.major_name, *(v for _, v in offer.facts))
            )
        ]
    return {
        "batches": [(one, here.market.names[one]) for one in here.market.batches],
        "schools": schools,
        "found": len(shown),
        "offers": shown[:60],
        "hidden": len(here.market.offers) - len(mine),
    }


def _history(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    here = filling_of(request, desk, candidate, round_code)
    return page(
        request,
        "choices/history.html",
        desk.frame,
        desk=desk,
        view="choices",
        here=here,
        versions=filling.history(here.place.candidate, here.place.round),
    )


def _sheet(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> HttpResponse:
    """The form to print and sign: the version that counts."""
    here = filling_of(request, desk, candidate, round_code)
    versions = filling.history(here.place.candidate, here.place.round)
    if not versions:
        raise Http404("还没有提交过志愿，没有可打印的志愿表。")
    return page(
        request,
        "choices/sheet.html",
        desk.frame,
        desk=desk,
        view="choices",
        here=here,
        made=versions[0],
        guardians=filling.guardians(here.place.candidate),
    )


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view))
plan_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_plan))
history_view = require_safe(at_desk(_history))
sheet_view = require_safe(at_desk(_sheet))
