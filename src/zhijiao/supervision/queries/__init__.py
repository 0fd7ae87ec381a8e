"""Reads of this domain. Those of what was made public stand here: they need no database and work on any pack that can be
indexed. The others are called inside the scope of whoever asks: `queries.work`, `.proceedings`, `.inspection`, `.week`."""

from zhijiao.supervision.rules.published import by_document, count, task_lines

__all__ = ["by_document", "count", "task_lines"]
