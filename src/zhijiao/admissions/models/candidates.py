"""Candidates: who they are, who answers for them, their marks and what adds to them.

Invariant: a registration number and an identity stand once in a season; marks come from a sealed sheet and change after it
only by a correction that a second person signed; added marks count once confirmed.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhijiao.admissions.models.seasons import Season
from zhijiao.admissions.models.shared import OFFICE, PERSON, only, values
from zhijiao.admissions.types.states import CandidateState, ClaimState, SheetKind
from zhijiao.core.governance import Governance
from zhijiao.core.models.shared import append_only, never_deleted


class ScoreSheet(models.Model):
    """A file as another body sent it, sealed under its digest: candidates, marks, checks, seats given elsewhere."""

    governance: ClassVar[Governance] = OFFICE

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="sheets")
    kind = models.CharField(max_length=12, choices=values(SheetKind))
    name = models.CharField(max_length=200)
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    rows = models.IntegerField()
    columns = ArrayField(models.CharField(max_length=40), default=list)
    sealed_at = models.DateTimeField()
    sealed_by = models.CharField(max_length=80)

    class Meta:
        triggers = append_only()
        constraints = (models.UniqueConstraint(fields=("season", "kind", "digest"), name="sheet_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"


class Candidate(models.Model):
    """Somebody registered for the exam of this season. `number` is the registration number of the exam body; `school` the junior
    school (empty: answered for by `county` alone); `origins` the words that open cells; `columns` the marks by column after
    corrections, `total` their sum, `bonus` what was confirmed besides. Identity and phone are sealed; `identity_index` finds
    the person again without opening them."""

    governance: ClassVar[Governance] = PERSON

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="candidates")
    number = models.CharField(max_length=24)
    user = models.ForeignKey("core.User", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=240, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    category = models.CharField(max_length=8, blank=True)  # 应届、往届、外地返回: as the rules name them
    school = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    class_name = models.CharField(max_length=40, blank=True)
    county = models.ForeignKey("core.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    origins = ArrayField(models.CharField(max_length=40), default=list)
    identity_sealed = models.TextField(blank=True)
    identity_index = models.CharField(max_length=64, blank=True)
    phone_sealed = models.TextField(blank=True)
    phone_end = models.CharField(max_length=4, blank=True)
    sheet = models.ForeignKey(ScoreSheet, null=True, on_delete=models.PROTECT, related_name="+")
    columns = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    bonus = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    state = models.CharField(
        max_length=10, choices=values(CandidateState), default=CandidateState.ACTIVE.value
    )
    added_at = models.DateTimeField()
    revision = models.IntegerField(default=1)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(fields=("season", "number"), name="candidate_number_once"),
            models.UniqueConstraint(
                fields=("season", "identity_index"),
                condition=~Q(identity_index=""),
                name="candidate_identity_once",
            ),
            models.UniqueConstraint(
                fields=("season", "user"), condition=Q(user__isnull=False), name="candidate_account_once"
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(county__isnull=False), name="candidate_answered_for"
            ),
            models.CheckConstraint(condition=Q(bonus__gte=0), name="candidate_bonus_not_negative"),
        )
        indexes = (
            models.Index(fields=("school", "season"), name="candidate_by_school"),
            models.Index(fields=("county", "season"), name="candidate_by_county"),
            models.Index(fields=("user",), name="candidate_by_user", condition=Q(user__isnull=False)),
        )

    def __str__(self) -> str:
        return self.number


class Guardian(models.Model):
    """Who answers for a candidate, bound by the junior school or the county; a binding ends, it does not go."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="guardians")
    user = models.ForeignKey("core.User", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=20)
    phone_sealed = models.TextField(blank=True)
    phone_end = models.CharField(max_length=4, blank=True)
    bound_at = models.DateTimeField()
    bound_by = models.CharField(max_length=80)
    document = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = [*never_deleted(), only("user", "ended_at", "ended_by")]
        constraints = (
            models.UniqueConstraint(
                fields=("candidate", "user"),
                condition=Q(ended_at__isnull=True, user__isnull=False),
                name="guardian_bound_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("bound_at")),
                name="guardian_ends_later",
            ),
        )
        indexes = (
            models.Index(
                fields=("user",),
                condition=Q(ended_at__isnull=True, user__isnull=False),
                name="guardian_by_user",
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.relation}"


class ScoreCorrection(models.Model):
    """A mark was corrected after a check. Made by one person, signed by another, both before the freeze; it counts once signed."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="corrections")
    column = models.CharField(max_length=40)
    before = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    after = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    reason = models.CharField(max_length=300)
    document = models.CharField(max_length=200)
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    signed_by = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [*never_deleted(), only("signed_by", "signed_by_name", "signed_at")]
        constraints = (
            models.CheckConstraint(condition=~Q(reason="") & ~Q(document=""), name="correction_is_founded"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(made_by__isnull=True) | ~Q(signed_by=F("made_by")),
                name="correction_signed_by_another",
            ),
        )
        indexes = (models.Index(fields=("candidate",), name="correction_by_candidate"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.column}"


class BonusClaim(models.Model):
    """What a candidate says adds marks: an item of the rules, in its class, with the points that the rules give for it."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="claims")
    item = models.CharField(max_length=40)
    cls = models.CharField(max_length=40)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    document = models.CharField(max_length=200, blank=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=10, choices=values(ClaimState), default=ClaimState.ASKED.value)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    asked_by_user = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_by_user = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.UniqueConstraint(
                fields=("candidate", "item"), condition=~Q(state="refused"), name="bonus_claimed_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="bonus_decided_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="bonus_refused_says_why"
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="bonus_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.item}"


class BonusProof(models.Model):
    """A paper or photograph that proves a claim, sealed under the instance's key. `blob`: the digest of the sealed bytes."""

    governance: ClassVar[Governance] = PERSON

    claim = models.ForeignKey(BonusClaim, on_delete=models.PROTECT, related_name="proofs")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.IntegerField()
    blob = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)

    class Meta:
        triggers = append_only()
        constraints = (models.CheckConstraint(condition=Q(size__gt=0), name="proof_is_not_empty"),)

    def __str__(self) -> str:
        return f"{self.claim_id} {self.blob[:12]}"
