"""Forms: put a student on record, and apply for an event; what a rule does not accept stands beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.core.models import StoredFile
from zhijiao.core.tree import Node
from zhijiao.lib.numbers import row_id
from zhijiao.policy.types import RecordRule
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import School, go, refuse, show
from zhijiao.portal.desk.tasks.shared import Form
from zhijiao.records import actions, queries
from zhijiao.records.queries.cases import wanted
from zhijiao.records.queries.roster import KEEPING, Asked
from zhijiao.records.types import Application, Reached, Refused, Registration, Status

FLAGS = ("guardian", "passed", "practice", "conduct")


def _new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Put a new student on record."""
    school = School(desk)
    node, late = school.acting, False
    if (
        node is None
        and school.chosen is not None
        and queries.approves(desk.actor, desk.tree, school.chosen.id)
    ):
        node, late = school.chosen, True
    if node is None:
        raise Http404("您不是学校的学籍经办人，也不是它的学籍主管部门。")
    form = Form.start(grade=desk.on.year, enrolled_on=desk.on.isoformat())
    if request.method == "POST":
        form = Form.of(request)
        given = _registration(form, node, late)
        if given is not None:
            try:
                found = actions.register(
                    organisation=node.id, registration=given, by=desk.actor, at=timezone.now(), on=desk.on
                )
            except Refused as refused:
                refuse(form, refused, set(form.typed))
            else:
                return go("record", found.record, done="new") if found.record else go("record_issues")
    tracks = _tracks(desk, node)
    return show(
        request,
        desk,
        "new.html",
        school,
        form,
        node=node,
        late=late,
        tracks=tracks,
        sexes=_sexes(school),
        classes=[(c.class_no, f"{c.name}（{c.grade}级）") for c in queries.classes(desk.actor, [node.id])],
    )


def _registration(form: Form, node: Node, late: bool) -> Registration | None:
    """What was typed; None where something is missing. `late`: by the authority, whose document puts it in force at once."""
    name = form.need("name", "请填姓名。")
    number = form.need("number", "请填身份证件号。")
    major = form.need("major", "请填专业代码。")
    track = form.need("track", "请选择学制。")
    grade = form.whole("grade", "年级", least=2000, most=2100)
    enrolled = form.day("enrolled_on", "入学日期", required=True)
    basis = form.need("basis", "请填录取通知书编号或录取名册的文号。")
    if form.faults or grade is None or enrolled is None:
        return None
    return Registration(
        key=f"school:{node.id}:{number.upper()[-8:]}:{enrolled:%Y%m%d}:{name}"[:120],
        number=number,
        name=name,
        grade=grade,
        major=major,
        track=track,
        enrolled_on=enrolled,
        sex=form.get("sex"),
        class_no=form.get("class_no"),
        school_no=form.get("school_no")[:30],
        approved=basis[:120] if late else "",
        details={} if late else {"admitted_by": basis[:80]},
    )


def _tracks(desk: Desk, node: Node) -> list[tuple[str, str]]:
    rule = desk.index.record_rule("register") if desk.index else None
    names = School(desk).codes.get("track", {})
    return [
        (t.code, names.get(t.code, t.code)) for t in (rule.tracks if rule else []) if node.kind in t.kinds
    ]


def _sexes(school: School) -> list[tuple[str, str]]:
    return [(code, name) for code, name in school.codes.get("sex", {}).items() if code in ("1", "2")]


def _apply(request: HttpRequest, desk: Desk, event: str, record: int | None = None) -> HttpResponse:
    """Apply for an event of a record, or of a student who comes from outside."""
    school = School(desk)
    line = None
    if record is not None:
        view, _ = queries.record_view(desk.actor, record)
        line = view.line
    node = (
        next((n for n in school.own if n.id == line.organisation), None)
        if line is not None
        else school.acting
    )
    rule = desk.index.record_rule(event) if desk.index else None
    if node is None or rule is None or (record is None) != (event == "general_in"):
        raise Http404("没有这种申请，或不由您办理。")
    form = Form.start(grade=line.grade if line and event == "resume" else None)
    return _form(request, desk, school, node, rule, form, record=record, line=line)


