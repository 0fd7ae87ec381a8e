"""From where a person looks at reports: what each is about, and as what the person stands to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.inbox import holders
from zhijiao.core.models import Standing
from zhijiao.engines.workflow import available
from zhijiao.indicators.models import Report
from zhijiao.indicators.rules.duties import Link, flow_of, links_from
from zhijiao.indicators.types import StepKind
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Indicator, Obligation, PackIndex

REPORTERS = frozenset(role for role in Role if Permission.REPORT in ROLES[role].permissions)
REVIEWERS = frozenset(role for role in Role if Permission.REVIEW in ROLES[role].permissions)


@dataclass(frozen=True)
class Subject:
    """What a report is about, in the pack version that still knows it."""

    index: PackIndex
    obligation: Obligation
    indicator: Indicator


def sits_at(by: Actor, permission: Permission, organisation: int) -> bool:
    """Whether the person holds the permission by a role at this very organisation: a figure is reported and signed by the
    organisation's own people, not by whoever stands above it."""
    if by.everything:
        return True
    return by.may(permission, organisation) and any(
        seat.organisation == organisation and permission in ROLES[seat.role].permissions for seat in by.seats
    )


class Standpoint:
    """One person's view of reports. Keeps what it found for the length of one request."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._indexes: dict[tuple[str, str | None], PackIndex | None] = {}
        self._reports_for: dict[int, bool] = {}

    def subject(self, report: Report) -> Subject:
        """The current version of the pack where it still has the duty, else the one under which it was opened."""
        for version in (None, report.version):
            index = self._index(report.pack, version)
            if index is not None:
                obligation = index.obligations.get(report.obligation)
                indicator = index.indicators.get(report.indicator)
                if obligation is not None and indicator is not None:
                    return Subject(index, obligation, indicator)
        raise Invisible(f"report {report.pk} speaks of what no pack knows")

    def _index(self, pack: str, version: str | None) -> PackIndex | None:
        key = (pack, version)
        if key not in self._indexes:
            self._indexes[key] = policy.index(pack, version)
        return self._indexes[key]

    def reports_for(self, organisation: int) -> bool:
        """Whether the person may fill in for an organisation: as one of its people; or, from above, while it has nobody."""
        if organisation not in self._reports_for:
            self._reports_for[organisation] = sits_at(self.by, Permission.REPORT, organisation) or (
                self.by.may(Permission.REPORT, organisation) and not holders(organisation, REPORTERS)
            )
        return self._reports_for[organisation]

    def parties(self, report: Report, links: Sequence[Link]) -> set[str]:
        """As what the person stands in the approval flow of a report."""
        found = {
            f"step.{n}" for n, link in enumerate(links, 1) if sits_at(self.by, Permission.REVIEW, link.party)
        }
        return found | {"reporter"} if self.reports_for(report.organisation_id) else found

    def available(self, report: Report) -> list[StepKind]:
        """What the person may do with a report now."""
        links = links_from(report.chain)
        steps = available(
            flow_of(links),
            report.state,
            parties=self.parties(report, links),
            same_person=self.by.user is not None and self.by.user == report.submitted_by,
        )
        return [StepKind(each.id) for each in steps]


def names_of(organisations: set[int], on: date) -> dict[int, str]:
    """What organisations are called on a day; the last name of those that stand no more."""
    found: dict[int, str] = {}
    rows = Standing.objects.filter(organisation__in=organisations, starts__lte=on).order_by("starts")
    for organisation, name in rows.values_list("organisation_id", "name"):
        found[organisation] = name
    return found
