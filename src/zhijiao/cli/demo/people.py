"""The synthetic organisations and people of a demo city. Every name says that it is an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from zhijiao.cli.demo.place import DemoPlace, within
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import ROLES, Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.access.sessions import actor_of
from zhijiao.core.audit import record
from zhijiao.core.demo import MAKER, PASSWORD
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Membership, Organisation, User
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.policy import queries as policy
from zhijiao.registry import actions as registry
from zhijiao.registry.types import ALWAYS

_K = OrganisationKind
SYSTEM = Actor.system(MAKER, Tenant.DEMO)


@dataclass(frozen=True)
class Post:
    """A demo account: who it is called, which role it holds, and at which node."""

    key: str
    name: str
    role: Role


POSTS = (
    Post("leader", "示例领导", Role.LEADER),
    Post("office", "示例统筹员", Role.OFFICE),
    Post("bureau", "示例部门经办甲", Role.DEPARTMENT),
    Post("bureau-2", "示例部门经办乙", Role.DEPARTMENT),
    Post("county-1", "示例县经办甲", Role.COUNTY),
    Post("county-2", "示例县经办乙", Role.COUNTY),
    Post("school-1", "示例中职经办甲", Role.SCHOOL),
    Post("school-2", "示例中职经办乙", Role.SCHOOL),
    Post("college", "示例高职经办", Role.SCHOOL),
    Post("technician", "示例技工经办", Role.SCHOOL),
    Post("enterprise", "示例企业经办", Role.ENTERPRISE),
    Post("manager", "示例单位管理员", Role.MANAGER),
    Post("expert", "示例专家", Role.EXPERT),
    Post("learner", "示例学生", Role.LEARNER),
    Post("bureau-leader", "示例部门领导甲", Role.LEADER),
    Post("bureau-2-leader", "示例部门领导乙", Role.LEADER),
    Post("junior", "示例初中经办", Role.SCHOOL),
    Post("pupil", "示例考生001", Role.LEARNER),
    Post("parent", "示例家长", Role.LEARNER),
    Post("system", "示例系统管理员", Role.SYSTEM_ADMINISTRATOR),
    Post("security", "示例安全管理员", Role.SECURITY_ADMINISTRATOR),
    Post("auditor", "示例审计员", Role.AUDITOR),
)


def make_places(*, at: datetime, on: date) -> list[DemoPlace]:
    """The cities that have a pack, each with its organisations and accounts. What is there already is left alone."""
    registry.plant_packs(by=SYSTEM, at=at)
    cities = [pack for pack in policy.packs() if pack.manifest.level == "city"]
    for city in cities:
        _add_organisations(city.id, at, on)
    standing = tree(Tenant.DEMO, on)
    return [_with_people(city.id, standing, at) for city in cities if standing.place(city.id) is not None]


# -- organisations ---------------------------------------------------------------------------------


def _add_organisations(pack: str, at: datetime, on: date) -> None:
    standing = tree(Tenant.DEMO, on)
    place = standing.place(pack)
    if place is None:
        return
    for code, name, kind, parent in _wanted(standing, place):
        if code not in standing.by_code:
            registry.add_organisation(
                code=code,
                name=name,
                kind=kind,
                parent=parent.id,
                starts=max(ALWAYS, parent.starts),
                basis="示例",
                by=SYSTEM,
                at=at,
            )


def _wanted(standing: Tree, place: Node) -> Iterator[tuple[str, str, OrganisationKind, Node]]:
    for county in within(standing, place, {_K.COUNTY, _K.ZONE}):
        if county.kind is _K.COUNTY:
            yield f"demo.{county.code}.junior", f"示例{county.label}初级中学", _K.BASIC, county
        yield f"demo.{county.code}.school", f"示例{county.label}中等职业学校", _K.SECONDARY_VOCATIONAL, county
        for number, word in enumerate("甲乙", 1):
            yield (
                f"demo.{county.code}.enterprise-{number}",
                f"示例{county.label}{word}企业",
                _K.ENTERPRISE,
                county,
            )
    bureau, second = _bureaus(standing, place)
    yield f"demo.{place.code}.college", f"示例{place.label}高职学院", _K.HIGHER_VOCATIONAL, bureau or place
    yield f"demo.{place.code}.technician", f"示例{place.label}技工学校", _K.TECHNICIAN, second or place


def _bureaus(standing: Tree, place: Node) -> tuple[Node | None, Node | None]:
    """The departments that oversee secondary and technician schools, as the pack says; where it does not, any two."""
    index = policy.index(place.pack)
    units = index.pack.places.units if index is not None else []

    def overseer(kind: OrganisationKind) -> Node | None:
        found = (standing.by_code.get(unit.id) for unit in units if kind in unit.oversees)
        return next((node for node in found if node is not None), None)

    departments = iter([n for n in standing.children.get(place.id, ()) if n.kind is _K.DEPARTMENT])
    first = overseer(_K.SECONDARY_VOCATIONAL) or next(departments, None)
    second = overseer(_K.TECHNICIAN) or next((d for d in departments if d != first), None)
    return first, second


# -- people ----------------------------------------------------------------------------------------


def _with_people(pack: str, standing: Tree, at: datetime) -> DemoPlace:
    place = standing.place(pack)
    assert place is not None, "only places that stand are peopled"
    nodes = _nodes(standing, place)
    with bulk():
        users = _accounts(pack, nodes, standing.on, at)
        actors = {key: actor_of(user) for key, user in users.items()}
    return DemoPlace(pack, place, standing, nodes, actors, SYSTEM)


def _nodes(standing: Tree, place: Node) -> Mapping[str, Node]:
    """Where each post sits."""
    bureau, second = _bureaus(standing, place)
    counties = within(standing, place, {_K.COUNTY})
    schools = [standing.by_code.get(f"demo.{c.code}.school") for c in counties[:2]]
    junior = standing.by_code.get(f"demo.{counties[0].code}.junior") if counties else None
    enterprise = standing.by_code.get(f"demo.{counties[0].code}.enterprise-1") if counties else None
    found: dict[str, Node | None] = {
        **dict.fromkeys(("leader", "office", "expert", "system", "security", "auditor"), place),
        **dict.fromkeys(("bureau", "bureau-leader"), bureau),
        **dict.fromkeys(("bureau-2", "bureau-2-leader"), second),
        **dict.fromkeys(("junior", "pupil", "parent"), junior),
        **{f"county-{i}": county for i, county in enumerate(counties[:2], 1)},
        **{f"school-{i}": school for i, school in enumerate(schools, 1)},
        "college": standing.by_code.get(f"demo.{place.code}.college"),
        "technician": standing.by_code.get(f"demo.{place.code}.technician"),
        "enterprise": enterprise,
        **{key: schools[0] for key in ("manager", "learner") if schools},
    }
    return {key: node for key, node in found.items() if node is not None}


def _accounts(pack: str, nodes: Mapping[str, Node], on: date, at: datetime) -> dict[str, User]:
    wanted = {f"demo-{pack}-{post.key}": post for post in POSTS if post.key in nodes}
    known = {user.username: user for user in User.objects.filter(username__in=wanted)}
    password = ""
    for username, post in wanted.items():
        if username in known:
            continue
        # Hashing is slow on purpose; one hash serves all, since the password is no secret.
        password = password or make_password(PASSWORD)
        known[username] = _hire(username, post, nodes[post.key], password, on, at)
    return {post.key: known[username] for username, post in wanted.items()}


def _hire(username: str, post: Post, node: Node, password: str, on: date, at: datetime) -> User:
    user = User.objects.create(
        tenant=Tenant.DEMO,
        organisation=Organisation(id=node.id),
        username=username,
        password=password,
        name=post.name,
        phone="",
        must_change_password=False,
        created_at=at,
        created_by=MAKER,
    )
    role = ROLES[post.role]
    Membership.objects.create(
        user=user,
        organisation_id=node.id,
        role=post.role,
        reach=role.reach,
        sphere=role.sphere,
        starts=ALWAYS,
        ends=on + timedelta(days=3650) if post.role is Role.AUDITOR else None,
        basis="示例〔2026〕1号" if post.role is Role.AUDITOR else "示例",
        granted_by=MAKER,
        granted_at=at,
    )
    record(
        by=SYSTEM,
        at=at,
        action="demo.hire",
        organisation=node.id,
        object_kind="user",
        object_id=user.pk,
        summary=f"建立演示账号 {username}",
    )
    return user
