"""The verbs of this domain, one subject a file."""

from zhijiao.supervision.actions.inspection import (
    add_problems,
    answer_problem,
    draw_batch,
    escalate_problems,
    recheck_problem,
    record_check,
)
from zhijiao.supervision.actions.proceedings import (
    edit_proceeding,
    lapse_proceedings,
    open_proceedings,
    take_step,
)
from zhijiao.supervision.actions.progress import (
    carry_over,
    confirm,
    drop,
    report_progress,
    return_part,
    set_rollup,
)
from zhijiao.supervision.actions.reminding import remind
from zhijiao.supervision.actions.starting import (
    follow_after_change,
    name_units,
    refresh,
    settle_unit,
    start_from_instruction,
    start_from_pack,
)

__all__ = [
    "add_problems",
    "answer_problem",
    "carry_over",
    "confirm",
    "draw_batch",
    "drop",
    "edit_proceeding",
    "escalate_problems",
    "follow_after_change",
    "lapse_proceedings",
    "name_units",
    "open_proceedings",
    "recheck_problem",
    "record_check",
    "refresh",
    "remind",
    "report_progress",
    "return_part",
    "set_rollup",
    "settle_unit",
    "start_from_instruction",
    "start_from_pack",
    "take_step",
]