def _amend(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """Put an application right that came back."""
    school = School(desk)
    view = queries.case_view(desk.actor, case)
    node = next((n for n in school.own if n.id == view.line.organisation), None)
    rule = desk.index.record_rule(view.line.event) if desk.index else None
    if node is None or rule is None or view.line.stage != "draft":
        raise Http404("这件申请现在不能修改。")
    kept = wanted(desk.actor, case)
    start = {
        name: "1" if value is True else value
        for name, value in kept.items()
        if value not in (None, False, ())
    }
    form = Form.start(**start)
    return _form(request, desk, school, node, rule, form, case=view.line.id, kept=view.files)


def _form(
    request: HttpRequest,
    desk: Desk,
    school: School,
    node: Node,
    rule: RecordRule,
    form: Form,
    *,
    record: int | None = None,
    case: int | None = None,
    line: Any = None,
    kept: Sequence[int] = (),
) -> HttpResponse:
    files = tuple(StoredFile.objects.filter(pk__in=kept))
    if request.method == "POST":
        form = Form.of(request)
        came = attached(request, desk, node.id)
        files = came.files
        form.faults += [("files", words) for words in came.errors]
        given = _read(form, rule, came.ids)
        if not form.faults:
            try:
                at = timezone.now()
                if case is not None:
                    actions.amend(case=case, application=given, by=desk.actor, at=at, on=desk.on)
                else:
                    case = actions.apply_for(
                        event=rule.event,
                        organisation=node.id,
                        record=record,
                        application=given,
                        by=desk.actor,
                        at=at,
                        on=desk.on,
                    )
                return go("record_case", case, done="sent")
            except Refused as refused:
                refuse(form, refused, {"reason", "number", "name", "words", "reached", "contact", *rule.asks})
    targets = [
        (str(n.id), desk.tree.path(n.id))
        for n in sorted(desk.tree.nodes.values(), key=lambda n: desk.tree.path(n.id))
        if n.kind in rule.targets
        and n.kind in KEEPING
        and n.id != node.id
        and (rule.event != "transfer" or n.kind is node.kind)
        and (rule.event != "cross_transfer" or n.kind is not node.kind)
    ]
    return show(
        request,
        desk,
        "apply.html",
        school,
        form,
        node=node,
        rule=rule,
        reasons_of=_reasons,
        line=line,
        case=case,
        targets=targets,
        tracks=_all_tracks(desk, school),
        classes=[(c.class_no, f"{c.name}（{c.grade}级）") for c in queries.classes(desk.actor, [node.id])],
        sexes=_sexes(school),
        ticket=ticket(desk.actor, node.id),
        kept=files,
        fixed=case is not None,
        reached=[(each.value, each.words) for each in Reached],
    )


def _reasons(rule: RecordRule) -> list[tuple[str, str]]:
    return [(r.id, f"{r.name}（要上传{r.proof}）" if r.proof else r.name) for r in rule.reasons]


def _all_tracks(desk: Desk, school: School) -> list[tuple[str, str]]:
    rule = desk.index.record_rule("register") if desk.index else None
    return [(t.code, school.word("track", t.code)) for t in (rule.tracks if rule else [])]


def _read(form: Form, rule: RecordRule, files: list[int]) -> Application:
    asks = set(rule.asks)

    def said(name: str) -> str:
        return form.get(name) if name in asks else ""

    until: date | None = form.day("until", "休学到的日期") if "until" in asks else None
    grade = form.whole("grade", "年级", least=2000, most=2100) if "grade" in asks else None
    hours = form.whole("truant_hours", "旷课学时", least=0, most=2000) if "truant_hours" in asks else None
    days = form.whole("absent_days", "离校天数", least=0, most=366) if "absent_days" in asks else None
    target = said("target")
    flags = {name: form.get(name) == "1" for name in FLAGS if name in asks}
    return Application(
        reason=form.get("reason"),
        words=form.get("words")[:2000],
        target=row_id(target),
        outside=said("outside")[:120],
        paper=said("paper")[:120],
        grade=grade,
        major=said("major"),
        track=said("track"),
        class_no=said("class_no")[:30],
        until=until,
        credits=said("credits")[:500],
        document=said("document")[:120],
        truant_hours=hours,
        absent_days=days,
        proof=bool(files),
        files=tuple(files),
        number=form.get("number") if rule.event == "general_in" else "",
        name=form.get("name")[:50] if rule.event == "general_in" else "",
        sex=form.get("sex") if rule.event == "general_in" else "",
        reached=_reached(form) if rule.notice_days else None,
        contact=form.get("contact")[:200] if rule.notice_days else "",
        **flags,
    )


def _reached(form: Form) -> Reached | None:
    said = form.get("reached")
    return Reached(said) if said in set(Reached) else None


def _pending(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The roll of new students that wait for the authority: it approves them by a document, or refuses one."""
    school = School(desk)
    form = Form({}, {})
    if request.method == "POST":
        form = Form.of(request)
        at = timezone.now()
        try:
            if refused_one := form.get("refuse"):
                actions.refuse_registration(
                    record=row_id(refused_one) or 0,
                    words=form.get("words"),
                    by=desk.actor,
                    at=at,
                    on=desk.on,
                )
            else:
                actions.approve_registrations(
                    organisation=row_id(form.get("org")) or 0,
                    records=form.ids("records"),
                    document=form.get("document"),
                    by=desk.actor,
                    at=at,
                    on=desk.on,
                )
            return go("record_pending", done="1")
        except Refused as refused:
            refuse(form, refused, {"document", "words"})
    lines = queries.roster(
        desk.actor,
        Asked(organisations=[n.id for n in school.seen], statuses=[Status.PENDING]),
        sort="grade",
        limit=2000,
    )
    by_school: dict[int, list[Any]] = {}
    for one in lines:
        by_school.setdefault(one.organisation, []).append(one)
    return show(
        request,
        desk,
        "pending.html",
        school,
        form,
        by_school=by_school,
        options_of=lambda lines: [(str(one.id), one.name) for one in lines],
        decides={o for o in by_school if queries.approves(desk.actor, desk.tree, o)},
        done=desk.frame.query.get("done", ""),
    )


BOTH = ["GET", "HEAD", "POST"]
new_view = require_http_methods(BOTH)(at_desk(_new, Permission.KEEP_RECORDS))
apply_view = require_http_methods(BOTH)(at_desk(_apply, Permission.KEEP_RECORDS))
amend_view = require_http_methods(BOTH)(at_desk(_amend, Permission.KEEP_RECORDS))
pending_view = require_http_methods(BOTH)(at_desk(_pending, Permission.KEEP_RECORDS, Permission.VIEW))
