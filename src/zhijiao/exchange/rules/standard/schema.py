"""A data set as others describe it: the schema of its expressions, and JSON Schema for programs that send it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhijiao.engines import expressions
from zhijiao.exchange.types import CodeList, Dataset, Field, FieldType, Privacy

_KINDS = {
    FieldType.TEXT: expressions.Kind.TEXT,
    FieldType.NUMBER: expressions.Kind.NUMBER,
    FieldType.MONEY: expressions.Kind.NUMBER,
    FieldType.TIME: expressions.Kind.DATE,
}
_MOST_LISTED = 200
"""Codes that a schema spells out; a longer list is named instead."""


def expression_schema(dataset: Dataset, codes: Mapping[str, CodeList]) -> expressions.Schema:
    """The fields that checks and metrics over the data set may name."""
    return expressions.Schema({field.id: _named(field, codes) for field in dataset.fields})


def _named(field: Field, codes: Mapping[str, CodeList]) -> expressions.Field:
    listed = codes.get(field.values or "")
    closed = listed is not None and not listed.open
    return expressions.Field(
        kind=_KINDS[field.type],
        label=field.name,
        codes={entry.code: entry.name for entry in listed.entries} if listed and closed else None,
        unit=field.unit or None,
        digits=max(1, field.length - field.decimals),
        scale=field.decimals,
    )


def json_schema(dataset: Dataset, codes: Mapping[str, CodeList]) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row as the API takes it: an object by field ids. Numbers may come as text, exact."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{dataset.id}.json",
        "title": dataset.name,
        "description": dataset.scope,
        "type": "object",
        "properties": {field.id: _property(field, codes) for field in dataset.fields},
        "required": [field.id for field in dataset.fields if field.mandatory],
        "additionalProperties": False,
        "x-key": list(dataset.key),
        "x-keeping": dataset.keeping.value,
    }


def _property(field: Field, codes: Mapping[str, CodeList]) -> dict[str, Any]:
    made: dict[str, Any] = {"title": field.name, "description": _description(field), **_shape(field)}
    listed = codes.get(field.values or "")
    if listed is not None:
        made["x-codes"] = listed.id
        if not listed.open and len(listed.entries) <= _MOST_LISTED:
            # A name is as good as its code: intake translates both.
            current = [entry for entry in listed.entries if entry.until is None]
            made["enum"] = [entry.code for entry in current] + [entry.name for entry in current]
            if not field.mandatory:
                made["enum"] += [None, ""]
    if field.unit:
        made["x-unit"] = field.unit
    if field.privacy is not Privacy.NONE:
        made["x-privacy"] = field.privacy.value
    if field.example:
        made["examples"] = [field.example]
    return made


def _description(field: Field) -> str:
    return "；".join(part for part in (field.note, f"字段名 {field.pinyin}", f"编号 {field.number}") if part)


def _shape(field: Field) -> dict[str, Any]:
    blank = [] if field.mandatory else ["null"]
    if field.type is FieldType.TEXT:
        return {"type": ["string", *blank], **({} if field.values else {"maxLength": field.length})}
    if field.type is FieldType.TIME:
        return {"type": ["string", *blank], "format": "date"}
    bounds: dict[str, Any] = {}
    for key, value in (("minimum", field.least), ("maximum", field.most)):
        if isinstance(value, Decimal):
            bounds[key] = int(value) if value == value.to_integral_value() else float(value)
        elif isinstance(value, date):  # bounds of dates have no keyword
            continue
    if not field.decimals:
        return {"type": ["integer", "string", *blank], **bounds}
    return {"type": ["number", "string", *blank], **bounds}
