"""No clause, place, department, institution or document is named in `src/`: a fact of policy lives in a pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.packs import shipped

SRC = Path(__file__).resolve().parents[2] / "src"
FRONTEND = SRC.parent / "frontend"
ENDINGS = {".py", ".jinja", ".html", ".yaml", ".js", ".css", ".txt"}


def _forbidden() -> Iterator[tuple[str, str]]:
    shelf = shipped()
    for pack in shelf.ids():
        value = shelf.load(pack)
        for clause in value.clauses:
            yield "clause", clause.id
        for division in value.places.divisions:
            yield from (("place", name) for name in (division.name, division.short))
        for unit in value.places.units:
            if unit.kind in ("department", "office", "county"):
                yield from (("department", name) for name in (unit.name, *unit.aliases) if len(name) > 2)
        for institution in value.places.institutions:
            yield from (
                ("institution", name) for name in (institution.name, *institution.aliases) if len(name) > 2
            )
        for document in value.manifest.documents:
            yield from (("document", name) for name in (document.title, document.short))


def _sources() -> list[Path]:
    folders = [SRC, FRONTEND]
    found = [p for folder in folders for p in folder.rglob("*") if p.suffix in ENDINGS]
    return [p for p in found if "dist" not in p.parts and "node_modules" not in p.parts]


def _names(word: str, text: str) -> bool:
    """Clause ids are looked for as whole words: `a.1` is not named by `a.12`."""
    if not word.isascii():
        return word in text
    at = text.find(word)
    while at != -1:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or before in "._-") and not (after.isalnum() or after in "_-"):
            return True
        at = text.find(word, at + 1)
    return False


@pytest.fixture(scope="module")
def words() -> list[tuple[str, str]]:
    return sorted(set(_forbidden()))


@pytest.mark.parametrize("path", _sources(), ids=lambda p: p.relative_to(SRC.parent).as_posix())
def test_source_names_no_policy(path: Path, words: list[tuple[str, str]]) -> None:
    text = path.read_text(encoding="utf-8")
    assert [(kind, word) for kind, word in words if _names(word, text)] == []
