"""One run: what went in, what came out, whether it holds, who signed, the notice, the objections."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.allocating import evidence, publishing, running, signing
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import runs, seasons
from zhijiao.admissions.queries.rows import Run
from zhijiao.admissions.queries.runs import LineRow
from zhijiao.admissions.types.states import RunState
from zhijiao.core.access.roles import Permission
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.allocation.looks import look_of_run
from zhijiao.portal.desk.allocation.rounds import SEES
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import Faults
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing

COLUMNS = (
    Column("code", "代码"),
    Column("school", "学校", value=lambda row: by_pinyin(row.school)),
    Column("major", "专业", value=lambda row: by_pinyin(row.major)),
    Column("batch", "批次"),
    Column("origin", "生源"),
    Column("seats", "计划", num=True, value=lambda row: row.seats),
    Column("admitted", "录取", num=True, value=lambda row: row.admitted),
    Column("last_total", "录取线", num=True, value=lambda row: row.last_total or 0),
    Column("last_rank", "线上位次", num=True, value=lambda row: row.last_rank or 0),
    Column("tied", "线上同分", num=True, value=lambda row: row.tied),
)


def listed(desk: Desk, row: Run) -> Listing:
    """The lines as the address asks for them."""
    return listing(
        desk.frame,
        runs.lines(row),
        COLUMNS,
        (
            Choice("batch", "批次", lambda each: [each.batch]),
            Choice("school", "学校", lambda each: [each.school]),
            Choice(
                "left",
                "余额",
                lambda each: ["yes" if each.admitted < each.seats else "no"],
                lambda key: {"yes": "有余额", "no": "已满"}[key],
            ),
        ),
        lambda each: (each.code, each.school, each.major),
    )


def run_page(
    request: HttpRequest, desk: Desk, row: Run, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The page; after a refused step with what is wrong."""
    response = page(
        request,
        "desk/allocation/run.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=row.season,
        run=row,
        look=look_of_run(row.state, simulation=row.kind == "simulation"),
        list=listed(desk, row),
        batches=runs.batches(row),
        signed=runs.signatures(row),
        signs=runs.may_sign(desk.actor, row) if row.state == RunState.VERIFIED and row.kind == "real" else [],
        notice=runs.notice(row, desk.on),
        texts=runs.texts(row) if row.state == RunState.PUBLISHED else {},
        leads=seasons.leads(desk.actor, row.season),
        voidable=row.kind == "real"
        and row.state in (RunState.VERIFIED, RunState.SIGNED, RunState.PUBLICISED),
        takes_files=row.kind == "real"
        and row.output_digest != ""
        and (desk.actor.may(Permission.READ_AUDIT) or seasons.leads(desk.actor, row.season)),
        typed=request.POST,
        faults=list(faults),
    )
    response.status_code = status
    return response


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int, number: int) -> HttpResponse:
    row = runs.run(desk.actor, seasons.season(desk.actor.tenant, season), number)
    return run_page(request, desk, row)


@require_GET
def _file(request: HttpRequest, desk: Desk, season: int, number: int) -> HttpResponse:
    from zhijiao.render.xlsx import Book, Fact, Sheet, write_book
    from zhijiao.render.xlsx import Column as Head

    row = runs.run(desk.actor, seasons.season(desk.actor.tenant, season), number)
    rows: list[LineRow] = list(listed(desk, row).rows)
    title = f"{row.season.title}第{row.number}次投档录取线"
    kinds = {"seats": "人", "admitted": "人", "last_total": "分", "last_rank": "名", "tied": "人"}
    sheet = Sheet(
        "录取线",
        title,
        tuple(Head(c.label, kinds.get(c.key), "number" if c.num else "text") for c in COLUMNS),
        [
            [
                *(r.code, r.school, r.major, r.batch, r.origin or "不限", r.seats, r.admitted),
                *(None if r.last_total is None else Decimal(str(r.last_total)), r.last_rank, r.tied),
            ]
            for r in rows
        ],
        source=f"结果摘要 {row.output_digest}",
    )
    facts = (
        Fact("状态", look_of_run(row.state, simulation=row.kind == "simulation").words),
        Fact("摇号种子", row.seed or "没有用到"),
    )
    book = Book(title, [sheet], created=timezone.now(), facts=facts)
    response = HttpResponse(write_book(book), content_type=XLSX)
    response["Content-Disposition"] = name_of_file(
        f"{book.title}.xlsx", f"lines-{row.season.code}-{number}.xlsx"
    )
    return response


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int, number: int) -> HttpResponse:
    row = runs.run(desk.actor, seasons.season(desk.actor.tenant, season), number)
    said, by, at, on = request.POST, desk.actor, timezone.now(), desk.on
    try:
        match said.get("do", ""):
            case "sign":
                signing.sign(run=row.pk, digest=said.get("digest", ""), by=by, at=at)
            case "publicise":
                publishing.publicise(
                    run=row.pk,
                    contact=said.get("contact", ""),
                    words=said.get("words", ""),
                    by=by,
                    at=at,
                    on=on,
                )
            case "publish":
                publishing.publish(run=row.pk, by=by, at=at, on=on)
            case "cancel":
                running.cancel(
                    run=row.pk,
                    reason=said.get("reason", ""),
                    document=said.get("document", ""),
                    by=by,
                    at=at,
                    on=on,
                )
            case "answer":
                publishing.answer(
                    objection=row_id(said.get("objection")) or 0,
                    upheld=said.get("upheld") == "yes",
                    words=said.get("answer", ""),
                    by=by,
                    at=at,
                )
            case _:
                return run_page(request, desk, row, [("", "请选择要办理的一步。")], 422)
    except Refused as refused:
        row.refresh_from_db()
        return run_page(request, desk, row, [(refused.field, str(refused))], 422)
    return HttpResponseRedirect(reverse("portal:allocation_run", args=[season, number]))


@require_POST
def _evidence(request: HttpRequest, desk: Desk, season: int, number: int) -> HttpResponse:
    row = runs.run(desk.actor, seasons.season(desk.actor.tenant, season), number)
    try:
        packed = evidence.hand_out(
            run=row.pk, reason=request.POST.get("why", ""), by=desk.actor, at=timezone.now()
        )
    except Refused as refused:
        return run_page(request, desk, row, [(refused.field, str(refused))], 422)
    response = HttpResponse(packed, content_type="application/zip")
    name = f"{row.season.title}第{number}次投档凭据.zip"
    response["Content-Disposition"] = name_of_file(name, f"run-{row.season.code}-{number}.zip")
    response["Cache-Control"] = "private, no-store"
    return response


view = at_desk(_view, *SEES)
file = at_desk(_file, *SEES)
files = at_desk(_evidence, Permission.ADMIT_RUN, Permission.READ_AUDIT)
act = at_desk(_act, Permission.ADMIT_RUN, Permission.ADMIT_SIGN)
