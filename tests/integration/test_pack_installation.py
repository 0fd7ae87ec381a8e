"""Installing packs on a real PostgreSQL: whole or not at all, and what was once installed stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from zhijiao.policy import queries
from zhijiao.policy.actions import Installed, install_pack
from zhijiao.policy.models import Installation, PackVersion
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.serial import canonical
from zhijiao.policy.packs.starting import write_minimal

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_minimal(tmp_path / "city")
    return tmp_path


def install(folder: Path, day: int = 1) -> Installed:
    """Read the folder afresh and install its pack, on a day of January."""
    return install_pack(
        shelf=Library([folder]), pack="city", by="test", at=datetime(2026, 1, day, tzinfo=UTC)
    )


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "city" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def raise_target(folder: Path) -> None:
    """A change that is whole: the clause's figure and the target that rests on it."""
    edit(folder, "clauses.yaml", "value: 80", "value: 85")
    edit(folder, "indicators.yaml", "value: 80", "value: 85")


def target(version: str | None = None) -> int:
    index = queries.index("city", version)
    assert index is not None
    return int(index.pack.indicators[0].targets[0].value)


def test_an_installed_pack_reads_back_to_the_letter(folder: Path) -> None:
    result = install(folder)
    assert result.changed
    index = queries.index("city")
    assert index is not None
    assert index.version == result.version
    assert canonical(index.pack) == canonical(Library([folder]).load("city"))


def test_installing_again_adds_nothing(folder: Path) -> None:
    install(folder, 1)
    assert not install(folder, 2).changed
    assert (PackVersion.objects.count(), Installation.objects.count()) == (1, 1)


def test_a_broken_pack_is_refused_whole_and_the_last_good_version_stays(folder: Path) -> None:
    install(folder, 1)
    raise_target(folder)
    edit(folder, "tasks.yaml", "units: [示例局]", "units: [没有登记的单位]")
    result = install(folder, 2)
    assert result.refused is not None
    assert target() == 80
    standing = queries.refusal("city")
    assert standing is not None
    assert [(p.file, "没有登记的单位" in p.message) for p in standing.problems] == [("tasks.yaml", True)]


def test_a_folder_that_stays_broken_is_recorded_once(folder: Path) -> None:
    install(folder, 1)
    edit(folder, "pack.yaml", "level: city", "level: planet")
    assert [install(folder, day).news for day in (2, 3, 4)] == [True, False, False]
    standing = queries.refusal("city")
    assert standing is not None
    assert standing.refused_at.day == 2


def test_mending_the_folder_ends_the_refusal(folder: Path) -> None:
    install(folder, 1)
    edit(folder, "pack.yaml", "level: city", "level: planet")
    install(folder, 2)
    edit(folder, "pack.yaml", "level: planet", "level: city")
    install(folder, 3)
    assert queries.refusal("city") is None
    assert len({v.hash for v in queries.versions("city")}) == 1


def test_the_same_fault_made_again_stands_again(folder: Path) -> None:
    install(folder, 1)
    for day in (2, 4):
        edit(folder, "pack.yaml", "level: city", "level: planet")
        install(folder, day)
        edit(folder, "pack.yaml", "level: planet", "level: city")
        if day == 2:
            install(folder, 3)
    standing = queries.refusal("city")
    assert standing is not None
    assert standing.refused_at.day == 4


def test_the_versions_page_shows_what_was_refused_until_it_is_mended(folder: Path, client: Client) -> None:
    install(folder, 1)
    assert "没有采用" not in client.get("/c/city/versions").content.decode()
    edit(folder, "tasks.yaml", "units: [示例局]", "units: [没有登记的单位]")
    install(folder, 2)
    page = client.get("/c/city/versions").content.decode()
    standing = queries.refusal("city")
    assert standing is not None
    spaceless = page.replace(" ", "")  # the page sets Chinese beside Latin without a space
    for problem in standing.problems:
        for words in (f"{problem.file}:{problem.line}", problem.message, problem.remedy):
            assert words.replace(" ", "") in spaceless
    edit(folder, "tasks.yaml", "units: [没有登记的单位]", "units: [示例局]")
    install(folder, 3)
    assert "没有采用" not in client.get("/c/city/versions").content.decode()


def test_an_older_version_is_still_there_under_its_hash(folder: Path) -> None:
    old = install(folder, 1).version
    raise_target(folder)
    install(folder, 2)
    assert old is not None
    assert (target(), target(old[:12])) == (85, 80)
    assert [v.current for v in queries.versions("city")] == [True, False]


def test_going_back_is_one_more_line(folder: Path) -> None:
    install(folder, 1)
    raise_target(folder)
    install(folder, 2)
    edit(folder, "clauses.yaml", "value: 85", "value: 80")
    edit(folder, "indicators.yaml", "value: 85", "value: 80")
    install(folder, 3)
    assert target() == 80
    assert (PackVersion.objects.count(), Installation.objects.count()) == (2, 3)


@pytest.mark.parametrize("word", ["", "abc", "zzzzzz", "ABCDEF", "000000000000"])
def test_what_names_no_version_finds_none(folder: Path, word: str) -> None:
    install(folder)
    assert queries.index("city", word) is None


@pytest.mark.parametrize("model", [PackVersion, Installation])
def test_the_database_itself_refuses_to_change_history(folder: Path, model: type) -> None:
    install(folder)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        model.objects.update(pack="other")  # type: ignore[attr-defined]


def test_the_same_content_has_the_same_hash_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    write_minimal(other / "city")
    assert Library([folder]).version("city") == Library([other]).version("city")
