"""Typed values out of plain mappings, as a YAML or JSON file has them. Every error names the key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


class ReadingError(ValueError):
    """A mapping that does not read. `key` is the path of the entry: `stages[2].kind`."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(f"{key}：{words}" if key else words)
        self.key = key
        self.words = words


class Entry:
    """One mapping being read; knows where it stands, and which keys were asked for."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise ReadingError(path, "应是“键: 值”的形式")
        self.value: Mapping[Any, Any] = value
        self.path = path
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """The path of a key of this entry."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether a key is there and not empty."""
        self._asked.add(key)
        return self.value.get(key) is not None

    def get(self, key: str) -> Any:
        """What stands at a key that must be there."""
        if not self.has(key):
            raise ReadingError(self.at(key), "缺少这一项")
        return self.value[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text."""
        if default is not None and not self.has(key):
            return default
        value = self.get(key)
        if not isinstance(value, str):
            raise ReadingError(self.at(key), f"应是文字，现为“{value}”；若是数字或“是、否”，请加引号")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        if default is not None and not self.has(key):
            return default
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ReadingError(self.at(key), f"应是整数，现为“{value}”")
        return value

    def number(self, key: str) -> Decimal:
        """An exact number: whole, or written with a point."""
        return as_number(self.get(key), self.at(key))

    def yes(self, key: str, default: bool) -> bool:
        """true or false."""
        if not self.has(key):
            return default
        value = self.value[key]
        if not isinstance(value, bool):
            raise ReadingError(self.at(key), f"应是 true 或 false，现为“{value}”")
        return value

    def one_of(self, key: str, kind: type[E]) -> E:
        """A word of an enumeration."""
        value = self.text(key)
        try:
            return kind(value)
        except ValueError:
            raise ReadingError(self.at(key), f"没有“{value}”这个取值；可用的是 {'、'.join(kind)}") from None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is not there. A single text is a list of one."""
        if not self.has(key):
            return ()
        value = self.value[key]
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, Sequence) or not all(isinstance(each, str) for each in values):
            raise ReadingError(self.at(key), f"应是文字的列表，现为“{value}”")
        return tuple(values)

    def entries(self, key: str) -> list[Entry]:
        """A list of mappings; empty when the key is not there."""
        if not self.has(key):
            return []
        value = self.value[key]
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ReadingError(self.at(key), "应是列表，每个条目以“- ”开头")
        return [Entry(each, f"{self.at(key)}[{number}]") for number, each in enumerate(value, 1)]

    def words(self, key: str) -> list[tuple[str, str]]:
        """A mapping of texts to texts, in its order; empty when the key is not there."""
        if not self.has(key):
            return []
        below = Entry(self.value[key], self.at(key))
        return [(name, below.text(name)) for name in below.value]

    def close(self, also: Collection[str] = ()) -> None:
        """Raise `ReadingError` for a key that nobody asked for: most often a slip of the pen."""
        for key in self.value:
            if key not in self._asked and key not in also:
                known = "、".join(sorted(self._asked | set(also)))
                raise ReadingError(self.at(str(key)), f"不认识这一项；可用的是 {known}")


def as_number(value: object, where: str) -> Decimal:
    """An exact number. A float counts as the digits it prints, which is what the file has."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ReadingError(where, f"应是数，现为“{value}”")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ReadingError(where, f"应是数，现为“{value}”") from None
    if not number.is_finite():
        raise ReadingError(where, f"应是有限的数，现为“{value}”")
    return number
