"""A small city with schools of both kinds and made-up students, for tests of student records."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from openpyxl import Workbook, load_workbook

from tests.support.handed_in import number
from tests.support.packs import shipped
from tests.support.people import hire, plant
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.policy.types import PackIndex
from zhijiao.records import actions
from zhijiao.records.types import Application, Registration

_K = OrganisationKind
TODAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SYSTEM = Actor.system("示例", Tenant.REAL)


@dataclass
class City:
    """Organisations by key, and one person at each of them who keeps its records."""

    ids: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, key: str) -> int:
        return self.ids[key]

    def by(self, key: str) -> Actor:
        return self.people[key]


def city(password: str = "") -> City:
    """A city with two bureaus, two counties, three vocational schools and two technician schools."""
    made = City()
    with bulk():
        rows: dict[str, Any] = {}
        roles: dict[str, Role | None] = {}
        for key, kind, parent, role in (
            ("place", _K.GOVERNMENT, None, None),
            ("education", _K.DEPARTMENT, "place", Role.DEPARTMENT),
            ("human", _K.DEPARTMENT, "place", Role.DEPARTMENT),
            ("county", _K.COUNTY, "place", Role.COUNTY),
            ("county2", _K.COUNTY, "place", Role.COUNTY),
            ("school", _K.SECONDARY_VOCATIONAL, "county", Role.SCHOOL),
            ("school2", _K.SECONDARY_VOCATIONAL, "county2", Role.SCHOOL),
            ("school3", _K.SECONDARY_VOCATIONAL, "county", Role.SCHOOL),
            ("technician", _K.TECHNICIAN, "human", Role.SCHOOL),
            ("technician2", _K.TECHNICIAN, "human", Role.SCHOOL),
        ):
            rows[key] = plant(
                f"r.{key}",
                kind,
                rows.get(parent or ""),
                name=f"示例{key}",
                pack="taizhou" if key == "place" else "",
            )
            made.ids[key] = rows[key].pk
            roles[key] = role
        for key, role in roles.items():  # what somebody covers is read from the tree that is there
            if role is not None:
                made.people[key] = hire(f"keeper-{key}", role, rows[key], password=password)
    return made


@cache
def policy_of(pack: str) -> PackIndex:
    """A pack as it stands in the repository, without installing it."""
    return shipped().index(pack)


def student(serial: int = 1, **changed: Any) -> Registration:
    """A student of the second year, made up."""
    given: dict[str, Any] = {
        "key": f"示例-{serial}",
        "number": number(serial),
        "name": f"示例学生{serial}",
        "grade": 2025,
        "major": "710205",
        "track": "secondary_3",
        "enrolled_on": date(2025, 9, 1),
        "sex": "1",
        "approved": "示例〔2025〕1号",
    }
    return Registration(**(given | changed))


def enrol(place: City, school: str = "school", serial: int = 1, **changed: Any) -> int:
    """Put a made-up student on record and in force."""
    given = student(serial, **({"track": "technician_3"} if school.startswith("tech") else {}) | changed)
    found = actions.register(
        organisation=place[school], registration=given, by=SYSTEM, at=AT, on=given.enrolled_on
    )
    assert found.record is not None
    return found.record


def ask(
    place: City, event: str, record: int | None, school: str = "school", on: date = TODAY, **said: Any
) -> int:
    """Apply as the school's keeper."""
    return actions.apply_for(
        event=event,
        organisation=place[school],
        record=record,
        application=Application(**said),
        by=place.by(school),
        at=AT,
        on=on,
    )


def step(place: City, case: int, who: str, transition: str, words: str = "", on: date = TODAY) -> str:
    """Take a step of a case as somebody's keeper."""
    return actions.take_step(case=case, transition=transition, words=words, by=place.by(who), at=AT, on=on)


def book_of(lines: list[list[str]]) -> bytes:
    """Lines as a workbook."""
    out = io.BytesIO()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.save(out)
    return out.getvalue()


def lines_of(content: bytes) -> list[list[str]]:
    """A workbook's first sheet as lines."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [
        ["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)
    ]
