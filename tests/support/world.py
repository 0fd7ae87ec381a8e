"""A generated world for leak tests: trees of both tenants, people with generated roles, and rows in every guarded table.

Tables and addresses join by themselves: tables by their governance, addresses by the url patterns. Every row carries a mark
of its own in its texts, so that a row is recognised wherever it turns up. What a person may see is worked out again here, by
a plain reading of the tree in Python, without asking the database.

A rule of thumb for a new table: a row is for the organisations that it names (foreign keys, and arrays called `parties`,
`subjects` and the like), for the people that it names, and for those of the guarded rows that it belongs to. The oracle
allows all of these; a policy may allow fewer.

Long because what makes the rows and what judges them speak of the same tables and have to be read together.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import NOT_PROVIDED
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.support.database import as_login
from zhijiao.core.access.roles import ROLES, Permission, Reach, Role, Sphere
from zhijiao.core.governance import Scope
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import ApiToken, AuditEvent, Claim, Membership, Organisation, Standing, User

DAY, LATER = date(2020, 1, 1), date(2099, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
TRIES = 400
SPREAD = 16
"""Seasons, lines and the like of a tenant, so that rows which are once a line find one."""
NOBODY = 999_999_999
PERSONS = 25
PEOPLE_TABLES = (User, Membership)
"""Read by who administers people; all others by who works or audits."""
SUBJECT_READS, LINKS = "exchange_personalread", "exchange_personlink"
"""Who read a person's data, and which account is that person: the person may read the one by the other."""
OPENED = ("disclosed", "published", "public")
"""Flags by which a row is opened to everybody."""
Row = dict[str, Any]
CANDIDATE, GUARDIAN, EXTENSION = "admissions_candidate", "admissions_guardian", "admissions_extension"
PLACING = ("admissions_outcome", "admissions_topup", "admissions_elsewhere")
"""Rows by which a school gets to see a candidate."""
OPENED_BY: Mapping[str, Callable[[Row], bool]] = {
    "admissions_run": lambda row: row["state"] == "published",
    "admissions_publicity": lambda row: row["withdrawn_at"] is None,
    "records_recordnotice": lambda row: row["withdrawn_at"] is None,
    "admissions_extension": lambda row: row["candidate_id"] is None and row["school_id"] is None,
}
"""Rows that are opened to everybody by what they say."""


@dataclass(frozen=True)
class Bound:
    """Whom a row is for, whoever asks: `people` by id, `organisations` by id, `opened` to everybody."""

    opened: bool
    people: frozenset[int]
    organisations: frozenset[int]


Values = Sequence[Any] | Callable[[Row], Sequence[Any]]
"""What a column of a name may hold: a list, or a list that depends on the columns before it."""


