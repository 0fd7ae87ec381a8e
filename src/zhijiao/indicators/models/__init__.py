"""The tables of this domain, one subject a file."""

from zhijiao.indicators.models.figures import Figure, Pulse
from zhijiao.indicators.models.receipts import Receipt
from zhijiao.indicators.models.reports import Report, ReportStep
from zhijiao.indicators.models.runs import Recomputed, Result, Run
from zhijiao.indicators.models.targets import TargetShare

__all__ = [
    "Figure",
    "Pulse",
    "Receipt",
    "Recomputed",
    "Report",
    "ReportStep",
    "Result",
    "Run",
    "TargetShare",
]
