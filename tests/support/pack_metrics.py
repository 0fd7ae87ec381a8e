"""A small pack whose one indicator is computed as the tests want it."""

from __future__ import annotations

from pathlib import Path

from zhijiao.exchange.queries.fields import schemas
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal

METRIC = """\
  metric:
    measures:
      dual: {name: 双师型教师数, in: teachers, count: rows, where: 'specialist = "yes" and dual_since is present', standing: [since, until]}
      all:
        in: teachers
        count: person
        where: specialist = "yes"
        standing: [since, until]
        having:
        - {in: schools, match: {organisation: organisation}, standing: [licensed_on, closed_on]}
    value: dual / all
    scale: 100
    decimals: 1
    window: {years: 2}
    levels: [city, school]
    across: {level: school, take: least}
    beside:
    - {id: share, name: 另一种算法, value: (all - dual) / all}
    examples:
    - name: 一人
      period: '2026'
      organisations: {S1: technician}
      rows:
        teachers:
        - {organisation: S1, since: 2020-01-01, abroad_months: 2.50}
        schools: []
      value: null
      why: 分母为零
      beside: {share: null}
"""


def write(folder: Path, metric: str = METRIC) -> Library:
    """Write the pack into a folder of its own, and open it."""
    write_minimal(folder / "city")
    path = folder / "city" / "indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8") + metric, encoding="utf-8")
    return Library([folder], schemas())
