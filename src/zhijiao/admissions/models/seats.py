"""What becomes of seats after the result: given up, filled by name, confirmed by letter, taken up at school.

Invariant: a seat is given up at most once; a person has at most one seat that stands; who came is handed over to the student
records once.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijiao.admissions.models.candidates import Candidate
from zhijiao.admissions.models.elsewhere import Elsewhere
from zhijiao.admissions.models.plan import PlanCell, PlanLine
from zhijiao.admissions.models.runs import Outcome
from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import PERSON, only, values
from zhijiao.admissions.types.states import DeclineState, EnrolmentState, NameListState, TopUpState
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import never_deleted

_GONE = (DeclineState.REFUSED.value, DeclineState.WITHDRAWN.value)


class Decline(models.Model):
    """A candidate gives up the seat of an outcome; the guardian confirms, the office decides."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="declines")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="declines")
    state = models.CharField(max_length=10, choices=values(DeclineState), default=DeclineState.ASKED.value)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    document = models.CharField(max_length=200, blank=True)  # a signed form at the counter
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("outcome",), condition=~Q(state__in=_GONE), name="decline_never_twice"
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.state}"


class TopUp(models.Model):
    """A school names a candidate without a seat for one that was left over; the bureau of its kind approves."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="top_ups")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="top_ups")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="top_ups")
    cell = models.ForeignKey(PlanCell, on_delete=models.PROTECT, related_name="top_ups")
    state = models.CharField(max_length=10, choices=values(TopUpState), default=TopUpState.PROPOSED.value)
    words = models.CharField(max_length=300, blank=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    bureau = models.CharField(max_length=40, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("candidate",),
                condition=Q(state__in=("proposed", "approved")),
                name="top_up_one_a_candidate",
            ),
        )
        indexes = (models.Index(fields=("organisation", "state"), name="top_up_by_school"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.line_id}"


class Letter(models.Model):
    """The letter of admission. Anybody can check `code`; `digest` covers what the letter says."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="letters")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="letters")
    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32, unique=True)
    code = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [*never_deleted(), only("revoked_at", "revoked_because")]
        constraints = (
            models.UniqueConstraint(
                fields=("candidate",), condition=Q(revoked_at__isnull=True), name="letter_one_valid"
            ),
        )

    def __str__(self) -> str:
        return self.number


class NameList(models.Model):
    """Who was admitted to an integrated track (3+2, 3+4), sealed by both schools and the bureau: the only basis of the later
    passing on. `signatures`: {party: {organisation, name, at}}."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="name_lists")
    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="name_lists")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.BigIntegerField(), default=list)
    candidates = ArrayField(models.BigIntegerField())
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=values(NameListState), default=NameListState.DRAFT.value)
    signatures = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            *never_deleted(),
            pgtrigger.Protect(
                name="sealed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.sealed_at IS NOT NULL"),
            ),
        ]
        constraints = (
            models.UniqueConstraint(fields=("season", "line"), name="name_list_once"),
            models.CheckConstraint(
                condition=Q(state="draft", sealed_at__isnull=True)
                | Q(state="sealed", sealed_at__isnull=False),
                name="name_list_sealed_in_full",
            ),
        )

    def __str__(self) -> str:
        return f"{self.season_id} {self.line_id}"


class Enrolment(models.Model):
    """Whether somebody with a seat came to school: a seat of a `line`, or one that was given elsewhere. `record`: what the student
    records call the person after the hand-over."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="enrolments")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="enrolments")
    line = models.ForeignKey(PlanLine, null=True, on_delete=models.PROTECT, related_name="+")
    elsewhere = models.ForeignKey(Elsewhere, null=True, on_delete=models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=values(EnrolmentState), default=EnrolmentState.EXPECTED.value
    )
    came_on = models.DateField(null=True)
    words = models.CharField(max_length=300, blank=True)
    noted_by = models.CharField(max_length=80, blank=True)
    noted_at = models.DateTimeField(null=True)
    record = models.CharField(max_length=64, blank=True)
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("season", "candidate"), name="enrolment_once"),
            models.CheckConstraint(
                condition=~Q(state="handed_over") | (Q(handed_over_at__isnull=False) & ~Q(record="")),
                name="enrolment_handed_over_in_full",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False, elsewhere__isnull=True)
                | Q(line__isnull=True, elsewhere__isnull=False),
                name="enrolment_of_one_seat",
            ),
        )
        indexes = (models.Index(fields=("organisation", "season"), name="enrolment_by_school"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.state}"
