"""What has to be settled (duplicates, what upper registers refused), and the files to and from those registers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.exchange.queries.differences import count_differences
from zhijiao.exchange.types import FileUnusable
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import NEEDS, School, go, refuse, show
from zhijiao.portal.desk.sheets import XLSX, name_of_file, workbook
from zhijiao.portal.desk.tasks.shared import Form
from zhijiao.records import actions, queries
from zhijiao.records.actions.registers import MOST, register_of
from zhijiao.records.types import IssueKind, IssueLine, Refused
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

KINDS = [(kind.value, kind.words) for kind in IssueKind]


def _kept(desk: Desk, school: School) -> list[IssueLine]:
    query = desk.frame.query
    where = [school.chosen.id] if school.chosen else None
    lines = queries.issues(desk.actor, organisations=where, settled=query.get("state") == "settled")
    return [line for line in lines if query.get("kind") in (None, line.kind)]


def _issues(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    form = Form({}, {})
    if request.method == "POST":
        form = Form.of(request)
        issue = form.get("issue")
        try:
            actions.settle_issue(
                issue=row_id(issue) or 0,
                words=form.get(f"words-{issue}"),
                by=desk.actor,
                at=timezone.now(),
            )
            return go("record_issues")
        except Refused as refused:
            form.faults.append((f"words-{issue}", str(refused)))
    return show(
        request, desk, "issues.html", school, form, lines=_kept(desk, school), kinds=KINDS, words=dict(KINDS)
    )


def _issues_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    columns = [
        *(SheetColumn("学校", width=30), SheetColumn("学生", width=12), SheetColumn("来源", width=14)),
        *(
            SheetColumn("问题", width=50),
            SheetColumn("怎么办", width=50),
            SheetColumn("发现", kind="date", width=13),
        ),
        SheetColumn("处理", width=40),
    ]
    rows: list[list[Cell]] = [
        [
            *(
                school.unit(line.organisation),
                line.name,
                dict(KINDS)[line.kind],
                line.words,
                line.remedy or None,
            ),
            timezone.localdate(line.found_at),
            line.note or None,
        ]
        for line in _kept(desk, school)
    ]
    return workbook(
        request, desk, "查重和退回", columns, rows, "record-issues", reverse("portal:record_issues")
    )


def _registers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The register above a school: what was exchanged with it, and the next file."""
    school = School(desk)
    form = Form({}, {})
    node = school.chosen
    if request.method == "POST":
        form = Form.of(request)
        if school.acting is None:
            raise Http404("您不是学校的学籍经办人。")
        done = _take(request, desk, school.acting.id, form)
        if done is not None:
            return done
    register, fault = None, ""
    if node is not None:
        try:
            register = register_of(node.id, desk.actor, timezone.now())
        except Refused as refused:
            fault = str(refused)
    return show(
        request,
        desk,
        "registers.html",
        school,
        form,
        node=node,
        register=register,
        fault=fault,
        files=queries.register_files(desk.actor, node.id) if node else [],
        differences=count_differences(desk.actor, organisations=[node.id], dataset="students") if node else 0,
        own=school.acting is not None,
        said={
            "upload": "生成上报文件",
            "export": "导入系统名册",
            "refused": "读回退回名单",
            "hub": "报送数据归集",
        },
    )


def _take(request: HttpRequest, desk: Desk, organisation: int, form: Form) -> HttpResponse | None:
    verb, at = form.get("verb"), timezone.now()
    file = request.FILES.get("file")
    try:
        if verb == "hub":
            actions.hand_to_hub(organisation=organisation, by=desk.actor, at=at)
            return go("record_registers")
        if verb == "take_over":
            actions.take_over(organisation=organisation, by=desk.actor, at=at, on=desk.on)
            return go("records")
        if file is None or verb not in ("export", "refused"):
            form.faults.append((f"file-{verb}", "请选择系统导出的文件（.xlsx 或 .csv）。"))
            return None
        content = file.read(MOST + 1)
        take = actions.take_export if verb == "export" else actions.take_refusals
        take(organisation=organisation, name=file.name or "", content=content, by=desk.actor, at=at)
        return go("record_registers") if verb == "export" else go("record_issues")
    except (Refused, FileUnusable) as refused:
        known = {f"file-{verb}"}
        refuse(form, Refused(str(refused), f"file-{verb}"), known if verb in ("export", "refused") else set())
        return None


def _upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The file that the upper register takes."""
    school = School(desk)
    if school.acting is None:
        raise Http404("您不是学校的学籍经办人。")
    try:
        name, content = actions.write_upload(organisation=school.acting.id, by=desk.actor, at=timezone.now())
    except Refused as refused:
        form = Form({}, {})
        form.faults.append(("", str(refused)))
        return show(
            request,
            desk,
            "registers.html",
            school,
            form,
            node=school.acting,
            register=None,
            fault="",
            files=[],
            differences=0,
            own=True,
            said={},
        )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = name_of_file(name, "upload.xlsx")
    return response


BOTH = ["GET", "HEAD", "POST"]
issues_view = require_http_methods(BOTH)(at_desk(_issues, *NEEDS))
issues_file_view = require_safe(at_desk(_issues_file, *NEEDS))
registers_view = require_http_methods(BOTH)(at_desk(_registers, *NEEDS))
upload_view = require_POST(at_desk(_upload, Permission.KEEP_RECORDS))
