"""What a row that changes says before and after, for whoever looks before anything is applied."""

from __future__ import annotations

from dataclasses import dataclass

from zhijiao.exchange.rules.encoding import decoded
from zhijiao.exchange.types import CodeList, Dataset, Role


@dataclass(frozen=True)
class Change:
    """A field of a record with another value than before."""

    field: str
    name: str
    before: str
    after: str


def changes(
    dataset: Dataset, before: str, after: str, codes: dict[str, CodeList] | None = None
) -> tuple[Change, ...]:
    """Field by field; codes in words where their lists are given. Of an identity number only that it changed."""
    old, new = decoded(before, dataset), decoded(after, dataset)
    found = []
    for field in dataset.fields:
        was, now = old.get(field.id, ""), new.get(field.id, "")
        if was == now:
            continue
        if field.role is Role.PERSON:
            was, now = ("已登记" if was else ""), ("另一个号码" if now else "")
        elif codes and field.values in codes:
            was, now = _named(codes[field.values], was), _named(codes[field.values], now)
        found.append(Change(field.id, field.name, was, now))
    return tuple(found)


def _named(codes: CodeList, code: str) -> str:
    entry = codes.by_code.get(code)
    return entry.name if entry else code
