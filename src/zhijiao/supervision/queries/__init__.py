"""Reads of this domain. Those of what was made public need no database: they work on any pack that can be indexed."""

from zhijiao.supervision.rules.published import by_document, count, task_lines

__all__ = ["by_document", "count", "task_lines"]
