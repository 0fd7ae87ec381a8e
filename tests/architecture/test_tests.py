"""The tests themselves: what two of them need stands in `tests/support`."""

from __future__ import annotations

import ast

from tests.architecture import house


def test_no_test_takes_from_another() -> None:
    """A trial may: it runs tests of laws again, for longer."""
    taken = [
        f"{path.relative_to(house.ROOT)} imports {imported}"
        for path in sorted((house.ROOT / "tests").rglob("*.py"))
        if path.parent.name != "trial"
        for imported in house.imports(ast.parse(path.read_text(encoding="utf-8")))
        if imported.startswith("tests.") and any(part.startswith("test_") for part in imported.split("."))
    ]
    assert not taken, "move what they share into tests/support"
