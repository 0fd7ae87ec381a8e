"""Receipts as they are shown."""

from __future__ import annotations

from zhijiao.indicators.models import Receipt as ReceiptRow
from zhijiao.indicators.types import Receipt


def receipt_view(row: ReceiptRow) -> Receipt:
    """A receipt as it is shown."""
    return Receipt(row.number, row.at, row.digest, row.verb, row.name, row.organisation_id, tuple(row.lines))
