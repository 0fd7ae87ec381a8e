"""Background jobs: each one that is written is one that the worker knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from tests.architecture import house
from zhijiao.policy import jobs, queries
from zhijiao.policy.packs import loading
from zhijiao.policy.packs.starting import write_minimal


def test_every_job_stands_where_the_worker_looks_for_it() -> None:
    """A job in any other file would be imported by nobody, and never run."""
    using = {
        name: path.name
        for name, path, _ in house.modules()
        if "procrastinate.contrib.django import app" in path.read_text(encoding="utf-8")
    }
    assert set(using.values()) <= {"jobs.py", "serve.py"}
    known = {name.rpartition(".")[0] for name in app.tasks if name.startswith("zhijiao.")}
    assert known == {name for name, file in using.items() if file == "jobs.py"}
    assert "zhijiao.policy.jobs.install_changed_packs" in app.tasks


@pytest.mark.django_db
def test_a_pack_that_is_put_into_a_watched_folder_is_installed_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_minimal(tmp_path / "fourth")
    monkeypatch.setattr(loading, "SHIPPED", tmp_path)
    jobs.install_changed_packs(timestamp=int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()))
    assert "fourth" in {pack.id for pack in queries.packs()}
