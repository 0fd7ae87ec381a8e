"""A small data set and its rows, for tests of the store that need no file of a real shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation, Standing
from zhijiao.exchange.store.frames import BAD, GOOD, Checked
from zhijiao.exchange.types import (
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Problem,
    Role,
    Standard,
)

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2020, 1, 1)
SYSTEM = Actor.system("tests")
US = "\x1f"

FIELDS = (
    Field("organisation", "1", "XXDM", "学校代码", FieldType.TEXT, 18, True, role=Role.ORGANISATION),
    Field("number", "2", "BH", "编号", FieldType.TEXT, 20, True),
    Field("year", "3", "NF", "年份", FieldType.NUMBER, 4, True, role=Role.PERIOD),
    Field("value", "4", "Z", "值", FieldType.TEXT, 20, False),
)


def dataset(name: str, keeping: Keeping) -> Dataset:
    return Dataset(
        *(name, "示例", "示例", "示例", "T1", name, f"示例{name}", "学校", "全部"),
        Due(Frequency.YEAR, 30),
        keeping,
        FIELDS,
        ("organisation", "number"),
        owes=frozenset({OrganisationKind.SECONDARY_VOCATIONAL}),
    )


STANDARD = Standard(
    "test", "f" * 64, (dataset("things", Keeping.STATE), dataset("happenings", Keeping.EVENTS))
)


def plant() -> dict[str, int]:
    """A county with two schools, and a school elsewhere. Ids by code."""
    ids = {}
    for code, kind, parent in (
        ("county", OrganisationKind.COUNTY, None),
        ("s1", OrganisationKind.SECONDARY_VOCATIONAL, "county"),
        ("s2", OrganisationKind.SECONDARY_VOCATIONAL, "county"),
        ("other", OrganisationKind.SECONDARY_VOCATIONAL, None),
    ):
        made = Organisation.objects.create(tenant=Tenant.REAL, code=code, created_at=AT)
        Standing.objects.create(
            organisation=made, name=f"示例{code}", kind=kind, parent_id=ids.get(parent or ""), starts=DAY
        )
        ids[code] = made.pk
    return ids


def lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as the file that `read_lines` understands: one JSON object a line; `bad` marks a row that fails its check."""
    return "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows).encode() + b"\n"


def read_lines(content: Any, work: Any, layouts: Any = None) -> Iterator[Checked]:
    """In place of the engine: reads `lines`, two rows a part."""
    content = content if isinstance(content, bytes) else content.read_bytes()
    rows = [json.loads(line) for line in content.decode().splitlines() if line.strip()]
    for start in range(0, max(len(rows), 1), 2):
        good, bad, problems = [], [], []
        for place, row in enumerate(rows[start : start + 2], start + 1):
            organisation = work.places.codes.get(row["organisation"])
            key = "" if row.get("bad") == "key" else US.join((row["organisation"], str(row["number"])))
            period = str(row.get("year", "2023"))
            if row.get("bad"):
                problem = Problem("", place, "值", "", "value", "value", str(row["value"]), "请改正")
                problems.append(problem)
                told = json.dumps([{"words": problem.words, "rule": problem.rule}], ensure_ascii=False)
                bad.append((place, "", organisation, period, key or None, json.dumps(row), told))
            else:
                data = US.join((row["organisation"], str(row["number"]), period, str(row["value"])))
                person = hashlib.md5(str(row["number"]).encode()).hexdigest()
                good.append((place, organisation, period, key, person, "sealed", data))
        yield Checked(
            pl.DataFrame(good, schema=GOOD, orient="row"),
            pl.DataFrame(bad, schema=BAD, orient="row"),
            problems,
        )
