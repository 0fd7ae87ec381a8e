"""The brief as the data of an office's own template, and a sample to start from.

The placeholders are a contract with templates that offices keep (docs/guides/templates.md): add, never rename.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zhijiao.lib.dates import in_chinese
from zhijiao.lib.typesetting import typeset
from zhijiao.render.docx import Block, Document, Heading, Paragraph, Table, write_document
from zhijiao.reports.layout import lay_out
from zhijiao.reports.types import Brief, GoalProgress, TaskProgress


def context(brief: Brief) -> dict[str, Any]:
    """What a template can name."""
    plain = {
        "标题": brief.title,
        "地名": brief.place,
        "截至": in_chinese(brief.on.isoformat()),
        "总体情况": list(brief.overall),
        "目标": [_goal(goal) for goal in brief.goals],
        "任务": [_task(progress) for progress in brief.tasks],
        "说明": [{"标题": r.title, "段落": list(r.paragraphs)} for r in brief.remarks],
        "来源": [
            {"名称": s.name, "公布情况": s.figure, "来源": s.source, "条款": s.clauses} for s in brief.sources
        ],
        "口径": [{"编号": c.id, "问题": c.question, "处理": c.taken} for c in brief.choices],
        "政策包": brief.pack,
        "版本": brief.version,
    }
    return _set(plain)


def _goal(goal: GoalProgress) -> dict[str, Any]:
    return {
        "名称": goal.name,
        "小结": goal.sentence,
        "指标": [
            {
                "编号": line.id,
                "名称": f"{'　' * line.depth}{line.name}",
                "目标": line.target,
                "公布情况": line.published,
                "判定": line.verdict,
                "理由": line.reason,
                "来源": line.source,
                "条款": line.clauses,
            }
            for line in goal.indicators
        ],
    }


def _task(progress: TaskProgress) -> dict[str, Any]:
    return {
        "文件": progress.document,
        "小结": progress.sentence,
        "单位": [
            {
                "名称": unit.name,
                "合计": unit.total,
                "状态": "，".join(
                    f"{state}{count}项"
                    for state, count in zip(progress.states, unit.counts, strict=True)
                    if count
                ),
            }
            for unit in progress.units
        ],
    }


def _set(value: Any) -> Any:
    """Chinese punctuation all the way down."""
    if isinstance(value, str):
        return typeset(value)
    if isinstance(value, list):
        return [_set(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _set(inner) for key, inner in value.items()}
    return value


def sample_template(brief: Brief) -> bytes:
    """A template to start from, in the layout of the default document."""
    blocks: list[Block] = [
        Heading("一、总体情况"),
        Paragraph("{%p for 段 in 总体情况 %}"),
        Paragraph("{{ 段 }}"),
        Paragraph("{%p endfor %}"),
        Heading("二、指标进展"),
        Paragraph("{%p for 目标项 in 目标 %}"),
        Heading("{{ loop.index }}．{{ 目标项.名称 }}", 2),
        Paragraph("{{ 目标项.小结 }}"),
        Table(
            "{{ 目标项.名称 }}",
            ("指标", "目标", "公布情况", "判定"),
            [
                ("{%tr for 行 in 目标项.指标 %}", "", "", ""),
                ("{{ 行.名称 }}", "{{ 行.目标 }}", "{{ 行.公布情况 }}", "{{ 行.判定 }}"),
                ("{%tr endfor %}", "", "", ""),
            ],
            (34, 34, 34, 18),
        ),
        Paragraph("{%p endfor %}"),
        Heading("三、需要说明的事项"),
        Paragraph("{%p for 项 in 说明 %}"),
        Heading("{{ loop.index }}．{{ 项.标题 }}", 2),
        Paragraph("{%p for 段 in 项.段落 %}"),
        Paragraph("{{ 段 }}"),
        Paragraph("{%p endfor %}"),
        Paragraph("{%p endfor %}"),
        Paragraph("本报告由{{ 政策包 }}（版本{{ 版本 }}）生成。"),
    ]
    document: Document = replace(
        lay_out(brief), title="{{ 标题 }}", blocks=blocks, under_title=["（截至{{ 截至 }}）"]
    )
    return write_document(document)
