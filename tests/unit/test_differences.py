"""What differs between two values of a pack: leaf by leaf, entries matched by their ids."""

from __future__ import annotations

from typing import Any

import pytest

from zhijiao.policy.packs.comparing import compare, differences
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.starting import write_minimal


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param(1, 1, [], id="equal"),
        pytest.param("甲", "乙", [("", "甲", "乙")], id="a leaf"),
        pytest.param({"a": 1}, {"a": 2}, [("a", 1, 2)], id="a field"),
        pytest.param({"a": 1}, {"b": 1}, [("b", None, 1), ("a", 1, None)], id="a field came, one went"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)], id="deeper"),
        pytest.param(["x"], ["x", "y"], [("", ["x"], ["x", "y"])], id="a list of words is one leaf"),
        pytest.param(
            [{"id": "p", "v": 1}, {"id": "q", "v": 2}],
            [{"id": "q", "v": 2}, {"id": "p", "v": 3}],
            [("p.v", 1, 3)],
            id="entries are matched by id, not by place",
        ),
        pytest.param(
            [{"code": "1", "n": "甲"}], [{"code": "1", "n": "乙"}], [("1.n", "甲", "乙")], id="or by code"
        ),
        pytest.param(
            [{"id": "p"}, {"id": "p"}],
            [{"id": "p"}],
            [("", [{"id": "p"}, {"id": "p"}], [{"id": "p"}])],
            id="ids that stand twice match nothing",
        ),
        pytest.param([], [{"id": "p"}], [("", [], [{"id": "p"}])], id="from an empty list"),
    ],
)
def test_leaves_that_differ(old: Any, new: Any, found: list[tuple[str, Any, Any]]) -> None:
    assert list(differences(old, new)) == found


def test_two_packs_are_compared_room_by_room(tmp_path: Any) -> None:
    for name in ("old", "new"):
        write_minimal(tmp_path / name / "city")
    edited = tmp_path / "new" / "city" / "indicators.yaml"
    edited.write_text(
        edited.read_text(encoding="utf-8").replace("kind: point", "kind: yearly"), encoding="utf-8"
    )
    (tmp_path / "new" / "city" / "tasks.yaml").unlink()
    old, new = (Library([tmp_path / name]).built("city").pack() for name in ("old", "new"))
    assert old is not None
    assert new is not None
    told = [(c.title, c.kind, c.id, c.path, c.new) for c in compare(old, new) if c.kind == "changed"]
    assert told == [("指标", "changed", "plan.target.1", "period.kind", "yearly")]
    assert [(c.kind, c.id) for c in compare(old, new) if c.room == "tasks"] == [("removed", "row.1")]
    assert [(c.kind, c.id) for c in compare(new, old) if c.room == "tasks"] == [("added", "row.1")]
