"""The compiled parts by themselves: against the obvious way, on what is small and nasty."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zhijiao.engines import compiling
from zhijiao.engines.matching import rows
from zhijiao.engines.matching.kernel import groups
from zhijiao.engines.matching.ordering import Numbers, classes, decimals, lots
from zhijiao.engines.matching.types import Comparator


def slow(choices: np.ndarray, ranks: np.ndarray, seats: np.ndarray) -> list[int]:
    """Deferred acceptance, one proposal after the other."""
    held: dict[int, list[tuple[int, int]]] = {cell: [] for cell in range(len(seats))}
    at = [0] * len(choices)
    waiting = list(range(len(choices)))
    while waiting:
        who = waiting.pop()
        if at[who] == choices.shape[1]:
            continue
        cell = int(choices[who, at[who]])
        held[cell] = sorted([*held[cell], (int(ranks[who, at[who]]), who)])
        for _, out in held[cell][seats[cell] :]:
            at[out] += 1
            waiting.append(out)
        held[cell] = held[cell][: seats[cell]]
    found = [-1] * len(choices)
    for cell, people in held.items():
        for _, who in people:
            found[who] = cell
    return found


def market(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Choices, ranks, seats and a common order of a small market."""
    random = np.random.default_rng(seed)
    people, cells = int(random.integers(1, 60)), int(random.integers(3, 9))
    choices = np.argsort(random.random((people, cells)), axis=1)[:, :3].astype(np.int32)
    ranks = np.argsort(np.argsort(random.random((cells, people)), axis=1), axis=1)
    mine = ranks[choices, np.arange(people)[:, None]].astype(np.int32)
    return (
        choices,
        mine,
        random.integers(0, 9, cells).astype(np.int32),
        random.permutation(people).astype(np.int32),
    )


@pytest.mark.parametrize("seed", range(30))
def test_deferred_acceptance(seed: int) -> None:
    """In whatever order people are let in."""
    choices, ranks, seats, quality = market(seed)
    expected = slow(choices, ranks, seats)
    assert rows.deferred(choices, ranks, seats, quality).tolist() == expected
    assert rows.deferred(choices, ranks, seats, quality[::-1].copy()).tolist() == expected


@pytest.mark.parametrize("seed", range(30))
def test_one_common_order(seed: int) -> None:
    """Choosing once, from the best down, is deferred acceptance with one order everywhere."""
    choices, _, seats, keys = market(seed)
    everywhere = np.repeat(keys[:, None], choices.shape[1], axis=1)
    expected = slow(choices, everywhere, seats)
    assert rows.serial(choices, keys, seats).tolist() == expected
    assert rows.deferred(choices, everywhere, seats, keys).tolist() == expected


def test_equals_at_a_full_cell_are_not_parted() -> None:
    """The plain kernels decide nothing between equals: neither by number nor by who came first."""
    choices, ranks, seats = (
        np.zeros((3, 1), np.int32),
        np.array([[1], [0], [1]], np.int32),
        np.array([2], np.int32),
    )
    with pytest.raises(rows.EqualsMet):
        rows.deferred(choices, ranks, seats, np.arange(3, dtype=np.int32))
    with pytest.raises(rows.EqualsMet):
        rows.serial(choices, ranks[:, 0].copy(), seats)
    assert rows.serial(choices, ranks[:, 0].copy(), np.array([3], np.int32)).tolist() == [0, 0, 0]


def test_the_order_of_keys_is_stable() -> None:
    """A radix sort, also of keys of one bit or all alike."""
    random = np.random.default_rng(1)
    for most in (1, 2, 5, 3000, 2**31 - 1):
        keys = random.integers(0, most, 500).astype(np.int32)
        assert rows.by_quality(keys).tolist() == np.argsort(keys, kind="stable").tolist()


def test_sorting_inside_groups() -> None:
    """Also of groups that are empty, of one, long, sorted already, all alike."""
    random = np.random.default_rng(2)
    group = np.concatenate([np.full(900, 1), np.full(300, 3), [5], random.integers(-1, 7, 400)]).astype(
        np.int32
    )
    values = np.concatenate([np.arange(900), np.zeros(300), [9], random.integers(0, 50, 400)]).astype(
        np.int64
    )
    begin, count = np.empty(8, np.int64), np.empty(7, np.int64)
    groups.begins(group, begin, count)
    entries = np.empty(int(begin[-1]), np.int64)
    groups.gathered(group, values, count, entries)
    groups.sorted_groups(begin, entries)
    for each in range(7):
        mine = entries[begin[each] : begin[each + 1]]
        expected = sorted((int(values[at]) << 32) | at for at in np.nonzero(group == each)[0].tolist())
        assert mine.tolist() == expected


def test_marks_are_exact_decimals() -> None:
    """0.1 + 0.2 is 0.3; a missing mark is the worst in either direction; more than six digits are refused."""
    marks = {
        "total": np.array([1.0, 1.0, 1.0]),
        "甲": np.array([0.1, 0.3, np.nan]),
        "乙": np.array([0.2, 0.0, 5.0]),
    }
    numbers = Numbers(marks)
    assert classes(numbers, [Comparator("total"), Comparator("甲 + 乙")], 3).tolist() == [0, 0, 1]
    assert classes(numbers, [Comparator("甲", ascending=True)], 3).tolist() == [0, 1, 2]
    assert classes(numbers, [Comparator("乙"), Comparator("甲")], 3).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match="digits"):
        decimals(np.array([1 / 3]))


def test_lots_are_those_that_anybody_can_compute() -> None:
    """SHA-256 of the seed, U+001F and the id; the smaller is the better."""
    ids = ["S1", "S2", "S3", "学生4"]
    drawn = sorted(ids, key=lambda each: hashlib.sha256(f"2026\x1f{each}".encode()).hexdigest())
    found = lots("2026", ids, np.ones(4, dtype=np.bool_))
    assert [drawn.index(each) for each in ids] == found.tolist()


def test_compiled_code_where_the_package_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken along into the user's cache; without any place there is none, and that is said."""
    kept = compiling.Kept(tmp_path / "package")
    beside = tmp_path / "package" / "__pycache__" / "compiled"
    (beside / "text" / "kernel_1").mkdir(parents=True)
    (beside / "text" / "kernel_1" / "a.nbi").write_bytes(b"code")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(compiling, "writable", lambda folder: str(folder).startswith(str(tmp_path / "cache")))
    own = kept.folder("text")
    assert own == tmp_path / "cache" / "zhijiao" / "kernel" / "text"
    assert (own / "kernel_1" / "a.nbi").read_bytes() == b"code"
    monkeypatch.setattr(compiling, "writable", lambda folder: False)
    assert kept.folder("text") is None


def test_nothing_is_compiled_before_a_matching_is_wanted() -> None:
    """The command line starts without the compiler and without frames."""
    said = (
        "import sys, zhijiao.cli.main; print([m for m in ('numba', 'polars', 'numpy') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
