"""What other bodies found out or decided about candidates: checks besides the marks, and seats that another platform gave.

Invariant: both come from a sealed file; a candidate has at most one seat elsewhere that stands; a file of such seats is taken
back as a whole, and what it said stays on record.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhijiao.admissions.models.candidates import Candidate, ScoreSheet
from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import PERSON, only
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import never_deleted


class CheckResult(models.Model):
    """What conditions of plan lines ask besides marks, by id of the check: 1 or 0 where it is passed or not, else a number."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="checked")
    results = models.JSONField(default=dict)
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.candidate_id}"


class Elsewhere(models.Model):
    """A seat that another body gave (`way`: by the season's rules), as its file says. `organisation`: the school in our tree."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="elsewhere")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="elsewhere")
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="elsewhere")
    way = models.CharField(max_length=40)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    major_code = models.CharField(max_length=16)
    major_name = models.CharField(max_length=80)
    years = models.SmallIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [*never_deleted(), only("withdrawn_at", "withdrawn_by", "withdrawn_because")]
        constraints = (
            models.UniqueConstraint(
                fields=("candidate",), condition=Q(withdrawn_at__isnull=True), name="elsewhere_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_because=""),
                name="elsewhere_withdrawn_says_why",
            ),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=8), name="elsewhere_years_plausible"),
        )
        indexes = (models.Index(fields=("organisation", "season"), name="elsewhere_by_school"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.way}"
