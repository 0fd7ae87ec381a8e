"""A domain says what it owns, which invariant it keeps, and which rooms it has."""

from __future__ import annotations

import re

import pytest

from tests.architecture import house

SAYING = sorted(house.domains() | {"core"})


def readme(room: str) -> str:
    return (house.SOURCE / room / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("room", SAYING)
def test_a_domain_names_its_invariant(room: str) -> None:
    assert re.search(r"^\**Invariant\b", readme(room), re.MULTILINE)


@pytest.mark.parametrize("room", sorted(house.domains()))
def test_a_domain_names_its_verbs(room: str) -> None:
    verbs = re.search(r"^\*\*Verbs\.\*\* (.+)", readme(room), re.MULTILINE)
    assert verbs is not None
    has_actions = any((house.SOURCE / room / name).exists() for name in ("actions.py", "actions"))
    assert has_actions != verbs[1].startswith("None yet")


@pytest.mark.parametrize(
    "room", sorted(house.rooms_on_disk() & {path.parent.name for path in house.SOURCE.glob("*/README.md")})
)
def test_a_readme_names_no_file_that_is_gone(room: str) -> None:
    """Files stand in backticks, from the room, the product or the repository."""
    named = set(re.findall(r"`([a-z_/]+\.(?:py|yaml|html))`", readme(room)))
    paths = [f"/{path.relative_to(house.ROOT)}" for path in house.own_files(".py", ".yaml", ".html")]
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in paths)}
