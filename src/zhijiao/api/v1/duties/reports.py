"""Obligations and reports: read what is owed, hand in, decide, return, open again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, StringConstraints, field_validator

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor, reader
from zhijiao.api.v1.duties.fields import (
    MOST_AT_ONCE,
    NO_NUL,
    IdempotencyKey,
    Identifier,
    InPath,
    Limit,
    Revision,
    Row,
    Typed,
    Words,
)
from zhijiao.api.v1.duties.schemas import ObligationOut, ReceiptOut, ReportOut
from zhijiao.core.access.sessions import now
from zhijiao.indicators import actions
from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.types import Entered, Filters, Reason

router = Router(tags=["数据报送"], auth=KEY)

State = Literal["draft", "returned", "review", "approved", "open", "late"]
HANDING_IN: Any = {
    "entries": [
        {"report": 1024, "revision": 2, "values": {"value": "12"}},
        {"report": 1025, "values": {"numerator": "300", "denominator": "1200", "note": "含新开办专业"}},
    ]
}


class Narrowing(Schema):
    """What a list is narrowed to."""

    state: State | None = None
    period: Row | None = None
    obligation: Row | None = None
    indicator: Row | None = None
    organisation: Identifier | None = None
    pack: Row | None = None

    def filters(self) -> Filters:
        """The domain's filters."""
        return Filters(
            state=self.state,
            period=self.period,
            obligation=self.obligation,
            indicator=self.indicator,
            organisation=self.organisation,
            pack=self.pack,
        )


class EntryIn(Schema):
    """One figure: `values` holds value, or numerator and denominator, or text; and note."""

    report: Identifier
    values: dict[Literal["value", "numerator", "denominator", "text", "note"], Typed]
    revision: Revision = None
    evidence: Annotated[list[Identifier] | None, Field(max_length=50)] = None


class HandIn(Schema):
    """Figures that are filled in and handed in at once; all or none."""

    model_config = ConfigDict(json_schema_extra={"example": HANDING_IN})

    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=MOST_AT_ONCE)]

    @field_validator("entries")
    @classmethod
    def _once(cls, entries: list[EntryIn]) -> list[EntryIn]:
        _each_once([entry.report for entry in entries])
        return entries


class Chosen(Schema):
    """A report, and the revision that was looked at."""

    report: Identifier
    revision: Revision = None


class Several(Schema):
    """Reports that are dealt with together; all or none."""

    model_config = ConfigDict(json_schema_extra={"example": {"reports": [{"report": 1024, "revision": 3}]}})

    reports: Annotated[list[Chosen], Field(min_length=1, max_length=MOST_AT_ONCE)]

    @field_validator("reports")
    @classmethod
    def _once(cls, reports: list[Chosen]) -> list[Chosen]:
        _each_once([chosen.report for chosen in reports])
        return reports

    def looked_at(self) -> dict[int, int | None]:
        """As the verbs take it."""
        return {chosen.report: chosen.revision for chosen in self.reports}


class Returning(Several):
    """Why reports go back."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "reports": [{"report": 1024, "revision": 3}],
                "reason": "scope",
                "words": "不含签约未开工的",
            }
        }
    )

    reason: Reason
    words: Words = ""


class Reopening(Schema):
    """Why an approved figure is opened again."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"revision": 5, "reason": "late_data", "words": "一个项目撤销"}}
    )

    revision: Revision = None
    reason: Reason
    words: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]


class DecidedOut(Schema):
    """What a sitting did."""

    receipt: ReceiptOut
    passed: int
    approved: int


@router.get(
    "/obligations",
    response={200: list[ObligationOut], **ANSWERS},
    summary="我单位应报的数据",
    description="密钥所有人的单位应报的数据，按期限排列；不写 state 时不含已审定的。写 organisation 可看范围内的另一个单位。",
)
def list_obligations(
    request: HttpRequest,
    narrowing: Query[Narrowing],
    on: date | None = None,
    limit: Limit = 200,
) -> Any:
    """What the key's owner owes, by due date. `organisation` asks for one organisation in the owner's scope."""
    rows = queries.owed(reader(request), day(on), narrowing.filters(), most=limit)
    return [ObligationOut.of(row) for row in rows]


