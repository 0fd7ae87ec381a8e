"""What several tables share."""

from __future__ import annotations

import pgtrigger

from zhijiao.core.kinds import OrganisationKind, Tenant

TENANTS = [(tenant.value, tenant.value) for tenant in Tenant]
KINDS = [(kind.value, kind.value) for kind in OrganisationKind]


def append_only() -> list[pgtrigger.Trigger]:
    """Rows are only added: neither a bug nor a hand in the database changes what was written."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def never_deleted() -> list[pgtrigger.Trigger]:
    """Rows end, they do not go."""
    return [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
