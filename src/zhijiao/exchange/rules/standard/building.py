"""Data sets and code lists out of plain mappings: the same shape in a YAML file and in a stored edition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from zhijiao.core.kinds import OrganisationKind
from zhijiao.engines.reading import Entry, ReadingError
from zhijiao.exchange.types import (
    Code,
    CodeList,
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Privacy,
    Role,
    RowCheck,
)

Path = tuple[str | int, ...]
Said = list[tuple[Path, str]]
"""Complaints: the place inside the mapping, and what is wrong there."""

T = TypeVar("T")
_OBLIGATIONS = {"M": True, "O": False}


def built_dataset(value: object, said: Said) -> Dataset | None:
    """A data set, or None with the reasons added to `said`."""
    before = len(said)
    entry = _tried(lambda: Entry(value), (), said)
    if entry is None:
        return None
    fields = _each(entry, "fields", built_field, said)
    checks = _each(entry, "checks", _check, said)
    dataset = _tried(lambda: _dataset(entry, fields, checks), (), said)
    return dataset if len(said) == before else None


def _dataset(entry: Entry, fields: Sequence[Field], checks: Sequence[RowCheck]) -> Dataset:
    dataset = Dataset(
        id=entry.text("id"),
        subset=entry.text("subset"),
        klass=entry.text("class"),
        subclass=entry.text("subclass"),
        number=entry.text("number"),
        english=entry.text("english"),
        name=entry.text("name"),
        source=entry.text("source"),
        scope=entry.text("scope"),
        due=_due(Entry(entry.get("due"), "due")),
        keeping=entry.one_of("keeping", Keeping),
        fields=tuple(fields),
        key=entry.texts("key"),
        owes=frozenset(_kinds(entry)),
        owner=entry.text("owner", ""),
        checks=tuple(checks),
        domain=entry.text("domain", "exchange"),
        note=entry.text("note", ""),
    )
    entry.close()
    return dataset


def _kinds(entry: Entry) -> list[OrganisationKind]:
    found = []
    for word in entry.texts("owes"):
        if word not in set(OrganisationKind):
            raise ReadingError("owes", f"没有“{word}”这类机构；可用的是 {'、'.join(OrganisationKind)}")
        found.append(OrganisationKind(word))
    return found


def _due(entry: Entry) -> Due:
    month = entry.whole("month", 0) or None
    if month is not None and not 1 <= month <= 12:
        raise ReadingError(entry.at("month"), f"月份应在 1 到 12 之间，现为 {month}")
    due = Due(entry.one_of("frequency", Frequency), entry.whole("days"), month, entry.yes("inferred", True))
    entry.close()
    return due


def built_field(entry: Entry) -> Field:
    """A field. Raises ReadingError."""
    kind = entry.one_of("type", FieldType)
    obligation = entry.text("obligation")
    if obligation not in _OBLIGATIONS:
        raise ReadingError("obligation", f"约束写 M（必填）或 O（选填），现为“{obligation}”")
    made = Field(
        id=entry.text("id"),
        number=entry.text("number"),
        pinyin=entry.text("pinyin"),
        name=entry.text("name"),
        type=kind,
        length=entry.whole("length"),
        mandatory=_OBLIGATIONS[obligation],
        values=entry.text("values", "") or None,
        decimals=entry.whole("decimals", 2 if kind is FieldType.MONEY else 0),
        unit=entry.text("unit", ""),
        role=entry.one_of("role", Role) if entry.has("role") else Role.PLAIN,
        privacy=entry.one_of("privacy", Privacy) if entry.has("privacy") else Privacy.NONE,
        least=_bound(entry, "least", kind),
        most=_bound(entry, "most", kind),
        pattern=entry.text("pattern", ""),
        refers=entry.text("refers", ""),
        aliases=entry.texts("aliases"),
        note=entry.text("note", ""),
        example=entry.text("example", ""),
    )
    entry.close()
    return made


def _bound(entry: Entry, key: str, kind: FieldType) -> Decimal | date | None:
    if not entry.has(key):
        return None
    return _day(entry, key) if kind is FieldType.TIME else entry.number(key)


def _day(entry: Entry, key: str) -> date | None:
    if not entry.has(key):
        return None
    text = entry.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReadingError(entry.at(key), f"日期写作 2023-09-01 这样，现为“{text}”") from None


def _check(entry: Entry) -> RowCheck:
    check = RowCheck(entry.text("id"), entry.text("when"), entry.text("field"), entry.text("words"))
    entry.close()
    return check


def built_list(value: object, said: Said) -> CodeList | None:
    """A code list, or None with the reasons added to `said`."""
    before = len(said)
    entry = _tried(lambda: Entry(value), (), said)
    if entry is None:
        return None
    entries = _each(entry, "entries", _code, said)
    made = _tried(lambda: _list(entry, entries), (), said)
    return made if len(said) == before else None


def _list(entry: Entry, entries: Sequence[Code]) -> CodeList:
    made = CodeList(
        id=entry.text("id"),
        name=entry.text("name"),
        source=entry.text("source"),
        edition=entry.text("edition", ""),
        entries=tuple(entries),
        open=entry.yes("open", False),
    )
    entry.close()
    return made


def _code(entry: Entry) -> Code:
    code = Code(
        code=entry.text("code"),
        name=entry.text("name"),
        parent=entry.text("parent", ""),
        since=_day(entry, "since"),
        until=_day(entry, "until"),
        replaced_by=entry.texts("replaced_by"),
        other_names=entry.texts("other_names"),
    )
    entry.close()
    return code


def _each(entry: Entry, key: str, build: Callable[[Entry], T], said: Said) -> list[T]:
    """Every entry of a list that can be built; a fault in one does not hide those of the next."""
    values = _tried(lambda: entry.entries(key), (), said)
    raw: Any = entry.value.get(key)
    if values is None:
        # One of them is no mapping at all: try each on its own.
        for place, one in enumerate(raw if isinstance(raw, list) else ()):
            _tried(lambda one=one: Entry(one), (key, place), said)  # type: ignore[misc]
        return []
    made = []
    for place, value in enumerate(raw or ()):
        one = _tried(lambda value=value: build(Entry(value)), (key, place), said)  # type: ignore[misc]
        if one is not None:
            made.append(one)
    return made


def _tried(work: Callable[[], T], above: Path, said: Said) -> T | None:
    try:
        return work()
    except ReadingError as error:
        key = error.key.split("[")[0]
        said.append(((*above, *key.split(".")) if key else above, error.words))
        return None
