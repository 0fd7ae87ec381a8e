"""What became of what was handed in: batches, the file back, confirming, taking back, undoing; and differences of sources."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from zhijiao.api.v1.data.schemas import (
    BatchOut,
    DifferenceOut,
    Number,
    OutcomeOut,
    Reason,
    Unreadable,
)
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor, reader
from zhijiao.api.v1.duties.fields import NO_NUL, Identifier, Limit, Row, Words
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.sessions import now
from zhijiao.exchange import actions
from zhijiao.exchange.queries import batches, differences
from zhijiao.exchange.types import DifferenceState, Side, State

router = Router(tags=["数据归集"], auth=KEY)
OF_DATASET: Any = Query("", description="只要这个数据集的，编号见 /datasets；不写则全部")
ANSWERED: dict[int, Any] = {200: OutcomeOut, **ANSWERS, 422: Unreadable}


class Confirming(Schema):
    """What was looked at."""

    seen: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] | None = Field(
        None, description="检查结果里的 seen；结果已不同时答 409 而什么都不做。不写则不比对"
    )


class TakingBack(Schema):
    """Why."""

    words: Words = ""


class Undoing(Schema):
    """Why a batch is undone."""

    words: Reason


class Settling(Schema):
    """Whose value stands."""

    differences: Annotated[
        list[Identifier], Field(min_length=1, max_length=1000, description="要了结的差异的编号，见差异列表")
    ]
    stands: Literal["own", "other"] = Field(description="own 以本单位为准，other 以对方为准")
    note: Reason


class SettledOut(Schema):
    """How many were open."""

    settled: int


@router.get(
    "/data/batches",
    response={200: list[BatchOut], **ANSWERS},
    summary="提交过的批次",
    description="密钥所有人范围内的批次，新的在前。",
)
def list_batches(
    request: HttpRequest,
    organisation: Identifier | None = None,
    dataset: Row = OF_DATASET,
    state: State | None = None,
    limit: Limit = 200,
) -> Any:
    """Batches, newest first."""
    found = batches.batches(
        reader(request),
        organisations=None if organisation is None else [organisation],
        dataset=dataset,
        states=() if state is None else (state,),
        limit=limit,
    )
    return [BatchOut.of(batch) for batch in found]


@router.get(
    "/data/batches/{number}",
    response=ANSWERED,
    summary="一个批次的结果",
    description="计数、问题、会变更和移出的记录。",
)
def show_batch(request: HttpRequest, number: Number) -> Any:
    """One batch in full."""
    return OutcomeOut.of(batches.by_number(reader(request), number))


@router.get(
    "/data/batches/{number}/file",
    response={200: None, **ANSWERS},
    summary="退回的文件",
    description="提交人自己的文件，有问题的格子标出并说明；太大的给问题清单。",
)
def give_back(request: HttpRequest, number: Number) -> Any:
    """The sender's own file, with its problems."""
    by = reader(request)
    returned = batches.returned(by, batches.by_number(by, number).batch.id)
    answer = HttpResponse(returned.content, content_type="application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(returned.name)}"
    return answer


@router.post(
    "/data/batches/{number}/confirmation",
    response=ANSWERED,
    summary="确认入库",
    description="好的行成为记录，有问题的行待改。重发无妨。",
)
def confirm(request: HttpRequest, number: Number, body: Confirming) -> Any:
    """Let a checked batch become records."""
    by = actor(request)
    actions.apply(batch=_id(by, number), by=by, at=now(), seen=body.seen)
    return OutcomeOut.of(batches.by_number(by, number))


@router.post(
    "/data/batches/{number}/withdrawal",
    response=ANSWERED,
    summary="撤回还没有入库的文件",
    description="记录没有任何改变。重发无妨。",
)
def withdraw(request: HttpRequest, number: Number, body: TakingBack) -> Any:
    """Take back a file that was not applied."""
    by = actor(request)
    actions.withdraw(by=by, at=now(), batch=_id(by, number), words=body.words)
    return OutcomeOut.of(batches.by_number(by, number))


@router.post(
    "/data/batches/{number}/undoing",
    response=ANSWERED,
    summary="撤销已经入库的批次",
    description="记录退回入库以前的样子；后来的批次改过同一条记录，或已用来计算指标的，不能撤销。答复的是撤销所成的批次。",
)
def undo(request: HttpRequest, number: Number, body: Undoing) -> Any:
    """Let the records stand as before the batch; answers the batch that the undoing is."""
    by = actor(request)
    done = actions.undo(batch=_id(by, number), by=by, at=now(), words=body.words)
    return OutcomeOut.of(batches.by_number(by, done.batch))


@router.get(
    "/data/differences",
    response={200: list[DifferenceOut], **ANSWERS},
    summary="两个来源不一致的地方",
    description="本单位的记录与另一来源（如上级系统导出）不一致的字段；不写 state 只要待核对的。",
)
def list_differences(
    request: HttpRequest,
    organisation: Identifier | None = None,
    dataset: Row = OF_DATASET,
    state: DifferenceState = DifferenceState.OPEN,
    limit: Limit = 200,
) -> Any:
    """Fields in which two sources differ."""
    found = differences.differences(
        reader(request),
        organisations=None if organisation is None else [organisation],
        dataset=dataset,
        states=(state,),
        limit=limit,
    )
    return [DifferenceOut.of(each) for each in found]


@router.post(
    "/data/differences/settlement",
    response={200: SettledOut, **ANSWERS},
    summary="核对差异",
    description="说明以哪一方为准和依据。记录不因此改变，由不对的一方改正后重新提交。",
)
def settle(request: HttpRequest, body: Settling) -> Any:
    """Say whose value stands."""
    from zhijiao.exchange.actions.settling import settle as settling

    settled = settling(
        by=actor(request),
        at=now(),
        differences=body.differences,
        stands=Side(body.stands),
        note=body.note,
    )
    return {"settled": settled}


def _id(by: Actor, number: str) -> int:
    return batches.by_number(by, number).batch.id


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")
