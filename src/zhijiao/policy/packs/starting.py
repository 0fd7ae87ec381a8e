"""A minimal pack that passes the check: what a new city starts from."""

from __future__ import annotations

import re
from pathlib import Path

from zhijiao.policy.types.base import ID_PATTERN

_PACK = """\
# 政策包说明。写法见 docs/guides/pack-authors.md，每个键的含义见 docs/generated/pack-format.md。
id: {id}
title: {id} 职业教育政策
place: 示例市
short: 示例
region: '000000'
level: city
version: '0.1'
board: goal.indicators
names:
  cockpit: 驾驶舱
  management: 管理云
  enterprise: 校企云
  resources: 资源云
  policy: 政策
publication:
  title: 示例市职业教育目标公开
  introduction: 本页公开本市职业教育方案中的目标及其来源。
documents:
- id: plan
  title: 示例市职业教育发展方案
  short: 示例方案
  issuer: 示例市人民政府办公室
  kind: plan
  status: in_force
  issued: '2024-01'
  horizon: {{from: '2024', to: '2026'}}
  sections:
  - {{id: targets, title: 主要目标}}
  - {{id: tasks, title: 重点任务}}
"""

_CLAUSES = """\
# 条款：一条一个编号。写明在原文哪里、是哪一类；概括用自己的话，数字与原文一致。
- id: plan.target.1
  document: plan
  section: targets
  place: 主要目标·第1条
  kind: target
  title: 双师型教师占比
  summary: 到2026年，专业课教师中双师型教师所占比例不低于80%。
  figures:
  - {name: 双师型教师占比, op: '>=', value: 80, unit: '%', by: '2026', base: 专业课教师数, scope: 市}
- id: plan.task.1
  document: plan
  section: tasks
  place: 重点任务·第1条
  kind: task
  title: 教师到企业实践
  summary: 组织专业课教师每年到企业实践。
  units: [示例局]
"""

_GOALS = """\
# 目标树。kind 为 framework 的那一个，是首页统计的指标体系。
- {id: goal.indicators, name: 主要指标, clauses: [plan.target.1], kind: framework, indicators: [plan.target.1]}
"""

_INDICATORS = """\
# 指标：先用文字说清统计什么，再写目标和目标期。
- id: plan.target.1
  name: 双师型教师占比
  clauses: [plan.target.1]
  unit: '%'
  direction: higher
  level: [city, school]
  definition:
    words: 双师型教师占专业课教师的比例
    numerator: 双师型教师数
    denominator: 专业课教师数
    excluded: 公共基础课教师
  targets:
  - {op: '>=', value: 80, unit: '%', clause: plan.target.1}
  period: {to: '2026', kind: point}
"""

_TASKS = """\
# 任务：文件任务清单的一行，拆成能证明完成的事项。责任单位首位牵头。
- id: row.1
  document: plan
  number: '1'
  work: 教师队伍
  name: 教师到企业实践
  clauses: [plan.task.1]
  units: [示例局]
  items:
  - id: item.1
    name: 组织专业课教师到企业实践
    clauses: [plan.task.1]
    deliverable: 年度企业实践名单与总结
    evidence: [实践记录, 企业评价]
    due: {every: year}
    indicators: [plan.target.1]
"""

_ORGANISATIONS = """\
# 区划（带代码）和责任单位；文件中的每种写法都写在 name 或 aliases 里。
divisions:
- {code: '000000', name: 示例市, short: 示例, level: city}
units:
- {id: edu, name: 示例局, aliases: [示例市示例局], kind: department}
"""

FILES = {
    "pack.yaml": _PACK,
    "clauses.yaml": _CLAUSES,
    "goals.yaml": _GOALS,
    "indicators.yaml": _INDICATORS,
    "tasks.yaml": _TASKS,
    "organisations.yaml": _ORGANISATIONS,
}


def write_minimal(folder: Path) -> list[Path]:
    """Write a minimal pack; the folder's name becomes its id.

    Raises FileExistsError when the folder is not empty, ValueError when its name cannot be an id.
    """
    if not re.fullmatch(ID_PATTERN, folder.name) or len(folder.name) > 80:
        raise ValueError(
            f"文件夹名“{folder.name}”不能作政策包编号：用字母、数字、点、横线、下划线，如 city；地名写在 pack.yaml 里"
        )
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"文件夹 {folder} 已有内容，换一个新的文件夹名")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in FILES.items():
        path = folder / name
        path.write_text(text.format(id=folder.name) if name == "pack.yaml" else text, encoding="utf-8")
        written.append(path)
    return written
