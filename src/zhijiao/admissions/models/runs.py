"""Allocations: what went in, what came out, who signed.

Invariant: inputs and results are kept as bytes under their digests; a result is seen by nobody outside the bureaus before all
named bureaus have signed its digest; outcomes are only ever added.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijiao.admissions.models.candidates import Candidate
from zhijiao.admissions.models.plan import PlanCell, PlanLine
from zhijiao.admissions.models.seasons import Round, Season
from zhijiao.admissions.models.shared import OFFICE, PERSON, values
from zhijiao.admissions.types.states import RunKind, RunState
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import append_only, never_deleted


class Run(models.Model):
    """An allocation of a round. `input`, `output`: the files, packed; `lines`: the line of each cell; `withheld`: batches in
    which the verifier found a violation."""

    governance: ClassVar[Governance] = OFFICE

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="runs")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="runs")
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=12, choices=values(RunKind))
    state = models.CharField(max_length=12, choices=values(RunState), default=RunState.STARTED.value)
    input = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    output = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    input_digest = models.CharField(max_length=64, blank=True)
    output_digest = models.CharField(max_length=64, blank=True)
    digest_kind = models.CharField(max_length=8, default="sha256")
    engine = models.CharField(max_length=40, blank=True)  # version of the program
    seed = models.CharField(max_length=80, blank=True)
    counts = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    violations = models.JSONField(default=list)
    withheld = ArrayField(models.CharField(max_length=40), default=list)
    words = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80)
    finished_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    publicised_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("season", "number"), name="run_number_once"),
            models.UniqueConstraint(
                fields=("round",),
                condition=Q(kind="real") & ~Q(state__in=("failed", "withheld", "cancelled")),
                name="run_one_real_a_round",
            ),
            models.CheckConstraint(
                condition=Q(kind="real")
                | Q(state__in=("started", "failed", "withheld", "verified", "cancelled")),
                name="run_simulation_is_not_signed",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(signed_at__isnull=False),
                name="run_signed_before_seen",
            ),
        )

    def __str__(self) -> str:
        return f"{self.season_id} {self.number}"


class RunSignature(models.Model):
    """A bureau has signed the result of this digest."""

    governance: ClassVar[Governance] = OFFICE

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="signatures")
    bureau = models.CharField(max_length=40)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    words = models.CharField(max_length=300, blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("run", "bureau"), name="run_signed_once"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.bureau}"


class Outcome(models.Model):
    """What a run gave a candidate: a seat (`line`, `cell`, `organisation`), or none. `order` is that of the choice."""

    governance: ClassVar[Governance] = PERSON

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="outcomes")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="outcomes")
    line = models.ForeignKey(PlanLine, null=True, on_delete=models.PROTECT, related_name="+")
    cell = models.ForeignKey(PlanCell, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "core.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    batch = models.CharField(max_length=40, blank=True)
    order = models.SmallIntegerField(default=0)

    class Meta:
        triggers = append_only()
        constraints = (
            models.UniqueConstraint(fields=("run", "candidate"), name="outcome_once"),
            models.CheckConstraint(
                condition=Q(line__isnull=True, cell__isnull=True, organisation__isnull=True)
                | Q(line__isnull=False, cell__isnull=False, organisation__isnull=False),
                name="outcome_whole_seat",
            ),
        )
        indexes = (
            models.Index(
                fields=("organisation", "run"),
                condition=Q(organisation__isnull=False),
                name="outcome_by_school",
            ),
            models.Index(fields=("candidate",), name="outcome_by_candidate"),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.candidate_id}"


class Explanation(models.Model):
    """Why each choice of a candidate came out as it did: code, line, own place and ties, in order. Apart from the outcome,
    since it says what she chose: only she and her guardian read it."""

    governance: ClassVar[Governance] = PERSON

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="explanations")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="explanations")
    reasons = models.JSONField(default=list)  # [{line, batch, order, code, at, place, ties}]

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("run", "candidate"), name="explanation_once"),)
        indexes = (models.Index(fields=("candidate",), name="explanation_by_candidate"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.candidate_id}"
