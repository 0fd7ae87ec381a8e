"""Reads: how an organisation stood, what became of it, who is in office there, who works there, and the workbook of it all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Membership, Organisation, Standing
from zhijiao.core.tree import Node, Tree
from zhijiao.registry.models import Officer, Succession
from zhijiao.registry.rules import sheets
from zhijiao.registry.types import Incumbent, Stand, SuccessionKind


@dataclass(frozen=True)
class Known:
    """An organisation by itself: what never changes of it, and whether it is the place of a pack."""

    id: int
    code: str
    pack: str
    tenant: Tenant


@dataclass(frozen=True)
class Stood:
    """One standing, with the name that the parent had on its first day."""

    name: str
    short: str
    kind: OrganisationKind
    parent: int | None
    parent_name: str
    starts: date
    ends: date | None
    basis: str


@dataclass(frozen=True)
class Passed:
    """A line of succession. `other` is the successor or the predecessor; None where it was closed."""

    kind: SuccessionKind
    other: int | None
    other_name: str
    on: date
    basis: str


@dataclass(frozen=True)
class Contact:
    """Somebody in office: whom to call."""

    organisation: int
    post: str
    name: str
    phone: str
    starts: date
    ends: date | None
    basis: str


@dataclass(frozen=True)
class Holder:
    """An account that holds a role at an organisation; only those in the reader's scope are found."""

    user: int
    name: str
    role: Role
    starts: date
    ends: date | None


def known(tenant: Tenant, organisation: int) -> Known:
    """An organisation of a tenant. Raises Invisible."""
    row = (
        Organisation.objects.filter(pk=organisation, tenant=tenant).values_list("id", "code", "pack").first()
    )
    if row is None:
        raise Invisible(f"没有编号为 {organisation} 的单位。")
    return Known(*row, tenant)


def by_code(tenant: Tenant, code: str) -> Known:
    """An organisation by its business key. Raises Invisible."""
    row = Organisation.objects.filter(tenant=tenant, code=code).values_list("id", "code", "pack").first()
    if row is None:
        raise Invisible(f"没有代码为“{code}”的单位。用 zhijiao org list 查看。")
    return Known(*row, tenant)


def answering_for(organisation: int, on: date) -> int:
    """Who answers for an organisation on a day: itself where it stands, else what it last stood or will first stand under. Roles
    reach along the tree of today, and what is closed or planned is not in it."""
    seen: set[int] = set()
    while organisation not in seen:
        seen.add(organisation)
        stood = list(Standing.objects.filter(organisation=organisation).order_by("-starts"))
        if not stood or any(s.starts <= on and (s.ends is None or s.ends > on) for s in stood):
            return organisation
        past = next((s for s in stood if s.starts <= on), stood[-1])
        if past.parent_id is None:
            return organisation
        organisation = past.parent_id
    return organisation


def standings(organisation: int) -> list[Stood]:
    """How an organisation stood from day to day, the newest first."""
    rows: list[tuple[str, str, str, int | None, date, date | None, str]] = list(
        Standing.objects.filter(organisation=organisation)
        .order_by("-starts")
        .values_list("name", "short", "kind", "parent_id", "starts", "ends", "basis")
    )
    names = _names_at({(parent, starts) for _, _, _, parent, starts, _, _ in rows if parent is not None})
    return [
        Stood(
            name,
            short,
            OrganisationKind(kind),
            parent,
            names.get((parent, starts), "") if parent is not None else "",
            starts,
            ends,
            basis,
        )
        for name, short, kind, parent, starts, ends, basis in rows
    ]


def successors(organisation: int) -> list[Passed]:
    """What became of it."""
    rows = Succession.objects.filter(source=organisation).order_by("on", "id")
    return _passed([(r, r.target_id) for r in rows])


def predecessors(organisation: int) -> list[Passed]:
    """Where it came from."""
    rows = Succession.objects.filter(target=organisation).order_by("on", "id")
    return _passed([(r, r.source_id) for r in rows])


def heirs(tenant: Tenant, on: date) -> dict[str, tuple[int, ...]]:
    """By the code of each organisation that had passed into others by a day, those that it ended in: followed through
    mergers and splits to the last."""
    passed: dict[int, list[int]] = defaultdict(list)
    codes: dict[int, str] = {}
    rows = Succession.objects.filter(source__tenant=tenant, target__isnull=False, on__lte=on)
    for source, code, target in rows.order_by("on", "id").values_list("source", "source__code", "target"):
        passed[source].append(target)
        codes[source] = code
    return {codes[source]: _last(source, passed) for source in passed}


