"""The registry's decisions, without the database."""

from zhijiao.registry.rules.forest import Forest
from zhijiao.registry.rules.offices import Offices

__all__ = ["Forest", "Offices"]
