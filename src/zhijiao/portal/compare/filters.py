"""What the reader asked to see of the comparison. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zhijiao.lib.folding import fold, words_of
from zhijiao.portal.compare.lines import Dispute, Line
from zhijiao.portal.frame import Frame


@dataclass(frozen=True)
class Filters:
    """`conflicts` keeps rows with a conflict, `comparable` rows that may be compared; `words` must all occur."""

    conflicts: bool
    comparable: bool
    words: tuple[str, ...]

    @property
    def any(self) -> bool:
        return self.conflicts or self.comparable or bool(self.words)


def asked(frame: Frame) -> Filters:
    """The filters in the address."""
    only = frame.query.get("only", "")
    return Filters(only == "conflicts", only == "comparable", tuple(words_of(frame.query.get("text", ""))))


def keeps_line(filters: Filters, line: Line) -> bool:
    if filters.conflicts and not line.disputes:
        return False
    if filters.comparable and not line.concept.comparable:
        return False
    concept = line.concept
    said = [concept.name, concept.question, concept.caveat or "", *(d.conflict.id for d in line.disputes)]
    return _has(filters, [*said, *(entry.indicator.name for entry in line.entries)])


def keeps_dispute(filters: Filters, dispute: Dispute) -> bool:
    """Conflicts are neither comparable nor not, so that filter leaves them out."""
    if filters.comparable:
        return False
    conflict = dispute.conflict
    return _has(
        filters, [conflict.id, conflict.topic, conflict.decision, *(side.says for side in dispute.sides)]
    )


def _has(filters: Filters, texts: list[str]) -> bool:
    text = fold(" ".join(texts))
    return all(word in text for word in filters.words)
