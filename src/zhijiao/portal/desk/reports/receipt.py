"""What a person gets in hand after handing in or deciding: number, moment, lines and a digest; to print and keep."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.queries.several import several
from zhijiao.indicators.types import Owed
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import WORDS, amount
from zhijiao.portal.pages import page

VERBS = {
    "submit": "提交",
    "decide": "审核",
    "pass": "通过",
    "approve": "审定",
    "return": "退回",
    "withdraw": "撤回",
    "reopen": "重新打开",
    "hand_in": "提交",
}


@require_GET
def _view(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    receipt = queries.receipt(desk.actor, number)
    # The receipt keeps keys and values; the words for them are those of today.
    lines = {
        line.id: line
        for line in several(desk.actor, [int(each["report"]) for each in receipt.lines], desk.on)
    }
    reviewing = receipt.verb not in ("submit", "withdraw", "hand_in")
    return page(
        request,
        "desk/reports/receipt.html",
        desk.frame,
        desk=desk,
        view="review" if reviewing else "hand_in",
        receipt=receipt,
        verb=VERBS.get(receipt.verb, receipt.verb),
        reviewing=reviewing,
        rows=[(each, lines.get(int(each["report"]))) for each in receipt.lines],
        shown=_shown,
        **WORDS,
    )


def _shown(said: Mapping[str, str], line: Owed | None) -> str:
    """The value that the receipt keeps, with the unit that its figure has."""
    value = said.get("value")
    return amount(Decimal(value) if value else None, line.unit if line else "", said.get("text", ""))


view = at_desk(_view)
