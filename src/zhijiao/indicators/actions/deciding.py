"""Verbs of who reviews: pass or approve a whole sitting, return with a reason, open again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.events import tell
from zhijiao.indicators.actions.approving import approve
from zhijiao.indicators.actions.shared import Deed, Taken, earlier, write
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.standpoint import REPORTERS, REVIEWERS
from zhijiao.indicators.types import APPROVED, Decided, Problem, Reason, Receipt, Refused, StepKind

RETURNED = "indicators.returned"
"""Told when reports go back: `{"tenant": …, "reports": [ids], "reason": …}`."""


def decide(*, by: Actor, at: datetime, reports: Mapping[int, int | None], key: str | None = None) -> Decided:
    """Pass reports on, or approve those that stand at their last level. `reports`: id and the revision that was looked at.

    All or none: one that somebody changed, or that is not the person's to decide, is named and nothing happens.
    Raises Refused, Clashed, Reused, Invisible.
    """
    request = {"verb": "decide", "reports": {str(k): v for k, v in reports.items()}}
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            approved = sum(line["state"] == APPROVED for line in known.lines)
            return Decided(known, len(known.lines) - approved, approved)
        deed = Deed(by, at)
        rows = deed.load(reports)
        taken = deed.take_all(rows, _onwards)
        write(taken)
        done = [each for each in taken if each.report.state == APPROVED]
        approve(deed, done)
        receipt = _receipt(deed, "decide", taken, key=key, request=request)
        _tell_decided(deed, taken, receipt)
        return Decided(receipt, len(taken) - len(done), len(done))


def return_for_correction(
    *,
    by: Actor,
    at: datetime,
    reports: Mapping[int, int | None],
    reason: Reason,
    words: str = "",
    key: str | None = None,
) -> Receipt:
    """Send reports back to who owes them, with a reason and words. All or none. Raises as `decide`."""
    words = words.strip()
    request = {
        "verb": "return",
        "reports": {str(k): v for k, v in reports.items()},
        "reason": reason,
        "words": words,
    }
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            return known
        deed = Deed(by, at)
        rows = deed.load(reports)
        if reason is Reason.OTHER and not words:
            raise Refused(
                [Problem(0, "", "words", "reason_missing", "选了“其他”，要写明原因；填报人才知道改什么。")]
            )
        taken = deed.take_all(rows, lambda _: StepKind.RETURN, reason=reason, words=words)
        write(taken)
        receipt = _receipt(deed, "return", taken, key=key, request=request)
        payload = {"tenant": by.tenant.value, "reports": [row.pk for row in rows], "reason": reason.value}
        tell(RETURNED, payload, at=at)
        said = f"{reason.words}{f'：{words}' if words else ''}"
        for organisation, count in _counts(rows).items():
            deed.tell_people(
                organisation,
                REPORTERS,
                key=f"returned.{receipt.number}",
                subject=f"有 {count} 项数据被退回：{said}",
                body=f"由 {by.name} 退回，修改后重新提交。",
                link="/desk/reports?state=returned",
            )
        return receipt


def reopen(
    *,
    by: Actor,
    at: datetime,
    report: int,
    revision: int | None,
    reason: Reason,
    words: str,
    key: str | None = None,
) -> Receipt:
    """Open an approved figure again. It stands until the corrected one is approved, which will name it and this cause.
    Words are demanded. Raises as `decide`."""
    words = words.strip()
    request = {
        "verb": "reopen",
        "report": report,
        "revision": revision,
        "reason": reason.value,
        "words": words,
    }
    with acting(by):
        if (known := earlier(by, key, request)) is not None:
            return known
        deed = Deed(by, at)
        rows = deed.load({report: revision})
        if not words:
            raise Refused(
                [
                    deed.problem(
                        rows[0], "reason_missing", "重新打开要写明原因；它会和新旧数值一起公开显示。", "words"
                    )
                ]
            )
        taken = deed.take_all(rows, lambda _: StepKind.REOPEN, reason=reason, words=words)
        write(taken)
        receipt = _receipt(deed, "reopen", taken, key=key, request=request)
        deed.tell_people(
            rows[0].organisation_id,
            REPORTERS,
            key=f"reopened.{receipt.number}",
            subject=f"“{deed.subject(rows[0]).indicator.name}”已重新打开：{reason.words}",
            body=f"{words}（{by.name}）",
            link=f"/desk/reports/{report}",
        )
        return receipt


def _onwards(report: Report) -> StepKind:
    return StepKind.APPROVE if report.state == f"step.{len(report.chain)}" else StepKind.PASS


def _receipt(deed: Deed, verb: str, taken: Sequence[Taken], *, key: str | None, request: object) -> Receipt:
    rows = [each.report for each in taken]
    organisation = taken[0].line.organisation_id
    receipt = deed.receipt(verb, rows, organisation=organisation, key=key, request=request)
    word = {"decide": "审核通过", "return": "退回", "reopen": "重新打开"}[verb]
    record(
        by=deed.by,
        at=deed.at,
        action=f"indicators.{verb}",
        organisation=organisation,
        object_kind="receipt",
        object_id=receipt.number,
        summary=f"{word}数据 {len(rows)} 项，回执 {receipt.number}",
        detail={
            "reports": [row.pk for row in rows],
            "reason": taken[0].line.reason,
            "words": taken[0].line.reason_words,
        },
    )
    return receipt


def _tell_decided(deed: Deed, taken: Sequence[Taken], receipt: Receipt) -> None:
    onwards = [each.report for each in taken if each.report.state != APPROVED]
    for holder in {row.holder_id for row in onwards}:
        count = sum(row.holder_id == holder for row in onwards)
        deed.tell_people(
            holder,
            REVIEWERS,
            key=f"passed.{receipt.number}",
            subject=f"有 {count} 项数据等待审核",
            body=f"由 {deed.by.name} 审核通过。",
            link="/desk/review",
        )
    for organisation, count in _counts([e.report for e in taken if e.report.state == APPROVED]).items():
        deed.tell_people(
            organisation,
            REPORTERS,
            key=f"approved.{receipt.number}",
            subject=f"有 {count} 项数据已审定",
            body=f"由 {deed.by.name} 审定。",
            link="/desk/reports?state=approved",
        )


def _counts(rows: Sequence[Report]) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in rows:
        found[row.organisation_id] = found.get(row.organisation_id, 0) + 1
    return found
