"""The brief laid out as an official document: five chapters with their tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from zhijiao.lib.dates import in_chinese
from zhijiao.lib.typesetting import typeset
from zhijiao.render.docx import Block, Contents, Document, Heading, Note, Paragraph, Table
from zhijiao.reports.types import Brief

NUMERALS = "一二三四五六七八九十"


def numeral(count: int) -> str:
    """一, 十, 十一, 二十三."""
    tens, ones = divmod(count, 10)
    if tens == 0:
        return NUMERALS[ones - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def lay_out(brief: Brief) -> Document:
    """The default layout of the brief."""
    blocks = [_set(block) for block in _blocks(brief)]
    under = [f"（截至{in_chinese(brief.on.isoformat())}）"]
    created = datetime.combine(brief.on, time(), UTC).replace(tzinfo=None)
    return Document(typeset(brief.title), blocks, created, under)


def _blocks(brief: Brief) -> Iterator[Block]:
    yield Contents()
    yield Heading("一、总体情况")
    yield from map(Paragraph, brief.overall)
    yield Heading("二、指标进展")
    yield from _goals(brief)
    if brief.tasks:
        yield Heading("三、任务进展")
        yield from _tasks(brief)
    chapter = 4 if brief.tasks else 3
    if brief.remarks:
        yield Heading(f"{numeral(chapter)}、需要说明的事项")
        for count, remark in enumerate(brief.remarks, start=1):
            yield Heading(f"（{numeral(count)}）{remark.title}", 2)
            yield from map(Paragraph, remark.paragraphs)
        chapter += 1
    yield Heading(f"{numeral(chapter)}、数据来源与口径")
    yield from _sources(brief)


def _goals(brief: Brief) -> Iterator[Block]:
    for count, goal in enumerate(brief.goals, start=1):
        yield Heading(f"（{numeral(count)}）{goal.name}", 2)
        yield Paragraph(goal.sentence)
        yield Table(
            f"表{count}　{goal.name}",
            ("指标", "目标", "公布情况", "判定", "理由"),
            [
                (f"{'　' * line.depth}{line.name}", line.target, line.published, line.verdict, line.reason)
                for line in goal.indicators
            ],
            (26, 25, 25, 16, 38),
        )
        if count == 1:
            yield Note("公布情况栏“—”表示没有见到公布的数。组合指标的组成部分缩进一格。")


def _tasks(brief: Brief) -> Iterator[Block]:
    for count, progress in enumerate(brief.tasks, start=1):
        yield Heading(f"（{numeral(count)}）《{progress.document}》", 2)
        yield Paragraph(progress.sentence)
        yield Table(
            f"表{len(brief.goals) + count}　《{progress.document}》任务事项（单位：项）",
            ("牵头单位", "合计", *progress.states),
            [(unit.name, str(unit.total), *map(str, unit.counts)) for unit in progress.units],
            (40, 16, *([18] * len(progress.states))),
            right=frozenset(range(1, 2 + len(progress.states))),
        )
        if count == 1:
            yield Note("状态依据公开发布的情况判定；没有公开情况不等于没有开展。")


def _sources(brief: Brief) -> Iterator[Block]:
    table = len(brief.goals) + len(brief.tasks) + 1
    yield Paragraph("指标的目标值和任务均引自上述文件，公布数据逐项注明来源，采用的口径列在最后。")
    if brief.sources:
        yield Table(
            f"表{table}　公布数据的来源",
            ("数据", "公布情况", "来源", "条款"),
            [(s.name, s.figure, s.source, s.clauses) for s in brief.sources],
            (34, 40, 40, 20),
        )
        table += 1
        yield Note("条款编号是政策包中的编号，凭编号可在平台上查到原文位置。")
    if brief.choices:
        yield Table(
            f"表{table}　采用的口径",
            ("编号", "问题", "采用的处理"),
            [(c.id, c.question, c.taken) for c in brief.choices],
            (10, 48, 76),
        )
    yield Paragraph(f"本报告由{brief.pack}（版本{brief.version}）生成。")


def _set(block: Block) -> Block:
    """The same block with Chinese punctuation."""
    match block:
        case Heading():
            return Heading(typeset(block.text), block.level)
        case Paragraph():
            return Paragraph(typeset(block.text))
        case Note():
            return Note(typeset(block.text))
        case Table():
            rows = [[typeset(cell) for cell in row] for row in block.rows]
            return Table(typeset(block.caption), block.header, rows, block.widths, block.right)
    return block
