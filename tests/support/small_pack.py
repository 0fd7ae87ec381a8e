"""A small pack that has one of everything that the workbook can change, in several ways of writing YAML."""

from __future__ import annotations

from pathlib import Path

from zhijiao.policy.packs.starting import write_minimal

_CLAUSES = """
- id: plan.target.2
  document: plan
  section: targets
  place: 主要目标·第2条
  kind: target
  title: 培训与平台
  summary: 到2026年，培训25万人次，建成1至2个平台，出台政策。
  figures:
  - {name: 培训, op: '>=', value: 250000, unit: 人次, by: '2026'}
  - {name: 平台下限, op: '>=', value: 1, unit: 个}
  - {name: 平台上限, op: '<=', value: 2, unit: 个}
- id: plan.target.3
  document: plan
  section: targets
  place: 主要目标·第3条
  kind: target
  title: 备用
  summary: 留给新增的指标，数为7.5%。
  figures:
  - {name: 备用, op: '>=', value: 7.5, unit: '%'}
- id: plan.task.2
  document: plan
  section: tasks
  place: 重点任务·第2条
  kind: task
  title: 建平台
  summary: 建设平台。
"""

_INDICATORS = """
# The two parts below make up this one; this comment must survive.
- id: plan.whole
  name: 培训和平台
  clauses: [plan.target.2]
  direction: higher
  level: [city]
  definition: {words: 两部分都达到}
  period: {to: '2026', kind: point, inferred: true}
  parts: {rule: all, of: [plan.part.a, plan.part.b]}

- id: plan.part.a   # people, not places
  name: 社会培训
  clauses: [plan.target.2]
  unit: 人次
  direction: higher
  level: [city]
  definition:
    words: 三年累计的培训人次
    excluded: 线上试听
  targets:
    - {op: '>=', value: 250000, unit: 人次, clause: plan.target.2}
  period: {from: '2024', to: '2026', kind: cumulative}
- id: plan.part.b
  name: 平台
  clauses: [plan.target.2]
  unit: 个
  direction: within
  level: [city]
  definition:
    words: 建成的平台数
  targets:
  - clause: plan.target.2
    op: '>='
    value: 1
    unit: 个
    strength: strive
  - clause: plan.target.2
    op: '<='
    value: 2
    unit: 个
    strength: strive
  period:
    to: '2026-12'
    kind: point

# --- a judgement
- id: plan.policy
  name: 支持政策
  clauses: [plan.target.2]
  direction: judgement
  level: [city]
  definition:
    words: 是否出台
  criterion: 出台政策并落实
  period: {kind: milestone}
"""

_TASKS = """
# The second row: no unit is named.
- id: plan.row.2
  document: plan
  number: '2.10'
  work: 平台建设
  name: 建平台
  clauses: [plan.task.2]
  units: []
  items:
    - id: plan.item.2.a
      name: 选址
      clauses: [plan.task.2]
      deliverable: 选址方案，写明“为什么”
      due: {'on': '2025-06', inferred: true}
    - id: plan.item.2.b
      name: 建成
      clauses: [plan.task.2]
      deliverable: 建成一个平台
      evidence: [照片, 验收意见；附名单]
      units: [县（市、区）, 示例局]
      indicators: [plan.part.b]
"""

_GROUP = "- {id: counties, name: 县（市、区）, kind: group, note: 尚无名单}\n"


def write_small_pack(folder: Path) -> Path:
    """Write the pack; the folder's name becomes its id."""
    write_minimal(folder)
    for name, more in (("clauses", _CLAUSES), ("indicators", _INDICATORS), ("tasks", _TASKS)):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    places = folder / "organisations.yaml"
    places.write_text(places.read_text(encoding="utf-8") + _GROUP, encoding="utf-8")
    goals = folder / "goals.yaml"
    text = goals.read_text(encoding="utf-8")
    listed = "indicators: [plan.target.1, plan.whole, plan.policy]"
    goals.write_text(text.replace("indicators: [plan.target.1]", listed), encoding="utf-8")
    return folder
