"""The standard in words, as mappings and as files, for pages, commands and documents. Needs no database."""

from __future__ import annotations

from zhijiao.exchange.rules.standard import checked_standard, json_schema, shipped
from zhijiao.exchange.rules.standard.describing import (
    asks,
    bounds_words,
    codes_in_force,
    due_words,
    facts_of,
    keeping_words,
    owes_words,
    title_of,
    values_words,
)
from zhijiao.exchange.rules.standard.mapping import dataset_mapping, list_mapping
from zhijiao.exchange.rules.standard.reading import SHIPPED
from zhijiao.exchange.rules.template import template

__all__ = [
    "SHIPPED",
    "asks",
    "bounds_words",
    "checked_standard",
    "codes_in_force",
    "dataset_mapping",
    "due_words",
    "facts_of",
    "json_schema",
    "keeping_words",
    "list_mapping",
    "owes_words",
    "shipped",
    "template",
    "title_of",
    "values_words",
]
