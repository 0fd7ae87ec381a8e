"""Seasons, their rounds and windows.

Invariant: what a season is run by is a copy of the pack's rules, which stays as it is once the plan is locked; its phase is
what replaying its steps gives; a window moves only by a decision on record.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from zhijiao.admissions.models.shared import OFFICE, PLAN, values
from zhijiao.admissions.types.states import Phase, RoundKind
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import TENANTS, append_only, never_deleted


class Season(models.Model):
    """The admission of one year in one place. `rules`: the pack's admissions.yaml as it was when the season was opened.
    `bureaus`: which organisation stands behind each bureau of the rules; `parties`: all of them and the place itself."""

    governance: ClassVar[Governance] = PLAN

    tenant = models.CharField(max_length=8, choices=TENANTS)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=24)  # in addresses, such as 2026
    title = models.CharField(max_length=120)
    year = models.SmallIntegerField()
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=64, blank=True)
    document = models.CharField(max_length=200, blank=True)  # under which it was opened
    rules = models.JSONField()
    rules_digest = models.CharField(max_length=64)
    bureaus = models.JSONField(default=dict)
    parties = ArrayField(models.BigIntegerField(), default=list)
    rehearsal = models.BooleanField(default=False)
    phase = models.CharField(max_length=16, choices=values(Phase), default=Phase.PREPARING.value)
    entered = models.DateField()
    proposals_until = models.DateField(null=True)  # by when schools hand in their plan
    plan_digest = models.CharField(max_length=64, blank=True)
    locked_at = models.DateTimeField(null=True)
    steps_count = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("tenant", "organisation", "code"), name="season_code_once"),
            models.CheckConstraint(
                condition=Q(plan_digest="", locked_at__isnull=True)
                | (~Q(plan_digest="") & Q(locked_at__isnull=False)),
                name="season_locked_under_a_digest",
            ),
        )
        indexes = (GinIndex(fields=("parties",), name="season_parties"),)

    def __str__(self) -> str:
        return self.title

    @property
    def phase_words(self) -> str:
        """The phase as screens say it."""
        return Phase(self.phase).words


class SeasonStep(models.Model):
    """A step of a season through its flow. Never changed."""

    governance: ClassVar[Governance] = OFFICE

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    transition = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=16)
    target = models.CharField(max_length=16)
    party = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("season", "number"), name="season_step_once"),)

    def __str__(self) -> str:
        return f"{self.season_id} {self.number} {self.transition}"


class Round(models.Model):
    """A round of filling in and its window, which is open from `opens_at` until before `closes_at`; who had the page open
    before then has `grace_minutes` more. A mock round is wiped."""

    governance: ClassVar[Governance] = PLAN

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="rounds")
    code = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=values(RoundKind))
    name = models.CharField(max_length=80)
    batches = ArrayField(models.CharField(max_length=40))  # ids of the rules, in sequence
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    grace_minutes = models.SmallIntegerField(default=0)
    second_factor = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    frozen_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("season", "code"), name="round_code_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_later"),
            models.CheckConstraint(
                condition=Q(grace_minutes__gte=0, grace_minutes__lte=60), name="round_grace_is_short"
            ),
            models.CheckConstraint(
                condition=Q(wiped_at__isnull=True) | Q(kind=RoundKind.MOCK.value), name="round_wiped_is_mock"
            ),
            models.CheckConstraint(condition=Q(batches__len__gt=0), name="round_has_batches"),
        )

    def __str__(self) -> str:
        return self.name


class RoundSeat(models.Model):
    """Seats of a cell that a round offers: in a supplementary round those left over and those given up."""

    governance: ClassVar[Governance] = PLAN

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="seats")
    cell = models.ForeignKey("admissions.PlanCell", on_delete=models.PROTECT, related_name="offered")
    seats = models.IntegerField()
    freed = models.IntegerField(default=0)  # of these, given up

    class Meta:
        triggers = append_only()
        constraints = (
            models.UniqueConstraint(fields=("round", "cell"), name="round_seat_once"),
            models.CheckConstraint(
                condition=Q(seats__gte=F("freed"), freed__gte=0), name="round_seat_counts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.cell_id} {self.seats}"


class Extension(models.Model):
    """A decision that a round closes later: for one candidate, for those of one junior school, or (both empty) for all."""

    governance: ClassVar[Governance] = OFFICE

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="extensions")
    candidate = models.ForeignKey(
        "admissions.Candidate", null=True, on_delete=models.PROTECT, related_name="extensions"
    )
    school = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    document = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (
            models.CheckConstraint(condition=~Q(document="") & ~Q(reason=""), name="extension_is_founded"),
            models.CheckConstraint(
                condition=Q(candidate__isnull=True) | Q(school__isnull=True), name="extension_of_one_kind"
            ),
        )
        indexes = (models.Index(fields=("round", "-until"), name="extension_by_round"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.until}"
