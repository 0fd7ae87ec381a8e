"""The pure decisions of this domain, one subject a file."""

from zhijiao.supervision.rules.published import by_document, count, state_of, task_lines

__all__ = ["by_document", "count", "state_of", "task_lines"]
