"""A file taken at once, checked piece by piece while the pieces before go to the database, comes to what the steps come to."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.handed_in import number
from tests.support.intake import AT, SYSTEM, plant
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import StoredFile
from zhijiao.exchange import actions
from zhijiao.exchange.actions import running
from zhijiao.exchange.models import Batch, Held, Record
from zhijiao.exchange.types import FileUnusable, Outcome

pytestmark = pytest.mark.django_db

TITLES = "学校代码,身份证件号,姓名,入学年级,专业代码,学制类型,培养层次,全日制,入学日期,学籍状态"


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr(running, "AT_ONCE", 7)
    with bulk():
        return plant()


def line(serial: int, chance: random.Random) -> str:
    """A row of a student of nobody; one in eight has a fault, and one in twelve a cell that asks for care."""
    entered = chance.choice(["2023-13-01", *["2023-09-01"] * 7])
    name = chance.choice(["张\\示例", "示例\t甲", *["示例乙"] * 22])
    school = chance.choice(["s1", "s2"]) if serial % 5 == 0 else f"s{serial % 2 + 1}"
    return f"{school},{number(serial)},{name},2023,710205,三年制中职,中职,是,{entered},在读"


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([TITLES, *lines]) + "\n", encoding="utf-8")
    return path


def at_once(ids: dict[str, int], path: Path) -> Outcome:
    return actions.intake(by=SYSTEM, at=AT, dataset="students", organisation=ids["county"], path=path)


def in_steps(ids: dict[str, int], path: Path) -> Outcome:
    """Into a shelf of its own."""
    batch, _ = running.hand_over(
        by=SYSTEM,
        at=AT,
        dataset="students",
        organisation=ids["county"],
        path=path,
        name=path.name,
        source="steps",
    )
    return actions.apply(batch=batch.pk, by=SYSTEM, at=AT)


def standing(source: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with bulk():
        records = Record.objects.filter(shelf__source=source, until__isnull=True)
        waiting = Held.objects.filter(shelf__source=source, state="waiting")
        return (
            sorted(records.values_list("organisation", "period", "key", "person", "data")),
            sorted(waiting.values_list("organisation", "period", "key", "row")),
        )


@pytest.mark.parametrize("seed", range(4))
def test_the_same_records_counts_and_waiting_rows(ids: dict[str, int], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for turn in range(3):
        serials = chance.sample(range(80), 60)
        lines = [line(serial, chance) for serial in serials]
        if turn == 1:  # the same key in another piece: only the whole says which rows wait
            lines.append(lines[0].replace(",1,", ",2,") if seed % 2 else lines[0])
            lines.append(lines[3].replace(number(serials[3]), " " + number(serials[3])))
        path = write(tmp_path / f"{turn}.csv", lines)
        one, other = at_once(ids, path), in_steps(ids, path)
        assert one.counts == other.counts
        assert one.by_rule == other.by_rule
        assert [p.words for p in one.problems] == [p.words for p in other.problems]
        assert standing("") == standing("steps")


def test_nothing_is_left_of_a_file_that_cannot_be_read(ids: dict[str, int], tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(FileUnusable):
        at_once(ids, tmp_path / "c.csv")
    with bulk():
        assert not Record.objects.exists()
        assert not Batch.objects.filter(state="applied").exists()


def test_a_fault_amid_the_pieces_takes_all_of_them_back(
    ids: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhijiao.exchange.store import writing

    real, calls = writing.Adding.add, []

    def failing(*given: object, **more: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("the fourth piece")
        real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(writing.Adding, "add", failing)
    path = write(tmp_path / "a.csv", [line(n, random.Random(1)) for n in range(50)])
    with pytest.raises(RuntimeError):
        at_once(ids, path)
    with bulk():
        assert not Record.objects.exists()
        assert not Batch.objects.exists()
        assert not StoredFile.objects.exists()
    monkeypatch.setattr(writing.Adding, "add", real)
    assert at_once(ids, path).counts.new > 0
