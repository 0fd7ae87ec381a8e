"""Imports and undoings in any order come to what a plain dict comes to, now and as known at every batch before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.intake import AT, STANDARD, SYSTEM, lines, plant, read_lines
from zhijiao.core.access.scope import bulk
from zhijiao.exchange import actions
from zhijiao.exchange.models import Batch, Record
from zhijiao.exchange.types.batches import Refused

pytestmark = pytest.mark.django_db

Key = tuple[str, str]
State = dict[Key, tuple[str, str]]  # organisation, number → year, value

row = st.fixed_dictionaries(
    {
        "organisation": st.sampled_from(["s1", "s2"]),
        "number": st.integers(1, 4),
        "year": st.sampled_from([2022, 2023]),
        "value": st.sampled_from("abc"),
    },
    optional={"bad": st.just(True)},
)
file = st.lists(row, max_size=6, unique_by=lambda r: (r["organisation"], r["number"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("import"), st.sampled_from(["things", "happenings"]), file),
        st.tuples(st.just("undo"), st.integers(0, 6)),
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> Iterator[dict[str, int]]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr("zhijiao.exchange.store.engine.checked", read_lines)
    monkeypatch.setattr("zhijiao.exchange.store.planning.BUCKET", 3)
    for module in ("receiving", "checking", "undoing"):
        monkeypatch.setattr(f"zhijiao.exchange.actions.{module}.standard_of", lambda tenant: STANDARD)
    with bulk():
        yield plant()


class Oracle:
    """The same by a dict: what a file changes, and what undoing needs."""

    def __init__(self) -> None:
        self.now: dict[str, State] = {"things": {}, "happenings": {}}
        self.known: list[tuple[int, dict[str, State]]] = []
        self.touched: dict[int, tuple[str, dict[Key, tuple[Any, Any]]]] = {}

    def take(self, batch: int, sequence: int, dataset: str, rows: list[dict[str, Any]]) -> None:
        before, after = self.now[dataset], dict(self.now[dataset])
        good = {_key(r): (str(r["year"]), r["value"]) for r in rows if not r.get("bad")}
        after.update(good)
        if dataset == "things":
            spoken = {(organisation, year) for (organisation, _), (year, _) in good.items()}
            here = {_key(r) for r in rows}
            for key, (year, _) in before.items():
                if (key[0], year) in spoken and key not in here:
                    del after[key]
        self._set(batch, sequence, dataset, after)

    def may_undo(self, batch: int) -> bool:
        dataset, changes = self.touched[batch]
        return all(self.now[dataset].get(key) == after for key, (_, after) in changes.items())

    def undo(self, batch: int, undone: int, sequence: int) -> None:
        dataset, changes = self.touched[batch]
        after = dict(self.now[dataset])
        for key, (before, _) in changes.items():
            after.pop(key, None)
            if before is not None:
                after[key] = before
        self._set(undone, sequence, dataset, after)

    def _set(self, batch: int, sequence: int, dataset: str, after: State) -> None:
        before = self.now[dataset]
        differing = {
            k: (before.get(k), after.get(k)) for k in before | after if before.get(k) != after.get(k)
        }
        self.touched[batch] = (dataset, differing)
        self.now = {**self.now, dataset: after}
        self.known.append((sequence, self.now))


def _key(row: dict[str, Any]) -> Key:
    return row["organisation"], str(row["number"])


def stored(sequence: int | None = None) -> dict[str, State]:
    rows = Record.objects.select_related("shelf")
    if sequence is None:
        rows = rows.filter(until__isnull=True)
    found: dict[str, State] = {"things": {}, "happenings": {}}
    for r in rows:
        if sequence is None or (r.since <= sequence and (r.until is None or r.until > sequence)):
            organisation, number, year, value = r.data.split("\x1f")
            assert (organisation, number) not in found[r.shelf.dataset], "a key has one record at a time"
            found[r.shelf.dataset][organisation, number] = (year, value)
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_store_is_a_dict_with_a_memory(ids: dict[str, int], steps: list[Any]) -> None:
    with transaction.atomic():
        oracle, batches = Oracle(), []
        for step in steps:
            if step[0] == "import":
                _, dataset, rows = step
                batch = actions.receive(
                    by=SYSTEM,
                    at=AT,
                    dataset=dataset,
                    organisation=ids["county"],
                    name="a.csv",
                    chunks=[lines(rows)],
                    now=True,
                )
                actions.check(batch=batch.pk, by=SYSTEM, at=AT)
                actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
                applied = Batch.objects.get(pk=batch.pk)
                before = set(oracle.now[dataset].items())
                oracle.take(batch.pk, applied.sequence or 0, dataset, rows)
                after = set(oracle.now[dataset].items())
                keys_before, keys_after = {k for k, _ in before}, {k for k, _ in after}
                assert applied.counts["new"] == len(keys_after - keys_before)
                assert applied.counts["gone"] == len(keys_before - keys_after)
                assert applied.counts["changed"] == len({k for k, _ in after - before} & keys_before)
                batches.append(batch.pk)
            elif batches:
                chosen = batches[step[1] % len(batches)]
                if Batch.objects.get(pk=chosen).state == "undone":
                    continue
                if oracle.may_undo(chosen):
                    outcome = actions.undo(batch=chosen, by=SYSTEM, at=AT, words="x")
                    undone = Batch.objects.get(number=outcome.batch)
                    oracle.undo(chosen, undone.pk, undone.sequence or 0)
                else:
                    with pytest.raises(Refused):
                        actions.undo(batch=chosen, by=SYSTEM, at=AT, words="x")
            assert stored() == oracle.now
        for sequence, state in oracle.known:
            assert stored(sequence) == state
        transaction.set_rollback(True)
