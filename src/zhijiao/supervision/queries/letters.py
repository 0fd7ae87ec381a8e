"""Official letters: a notice, an opinion, a circular or a summons as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from zhijiao.lib.dates import in_chinese
from zhijiao.render.docx import Block, Document, Heading, Note, Paragraph, Table, write_document
from zhijiao.supervision.queries.proceedings import ProceedingView
from zhijiao.supervision.queries.week import Week
from zhijiao.supervision.types import ProceedingKind

_NAMES = {
    ProceedingKind.NOTICE: "督办通知",
    ProceedingKind.SUPERVISION: "督导意见书",
    ProceedingKind.CIRCULAR: "通报",
    ProceedingKind.INTERVIEW: "约谈通知",
}


def letter(view: ProceedingView, *, created: datetime) -> bytes:
    """The letter of a case as it stands: to whom, what, what is demanded, by when, and how to object."""
    line = view.line
    blocks: list[Block] = [Paragraph(f"{'、'.join(s.name for s in line.subjects)}：")]
    blocks += [Paragraph(text) for text in _paragraphs(view.words)]
    number = 0
    if view.demand:
        number += 1
        blocks.append(Heading(f"{_HAN[number - 1]}、有关要求"))
        blocks += [Paragraph(text) for text in _paragraphs(view.demand)]
    if view.problems:
        number += 1
        blocks.append(Heading(f"{_HAN[number - 1]}、问题清单"))
        blocks.append(
            Table(
                caption="问题清单",
                header=("序号", "单位", "问题", "依据", "整改期限"),
                rows=[
                    (str(p.number), p.who.name, p.text, p.basis, in_chinese(p.due.isoformat()))
                    for p in view.problems
                ],
                widths=(0.08, 0.18, 0.38, 0.18, 0.18),
            )
        )
    number += 1
    blocks.append(Heading(f"{_HAN[number - 1]}、办理期限和异议"))
    blocks += [Paragraph(text) for text in _terms(view)]
    if view.team:
        blocks.append(
            Note("督导组：" + "；".join(f"{name}（{duty}）" if duty else name for name, duty in view.team))
        )
    blocks += [Paragraph(line.issuer.name), Paragraph(in_chinese(_issued(view).isoformat()))]
    document = Document(
        title=f"{line.title}（{_NAMES[line.kind]}）",
        blocks=blocks,
        created=created,
        under_title=(line.number,),
    )
    return write_document(document)


def week_document(week: Week, place: str, *, created: datetime) -> bytes:
    """The week in review as a document."""
    blocks: list[Block] = [
        Paragraph(
            f"本周 {week.owing} 个有任务在办的单位中，{week.reported} 个报了进展；{len(week.stuck)} 项停滞或逾期，"
            f"{len(week.waiting)} 件督办等待答复。"
        ),
        Heading("一、进展"),
        _table(
            "本周进展",
            ("日期", "单位", "办理", "事项"),
            [(in_chinese(m.on.isoformat()), m.who.name, m.what, m.title) for m in week.moved],
            (0.18, 0.2, 0.16, 0.46),
        ),
        Heading("二、停滞"),
        _table(
            "停滞或逾期的任务",
            ("单位", "事项", "原因", "多少天没有进展"),
            [(s.who.name, s.title, s.light.reason, str(s.quiet)) for s in week.stuck],
            (0.18, 0.36, 0.32, 0.14),
        ),
        Heading("三、待答复"),
        _table(
            "等待答复和整改的文书",
            ("文号", "单位", "事由", "期限"),
            [
                (
                    c.number,
                    "、".join(s.name for s in c.subjects),
                    c.title,
                    in_chinese(c.due.isoformat()) if c.due else "",
                )
                for c in week.waiting
            ],
            (0.2, 0.2, 0.42, 0.18),
        ),
        Heading("四、需要联系的单位"),
        _table(
            "需要联系的单位",
            ("单位", "停滞", "逾期", "联系人"),
            [
                (
                    c.who.name,
                    str(c.stuck),
                    str(c.late + c.replies),
                    "；".join(f"{n} {p}".strip() for n, p in c.people),
                )
                for c in week.calls
            ],
            (0.24, 0.12, 0.12, 0.52),
        ),
    ]
    document = Document(
        title=f"{place}任务办理一周情况",
        blocks=blocks,
        created=created,
        under_title=(f"{in_chinese(week.monday.isoformat())}至{in_chinese(week.sunday.isoformat())}",),
    )
    return write_document(document)


_HAN = "一二三四五"


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _terms(view: ProceedingView) -> list[str]:
    line = view.line
    told = []
    if line.due is not None and not line.closed:
        told.append(f"现处于“{line.stage_name}”，请于{in_chinese(line.due.isoformat())}前办理。")
    if view.objection:
        above = view.upper.name if view.upper is not None else "签发本文书的负责人"
        until = f"于{in_chinese(line.due.isoformat())}前" if line.due is not None else "在规定期限内"
        told.append(f"对本文书有异议的，可以{until}向{above}书面提出，说明理由。")
    else:
        told.append("对所列情况有异议的，请在办理期限内书面说明理由，并附证明材料。")
    return told


def _issued(view: ProceedingView) -> date:
    return view.steps[-1].on if view.steps else view.line.opened


def _table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
) -> Block:
    return Table(caption, header, rows, widths) if rows else Paragraph("无。")
