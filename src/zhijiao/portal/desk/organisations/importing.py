"""The workbook out and in again: checked, then planned, then applied as planned.

Nothing is kept between the steps: the page carries what was sent, signed and bound to its sender.
"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.carrying import GONE, MOST_CARRIED, opened, sign
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.organisations.listing import as_file
from zhijiao.portal.pages import page
from zhijiao.registry import actions, queries
from zhijiao.registry.types import Effect, Fault, ImportRefused, Plan, PlanChanged
from zhijiao.render.xlsx.marking import Mark
from zhijiao.render.xlsx.marking import marked as mark
from zhijiao.render.xlsx.opening import UnreadableBook

SALT = "zhijiao.organisations"


@require_GET
def _template(request: HttpRequest, desk: Desk) -> HttpResponse:
    place = desk.homes[0].label if desk.homes else ""
    content = queries.template(desk.actor, desk.tree, place)
    day = desk.on.isoformat()
    return as_file(content, f"{place}单位和在岗人员_{day}.xlsx", f"organisations-{day}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _start(request, desk)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _start(request, desk, "没有选择文件。选一个 .xlsx 工作簿再上传。")
    if (sent.size or 0) > MOST_CARRIED:
        return _start(
            request,
            desk,
            f"“{sent.name}”超过 {MOST_CARRIED / 1_000_000} MB。去掉图片和无关的工作表，或请运维人员用 zhijiao org apply 导入。",
        )
    return _planned(request, desk, sent.read(), sent.name or "工作簿.xlsx")


@require_POST
def _apply(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = opened(request, desk, SALT)
    if found is None:
        return _start(request, desk, GONE)
    content, name = found
    try:
        plan = actions.apply_workbook(
            content=content, expect=request.POST.get("expect", ""), by=desk.actor, at=timezone.now()
        )
    except (ImportRefused, PlanChanged):
        return _planned(request, desk, content, name, changed=True)
    except UnreadableBook as error:
        return _start(request, desk, str(error))
    done = sum(n for effect, n in plan.counts.items() if effect is not Effect.UNCHANGED)
    return HttpResponseRedirect(f"{reverse('portal:organisations')}?imported={done}")


@require_POST
def _marked(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sender's own workbook with the faults marked, worked out again from what was sent."""
    found = opened(request, desk, SALT)
    if found is None:
        return _start(request, desk, GONE)
    content, name = found
    faults: tuple[Fault, ...] = ()
    try:
        actions.plan_workbook(content=content, by=desk.actor, at=timezone.now())
    except ImportRefused as refused:
        faults = refused.faults
    book = mark(content, [Mark(f.sheet, f.row, f.column, f.words) for f in faults])
    return as_file(book, f"要改正_{name}", "organisations-marked.xlsx")


# -- steps -----------------------------------------------------------------------------------------


def _start(request: HttpRequest, desk: Desk, fault: str = "") -> HttpResponse:
    response = page(
        request, "desk/organisations/import.html", desk.frame, desk=desk, view="organisations", fault=fault
    )
    response.status_code = 422 if fault else 200
    return response


def _planned(
    request: HttpRequest, desk: Desk, content: bytes, name: str, *, changed: bool = False
) -> HttpResponse:
    plan: Plan | None = None
    faults: tuple[Fault, ...] = ()
    try:
        plan = actions.plan_workbook(content=content, by=desk.actor, at=timezone.now())
    except ImportRefused as refused:
        faults = refused.faults
    except UnreadableBook as error:
        return _start(request, desk, f"“{name}”{error}")
    if "application/json" in request.headers.get("Accept", ""):
        return _as_json(plan, faults)
    response = page(
        request,
        "desk/organisations/plan.html",
        desk.frame,
        desk=desk,
        view="organisations",
        name=name,
        plan=plan,
        lines=[line for line in plan.lines if line.effect is not Effect.UNCHANGED] if plan else [],
        faults=faults,
        changed=changed,
        carried=sign(desk, SALT, content, name),
        unchanged=plan.counts.get(Effect.UNCHANGED, 0) if plan else 0,
    )
    response.status_code = 422 if faults else 409 if changed else 200
    return response


def _as_json(plan: Plan | None, faults: tuple[Fault, ...]) -> HttpResponse:
    """The plan or the faults for programs."""
    said = {
        "faults": [vars(fault) for fault in faults],
        "hash": plan.hash if plan else None,
        "lines": [{**vars(line), "effect": line.effect.value} for line in plan.lines] if plan else [],
    }
    return JsonResponse(said, status=422 if faults else 200, json_dumps_params={"ensure_ascii": False})


MANAGE = Permission.MANAGE_ORGANISATIONS
template, upload = at_desk(_template, MANAGE), at_desk(_upload, MANAGE)
apply, marked = at_desk(_apply, MANAGE), at_desk(_marked, MANAGE)
