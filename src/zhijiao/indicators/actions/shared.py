"""What the verbs on reports share: loading what was looked at, taking a step, receipts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Role
from zhijiao.core.inbox import holders, notify
from zhijiao.core.workdays import china
from zhijiao.engines.workflow import Clock, due_date, step
from zhijiao.engines.workflow import Refused as StepRefused
from zhijiao.indicators.models import Receipt as ReceiptRow
from zhijiao.indicators.models import Report, ReportStep
from zhijiao.indicators.queries.receipts import receipt_view
from zhijiao.indicators.queries.standpoint import Standpoint
from zhijiao.indicators.rules.duties import Link, flow_of, holder_at, links_from
from zhijiao.indicators.rules.periods import period_words
from zhijiao.indicators.types import (
    APPROVED,
    DRAFT,
    Clashed,
    Problem,
    Reason,
    Receipt,
    Refused,
    Reused,
    StepKind,
)
from zhijiao.lib.numbers import plain

PARTS = ("value", "numerator", "denominator", "text")
"""What of a form is the figure, in the order in which it is read out."""
MENDING = Clock(3)
"""How long a figure that came back may take, where its own term ends earlier."""


@dataclass(frozen=True)
class Taken:
    """A step on its way into the ledger."""

    report: Report
    line: ReportStep


class Deed(Standpoint):
    """One act of one person on some reports: knows what the reports are about, and as what the person stands to each."""

    def __init__(self, by: Actor, at: datetime) -> None:
        super().__init__(by)
        self.at = at
        self.today = timezone.localdate(at)

    def load(
        self, looked_at: Mapping[int, int | None], typed: Mapping[int, Mapping[str, str]] | None = None
    ) -> list[Report]:
        """Lock reports that the actor may change, in one order for everybody. `typed` is what the actor wants to write
        into them: a clash names it beside what stands there. Raises Invisible, Clashed."""
        rows = list(Report.objects.select_for_update(of=("self",)).filter(pk__in=looked_at).order_by("id"))
        if len(rows) != len(looked_at):
            raise Invisible("no such report")
        wanted = typed or {}
        clashes = [
            self._clash(r, wanted.get(r.pk, {})) for r in rows if looked_at[r.pk] not in (None, r.revision)
        ]
        if clashes:
            raise Clashed(clashes)
        return rows

    def take(self, report: Report, kind: StepKind, *, reason: Reason | None = None, words: str = "") -> Taken:
        """Move a report along its flow, in memory. Raises the engine's Refused."""
        links = links_from(report.chain)
        source = report.state
        target = step(
            flow_of(links),
            source,
            kind.value,
            parties=self.parties(report, links),
            reason=reason.value if reason else None,
            same_person=self.by.user is not None and self.by.user == report.submitted_by,
        ).id
        reporter = report.organisation_id
        organisation = reporter if kind is StepKind.WITHDRAW else holder_at(source, reporter, links)
        report.state = target
        report.step += 1
        report.revision += 1
        report.holder_id = holder_at(target, reporter, links)
        report.deadline = deadline_of(report, links, self.today)
        if kind in (StepKind.RETURN, StepKind.REOPEN):
            report.reason, report.reason_words = (reason.value if reason else ""), words[:500]
            report.returned_by = self.by.name[:80]
        line = ReportStep(
            report=report,
            number=report.step,
            kind=kind.value,
            source=source,
            target=target,
            user=self.by.user,
            name=self.by.name[:80],
            organisation_id=organisation,
            at=self.at,
            value=report.value,
            numerator=report.numerator,
            denominator=report.denominator,
            text=report.text,
            note=report.note,
            evidence=report.evidence,
            reason=reason.value if reason else "",
            reason_words=words[:500],
        )
        return Taken(report, line)

    def take_all(
        self,
        reports: Sequence[Report],
        kind: Callable[[Report], StepKind],
        *,
        reason: Reason | None = None,
        words: str = "",
    ) -> list[Taken]:
        """Move reports, or none of them. Raises Refused with every report that cannot move."""
        taken, problems = [], []
        for report in reports:
            try:
                taken.append(self.take(report, kind(report), reason=reason, words=words))
            except StepRefused as error:
                problems.append(self.problem(report, error.code.value, error.words))
        if problems:
            raise Refused(problems)
        return taken

    def problem(self, report: Report, code: str, words: str, field: str = "") -> Problem:
        """Something wrong with one report, named."""
        name = self.subject(report).indicator.name
        return Problem(report.pk, name, field, code, f"“{name}”（{period_words(report.period)}）：{words}")

    def _clash(self, row: Report, typed: Mapping[str, str]) -> Problem:
        now = plain(row.value) if row.value is not None else row.text[:40] or "空"
        words = f"在您打开页面之后已有人改动，现在的值是“{now}”"
        if any(part in typed for part in PARTS):
            yours = " ÷ ".join(text for part in PARTS if (text := typed.get(part, "").strip()))
            words += f"，您填的是“{yours[:40] or '空'}”，没有保存。要用您填的，请再提交一次；要用现在的值，请刷新页面。"
        else:
            words += "。这次操作没有保存，请刷新后再办。"
        return self.problem(row, "changed", words)

    def receipt(
        self, verb: str, reports: Sequence[Report], *, organisation: int | None, key: str | None, request: Any
    ) -> Receipt:
        """Write down what was done, with a number that can be read out on the phone."""
        lines = [self._line(report) for report in reports]
        digest = digest_of({"verb": verb, "at": self.at.isoformat(), "name": self.by.name, "lines": lines})
        row = ReceiptRow.objects.create(
            number=f"{timezone.localtime(self.at):%Y%m%d}-{digest[:10].upper()}",
            tenant=self.by.tenant,
            organisation_id=organisation,
            user=self.by.user,
            name=self.by.name[:80],
            verb=verb,
            at=self.at,
            digest=digest,
            lines=lines,
            key=key or None,
            request=digest_of(request) if key else "",
        )
        return receipt_view(row)

    def _line(self, report: Report) -> dict[str, str]:
        return {
            "report": str(report.pk),
            "indicator": report.indicator,
            "name": self.subject(report).indicator.name,
            "organisation": str(report.organisation_id),
            "period": report.period,
            "state": report.state,
            "revision": str(report.revision),
            **{
                key: plain(number)
                for key in ("value", "numerator", "denominator")
                if (number := getattr(report, key)) is not None
            },
            **({"text": report.text} if report.text else {}),
        }

    def tell_people(
        self, organisation: int, roles: frozenset[Role], *, key: str, subject: str, body: str, link: str
    ) -> int:
        """A note to everybody who holds one of the roles at an organisation; how many there are."""
        people = holders(organisation, roles)
        notify(people, key=key, subject=subject, body=body, link=link, at=self.at)
        return len(people)


