"""Reads about claims: where one can be made, what became of it, and what waits for a reviewer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import ROLES, Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.claims.types import CLAIMABLE, ClaimState, Receipt, Reviewer, working_role
from zhijiao.core.inbox import holders
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Claim, Membership, Organisation
from zhijiao.core.tree import Node, Tree, tree

CONFIRMING = [role for role, described in ROLES.items() if Permission.CONFIRM_CLAIMS in described.permissions]
"""The roles that confirm claims."""
_PLACES = {OrganisationKind.COUNTY, OrganisationKind.ZONE}


def reviewers(tenant: Tenant, on: date) -> list[Reviewer]:
    """To whom claims can be made: every county and zone, and the departments where somebody confirms them."""
    standing = tree(tenant, on)
    found = []
    for root in standing.children[None]:
        for node in standing.below(root.id):
            if node.kind in _PLACES or node.kind is OrganisationKind.DEPARTMENT:
                open_ = bool(holders(node.id, CONFIRMING))
                if open_ or node.kind in _PLACES:
                    place = standing.nearest(node.id, {OrganisationKind.GOVERNMENT})
                    found.append(Reviewer(node.id, place.name if place else "", node.name, open_))
    return found


def receipt(number: str, phone: str) -> Receipt | None:
    """What became of a claim, for whoever knows its number and the phone that it names."""
    with bulk():
        claim = Claim.objects.filter(number=number, phone=phone).first()
    if claim is None:
        return None
    return Receipt(
        claim.number,
        claim.name,
        ClaimState(claim.state),
        claim.asked_at,
        claim.decided_at,
        claim.reason,
        claim.username,
    )


def claims(actor: Actor, *, state: str = "", text: str = "") -> list[Claim]:
    """The claims that the actor may decide, the oldest first. Within the actor's scope."""
    found = Claim.objects.filter(reviewer__in=actor.organisations(Permission.CONFIRM_CLAIMS))
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(name__icontains=text)
            | Q(code__icontains=text)
            | Q(contact__icontains=text)
            | Q(number__icontains=text)
        )
    return list(found.order_by("asked_at", "id"))


def claim(actor: Actor, number: str) -> Claim:
    """One claim, for who may decide it. Raises Invisible."""
    found = Claim.objects.filter(
        number=number, reviewer__in=actor.organisations(Permission.CONFIRM_CLAIMS)
    ).first()
    if found is None:
        raise Invisible("没有这份认领。")
    return found


def known(tenant: Tenant, code: str) -> int | None:
    """The organisation that has this code, as its key or as another spelling."""
    found = Organisation.objects.filter(tenant=tenant, code=code).values_list("id", flat=True).first()
    if found is not None:
        return found
    return Alias.objects.filter(tenant=tenant, name=code).values_list("organisation_id", flat=True).first()


def is_taken(organisation: int, on: date) -> bool:
    """Whether somebody works there already. Needs bulk."""
    roles = {working_role(kind) for kind in CLAIMABLE}
    return (
        Membership.objects.filter(organisation_id=organisation, role__in=roles, starts__lte=on)
        .filter(Q(ends__isnull=True) | Q(ends__gt=on))
        .exists()
    )


def candidates(standing: Tree, claim: Claim, covered: frozenset[int]) -> list[Node]:
    """The organisations that the claimant may be: of its kind, where the reviewer's permission works, not yet taken;
    those of the same name first."""
    with bulk():
        nodes = [
            node
            for node in standing.nodes.values()
            if node.id in covered and node.kind.value == claim.kind and not is_taken(node.id, standing.on)
        ]
        named = set(
            Alias.objects.filter(tenant=claim.tenant, name=claim.name).values_list(
                "organisation_id", flat=True
            )
        )
        same = known(Tenant(claim.tenant), claim.code)
    return sorted(
        nodes, key=lambda n: (n.id != same, n.name != claim.name and n.id not in named, n.sort_key, n.name)
    )
