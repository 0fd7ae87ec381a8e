"""What is known of the quality of a data set of an organisation, and what it is judged to be. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from zhijiao.engines.quality import Gap, Score, Subject
from zhijiao.exchange.types.standard import Dataset


@dataclass(frozen=True)
class Asked:
    """A count that was compared. `words` is why it is asked about; empty: nothing is, or `untested` says why it was not compared."""

    words: str = ""
    untested: str = ""


@dataclass(frozen=True)
class Inside:
    """Totals of one source beside the sum of their parts."""

    tested: int
    missed: int
    examples: Sequence[str] = ()


@dataclass(frozen=True)
class Counted:
    """Records of one period. `filled`: rows in which a field is filled, in the order of the standard; `shared`: rows of
    persons who stand with another organisation too; None where that was not counted."""

    period: str
    rows: int
    filled: Sequence[int]
    shared: int | None = None
    history: Asked | None = None
    peers: Asked | None = None
    inside: Inside | None = None


@dataclass(frozen=True)
class Facts:
    """A data set of an organisation, as it stands. `differing`: keys of which another source says something else; None
    where there is no other source. `due` and `received` are those of the period that ended last."""

    dataset: Dataset
    organisation: int
    counted: Sequence[Counted] = ()
    waiting: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    differing: int | None = None
    sources: Sequence[str] = ()
    owes: bool = True
    term: str = ""
    due: date | None = None
    received: date | None = None
    pending: bool = False

    @property
    def rows(self) -> int:
        """Records that stand."""
        return sum(one.rows for one in self.counted)


@dataclass(frozen=True)
class Finding:
    """Something to mend: what it is, what to do, who does it (in words after the organisation's name), in which period."""

    subject: Subject
    count: int
    words: str
    todo: str
    owes: str
    period: str = ""


@dataclass(frozen=True)
class Judged:
    """Facts with the judgement on them. `gaps` are fields that are not filled everywhere, the heaviest first."""

    facts: Facts
    score: Score
    findings: Sequence[Finding]
    gaps: Sequence[Gap]
    weight: int
    """How urgent it is beside others: the larger, the earlier it stands in a list."""
