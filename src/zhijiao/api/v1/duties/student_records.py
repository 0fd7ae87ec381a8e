"""Reading student records by program: rosters and cases, page by page, without identity numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor
from zhijiao.api.v1.duties.fields import Identifier, Limit, Row
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.audit import record as note
from zhijiao.records import queries
from zhijiao.records.queries.roster import Asked
from zhijiao.records.types import CaseLine, RecordLine, Status

router = Router(tags=["学籍"], auth=KEY)
OF_EVENT: Any = Query("", description="只要这种异动的，如 suspend")
After = Annotated[int, Query(ge=0, le=2**63 - 1, description="上一页的 next；第一页写 0 或不写")]


class StudentOut(Schema):
    """A line of a roster."""

    record: int
    organisation: int
    name: str
    sex: str
    grade: int
    major: str
    track: str
    class_no: str
    school_no: str
    status: str
    status_words: str
    enrolled_on: date
    ended_on: date | None
    suspended_until: date | None
    open_case: str = Field(description="正在办理的事项；空表示没有")


class RosterOut(Schema):
    """A page of a roster."""

    students: list[StudentOut]
    next: int | None = Field(description="还有下一页时，作为下一次的 after；没有时为空")


class CaseOut(Schema):
    """A case in a list."""

    id: int
    number: str
    event: str
    event_words: str
    name: str
    record: int | None
    organisation: int
    target: int | None
    stage: str
    stage_words: str
    holder: int | None = Field(description="该谁办；办结后为空")
    due: date | None
    closed: bool
    opened_at: datetime


class CasesOut(Schema):
    """A page of cases."""

    cases: list[CaseOut]
    next: int | None = Field(description="还有下一页时，作为下一次的 after；没有时为空")


class StepOut(Schema):
    """A step that was taken."""

    name: str
    organisation: int | None
    by: str
    at: datetime
    words: str


class WholeCaseOut(CaseOut):
    """A case with what was done."""

    reason: str
    words: str
    steps: list[StepOut]


def keeper(request: HttpRequest, organisation: int | None = None) -> Actor:
    """The actor, where the key carries the permission to keep records: there, if an organisation is named. Raises NotAllowed,
    Invisible."""
    found = actor(request)
    found.require(Permission.KEEP_RECORDS)
    if organisation is not None and not found.may(Permission.KEEP_RECORDS, organisation):
        raise Invisible(f"organisation {organisation}")
    return found


@router.get(
    "/student-records",
    response={200: RosterOut, **ANSWERS},
    summary="学籍名册",
    description="密钥所有人范围内的学籍，按编号一页一页读；不写 status 只要在籍的，all 为全部。"
    "不含身份证件号。每次读取记入审计记录。",
)
def list_students(
    request: HttpRequest,
    organisation: Identifier | None = None,
    grade: Annotated[int | None, Query(ge=2000, le=2100, description="只要这个年级（入学年份）的")] = None,
    status: Annotated[
        Status | Literal["all"] | None, Query(description="只要这种学籍状态的；all 为全部，不写为在籍")
    ] = None,
    after: After = 0,
    limit: Limit = 200,
) -> Any:
    """A roster, in the order of the records' ids."""
    by = keeper(request, organisation)
    asked = Asked(
        organisations=None if organisation is None else [organisation],
        grade=grade,
        statuses=[status] if isinstance(status, Status) else (),
        everybody=status == "all",
    )
    lines = queries.roster_after(by, asked, after=after, limit=limit + 1)
    shown = lines[:limit]
    note(
        by=by,
        at=now(),
        action="records.export",
        organisation=organisation,
        object_kind="roster",
        object_id=organisation or "",
        summary=f"由接口读取学籍名册 {len(shown)} 人",
        detail={"after": after, "grade": grade, "status": str(status or "")},
    )
    return {"students": [_student(line) for line in shown], "next": shown[-1].id if lines[limit:] else None}


@router.get(
    "/record-cases",
    response={200: CasesOut, **ANSWERS},
    summary="学籍申请",
    description="密钥所有人范围内的学籍申请，按编号一页一页读；state 为 mine 只要等我办的。",
)
def list_cases(
    request: HttpRequest,
    organisation: Identifier | None = None,
    state: Literal["mine", "open", "closed", "all"] = "open",
    event: Row = OF_EVENT,
    after: After = 0,
    limit: Limit = 200,
) -> Any:
    """Cases, in the order in which they were opened."""
    asked = queries.AskedCases(
        organisations=None if organisation is None else [organisation],
        closed=None if state == "all" else state == "closed",
        mine=state == "mine",
        event=event,
    )
    lines = queries.cases_after(keeper(request, organisation), asked, after=after, limit=limit + 1)
    shown = lines[:limit]
    return {"cases": [_case(line) for line in shown], "next": shown[-1].id if lines[limit:] else None}


@router.get(
    "/record-cases/{int:case}",
    response={200: WholeCaseOut, **ANSWERS},
    summary="一件学籍申请",
    description="申请的原因、说明和办理经过。",
)
def show_case(
    request: HttpRequest,
    case: Annotated[int, Path(ge=1, le=2**63 - 1, description="学籍申请的编号，见 /record-cases")],
) -> Any:
    """One case with its steps."""
    view = queries.case_view(keeper(request), case)
    return _case(view.line) | {"reason": view.reason, "words": view.words, "steps": view.steps}


def _student(line: RecordLine) -> dict[str, Any]:
    return {**vars(line), "record": line.id, "status": line.status.value, "status_words": line.status.words}


def _case(line: CaseLine) -> dict[str, Any]:
    return {**vars(line), "event_words": line.event_name, "stage_words": line.stage_name}
