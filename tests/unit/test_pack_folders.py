"""Where packs are looked for: what is odd about a folder is said, and never stops the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhijiao.policy.packs.loading import SHIPPED, Library, complaints
from zhijiao.policy.packs.starting import write_minimal


def test_one_pack_in_two_places_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_minimal(tmp_path / "a" / "city")
    write_minimal(tmp_path / "b" / "city")
    monkeypatch.setenv("ZHIJIAO_PACKS", f"{tmp_path / 'a'}:{tmp_path / 'b'}:{tmp_path / 'gone'}")
    said = complaints()
    assert [str(tmp_path / "b" / "city") in words for words in said] == [False, True]
    assert "gone 读不了" in said[0]


def test_a_folder_named_twice_is_one(tmp_path: Path) -> None:
    write_minimal(tmp_path / "city")
    assert complaints([tmp_path, tmp_path / "city"]) == []


def test_a_pack_that_may_not_be_read_is_refused_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_minimal(tmp_path / "open")
    write_minimal(tmp_path / "shut")
    closed = tmp_path / "shut" / "pack.yaml"
    real = Path.stat

    def stat(self: Path, **options: bool) -> object:  # root may read everything, so a mode would not do
        if self == closed:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", stat)
    shelf = Library([tmp_path, SHIPPED])
    assert {"open", "shut"} <= set(shelf.ids())
    assert shelf.problems("open") == []
    assert [(p.file, "没有权限" in p.message) for p in shelf.problems("shut")] == [("pack.yaml", True)]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("goal.yaml", "是不是 goals.yaml"), ("goals.yml", "是不是 goals.yaml"), ("notes.txt", "不用的副本")],
)
def test_a_stray_file_is_told_where_it_belongs(tmp_path: Path, name: str, remedy: str) -> None:
    write_minimal(tmp_path / "city")
    (tmp_path / "city" / name).write_text("", encoding="utf-8")
    (found,) = Library([tmp_path]).problems("city")
    assert found.file == name
    assert remedy in found.remedy
