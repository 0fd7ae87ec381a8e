"""The plan: lines of schools, cells of seats, the steps and signatures that make it binding.

Invariant: a line moves only with a step; a locked plan changes only by a correction on record, made and signed in the same
transaction; the signature of a bureau is for one digest of the plan.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import OFFICE, PLAN, SIGNED, values
from zhijiao.admissions.types.states import LineState
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import KINDS, append_only, never_deleted


class PlanLine(models.Model):
    """A major of a school in a batch: what a choice names. `code` is its recruitment code, one in the season for all kinds of
    schools; empty until the line is approved. Fees in yuan a year; `years` the length of study."""

    governance: ClassVar[Governance] = PLAN

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="lines")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=KINDS)
    batch = models.CharField(max_length=40)
    code = models.CharField(max_length=12, blank=True)
    school_name = models.CharField(max_length=120)  # as it is called in this season
    sort_key = models.CharField(max_length=240, blank=True)
    division = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    major_code = models.CharField(max_length=16)
    major_name = models.CharField(max_length=80)
    direction = models.CharField(max_length=80, blank=True)  # 专业方向, where one major is offered twice
    years = models.SmallIntegerField()
    partner = models.CharField(max_length=120, blank=True)  # the higher school of an integrated track
    diploma = models.CharField(max_length=120, blank=True)
    tuition = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    exempt = models.BooleanField(default=False)  # from tuition
    boarding = models.BooleanField(default=False)
    boarding_fee = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    limits = models.JSONField(
        default=list
    )  # [{id, require, words, minimum}] as `engines.matching.types.Limit`
    ways_up = models.TextField(blank=True)
    destinations = models.TextField(blank=True)
    note = models.TextField(blank=True)
    last_year = models.JSONField(default=dict)  # {seats, admitted, line}: what the leaflet says of last year
    state = models.CharField(max_length=10, choices=values(LineState), default=LineState.DRAFT.value)
    steps_count = models.IntegerField(default=0)
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("season", "organisation", "batch", "major_code", "direction"), name="plan_line_once"
            ),
            models.UniqueConstraint(
                fields=("season", "code"), condition=~Q(code=""), name="plan_code_once_a_season"
            ),
            models.CheckConstraint(
                condition=~Q(state=LineState.APPROVED.value) | ~Q(code=""), name="plan_approved_has_code"
            ),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=8), name="plan_years_plausible"),
            models.CheckConstraint(
                condition=Q(tuition__gte=0, boarding_fee__gte=0), name="plan_fees_not_negative"
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "season"), name="plan_line_by_school"),
            models.Index(fields=("season", "state", "batch"), name="plan_line_by_batch"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.school_name} {self.name}"

    @property
    def name(self) -> str:
        """The major as leaflets have it, with its direction."""
        return f"{self.major_name}（{self.direction}）" if self.direction else self.major_name

    @property
    def state_words(self) -> str:
        """The state as screens say it."""
        return LineState(self.state).words


class PlanCell(models.Model):
    """Seats of a line for one origin (empty: for everybody). Its order among those of the line has meaning. Unused seats go
    to `flows_to`."""

    governance: ClassVar[Governance] = PLAN

    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="cells")
    number = models.SmallIntegerField()
    origin = models.CharField(max_length=40, blank=True)
    seats = models.IntegerField()
    min_total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    flows_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="flows_from")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("line", "number"), name="plan_cell_number_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=("line", "origin"), name="plan_cell_origin_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(seats__gte=0, seats__lte=5000), name="plan_seats_plausible"),
            models.CheckConstraint(
                condition=Q(flows_to__isnull=True) | ~Q(flows_to=F("id")), name="plan_cell_flows_elsewhere"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}-{self.number}"


class PlanStep(models.Model):
    """What was done to a line, or (without one) to the plan as a whole. Never changed. `change`: before and after, where a
    locked plan was corrected; `digest`: that of the plan then."""

    governance: ClassVar[Governance] = OFFICE

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="plan_steps")
    line = models.ForeignKey(PlanLine, null=True, on_delete=models.PROTECT, related_name="steps")
    number = models.IntegerField()
    action = models.CharField(max_length=16)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10, blank=True)
    party = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    change = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    on = models.DateField()
    transaction = models.BigIntegerField(db_default=Func(function="zhijiao_transaction"), editable=False)

    class Meta:
        triggers = append_only()
        constraints = (
            models.UniqueConstraint(
                fields=("season", "line", "number"), nulls_distinct=False, name="plan_line_step_once"
            ),
            models.CheckConstraint(
                condition=~Q(action="correct") | (~Q(document="") & ~Q(words="")),
                name="plan_correction_is_founded",
            ),
        )

    def __str__(self) -> str:
        return f"{self.season_id} {self.line_id} {self.action}"


class PlanSignature(models.Model):
    """A bureau has signed the plan of this digest."""

    governance: ClassVar[Governance] = SIGNED

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="plan_signatures")
    bureau = models.CharField(max_length=40)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    words = models.CharField(max_length=300, blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = (
            models.UniqueConstraint(fields=("season", "bureau", "digest"), name="plan_signed_once"),
        )

    def __str__(self) -> str:
        return f"{self.season_id} {self.bureau}"
