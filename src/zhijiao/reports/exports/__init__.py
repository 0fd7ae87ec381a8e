"""Lists as workbooks. A list is an `Exporter` in the registry; the base writes it."""

from zhijiao.reports.exports.books import board_workbook, list_workbook
from zhijiao.reports.exports.registry import EXPORTERS
from zhijiao.reports.exports.types import Exporter, Scene

__all__ = ["EXPORTERS", "Exporter", "Scene", "board_workbook", "list_workbook"]
