"""The tables of this domain, one subject a file."""

from zhijiao.indicators.models.figures import Figure, Pulse
from zhijiao.indicators.models.receipts import Receipt
from zhijiao.indicators.models.reports import Report, ReportStep
from zhijiao.indicators.models.targets import TargetShare

__all__ = ["Figure", "Pulse", "Receipt", "Report", "ReportStep", "TargetShare"]
