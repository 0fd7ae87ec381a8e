"""Targets and tasks as a workbook in the layout of the documents' own tables, and back as a draft version."""

from zhijiao.policy.packs.workbook.draft import Draft, read_draft
from zhijiao.policy.packs.workbook.refusal import WorkbookRefused
from zhijiao.policy.packs.workbook.writing import write_workbook

__all__ = ["Draft", "WorkbookRefused", "read_draft", "write_workbook"]
