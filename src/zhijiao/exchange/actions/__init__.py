"""Verbs of this domain; each one transaction."""

from zhijiao.exchange.actions.applying import apply
from zhijiao.exchange.actions.checking import check, check_waiting
from zhijiao.exchange.actions.forgetting import forget_files
from zhijiao.exchange.actions.linking import link_person, unlink_person
from zhijiao.exchange.actions.personal import read_identity
from zhijiao.exchange.actions.receiving import receive, withdraw
from zhijiao.exchange.actions.running import intake
from zhijiao.exchange.actions.setting_aside import (
    aside,
    clear_aside,
    content_aside,
    let_go,
    set_aside,
)
from zhijiao.exchange.actions.settling import drop_held, read_again, save_layout, settle
from zhijiao.exchange.actions.undoing import register_holder, undo

__all__ = [
    "apply",
    "aside",
    "check",
    "check_waiting",
    "clear_aside",
    "content_aside",
    "drop_held",
    "forget_files",
    "intake",
    "let_go",
    "link_person",
    "read_again",
    "read_identity",
    "receive",
    "register_holder",
    "save_layout",
    "set_aside",
    "settle",
    "undo",
    "unlink_person",
    "withdraw",
]