def deadline_of(report: Report, links: Sequence[Link], today: date) -> date | None:
    """Until when the holder of a report has."""
    if report.state == APPROVED:
        return None
    if report.state == DRAFT:
        return max(report.due, due_date(today, MENDING, china()))
    link = links[int(report.state.removeprefix("step.")) - 1]
    return due_date(today, Clock(link.days, link.working), china()) if link.days else None


MOVED = (
    *("state", "step", "revision", "holder", "deadline", "reason", "reason_words", "returned_by"),
    *("submitted_by", "submitted_name", "submitted_at"),
)
"""What a step changes in a row."""
FILLED = ("typed", "value", "numerator", "denominator", "text", "note", "evidence")
"""What filling in changes in a row."""


def write(taken: Sequence[Taken], *, fields: Sequence[str] = MOVED) -> None:
    """Put steps and the rows that they move into the database."""
    for each in taken:
        each.report.save(update_fields=list(fields))
    ReportStep.objects.bulk_create([each.line for each in taken])


def digest_of(content: Any) -> str:
    """SHA-256 over canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def earlier(by: Actor, key: str | None, request: Any) -> Receipt | None:
    """The receipt of the deed that this key already did. Two requests with one key run one after the other. Raises Reused."""
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{by.user}:{key}"])
    found = ReceiptRow.objects.filter(user=by.user, key=key).first()
    if found is None:
        return None
    if found.request != digest_of(request):
        raise Reused(key)
    return receipt_view(found)
