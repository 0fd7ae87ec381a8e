"""The way back: a standard as plain mappings in the shape of its files, and the hash over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zhijiao.exchange.types import Code, CodeList, Dataset, Field, FieldType, Privacy, Role, Standard
from zhijiao.lib.numbers import plain as exact


def dataset_mapping(dataset: Dataset) -> dict[str, Any]:
    """A data set as its file says it."""
    due = {"frequency": dataset.due.frequency.value, "days": dataset.due.days, "month": dataset.due.month}
    return {
        "id": dataset.id,
        "subset": dataset.subset,
        "class": dataset.klass,
        "subclass": dataset.subclass,
        "number": dataset.number,
        "english": dataset.english,
        "name": dataset.name,
        "source": dataset.source,
        "scope": dataset.scope,
        "due": _some(due | ({} if dataset.due.inferred else {"inferred": False})),
        "keeping": dataset.keeping.value,
        "owes": sorted(kind.value for kind in dataset.owes),
        "owner": dataset.owner,
        "key": list(dataset.key),
        "domain": dataset.domain,
        "note": dataset.note,
        "fields": [_field(each) for each in dataset.fields],
        "checks": [
            {"id": check.id, "when": check.when, "field": check.field, "words": check.words}
            for check in dataset.checks
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    usual = 2 if field.type is FieldType.MONEY else 0
    return {
        "id": field.id,
        "number": field.number,
        "pinyin": field.pinyin,
        "name": field.name,
        "type": field.type.value,
        "length": field.length,
        "obligation": "M" if field.mandatory else "O",
        **_some(
            {
                "values": field.values,
                "decimals": None if field.decimals == usual else field.decimals,
                "unit": field.unit,
                "role": None if field.role is Role.PLAIN else field.role.value,
                "privacy": None if field.privacy is Privacy.NONE else field.privacy.value,
                "least": _bound(field.least),
                "most": _bound(field.most),
                "pattern": field.pattern,
                "refers": field.refers,
                "aliases": list(field.aliases),
                "note": field.note,
                "example": field.example,
            }
        ),
    }


def _bound(value: Decimal | date | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else exact(value)


def list_mapping(codes: CodeList) -> dict[str, Any]:
    """A code list as its file says it."""
    return {
        "id": codes.id,
        "name": codes.name,
        "source": codes.source,
        "edition": codes.edition,
        "open": codes.open,
        "entries": [_code(entry) for entry in codes.entries],
    }


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "name": code.name,
        **_some(
            {
                "parent": code.parent,
                "since": _bound(code.since),
                "until": _bound(code.until),
                "replaced_by": list(code.replaced_by),
                "other_names": list(code.other_names),
            }
        ),
    }


def list_from(mapping: Mapping[str, Any]) -> CodeList:
    """A code list out of its own mapping. For what was checked when it was stored: nothing is checked again, which makes
    thousands of entries ten times as fast as `built_list`."""
    entries = tuple(
        Code(
            code=each["code"],
            name=each["name"],
            parent=each.get("parent", ""),
            since=_date(each.get("since")),
            until=_date(each.get("until")),
            replaced_by=tuple(each.get("replaced_by", ())),
            other_names=tuple(each.get("other_names", ())),
        )
        for each in mapping["entries"]
    )
    return CodeList(
        mapping["id"], mapping["name"], mapping["source"], mapping["edition"], entries, mapping["open"]
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _some(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def standard_mapping(standard: Standard) -> dict[str, Any]:
    """The whole standard as JSON types."""
    return _whole(standard.edition, standard.datasets, standard.codes)


def _whole(edition: str, datasets: Sequence[Dataset], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    return {
        "edition": edition,
        "datasets": [dataset_mapping(each) for each in datasets],
        "codes": [list_mapping(codes[name]) for name in sorted(codes)],
    }


def standard_hash(edition: str, datasets: Sequence[Dataset], codes: Mapping[str, CodeList]) -> str:
    """SHA-256 over the canonical form: what batches and snapshots name."""
    return content_hash(_whole(edition, datasets, codes))


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over JSON with sorted keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
