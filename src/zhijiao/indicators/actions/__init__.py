"""Verbs: open what is owed, hand it in, decide it, remind, and hand targets down. One transaction each."""

from zhijiao.indicators.actions.computing import (
    compute,
    compute_after_snapshot,
    compute_packs,
    forget_after_pruning,
)
from zhijiao.indicators.actions.deciding import decide, reopen, return_for_correction
from zhijiao.indicators.actions.filling import hand_in, save_drafts, submit, withdraw
from zhijiao.indicators.actions.opening import open_after_change, open_all, open_reports
from zhijiao.indicators.actions.reminding import remind, remind_all

__all__ = [
    "compute",
    "compute_after_snapshot",
    "compute_packs",
    "decide",
    "forget_after_pruning",
    "hand_in",
    "open_after_change",
    "open_all",
    "open_reports",
    "remind",
    "remind_all",
    "reopen",
    "return_for_correction",
    "save_drafts",
    "submit",
    "withdraw",
]
