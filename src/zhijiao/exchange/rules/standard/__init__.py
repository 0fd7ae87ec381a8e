"""The data standard from its files: read and checked, merged with imported editions, and described to others."""

from zhijiao.exchange.rules.standard.reading import StandardRefused, checked_standard, read_standard, shipped
from zhijiao.exchange.rules.standard.schema import expression_schema, json_schema

__all__ = [
    "StandardRefused",
    "checked_standard",
    "expression_schema",
    "json_schema",
    "read_standard",
    "shipped",
]
