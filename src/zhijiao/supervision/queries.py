"""Reads of this domain. `task_lines` needs no database: it works on any pack that can be indexed."""

from __future__ import annotations

from zhijiao.supervision.rules import by_document, count, task_lines

__all__ = ["by_document", "count", "task_lines"]
