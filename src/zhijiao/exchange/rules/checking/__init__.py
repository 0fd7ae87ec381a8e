"""All checks over all rows: every problem is found at once; good rows go on, bad rows wait."""

from zhijiao.exchange.rules.checking.checker import Checker, Circumstances
from zhijiao.exchange.rules.checking.coding import Organisations
from zhijiao.exchange.rules.checking.seen import Repeated

__all__ = ["Checker", "Circumstances", "Organisations", "Repeated"]
