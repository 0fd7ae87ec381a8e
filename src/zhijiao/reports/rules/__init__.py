"""The progress brief, from a pack and its board. Pure; every sentence is counted, none is judged."""

from zhijiao.reports.rules.brief import make_brief

__all__ = ["make_brief"]
