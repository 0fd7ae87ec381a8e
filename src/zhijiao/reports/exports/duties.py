"""Who reports which figures, and the steps of office work."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.policy.types import Asked, Chain, Obligation, Procedure, ProcedureStage, ProcedureStep
from zhijiao.policy.types.wording import demands, party, reporters, rhythm, signer, span, term
from zhijiao.policy.types.words import word
from zhijiao.render.xlsx import Cell, Column
from zhijiao.reports.exports import common
from zhijiao.reports.exports.types import Exporter, Line, Scene

# -- obligations -----------------------------------------------------------------------------------


def _obligations(scene: Scene) -> Iterator[Line]:
    """A row per figure that is owed."""
    for obligation in scene.index.pack.obligations:
        for indicator_id in obligation.indicators:
            yield obligation.id, _obligation(scene, obligation, indicator_id)


def _obligation(scene: Scene, obligation: Obligation, indicator_id: str) -> list[Cell]:
    index = scene.index
    indicator = index.indicators[indicator_id]
    return [
        indicator.name,
        indicator.unit,
        obligation.name,
        reporters(obligation),
        word("asks", obligation.asks),
        _asked(obligation.numerator),
        _asked(obligation.denominator),
        rhythm(obligation),
        span(obligation),
        _signatures(index.chains[obligation.chain]),
        word("rollup", obligation.rollup),
        "、".join(obligation.evidence),
        "推定" if obligation.inferred else None,
        obligation.note,
        common.clauses(obligation.clauses),
        obligation.id,
        common.page(scene.address("obligations", obligation.id)),
    ]


def _asked(asked: Asked | None) -> str | None:
    return None if asked is None else f"{asked.name}（{asked.unit}）"


def _signatures(chain: Chain) -> str:
    return "→".join(
        f"{step.name}（{signer(step)}{f'，{term(step)}' if step.days else ''}）" for step in chain.steps
    )


OBLIGATIONS = Exporter(
    "obligations",
    "报送义务",
    (
        Column("指标", width=26),
        Column("单位", width=10),
        Column("报送义务", width=30),
        Column("谁报", width=26),
        Column("报什么", width=12),
        Column("分子", width=26),
        Column("分母", width=26),
        Column("周期与时限", width=22),
        Column("起止", width=14),
        Column("审批", width=36),
        Column("怎样汇总", width=18),
        Column("证明材料", width=26, printed=False),
        Column("推定", width=8, printed=False),
        Column("说明", width=40, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=24, printed=False),
        common.LINK,
    ),
    _obligations,
    freeze=1,
)

# -- procedures ------------------------------------------------------------------------------------


def _procedures(scene: Scene) -> Iterator[Line]:
    """A row per step; a stage without a way out has one too."""
    for procedure in scene.index.procedures_used:
        for stage in procedure.stages:
            steps = [t for t in procedure.transitions if t.from_ == stage.id]
            for step in [*steps, *([] if steps else [None])]:
                yield procedure.id, _step(scene, procedure, stage, step)


def _step(
    scene: Scene, procedure: Procedure, stage: ProcedureStage, step: ProcedureStep | None
) -> list[Cell]:
    names = {s.id: s.name for s in procedure.stages}
    return [
        procedure.name,
        word("procedure_kind", procedure.kind),
        stage.name,
        word("stage_kind", stage.kind),
        procedure.parties[stage.holder],
        term(stage),
        step.name if step else None,
        party(procedure, step.by) if step else None,
        names[step.to] if step else None,
        "；".join(demands(procedure, step)) if step else None,
        scene.index.writer_of(procedure).manifest.place,
        "推定" if procedure.inferred else None,
        procedure.note,
        common.clauses(procedure.clauses),
        procedure.id,
        common.page(scene.address("procedures", procedure.id)),
    ]


PROCEDURES = Exporter(
    "procedures",
    "办理程序",
    (
        Column("程序", width=22),
        Column("类别", width=12),
        Column("阶段", width=18),
        Column("性质", width=8),
        Column("由谁办理", width=22),
        Column("期限", width=14),
        Column("步骤", width=20),
        Column("由谁办", width=22),
        Column("到哪个阶段", width=18),
        Column("要求", width=36),
        Column("出自", width=12),
        Column("推定", width=8, printed=False),
        Column("说明", width=40, printed=False),
        Column("条款", width=18, printed=False),
        Column("编号", width=24, printed=False),
        common.LINK,
    ),
    _procedures,
    freeze=1,
)
