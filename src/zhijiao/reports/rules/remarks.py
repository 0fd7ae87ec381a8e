"""四、需要说明的事项: what a reader must know before quoting a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhijiao.indicators.types import Board, Row, Verdict
from zhijiao.policy.types import PackIndex
from zhijiao.reports.rules.wording import figure, listed, named, quoted
from zhijiao.reports.types import Remark
from zhijiao.supervision.types import TaskLine, TaskState

_EXPLAINED = (
    (Verdict.NOT_COMPARABLE, "不可比的指标", "公布了相关情况，但与目标不是同一口径，不能据此判定是否达到"),
    (Verdict.AGGREGATE_ONLY, "只有合计的指标", "只公布了包含本项在内的合计数，分项情况有待公布"),
    (Verdict.MET_IF_SAME, "同类则达到的指标", "公布时的叫法与目标不同，两者是否同一件事有待确认"),
    (Verdict.PARTLY, "部分达到的指标", "目标含几个部分，已公布并达到的只是其中一部分"),
)


def remarks(index: PackIndex, board: Board, tasks: Sequence[TaskLine]) -> Iterator[Remark]:
    """Only what applies; an empty list means that nothing needs to be said."""
    warned = [document for document in index.pack.manifest.documents if document.warning]
    if warned:
        yield Remark("所依据文件的状态", tuple(f"{named(d)}：{_sentence(d.warning or '')}" for d in warned))
    for verdict, title, meaning in _EXPLAINED:
        rows = [row for row in board.rows if row.verdict is verdict and row.parent is None]
        if rows:
            yield Remark(title, (f"以下{len(rows)}项{meaning}。", *map(_reason, rows)))
    yield from _unreported(board)
    yield from _carried(board, tasks)
    yield from _late(board)


def _sentence(text: str) -> str:
    return f"{text.rstrip('。')}。"


def _reason(row: Row) -> str:
    return f"{quoted(row.indicator.name)}：{_sentence(row.reason)}"


def _unreported(board: Board) -> Iterator[Remark]:
    rows = [row for row in board.rows if row.verdict is Verdict.NOT_REPORTED and row.parent is None]
    if rows:
        names = listed([quoted(row.indicator.name) for row in rows])
        yield Remark("未见公布的指标", (f"以下{len(rows)}项目标期已满，未见公布对应数据：{names}。",))


def _carried(board: Board, tasks: Sequence[TaskLine]) -> Iterator[Remark]:
    rows = [row for row in board.rows if row.carried_over and row.parent is None]
    items = [line for line in tasks if line.state is TaskState.CARRIED_OVER]
    paragraphs = []
    if rows:
        names = listed([quoted(row.indicator.name) for row in rows])
        paragraphs.append(f"规划期结束时尚未达到或无从判定的指标{len(rows)}项：{names}。")
    if items:
        paragraphs.append(f"规划期结束时未见公布完成的任务事项{len(items)}个，清单见看板工作簿的“任务”表。")
    if paragraphs:
        paragraphs.append("以上待后续方案决定是否结转；规划期已结束，不作逾期处理。")
        yield Remark("待结转的事项", tuple(paragraphs))


def _late(board: Board) -> Iterator[Remark]:
    found = {fact.reported.id: fact.reported for row in board.rows for fact in row.late}
    if found:
        said = tuple(
            f"{fact.name}：{_sentence(figure(fact))}"
            for fact in sorted(found.values(), key=lambda f: (f.published, f.id))
        )
        yield Remark(
            "期后公布的数据", ("以下数据在收官以后公布，或说的是规划期以后的情况，不计入判定。", *said)
        )
