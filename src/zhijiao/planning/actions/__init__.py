"""The verbs of this domain: the life of a plan, and the acceptance of a pack's new version."""

from zhijiao.planning.actions.packs import accept_version, decline_version
from zhijiao.planning.actions.plans import (
    PLAN_IN_FORCE,
    begin_plan,
    decide_open,
    lapse_terms,
    remark,
    reply,
    save_edition,
    take_step,
)

__all__ = [
    "PLAN_IN_FORCE",
    "accept_version",
    "begin_plan",
    "decide_open",
    "decline_version",
    "lapse_terms",
    "remark",
    "reply",
    "save_edition",
    "take_step",
]
