"""Two officers apply the same data set at the same moment: as if one came after the other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection

from tests.support.intake import AT, STANDARD, SYSTEM, lines, plant, read_lines
from zhijiao.core.access.scope import bulk
from zhijiao.exchange import actions
from zhijiao.exchange.models import Batch, Record

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_once_are_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr("zhijiao.exchange.store.engine.checked", read_lines)
    for module in ("receiving", "checking", "undoing"):
        monkeypatch.setattr(f"zhijiao.exchange.actions.{module}.standard_of", lambda tenant: STANDARD)
    with bulk():
        ids = plant()
    batches = []
    for value in "abcd":
        rows = [{"organisation": "s1", "number": n, "value": value} for n in range(8)]
        batch = actions.receive(
            by=SYSTEM,
            at=AT,
            dataset="things",
            organisation=ids["s1"],
            name=f"{value}.csv",
            chunks=[lines(rows)],
            now=True,
        )
        actions.check(batch=batch.pk, by=SYSTEM, at=AT)
        batches.append(batch.pk)
    faults: list[Exception] = []

    def work(batch: int) -> None:
        try:
            actions.apply(batch=batch, by=SYSTEM, at=AT)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[batch]) for batch in (*batches, *batches)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with bulk():
        applied = list(Batch.objects.order_by("sequence"))
        assert [b.state for b in applied] == ["applied"] * 4
        first, *later = [b.counts for b in applied]
        assert first["new"] == 8
        assert all(counts["changed"] == 8 for counts in later), "each saw what the one before it had made"
        last = Record.objects.filter(until__isnull=True)
        assert {r.data.split("\x1f")[3] for r in last} == {applied[-1].file_name[0]}
        assert last.count() == 8
        assert Record.objects.count() == 32
