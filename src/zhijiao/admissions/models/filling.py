"""Choices: drafts, which are worth nothing, and submissions, of which the last one counts.

Invariant: a submission is only ever added; within a round a candidate's versions follow each other, and a key of the page
gives one submission, however often it is sent.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zhijiao.admissions.models.candidates import Candidate
from zhijiao.admissions.models.seasons import Round
from zhijiao.admissions.models.shared import PERSON
from zhijiao.core.governance import Governance


class Draft(models.Model):
    """What a candidate or guardian had on the page when it was last saved. `lines`: ids of plan lines in order, over all batches
    of the round; `adjust`: those at which other majors of the school are accepted (服从调剂)."""

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="drafts")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    lines = ArrayField(models.BigIntegerField(), default=list)
    adjust = ArrayField(models.BigIntegerField(), default=list)
    saved_at = models.DateTimeField()
    saved_by = models.BigIntegerField(null=True)
    saved_name = models.CharField(max_length=80)
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("candidate", "round"), name="draft_once"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.round_id}"


class Submission(models.Model):
    """A version of somebody's choices as they were handed in. `receipt` is what she keeps; `digest` covers all the rest.

    No index is of the round alone or the candidate alone: a connection that planned when the table was empty could take one of
    them for good, and read the whole round at each handing in.
    """

    governance: ClassVar[Governance] = PERSON

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="submissions", db_index=False
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.SmallIntegerField()
    lines = ArrayField(models.BigIntegerField())
    adjust = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    session = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=24, unique=True)
    key = models.CharField(max_length=64)

    class Meta:
        # Deleting is refused by the guard of the migration, which lets go of mock rounds that are being wiped.
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update)]
        constraints = (
            models.UniqueConstraint(fields=("candidate", "round", "version"), name="submission_version_once"),
            models.UniqueConstraint(fields=("candidate", "round", "key"), name="submission_key_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="submission_version_counts"),
        )
        indexes = (models.Index(fields=("round", "candidate", "-version"), name="submission_by_round"),)

    def __str__(self) -> str:
        return self.receipt
