"""Accounts and what they may do.

Invariant: a person holds a role at a node of the tree from a day on, under a basis, granted by somebody else; a role
ends, it is never deleted. An auditor's role has a term and a document number.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhijiao.core.access.roles import Reach, Role, Sphere
from zhijiao.core.governance import Governance, Privacy, Retention, Scope
from zhijiao.core.models.organisations import Organisation
from zhijiao.core.models.shared import KINDS, TENANTS, never_deleted

_IN_OFFICE = Retention(10, "the account was closed", "decisions are defended years later by who took them")


class Users(BaseUserManager["User"]):
    """Finds accounts by the name that people type."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account. Its name and phone are a person's in their office; nothing else about the person is kept here."""

    governance: ClassVar[Governance] = Governance(Scope.PERSON, Privacy.WORK, _IN_OFFICE)

    tenant = models.CharField(max_length=8, choices=TENANTS)
    # Whose administrators look after the account; what it may do follows from its memberships alone.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True)
    second_factor = models.CharField(max_length=200, blank=True)  # encrypted secret; empty without one
    recovery_codes = ArrayField(models.CharField(max_length=128), default=list, blank=True)  # hashed
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Users] = Users()

    class Meta:
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）"

    def natural_key(self) -> tuple[Any, ...]:
        return (self.username,)


class Membership(models.Model):
    """A role of a person at an organisation, from `starts` until before `ends`. `reach` and `sphere` are the role's own
    (core/access/roles.py), kept here because the database reads them to decide what the person sees."""

    governance: ClassVar[Governance] = Governance(Scope.ORGANISATION, Privacy.WORK, _IN_OFFICE)

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    reach = models.CharField(max_length=8, choices=[(r.value, r.value) for r in Reach])
    sphere = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Sphere])
    starts = models.DateField()
    ends = models.DateField(null=True)
    basis = models.CharField(max_length=200, blank=True)
    granted_by = models.CharField(max_length=80)
    granted_at = models.DateTimeField()

    class Meta:
        triggers = never_deleted()
        constraints = (
            models.CheckConstraint(
                # A role that was granted by mistake may end on the day on which it starts.
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="membership_ends_later",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR.value) | (Q(ends__isnull=False) & ~Q(basis="")),
                name="auditor_has_term_and_document",
            ),
        )
        indexes = (
            models.Index(fields=("user", "starts"), name="membership_by_user"),
            models.Index(fields=("organisation", "role"), name="membership_by_organisation"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} at {self.organisation_id}"


class ExternalIdentity(models.Model):
    """Which account a person of another sign-in service is: by that service's own identifier, never by name."""

    governance: ClassVar[Governance] = Governance(Scope.PERSON, Privacy.PERSONAL, _IN_OFFICE)

    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identities")
    linked_at = models.DateTimeField()
    linked_by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("provider", "subject"), name="external_identity_once"),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.user_id}"


class BindingCode(models.Model):
    """What somebody of another sign-in service, whom nobody here knows yet, hands to an administrator. Only its digest is
    kept; it is good for one account and a day."""

    governance: ClassVar[Governance] = Governance(
        Scope.SYSTEM,
        Privacy.PERSONAL,
        Retention(1, "it was made", "who was bound by which code is asked later"),
    )

    digest = models.CharField(max_length=64, unique=True)
    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.made_at:%Y-%m-%d}"


class ApiToken(models.Model):
    """A key for programs: acts as its owner with at most these permissions. Only its digest is kept."""

    governance: ClassVar[Governance] = Governance(Scope.PERSON, Privacy.WORK, _IN_OFFICE)

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    permissions = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """A school or an enterprise asks to be recognised as itself. `open` → `confirmed` or `refused`, by the organisation
    above it. The claimed organisation is in the tree already, or is put there by the confirmation."""

    governance: ClassVar[Governance] = Governance(
        Scope.ORGANISATION,
        Privacy.PERSONAL,
        Retention(3, "the decision", "who was let in, and why, can be asked for that long"),
    )

    number = models.CharField(max_length=20, unique=True)  # the receipt that the claimant keeps
    tenant = models.CharField(max_length=8, choices=TENANTS)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=KINDS)
    reviewer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=60)
    phone = models.CharField(max_length=20)
    username = models.CharField(max_length=60)
    password = models.CharField(max_length=128)  # hashed, becomes the account's; emptied by a refusal
    evidence = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("open", "confirmed", "refused")])
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "code"), condition=Q(state="open"), name="claim_one_open_a_code"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
