"""The verbs of this domain, one subject a file."""

from zhijiao.records.actions.applying import amend, apply_for
from zhijiao.records.actions.deciding import take_step
from zhijiao.records.actions.keeping import (
    correct,
    link_account,
    note_look,
    place,
    read_number,
    register_term,
    settle_issue,
    unlink_account,
)
from zhijiao.records.actions.registering import approve_registrations, refuse_registration, register
from zhijiao.records.actions.registers import take_export, take_refusals, write_upload
from zhijiao.records.actions.reminding import remind
from zhijiao.records.actions.rosters import hand_to_hub, take_over
from zhijiao.records.actions.school import close_class, drop_view, open_class, save_view

__all__ = [
    "amend",
    "apply_for",
    "approve_registrations",
    "close_class",
    "correct",
    "drop_view",
    "hand_to_hub",
    "link_account",
    "note_look",
    "open_class",
    "place",
    "read_number",
    "refuse_registration",
    "register",
    "register_term",
    "remind",
    "save_view",
    "settle_issue",
    "take_export",
    "take_over",
    "take_refusals",
    "take_step",
    "unlink_account",
    "write_upload",
]
