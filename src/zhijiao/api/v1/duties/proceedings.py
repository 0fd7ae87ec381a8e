"""Office work on somebody: notices, inspections, interviews, circulars; their steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints

from zhijiao.api.v1.common import EARLIEST, LATEST, day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor, reader
from zhijiao.api.v1.duties.fields import NO_NUL, Files, InPath, Limit, Row, Seen
from zhijiao.api.v1.duties.items import WhoOut
from zhijiao.api.v1.duties.schemas import FilesOut
from zhijiao.core.access.sessions import now
from zhijiao.core.tree import tree
from zhijiao.supervision import actions
from zhijiao.supervision.queries import proceedings as queries
from zhijiao.supervision.types import ProceedingKind, Step

router = Router(tags=["督办与通报"], auth=KEY)


class ProceedingOut(Schema):
    """A case in a list. `revision` goes back with a step, as `seen`."""

    id: int
    number: str
    kind: str
    title: str
    issuer: WhoOut
    subjects: list[WhoOut]
    stage: str
    stage_name: str
    entered: date
    due: date | None
    certain: bool = Field(description="期限是否已按公布的放假安排计算")
    late: bool
    closed: bool
    turn: str | None
    mine: bool
    item: int | None
    opened: date
    revision: int


class TakenOut(Schema):
    """A step that was taken. Its files are handed out at `/desk/attached/step/{id}/{file}`."""

    id: int
    number: int
    name: str
    source: str
    target: str
    party: str
    words: str
    files: FilesOut
    due: date | None
    by_name: str
    by_organisation: WhoOut | None
    automatic: bool
    at: datetime
    on: date


class ChoiceOut(Schema):
    """A step that the key's owner can take now."""

    id: str
    name: str
    target: str
    asks_words: bool
    names_due: bool


class ProceedingFullOut(Schema):
    """One case in full."""

    line: ProceedingOut
    pack: str
    procedure: str
    procedure_name: str
    words: str
    demand: str
    indicator: str
    origin: int | None
    steps: list[TakenOut]
    choices: list[ChoiceOut]
    acknowledged: list[WhoOut]
    waiting_for: list[WhoOut]


class StepIn(Schema):
    """A step: `step` is the id of one of `choices`."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"step": "reply", "words": "示例：已整改", "seen": 2}}
    )

    step: Row
    words: Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)] = ""
    files: Files = []
    due: Annotated[date | None, Field(ge=EARLIEST, le=LATEST)] = None
    seen: Seen = None


class SteppedOut(Schema):
    """What a step led to: `drafted` is the circular that an escalation drafted."""

    drafted: int | None


@router.get(
    "/proceedings",
    response={200: list[ProceedingOut], **ANSWERS},
    summary="督办、督导、约谈、通报",
    description="密钥所有人看得到的文书，新的在前。open=true 只要没有办结的；mine=true 只要轮到本人办理的。",
)
def list_proceedings(
    request: HttpRequest,
    kind: ProceedingKind | None = None,
    item: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None,
    open: bool = False,  # noqa: A002 (the name in the address)
    mine: bool = False,
    on: date | None = None,
    limit: Limit = 200,
) -> Any:
    """Cases, newest first."""
    who, today = reader(request), day(on)
    found = queries.proceeding_lines(who, tree(who.tenant, today), on=today, item=item)
    wanted = [
        line
        for line in found
        if kind in (None, line.kind) and (not open or not line.closed) and (not mine or line.mine)
    ]
    return [ProceedingOut.model_validate(line) for line in wanted[:limit]]


@router.get(
    "/proceedings/{int:proceeding}",
    response={200: ProceedingFullOut, **ANSWERS},
    summary="一份文书的全部经过",
    description="正文、要求、办过的步骤和现在能办的步骤（choices）。",
)
def show_proceeding(request: HttpRequest, proceeding: InPath, on: date | None = None) -> Any:
    """One case."""
    who, today = reader(request), day(on)
    return ProceedingFullOut.model_validate(
        queries.proceeding_view(who, tree(who.tenant, today), proceeding, on=today)
    )


@router.post(
    "/proceedings/{int:proceeding}/steps",
    response={200: SteppedOut, **ANSWERS},
    summary="办理一步",
    description="办理 choices 中的一步。带上 seen（文书的 revision），重发同一请求不会办两次（答 409）。",
)
def take_step(request: HttpRequest, proceeding: InPath, body: StepIn) -> Any:
    """Take a step."""
    step = Step(body.step, words=body.words, files=tuple(dict.fromkeys(body.files)), due=body.due)
    drafted = actions.take_step(
        proceeding=proceeding,
        step=step,
        seen=body.seen,
        by=actor(request),
        at=now(),
        on=timezone.localdate(),
    )
    return {"drafted": drafted}