def guarded() -> list[type[models.Model]]:
    """Every table whose rows are for an organisation or a person."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("zhijiao.")
        and model.governance.scope in {Scope.ORGANISATION, Scope.PERSON}  # type: ignore[attr-defined]
    ]


@dataclass(frozen=True)
class Node:
    """An organisation of the world."""

    id: int
    kind: OrganisationKind
    parent: int | None
    tenant: Tenant
    pack: str
    code: str


@dataclass
class Human:
    """A person of the world with what the roles cover, worked out by hand."""

    id: int
    tenant: Tenant
    organisation: int
    roles: list[tuple[Role, int, bool]]  # role, node, whether it is held today
    token: str
    covers: dict[Sphere, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def work(self) -> set[int]:
        return self.covers[Sphere.WORK]

    @property
    def reads(self) -> set[int]:
        return self.work | self.covers[Sphere.AUDIT]

    @property
    def people(self) -> set[int]:
        return set().union(*self.covers.values())


class World:
    """Everything that was generated."""

    def __init__(self, seed: int, *, values: Mapping[str, Values], rows: int = 14) -> None:
        self.chance = random.Random(seed)
        self.values = values
        self.nodes: dict[int, Node] = {}
        self.humans: dict[int, Human] = {}
        self.rows: dict[str, dict[int, Row]] = defaultdict(dict)
        self.marked: dict[int, tuple[str, int]] = {}
        self.tables = {model._meta.db_table: model for model in guarded()}
        self._numbers = itertools.count(1)
        self._full = 1.0
        self._bases = {table: (place + 1) * 1_000_000 for place, table in enumerate(sorted(self.tables))}
        self._others: dict[tuple[type[models.Model], Tenant], list[int]] = defaultdict(list)
        self.beside: dict[type[models.Model], dict[int, Row]] = defaultdict(dict)
        self._bounds: dict[tuple[str, int], Bound] = {}
        with as_login() as connection:
            self._connection = connection
            # Rows are put there as they are: guards ask how a row came to be, and here it never came to be.
            connection.execute("SET session_replication_role = replica")
            for tenant in Tenant:
                self._plant(connection, tenant)
                self._populate(connection, tenant)
            for model in self._in_order():
                for tenant in Tenant:
                    for _ in range(rows):
                        self._add(connection, model, tenant)

    def choices(self, name: str, row: Row | None = None) -> Sequence[Any]:
        """What a column of this name may hold."""
        values = self.values[name]
        return values(row or {}) if callable(values) else values

    # -- the tree and its people ------------------------------------------------------------------

    def _plant(self, connection: psycopg.Connection[Any], tenant: Tenant) -> None:
        kind = OrganisationKind
        province = self._node(connection, tenant, kind.GOVERNMENT, None)
        for pack in self.choices("pack")[:2]:
            city = self._node(connection, tenant, kind.GOVERNMENT, province, pack)
            bureau = self._node(connection, tenant, kind.DEPARTMENT, city)
            self._node(connection, tenant, kind.HIGHER_VOCATIONAL, bureau)
            for _ in range(2):
                county = self._node(connection, tenant, self.chance.choice((kind.COUNTY, kind.ZONE)), city)
                self._node(connection, tenant, kind.SECONDARY_VOCATIONAL, county)
                self._node(connection, tenant, kind.ENTERPRISE, county)

    def _node(
        self,
        connection: psycopg.Connection[Any],
        tenant: Tenant,
        kind: OrganisationKind,
        parent: int | None,
        pack: str = "",
    ) -> int:
        number = 500 + next(self._numbers)
        code = f"o{number}"
        organisation = {"id": number, "tenant": tenant, "code": code, "pack": pack, "created_at": AT}
        _insert(connection, Organisation, organisation)
        standing = {
            "id": number,
            "organisation_id": number,
            "name": f"单位{number}",
            "short": "",
            "sort_key": "",
        }
        standing |= {"kind": kind, "parent_id": parent, "starts": DAY, "ends": None, "basis": ""}
        _insert(connection, Standing, standing)
        self.nodes[number] = Node(number, kind, parent, tenant, pack, code)
        return number

    def below(self, node: int) -> set[int]:
        """The node and everything under it."""
        return {other for other in self.nodes if node in self._upwards(other)}

    def _upwards(self, node: int | None) -> Iterator[int]:
        while node is not None:
            yield node
            node = self.nodes[node].parent

    def _populate(self, connection: psycopg.Connection[Any], tenant: Tenant) -> None:
        for node in [node for node in self.nodes.values() if node.tenant is tenant]:
            fitting = [
                r for r, described in ROLES.items() if not described.kinds or node.kind in described.kinds
            ]
            for role in self.chance.sample(fitting, min(2, len(fitting))):
                self._hire(connection, node, [(role, node.id, True)])
            # Somebody with a role here and one, perhaps over, elsewhere.
            elsewhere = self.chance.choice([n for n in self.nodes.values() if n.tenant is tenant])
            other = [r for r, d in ROLES.items() if not d.kinds or elsewhere.kind in d.kinds]
            held = (self.chance.choice(other), elsewhere.id, self.chance.random() < 0.5)
            self._hire(connection, node, [(self.chance.choice(fitting), node.id, True), held])

    def _hire(
        self, connection: psycopg.Connection[Any], node: Node, roles: list[tuple[Role, int, bool]]
    ) -> None:
        mark, number = self._mark(User._meta.db_table)
        token = hashlib.sha256(mark.encode()).hexdigest()[:32]
        human = Human(number, node.tenant, node.id, roles, token)
        for role, at, now in roles:
            if now:
                described = ROLES[role]
                covers = {Reach.BELOW: self.below(at), Reach.NODE: {at}, Reach.NONE: set[int]()}[
                    described.reach
                ]
                human.covers[described.sphere] |= covers
        self.humans[number] = human
        user = {
            "id": number,
            "password": "!",
            "tenant": node.tenant,
            "organisation_id": node.id,
            "username": mark,
        }
        user |= {"name": mark, "phone": mark, "second_factor": "x", "must_change_password": False}
        user |= {"is_active": True, "created_at": AT, "created_by": mark, "recovery_codes": []}
        self._keep(connection, User, number, user)
        for role, at, now in roles:
            self._membership(connection, human, role, at, now)
        digest = hashlib.sha256(token.encode()).hexdigest()
        mark, number = self._mark(ApiToken._meta.db_table)
        key = {"id": number, "digest": digest, "user_id": human.id, "name": mark, "created_at": AT}
        key |= {"permissions": [p.value for p in Permission], "expires_at": datetime(2099, 1, 1, tzinfo=UTC)}
        self._keep(connection, ApiToken, number, key)

    def _membership(
        self, connection: psycopg.Connection[Any], human: Human, role: Role, at: int, now: bool
    ) -> None:
        mark, number = self._mark(Membership._meta.db_table)
        described = ROLES[role]
        row = {
            "id": number,
            "user_id": human.id,
            "organisation_id": at,
            "role": role,
            "reach": described.reach,
        }
        row |= {"sphere": described.sphere, "starts": DAY, "ends": LATER if now else date(2021, 1, 1)}
        row |= {"basis": mark, "granted_by": mark, "granted_at": AT}
        self._keep(connection, Membership, number, row)

    # -- rows of every other table ----------------------------------------------------------------

    def _in_order(self) -> list[type[models.Model]]:
        """Tables after those that they need."""
        left = [m for m in self.tables.values() if m not in (*PEOPLE_TABLES, ApiToken)]
        made: set[Any] = {*PEOPLE_TABLES, ApiToken}
        order: list[type[models.Model]] = []
        while left:
            ready = [
                m for m in left if all(p in made or p is m for p in _needs(m) if p in self.tables.values())
            ]
            assert ready, f"tables that need each other: {left}"
            order += ready
            made |= set(ready)
            left = [m for m in left if m not in made]
        return order

    def _add(self, connection: psycopg.Connection[Any], model: type[models.Model], tenant: Tenant) -> None:
        faults: set[str] = set()
        for _ in range(TRIES):
            mark, number = self._mark(model._meta.db_table)
            row = self._filled(model, tenant, mark) | {"id": number}
            try:
                self._keep(connection, model, number, row)
                return
            except psycopg.IntegrityError as error:
                faults.add(str(error).splitlines()[0])
                del self.marked[_number_of(mark)]
        raise AssertionError(
            f"no row of {model._meta.label} could be made up; teach `_value` its shape: {faults}"
        )

    def _filled(self, model: type[models.Model], tenant: Tenant, mark: str) -> Row:
        home = self.chance.choice([node for node in self.nodes.values() if node.tenant is tenant])
        # Now bare, now full, now mixed: what a table's constraints allow together is found by trying.
        self._full = self.chance.choice((0.0, 0.3, 0.7, 1.0))
        row: Row = {}
        for column in model._meta.concrete_fields:
            if not column.primary_key:
                row[column.attname] = self._value(column, home, mark, row)
        return row

    def _value(self, column: models.Field[Any, Any], home: Node, mark: str, row: Row) -> Any:
        if column.null and self.chance.random() >= self._full:
            return None
        if column.is_relation:
            return self._related(column, home)
        if column.name in ("user", "by", "author", "submitted_by"):
            return self.chance.choice([h.id for h in self.humans.values() if h.tenant is home.tenant])
        if column.name == "tenant":
            return home.tenant
        if column.name == "person" and isinstance(column, models.UUIDField):
            # Few of them, so that records, links and readings of one person meet; but each may have one student record.
            return uuid.UUID(int=self.chance.randrange(1, PERSONS))
        if column.name in self.values:
            chosen = self.chance.choice(self.choices(column.name, row))
            if isinstance(column, models.JSONField):
                return Jsonb(chosen)
            if isinstance(chosen, int) or not isinstance(column, models.IntegerField):
                return chosen  # the version of a list of choices is a number, that of a pack is none
        if isinstance(column, ArrayField):
            return self._array(column, home)
        return self._plain(column, mark)

    def _plain(self, column: models.Field[Any, Any], mark: str) -> Any:
        if column.choices:
            return self.chance.choice([value for value, _ in column.choices])
        if isinstance(column, models.TextField | models.CharField):
            longest = getattr(column, "max_length", None) or 100
            fits = longest >= len(mark)
            return mark if fits and (not _optional(column) or self.chance.random() < self._full) else ""
        if isinstance(column, models.JSONField):
            return Jsonb(column.get_default() or {})
        if isinstance(column, models.BooleanField):
            return self.chance.random() < 0.2
        if isinstance(column, models.DateTimeField):
            return AT + timedelta(days=1) if column.name in ("closes_at", "until") else AT
        if isinstance(column, models.DateField):
            return date(2026, 12, 31) if column.name in ("ends", "due", "deadline") else date(2026, 1, 1)
        if isinstance(column, models.DecimalField):
            return Decimal(7)
        if isinstance(column, models.UUIDField):
            return uuid.UUID(int=self.chance.getrandbits(128))
        if isinstance(column, models.IntegerField) and column.name in ("number", "version"):
            return self.chance.randrange(1, 9999)  # many stand under one season
        default = column.default
        return 1 if default is NOT_PROVIDED or callable(default) else default

    def _related(self, column: models.Field[Any, Any], home: Node) -> int | None:
        target = column.related_model
        if target is Organisation:
            if column.name == "organisation" or self.chance.random() < 0.5:
                return home.id
            return self.chance.choice([node.id for node in self.nodes.values() if node.tenant is home.tenant])
        if target not in self.tables.values():
            return self._beside(target, home)  # type: ignore[arg-type]
        known = self.rows[target._meta.db_table]  # type: ignore[union-attr]
        mine = [number for number, row in known.items() if self._tenant(row) in (None, home.tenant)]
        return self.chance.choice(mine) if mine else None

    def _beside(self, target: type[models.Model], home: Node) -> int:
        """A row of a table that is not guarded, which guarded rows need: one a tenant, of a season's tables several."""
        known = self._others[target, home.tenant]
        if len(known) >= (SPREAD if target._meta.app_label == "admissions" else 1):
            return self.chance.choice(known)
        for _ in range(TRIES):
            self._full = self.chance.choice((0.0, 0.5, 1.0))
            number = next(self._numbers)
            row = {
                c.attname: None if c.related_model is target else self._value(c, home, f"b{number}", {})
                for c in target._meta.concrete_fields
            } | {"id": number}
            try:
                _insert(self._connection, target, row)
            except psycopg.IntegrityError:
                continue
            known.append(number)
            self.beside[target][number] = row
            return number
        raise AssertionError(f"no row of {target._meta.label} could be made up; teach `_value` its shape")

    def _array(self, column: ArrayField[Any, Any], home: Node) -> list[Any]:
        if isinstance(column.base_field, models.BigIntegerField) and _names_organisations(column.name):
            others = [node.id for node in self.nodes.values() if node.tenant is home.tenant]
            return self.chance.sample(others, self.chance.randint(0, 2))
        return ["beside"] if column.name == "batches" else []

    def _tenant(self, row: Row) -> Tenant | None:
        organisation = row.get("organisation_id")
        return self.nodes[organisation].tenant if organisation in self.nodes else None

    def _mark(self, table: str) -> tuple[str, int]:
        number = next(self._numbers)
        self.marked[number] = (table, self._bases[table] + number)
        return f"zz{number:06d}zz", self._bases[table] + number

    def _keep(
        self, connection: psycopg.Connection[Any], model: type[models.Model], number: int, row: Row
    ) -> None:
        _insert(connection, model, row)
        self.rows[model._meta.db_table][number] = row

    # -- the oracle -------------------------------------------------------------------------------

    def may_see(self, human: Human, table: str, number: int) -> bool:
        """Whether a person may see a row, by what the row names. A policy may allow less, never more."""
        bound = self._bound(table, number)
        if bound.opened or human.id in bound.people:
            return True
        if table == SUBJECT_READS and self._is_subject(human, self.rows[table][number]):
            return True
        scope = human.people if self.tables[table] in PEOPLE_TABLES else human.reads
        return not bound.organisations.isdisjoint(scope)

    def _bound(self, table: str, number: int) -> Bound:
        """Whom a row is for. Worked out once a row: the world no longer changes when the first person is judged."""
        if (known := self._bounds.get((table, number))) is not None:
            return known
        model, row = self.tables[table], self.rows[table][number]
        made = Bound(
            self._opened(model, row),
            frozenset(self._people(model, row, number)),
            frozenset(self._concerned(model, row, number)),
        )
        self._bounds[table, number] = made
        return made

    def _is_subject(self, human: Human, row: Row) -> bool:
        """Whether an open link says that the account is the person of a row."""
        return any(
            link["user"] == human.id and link["person"] == row["person"] and link["ended_at"] is None
            for link in self.rows[LINKS].values()
        )

    def must_see(self, human: Human, table: str, number: int) -> bool | None:
        """What the policies of the core say exactly; None for a table that this does not know."""
        model, row = self.tables[table], self.rows[table][number]
        if model is Claim:
            return row["reviewer_id"] in human.work
        if model is AuditEvent:
            about = row["object_kind"] == "user" and row["object_id"] == str(human.id)
            return row["organisation_id"] in human.reads or row["user"] == human.id or about
        return self.may_see(human, table, number) if model.__module__.startswith("zhijiao.core.") else None

    def _opened(self, model: type[models.Model], row: Row) -> bool:
        """Whether the row, or one that it belongs to, was opened to everybody."""
        if any(row.get(flag) for flag in OPENED):
            return True
        opened_by = OPENED_BY.get(model._meta.db_table)
        if opened_by is not None and opened_by(row):
            return True
        return any(self._opened(parent, owner) for parent, owner, _ in self._owners(model, row))

    def _owners(self, model: type[models.Model], row: Row) -> Iterator[tuple[type[models.Model], Row, int]]:
        """The guarded rows that a row belongs to, and those of seasons and the like, which name organisations."""
        for column in model._meta.concrete_fields:
            parent: Any = column.related_model
            if parent in self.beside and parent is not Organisation:
                held = self.beside[parent].get(row.get(column.attname) or 0)
                if held is not None and held is not row:
                    yield parent, held, row[column.attname]
            if parent in self.tables.values() and parent is not User:
                owner = self.rows[parent._meta.db_table].get(row.get(column.attname) or 0)
                if owner is not None and owner is not row:
                    yield parent, owner, row[column.attname]

    def opened(self, table: str) -> set[int]:
        """The rows of a table that everybody may see, also outside every scope."""
        return {n for n, row in self.rows[table].items() if self._opened(self.tables[table], row)}

    def _concerned(self, model: type[models.Model], row: Row, number: int) -> set[int]:
        found: set[int] = set()
        for column in model._meta.concrete_fields:
            value = row.get(column.attname)
            if value is None:
                continue
            if column.related_model is Organisation:
                found.add(value)
            elif isinstance(column, ArrayField) and _names_organisations(column.name):
                found |= set(value)
        for parent, owner, key in self._owners(model, row):
            found |= self._concerned(parent, owner, key)
        if model._meta.db_table == CANDIDATE:
            placing = [held for table in PLACING for held in self.rows[table].values()]
            found |= {h["organisation_id"] for h in placing if h["candidate_id"] == number} - {None}
        if model is User:
            held = self.rows[Membership._meta.db_table].values()
            found |= {m["organisation_id"] for m in held if m["user_id"] == number}
        return found

    def _people(self, model: type[models.Model], row: Row, number: int) -> set[int]:
        if model is User:
            return {number}
        found = {row[c.attname] for c in model._meta.concrete_fields if c.related_model is User}
        found |= {
            row[name] for name in ("user", "by", "author", "submitted_by") if isinstance(row.get(name), int)
        }
        if model._meta.db_table == CANDIDATE:
            guardians = self.rows[GUARDIAN].values()
            found |= {g["user_id"] for g in guardians if g["candidate_id"] == number} - {None}
        if model._meta.db_table == EXTENSION and row["school_id"] is not None:
            for key, candidate in self.rows[CANDIDATE].items():
                if candidate["school_id"] == row["school_id"]:
                    found |= self._people(self.tables[CANDIDATE], candidate, key)
        for parent, owner, key in self._owners(model, row):
            if parent._meta.db_table == CANDIDATE:
                found |= self._people(parent, owner, key)
        if model is AuditEvent and row["object_kind"] == "user" and str(row["object_id"]).isdigit():
            found.add(int(row["object_id"]))
        return found

    def foreign(self, human: Human, model: type[models.Model]) -> list[int]:
        """Rows of a table that this person may not see."""
        table = model._meta.db_table
        return [number for number in self.rows[table] if not self.may_see(human, table, number)]

    def leaks(self, human: Human, text: str) -> list[str]:
        """The rows whose marks stand in a text, though this person may not see them."""
        found = {int(number) for number in re.findall(r"zz(\d{6})zz", text)}
        return [
            f"{table} {row}"
            for table, row in (self.marked[number] for number in sorted(found) if number in self.marked)
            if not self.may_see(human, table, row)
        ]


def _number_of(mark: str) -> int:
    return int(mark.strip("z"))


def _names_organisations(name: str) -> bool:
    return name in ("parties", "subjects", "organisations", "acknowledged")


def _optional(column: models.Field[Any, Any]) -> bool:
    return column.blank or column.default == ""


def _needs(model: type[models.Model]) -> list[Any]:
    return [
        column.related_model
        for column in model._meta.concrete_fields
        if column.is_relation and not column.null
    ]


def _insert(connection: psycopg.Connection[Any], model: type[models.Model], row: Row) -> None:
    columns = {column.attname: column.column for column in model._meta.concrete_fields}
    given = {columns[name]: _sent(value) for name, value in row.items()}
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(map(sql.Identifier, given)),
            sql.SQL(", ").join(sql.Placeholder() * len(given)),
        ),
        list(given.values()),
    )


def _sent(value: Any) -> Any:
    return json.loads(json.dumps(value)) if isinstance(value, list) else getattr(value, "value", value)
