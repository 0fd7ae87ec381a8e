"""The registry's decisions, without the database."""

from zhijiao.registry.rules.forest import Forest

__all__ = ["Forest"]
