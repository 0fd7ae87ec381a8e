"""Values of code lists, and the codes and names of organisations."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zhijiao.exchange.rules.checking.values import Taken, doubted, half_width, refused
from zhijiao.exchange.types import Code, CodeList
from zhijiao.lib.folding import fold

_FEW = 12
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass(frozen=True)
class Organisations:
    """The tree, as far as a file may name it: ids by code, ids by name where one name is one organisation. `allowed`: whom the
    sender speaks for; None: everybody."""

    ids: Mapping[str, int]
    names: Mapping[str, int] = field(default_factory=dict)
    allowed: frozenset[int] | None = None


class Codes:
    """A code list, as one field reads it. `translations`: the sender's own words."""

    def __init__(self, codes: CodeList, translations: Mapping[str, str], today: date) -> None:
        self._list, self._today = codes, today
        self._translations = {fold(word): code for word, code in translations.items()}
        self._folded = {fold(name): entry for name, entry in codes.by_name.items()}
        self._folded |= {fold(code): entry for code, entry in codes.by_code.items()}
        self._length = {len(entry.code) for entry in codes.entries}
        live = [entry for entry in codes.entries if not self._ended(entry)]
        self.known: dict[str, str] = {
            **{name: entry.code for name, entry in codes.by_name.items() if not self._ended(entry)},
            **{entry.code: entry.code for entry in live},
            **translations,
        }
        """What is taken at once: codes and names in force, and the sender's words."""

    def read(self, text: str) -> Taken:
        """A value that is not `known` letter by letter."""
        bare = half_width(text)
        word = fold(bare)
        if word in self._translations:
            return Taken(self._translations[word])
        entry = self._folded.get(word) or self._padded(bare)
        if entry is None:
            entry = self._folded.get(word.split(" ")[0]) if " " in word else None  # "1 男"
        if entry is None:
            if self._list.open:
                return doubted(
                    bare, "value", f"不在“{self._list.name}”里（这份代码表不全），先照写收下，请核对"
                )
            return refused("value", f"不在“{self._list.name}”里，{self._remedy(bare)}")
        if self._ended(entry):
            return doubted(entry.code, "value", f"（{entry.name}）已停用，{self._instead(entry)}")
        return Taken(entry.code)

    def _ended(self, entry: Code) -> bool:
        return entry.until is not None and entry.until <= self._today

    def _padded(self, text: str) -> Code | None:
        """A code whose leading noughts a spreadsheet took."""
        if not text.isdigit():
            return None
        found = {
            code
            for length in self._length
            if length > len(text) and (code := text.zfill(length)) in self._list.by_code
        }
        return self._list.by_code[found.pop()] if len(found) == 1 else None

    def _instead(self, entry: Code) -> str:
        after = [self._list.by_code.get(code) for code in entry.replaced_by]
        named = "、".join(f"{new.code} {new.name}" for new in after if new) or "、".join(entry.replaced_by)
        return f"现为 {named}；停用后的新情况请改用新代码" if named else "没有替代的代码，请核对"

    def _remedy(self, text: str) -> str:
        live = [entry for entry in self._list.entries if not self._ended(entry)]
        if len(live) <= _FEW:
            return "应是 " + "、".join(entry.name for entry in live)
        near = _near(text, [entry.name for entry in live])
        if near:
            return "是不是 " + "、".join(near) + "？请从下拉单里选"
        return "请从模板的下拉单或代码表里选"


def _near(text: str, names: list[str]) -> list[str]:
    """The names that are most like a text, where 3年制 is 三年制."""
    written = text if text.isdecimal() else text.translate(_NUMERALS)
    near = difflib.get_close_matches(written, names, 3, 0.5)
    if written != text:
        near += difflib.get_close_matches(text, names, 3, 0.5)
    return list(dict.fromkeys(near))[:3]


class OrganisationCodes:
    """The field that says whose row it is."""

    def __init__(self, tree: Organisations) -> None:
        self._tree = tree
        self._codes = {number: code for code, number in tree.ids.items()}
        self._names = {fold(name): number for name, number in tree.names.items()}
        self.known = {code: code for code, number in tree.ids.items() if self._may(number)}
        """Codes that are taken at once."""

    def read(self, text: str) -> Taken:
        """A code in another spelling, or a name that only one organisation has."""
        bare = half_width(text)
        number = self._tree.ids.get(bare, self._tree.ids.get(bare.upper(), self._names.get(fold(bare))))
        if number is None:
            near = difflib.get_close_matches(bare, self._tree.names, 2, 0.6) if not bare.isascii() else []
            hint = f"；是不是 {'、'.join(near)}？" if near else ""
            return refused("organisation", f"不在机构树里，请填机构代码，或与机构树一致的全称{hint}")
        if not self._may(number):
            return refused("organisation", "不是您负责报送的单位，请删去这一行，或由该单位自己报送")
        return Taken(self._codes[number])

    def _may(self, number: int) -> bool:
        return self._tree.allowed is None or number in self._tree.allowed
