"""Verbs of this domain; each one transaction."""

from zhijiao.exchange.actions.applying import apply
from zhijiao.exchange.actions.checking import check, check_waiting
from zhijiao.exchange.actions.receiving import receive, withdraw
from zhijiao.exchange.actions.undoing import register_holder, undo

__all__ = ["apply", "check", "check_waiting", "receive", "register_holder", "undo", "withdraw"]
