"""What adds to the marks: which items there are, what proves them, the family's own claims with their papers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.admissions.actions.bonus import claim_bonus
from zhijiao.admissions.actions.proofs import KINDS, MEGABYTE, add_proofs, open_proof
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import bonus, filling
from zhijiao.admissions.queries.filling import Candidate
from zhijiao.admissions.types.bonus import MOST_BYTES, MOST_PROOFS, Proof
from zhijiao.core.access.actor import Invisible
from zhijiao.core.filestore.kinds import accept, words_for
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.looks import Look
from zhijiao.portal.pages import page

FIELD = "files"
DONE = {"claim": "已申报，等待审核。审核结果会发消息通知。", "add": "材料已补充。"}
_LOOKS = {
    "asked": ("等待县招生办或主管部门审核", "clock", "some"),
    "confirmed": ("计入总分", "full", "good"),
    "refused": ("没有计入", "closed", "bad"),
}


def look_of_claim(row: bonus.BonusClaim) -> Look:
    """A claim by word, shape and tone."""
    from zhijiao.admissions.types.states import ClaimState

    return Look(row.state, ClaimState(row.state).words, *_LOOKS[row.state])


def papers(request: HttpRequest) -> list[Proof]:
    """The files that came with a form. What is too large is not read further than needed to say so."""
    sent = request.FILES.getlist(FIELD)
    return [Proof(one.name or "", one.read(MOST_BYTES + 1)) for one in sent[: MOST_PROOFS + 1]]


def limits() -> dict[str, object]:
    """What a form says of files."""
    return {
        "most": MOST_PROOFS,
        "megabytes": MOST_BYTES // MEGABYTE,
        "kinds": words_for(KINDS),
        "accept": accept(KINDS),
    }


def _candidate(desk: Desk, candidate: int) -> Candidate:
    found = next((one for one in filling.mine(desk.actor) if one.pk == candidate), None)
    if found is None:
        raise Invisible("没有这个考生。")
    return found


def _view(request: HttpRequest, desk: Desk, candidate: int) -> HttpResponse:
    row = _candidate(desk, candidate)
    if request.method != "POST":
        return _show(request, desk, row)
    do, by, at = request.POST.get("do", ""), desk.actor, timezone.now()
    try:
        if do == "claim":
            claim_bonus(
                by=by,
                at=at,
                candidate=row.pk,
                item=request.POST.get("item", ""),
                document=request.POST.get("document", ""),
                files=papers(request),
            )
        elif do == "add":
            number = row_id(request.POST.get("claim")) or 0
            if number not in {one.claim.pk for one, _ in bonus.of_candidate(row)}:
                raise Invisible("没有这项加分申报。")
            add_proofs(by=by, at=at, claim=number, files=papers(request))
        else:
            raise Http404("没有这样的步骤。")
    except Refused as refused:
        field = f"files-{request.POST.get('claim', '')}" if do == "add" else refused.field
        return _show(request, desk, row, [(field, str(refused))])
    return HttpResponseRedirect(f"{reverse('portal:choices_bonus', args=[row.pk])}?done={do}")


def _show(
    request: HttpRequest, desk: Desk, row: Candidate, faults: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    claims = bonus.of_candidate(row)
    taken = {one.claim.item for one, _ in claims if one.claim.state != "refused"}
    until = bonus.until(row.season)
    response = page(
        request,
        "choices/bonus.html",
        desk.frame,
        desk=desk,
        view="choices",
        who=row,
        own=row.user_id == desk.actor.user,
        items=bonus.items(row.season),
        free=[one for one in bonus.items(row.season) if one.id not in taken],
        claims=claims,
        look=look_of_claim,
        until=until,
        open=until.open(desk.on),
        chosen=request.POST.get("item") or desk.frame.query.get("item", ""),
        limits=limits(),
        typed=request.POST,
        faults=list(faults),
        wrong=dict(faults),
        done=DONE.get(desk.frame.query.get("done", ""), ""),
    )
    response.status_code = 422 if faults else 200
    return response


def _proof(request: HttpRequest, desk: Desk, proof: int) -> HttpResponse:
    """A paper, for saving only: a browser runs and shows nothing of it."""
    try:
        found = open_proof(by=desk.actor, at=timezone.now(), proof=proof)
    except Refused as refused:
        raise Http404(str(refused)) from refused
    answer = HttpResponse(found.content, content_type=found.media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view))
proof_view = require_safe(at_desk(_proof))