@router.get(
    "/reviews",
    response={200: list[ObligationOut], **ANSWERS},
    summary="等我审核的数据",
    description="轮到密钥所有人的单位审核的数据。",
)
def list_reviews(
    request: HttpRequest,
    narrowing: Query[Narrowing],
    on: date | None = None,
    limit: Limit = 200,
) -> Any:
    """What waits for a decision of the key's owner."""
    rows = queries.to_review(reader(request), day(on), narrowing.filters(), most=limit)
    return [ObligationOut.of(row.owed) for row in rows]


@router.get(
    "/reports/{int:report}",
    response={200: ReportOut, **ANSWERS},
    summary="一项数据的全部经过",
    description="当前的值、经过的每一步、已审定的数（含被更正的），以及密钥所有人现在能办的步骤。",
)
def show_report(request: HttpRequest, report: InPath, on: date | None = None) -> Any:
    """Value, ledger, approved figures, and what the key's owner may do now."""
    return ReportOut.of(queries.report(reader(request), report, day(on)))


@router.post(
    "/reports",
    response={200: ReceiptOut, **ANSWERS},
    summary="填报并提交",
    description="填写并提交，要么全部收下，要么一项不动并逐项说明问题。数写成文本，照原样，不带单位。",
)
def hand_in(request: HttpRequest, body: HandIn, idempotency_key: IdempotencyKey = None) -> Any:
    """Fill in and hand in. Everything is taken, or nothing is and every problem is named."""
    entries = [
        Entered(entry.report, {str(k): v for k, v in entry.values.items()}, entry.revision, entry.evidence)
        for entry in body.entries
    ]
    receipt = actions.hand_in(by=actor(request), at=now(), entries=entries, key=idempotency_key)
    return ReceiptOut.of(receipt)


@router.post(
    "/reports/decisions",
    response={200: DecidedOut, **ANSWERS},
    summary="审核通过",
    description="通过所列各项；在最后一级的即为审定。要么全部办成，要么一项不动。",
)
def decide(request: HttpRequest, body: Several, idempotency_key: IdempotencyKey = None) -> Any:
    """Pass reports on, or approve those at their last level; all or none."""
    done = actions.decide(by=actor(request), at=now(), reports=body.looked_at(), key=idempotency_key)
    return DecidedOut(receipt=ReceiptOut.of(done.receipt), passed=done.passed, approved=done.approved)


@router.post(
    "/reports/returns",
    response={200: ReceiptOut, **ANSWERS},
    summary="退回修改",
    description="退回给填报单位，写明原因。",
)
def return_for_correction(
    request: HttpRequest, body: Returning, idempotency_key: IdempotencyKey = None
) -> Any:
    """Send reports back with a reason and words."""
    receipt = actions.return_for_correction(
        by=actor(request),
        at=now(),
        reports=body.looked_at(),
        reason=body.reason,
        words=body.words,
        key=idempotency_key,
    )
    return ReceiptOut.of(receipt)


@router.post(
    "/reports/withdrawals",
    response={200: ReceiptOut, **ANSWERS},
    summary="撤回",
    description="提交人撤回还没有人通过的数据，改后可再提交。",
)
def withdraw(request: HttpRequest, body: Several, idempotency_key: IdempotencyKey = None) -> Any:
    """Take back what nobody has passed yet."""
    receipt = actions.withdraw(by=actor(request), at=now(), reports=body.looked_at(), key=idempotency_key)
    return ReceiptOut.of(receipt)


@router.post(
    "/reports/{int:report}/reopening",
    response={200: ReceiptOut, **ANSWERS},
    summary="重新打开已审定的数据",
    description="原来的数继续有效，直到更正的数审定；更正后新旧两个数和原因一并保留。",
)
def reopen(
    request: HttpRequest, report: InPath, body: Reopening, idempotency_key: IdempotencyKey = None
) -> Any:
    """Open an approved figure again; it stands until the corrected one is approved."""
    receipt = actions.reopen(
        by=actor(request),
        at=now(),
        report=report,
        revision=body.revision,
        reason=body.reason,
        words=body.words,
        key=idempotency_key,
    )
    return ReceiptOut.of(receipt)


def _each_once(reports: list[int]) -> None:
    twice = (
        sorted({report for report in reports if reports.count(report) > 1})
        if len(set(reports)) < len(reports)
        else []
    )
    if twice:
        raise ValueError(f"里 {'、'.join(map(str, twice))} 号写了两次，每项只能写一次")