def _last(source: int, passed: Mapping[int, list[int]]) -> tuple[int, ...]:
    found: list[int] = []
    open_, seen = list(passed[source]), {source}
    while open_:
        at = open_.pop(0)
        if at in seen:
            continue
        seen.add(at)
        if at in passed:
            open_ += passed[at]
        found.append(at)
    return tuple(found)


def contacts(organisations: Collection[int], on: date | None = None) -> dict[int, list[Contact]]:
    """Who is in office on a day (without one: ever), by organisation. Reads in the caller's scope."""
    rows = Officer.objects.filter(organisation__in=organisations)
    if on is not None:
        rows = rows.filter(Q(ends__isnull=True) | Q(ends__gt=on), starts__lte=on)
    found: dict[int, list[Contact]] = defaultdict(list)
    for row in rows.order_by("organisation_id", "id").values_list(
        "organisation_id", "post", "name", "phone", "starts", "ends", "basis"
    ):
        found[row[0]].append(Contact(*row))
    return dict(found)


def spellings(organisation: int) -> list[str]:
    """What else an organisation is called."""
    return list(
        Alias.objects.filter(organisation=organisation).order_by("name").values_list("name", flat=True)
    )


def holders(organisation: int, on: date) -> list[Holder]:
    """Who holds a role at an organisation on a day, as far as the caller's scope shows it."""
    rows = (
        Membership.objects.filter(
            Q(ends__isnull=True) | Q(ends__gt=on),
            organisation=organisation,
            starts__lte=on,
            user__is_active=True,
        )
        .order_by("role", "user_id")
        .values_list("user_id", "user__name", "role", "starts", "ends")
    )
    return [Holder(user, name, Role(role), starts, ends) for user, name, role, starts, ends in rows]


def manageable(by: Actor, tree: Tree) -> list[Node]:
    """The organisations of a tree that the actor looks after; for commands all."""
    covered = by.organisations(Permission.MANAGE_ORGANISATIONS)
    return [node for node in in_order(tree) if by.everything or node.id in covered]


def in_order(tree: Tree) -> list[Node]:
    """Every organisation of a tree, depth first as a list is read."""
    return [node for root in tree.children.get(None, ()) for node in tree.below(root.id)]


def template(by: Actor, tree: Tree, title: str) -> bytes:
    """The workbook with the organisations that the actor looks after and who is in office there, to be changed and imported."""
    nodes = manageable(by, tree)
    codes = {node.id: node.code for node in tree.nodes.values()}
    ids = [node.id for node in nodes]
    stands = [
        Stand(
            n.code,
            n.name,
            n.kind,
            codes.get(n.parent) if n.parent is not None else None,
            n.starts,
            n.ends,
            n.short,
            n.basis,
        )
        for n in nodes
    ]
    names: dict[str, list[str]] = defaultdict(list)
    for organisation, name in Alias.objects.filter(organisation__in=ids).values_list(
        "organisation_id", "name"
    ):
        names[codes[organisation]].append(name)
    in_office = contacts(ids, tree.on)
    people = [
        Incumbent(codes[c.organisation], c.post, c.name, c.phone, c.starts, c.ends, c.basis)
        for i in ids
        for c in in_office.get(i, ())
    ]
    return sheets.write(stands, names, people, title=title, on=tree.on)


def node_as_json(node: Node, tree: Tree) -> dict[str, object]:
    """An organisation as programs read it."""
    above = tree.nodes.get(node.parent) if node.parent is not None else None
    return {
        "id": node.id,
        "code": node.code,
        "name": node.name,
        "short": node.short,
        "kind": node.kind.value,
        "parent": above.code if above else None,
        "pack": node.pack or None,
        "from": node.starts,
        "to": node.ends,
        "basis": node.basis,
    }


def _names_at(wanted: Collection[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """What organisations were called on days; outside their time, by their nearest standing."""
    by_organisation: dict[int, list[tuple[date, str]]] = defaultdict(list)
    ids = {organisation for organisation, _ in wanted}
    rows = Standing.objects.filter(organisation__in=ids).order_by("starts")
    for organisation, starts, name in rows.values_list("organisation_id", "starts", "name"):
        by_organisation[organisation].append((starts, name))
    return {
        (organisation, on): next(
            (name for starts, name in reversed(by_organisation[organisation]) if starts <= on),
            by_organisation[organisation][0][1] if by_organisation[organisation] else "",
        )
        for organisation, on in wanted
    }


def _passed(rows: Collection[tuple[Succession, int | None]]) -> list[Passed]:
    names = _names_at({(other, row.on) for row, other in rows if other is not None})
    return [
        Passed(
            SuccessionKind(row.kind),
            other,
            names.get((other, row.on), "") if other is not None else "",
            row.on,
            row.basis,
        )
        for row, other in rows
    ]
