"""Obligations and reports: read what is owed, hand in, decide, return, open again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, IdempotencyKey, Row, actor
from zhijiao.api.v1.duties.schemas import ObligationOut, ReceiptOut, ReportOut
from zhijiao.core.access.sessions import now
from zhijiao.indicators import actions
from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.types import Entered, Filters, Reason

router = Router(tags=["数据报送"], auth=KEY)

MOST_AT_ONCE = 1000
Identifier = Annotated[int, Field(ge=1, le=2**63 - 1)]
Revision = Annotated[int | None, Field(ge=0, le=2**31 - 1)]
Typed = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
State = Literal["draft", "returned", "review", "approved", "open", "late"]


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
            period=_clean(self.period),
            obligation=_clean(self.obligation),
            indicator=_clean(self.indicator),
            organisation=self.organisation,
            pack=_clean(self.pack),
        )


class EntryIn(Schema):
    """One figure: `values` holds value, or numerator and denominator, or text; and note."""

    report: Identifier
    values: dict[Literal["value", "numerator", "denominator", "text", "note"], Typed]
    revision: Revision = None
    evidence: Annotated[list[Identifier] | None, Field(max_length=50)] = None


class HandIn(Schema):
    """Figures that are filled in and handed in at once; all or none."""

    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Chosen(Schema):
    """A report, and the revision that was looked at."""

    report: Identifier
    revision: Revision = None


class Several(Schema):
    """Reports that are dealt with together; all or none."""

    reports: Annotated[list[Chosen], Field(min_length=1, max_length=MOST_AT_ONCE)]

    def looked_at(self) -> dict[int, int | None]:
        """As the verbs take it."""
        return {chosen.report: chosen.revision for chosen in self.reports}


class Returning(Several):
    """Why reports go back."""

    reason: Reason
    words: Words = ""


class Reopening(Schema):
    """Why an approved figure is opened again."""

    revision: Revision = None
    reason: Reason
    words: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class DecidedOut(Schema):
    """What a sitting did."""

    receipt: ReceiptOut
    passed: int
    approved: int


@router.get("/obligations", response={200: list[ObligationOut], **ANSWERS}, summary="我单位应报的数据")
def list_obligations(
    request: HttpRequest,
    narrowing: Query[Narrowing],
    on: date | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Any:
    """What the key's owner owes, by due date. `organisation` asks for one organisation in the owner's scope."""
    rows = queries.owed(actor(request), day(on), narrowing.filters(), most=limit)
    return 200, [ObligationOut.of(row) for row in rows]


@router.get("/reviews", response={200: list[ObligationOut], **ANSWERS}, summary="等我审核的数据")
def list_reviews(
    request: HttpRequest,
    narrowing: Query[Narrowing],
    on: date | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Any:
    """What waits for a decision of the key's owner."""
    rows = queries.to_review(actor(request), day(on), narrowing.filters(), most=limit)
    return 200, [ObligationOut.of(row.owed) for row in rows]


@router.get("/reports/{report}", response={200: ReportOut, **ANSWERS}, summary="一项数据的全部经过")
def show_report(request: HttpRequest, report: Identifier, on: date | None = None) -> Any:
    """Value, ledger, approved figures, and what the key's owner may do now."""
    return 200, ReportOut.of(queries.report(actor(request), report, day(on)))


@router.post("/reports", response={200: ReceiptOut, **ANSWERS}, summary="填报并提交")
def hand_in(request: HttpRequest, body: HandIn, idempotency_key: IdempotencyKey = None) -> Any:
    """Fill in and hand in. Everything is taken, or nothing is and every problem is named."""
    entries = [
        Entered(entry.report, {str(k): v for k, v in entry.values.items()}, entry.revision, entry.evidence)
        for entry in body.entries
    ]
    receipt = actions.hand_in(by=actor(request), at=now(), entries=entries, key=idempotency_key)
    return 200, ReceiptOut.of(receipt)


@router.post("/reports/decisions", response={200: DecidedOut, **ANSWERS}, summary="审核通过")
def decide(request: HttpRequest, body: Several, idempotency_key: IdempotencyKey = None) -> Any:
    """Pass reports on, or approve those at their last level; all or none."""
    done = actions.decide(by=actor(request), at=now(), reports=body.looked_at(), key=idempotency_key)
    return 200, DecidedOut(receipt=ReceiptOut.of(done.receipt), passed=done.passed, approved=done.approved)


@router.post("/reports/returns", response={200: ReceiptOut, **ANSWERS}, summary="退回修改")
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
    return 200, ReceiptOut.of(receipt)


@router.post("/reports/withdrawals", response={200: ReceiptOut, **ANSWERS}, summary="撤回")
def withdraw(request: HttpRequest, body: Several) -> Any:
    """Take back what nobody has passed yet."""
    return 200, ReceiptOut.of(actions.withdraw(by=actor(request), at=now(), reports=body.looked_at()))


@router.post(
    "/reports/{report}/reopening", response={200: ReceiptOut, **ANSWERS}, summary="重新打开已审定的数据"
)
def reopen(request: HttpRequest, report: Identifier, body: Reopening) -> Any:
    """Open an approved figure again; it stands until the corrected one is approved."""
    receipt = actions.reopen(
        by=actor(request),
        at=now(),
        report=report,
        revision=body.revision,
        reason=body.reason,
        words=body.words,
    )
    return 200, ReceiptOut.of(receipt)


def _clean(value: str | None) -> str | None:
    """What an address holds may be more than a database takes, a NUL for one: nothing is named so."""
    return None if value is None else value.replace("\x00", "\ufffd")
