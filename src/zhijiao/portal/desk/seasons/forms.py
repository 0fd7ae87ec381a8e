"""The form of a line: what was typed, by field."""

from __future__ import annotations

from django.http import HttpRequest

from zhijiao.admissions.queries.plan import MOST_LIMITS, draft_from, names_of, raw_from
from zhijiao.policy.types import Admission

BESIDE = ("revision", "document", "words")


def raw_of(request: HttpRequest, rules: Admission) -> dict[str, str]:
    """What was typed, by the name of the field."""
    return {name: request.POST.get(name, "").strip() for name in (*names_of(rules), *BESIDE)}


__all__ = ["MOST_LIMITS", "draft_from", "raw_from", "raw_of"]
