"""What the pages of data quality share: lines in words, who mends what, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import SCHOOLS
from zhijiao.core.tree import Node
from zhijiao.engines.quality import Subject, percent
from zhijiao.exchange.types import Dataset
from zhijiao.exchange.types.quality import Facts, Finding, Judged
from zhijiao.portal.desk.guard import Desk

NEEDS = (Permission.VIEW, Permission.REPORT, Permission.REVIEW)
SHOWN = (Subject.VALIDITY, Subject.COMPLETENESS, Subject.AGREEMENT)
"""Parts that have a column of their own; the page of a line has all."""
SENDER = "报送单位"
"""How rules call the organisation; pages say its name."""
KINDS = {
    Subject.TIMELINESS: "逾期",
    Subject.VALIDITY: "有行待改",
    Subject.COMPLETENESS: "必填项空缺",
    Subject.AGREEMENT: "来源不一致",
    Subject.DUPLICATES: "人员重复",
    Subject.OUTLIERS: "行数待核",
    Subject.ADDITION: "合计不符",
}
"""Kinds of findings, the most urgent first."""


@dataclass(frozen=True)
class Mending:
    """A finding for the page: who mends it, and where."""

    finding: Finding
    kind: str
    who: str
    href: str
    link: str


@dataclass(frozen=True)
class Line:
    """A data set of an organisation. `mends`: the reader hands in for it."""

    judged: Judged
    node: Node
    mends: bool
    desk: Desk

    @property
    def facts(self) -> Facts:
        """What was judged."""
        return self.judged.facts

    @property
    def dataset(self) -> Dataset:
        """The data set."""
        return self.judged.facts.dataset

    @property
    def kinds(self) -> list[str]:
        """The kinds of its findings."""
        return list(dict.fromkeys(one.subject.value for one in self.judged.findings))

    @property
    def urgency(self) -> tuple[int, bool, str]:
        """What puts it before others: weight, then schools, then the order of the tree."""
        return (-self.judged.weight, self.node.kind not in SCHOOLS, self.node.label)

    def share(self, subject: Subject) -> str:
        """A part as its share; empty where it was not looked at."""
        part = self.judged.score.part(subject)
        return percent(part.share) if part is not None and part.share is not None else ""

    def number(self, subject: Subject) -> Decimal | None:
        """The same in per cent, to sort by and for cells of workbooks."""
        text = self.share(subject)
        return Decimal(text.removesuffix("%")) if text else None

    def why_not(self, subject: Subject) -> str:
        """Why a part was not looked at."""
        return self.judged.score.unchecked.get(subject, "")

    @property
    def delivery(self) -> tuple[str, str]:
        """Whether what was due came in time, as a key and in a word."""
        part = self.judged.score.part(Subject.TIMELINESS)
        if part is None:
            return "unchecked", "—"
        if part.good:
            return "good", "按期"
        return ("done", "迟交") if self.facts.received else ("late", "逾期")

    @property
    def timeliness(self) -> Subject:
        """For templates: why it was not checked is asked by subject."""
        return Subject.TIMELINESS

    @cached_property
    def mending(self) -> Sequence[Mending]:
        """Its findings, the most urgent first."""
        return [self._mending(finding) for finding in self.judged.findings]

    def _mending(self, finding: Finding) -> Mending:
        sender = self.node.label if self.facts.owes else self.dataset.owner
        href, link = _where(self, finding)
        return Mending(finding, KINDS[finding.subject], finding.owes.replace(SENDER, sender), href, link)


def _where(line: Line, finding: Finding) -> tuple[str, str]:
    """The page on which a finding is mended or looked into, and what the link says."""
    org, dataset = line.node.id, line.dataset.id
    rows = f"?org={org}" + (f"&period={finding.period}" if finding.period else "")
    match finding.subject:
        case Subject.TIMELINESS if line.mends:
            return f"{reverse('portal:data')}?dataset={dataset}", "去交文件"
        case Subject.TIMELINESS:
            return reverse("portal:data_set", args=[dataset]), "看报送要求"
        case Subject.VALIDITY:
            return f"{reverse('portal:data_held')}?dataset={dataset}&org={org}", "看待改的行"
        case Subject.AGREEMENT:
            return f"{reverse('portal:data_differences')}?dataset={dataset}&org={org}", "逐条核对"
        case Subject.DUPLICATES:
            return reverse("portal:data_twice"), "看是哪些人"
    return reverse("portal:data_rows", args=[dataset]) + rows, "看这些行"
