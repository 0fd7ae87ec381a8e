"""`zhijiao metrics run` on a folder of Parquet files: three engines, one answer; words where something does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from tests.support.metrics import write_snapshot
from zhijiao.cli.main import app
from zhijiao.engines.metrics.engines import over_parquet
from zhijiao.engines.metrics.reading import definition_from
from zhijiao.engines.metrics.running import compute_what_fits
from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare
from zhijiao.engines.metrics.types import MetricError

GRADUATES = [
    ("S1", "2023-06-30", "employed"),
    ("S1", "2023-06-30", "unemployed"),
    ("S2", "2023-06-30", "flexible"),
    ("S9", "2023-06-30", "employed"),
    ("S1", None, "employed"),
    ("S1", "2022-06-30", "employed"),
]
RATE = {
    "measures": {
        "employed": {
            "in": "graduates",
            "count": "rows",
            "where": 'destination in ("employed", "flexible")',
            "during": "graduated_on",
        },
        "all": {"in": "graduates", "count": "rows", "during": "graduated_on"},
    },
    "value": "employed / all",
    "scale": 100,
    "decimals": 1,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    columns = ("organisation", "graduated_on", "destination")
    graduates = pl.DataFrame(GRADUATES, schema=columns, orient="row").with_columns(
        pl.col("graduated_on").str.to_date()
    )
    tree = pl.DataFrame(
        {"code": ["S1", "S2"], "kind": ["school", "school"], "county": ["K1", "K1"], "school": ["S1", "S2"]}
    )
    return write_snapshot(tmp_path / "snapshot", {"graduates": graduates, "organisations": tree}, "abc")


def _values(cells: list[Any]) -> dict[tuple[str, str | None], str]:
    return {(cell.level, cell.member): str(cell.value) for cell in cells}


def test_a_table_is_built_once_and_gives_what_the_files_give(folder: Path, tmp_path: Path) -> None:
    definition = definition_from("rate", RATE)
    snapshot = open_folder(folder)
    asked = {"levels": ("", "county", "school"), "periods": [2023]}
    with over_parquet(snapshot.files) as engine:
        cells, undated, skipped = compute_what_fits([definition], engine, **asked)
    assert _values(cells) == {
        ("", ""): "75.0",
        ("county", "K1"): "66.7",
        ("county", None): "100.0",
        ("school", "S1"): "50.0",
        ("school", "S2"): "100.0",
        ("school", None): "100.0",
    }
    assert [(each.dataset, each.field, each.rows) for each in undated] == [("graduates", "graduated_on", 1)]
    assert skipped == {}
    first = prepare(snapshot, tmp_path / "cache")
    assert first.seconds > 0
    assert prepare(snapshot, tmp_path / "cache").seconds == 0
    with open_prepared(first) as engine:
        assert compute_what_fits([definition], engine, **asked) == (cells, undated, skipped)


def test_what_a_snapshot_cannot_answer_is_said(folder: Path) -> None:
    wrong = {
        "dataset": RATE
        | {"measures": {name: {**m, "in": "leavers"} for name, m in RATE["measures"].items()}},  # type: ignore[attr-defined]
        "field": RATE
        | {
            "measures": {**RATE["measures"], "all": {"in": "graduates", "count": "rows", "during": "left_on"}}
        },  # type: ignore[dict-item]
        "condition": RATE
        | {"measures": {**RATE["measures"], "all": {**RATE["measures"]["all"], "where": "pay > 1"}}},  # type: ignore[dict-item, index]
    }
    with over_parquet(open_folder(folder).files) as engine:
        definitions = [definition_from(name, told) for name, told in wrong.items()]
        cells, _, skipped = compute_what_fits(definitions, engine, levels=[""], periods=[2023])
    assert cells == []
    assert "没有数据集 leavers" in skipped["dataset"]
    assert "没有字段 left_on" in skipped["field"]
    assert "没有字段 pay" in skipped["condition"]


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match=r"manifest\.json"):
        open_folder(tmp_path)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(MetricError, match="读不了"):
        open_folder(tmp_path)


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_command_computes_a_pack(folder: Path, engine: str) -> None:
    asked = [
        "metrics",
        "run",
        "--pack",
        "taizhou",
        "--snapshot",
        str(folder),
        "--by",
        "county",
        "--engine",
        engine,
        "--json",
    ]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    assert told["snapshot"] == "abc"
    assert told["values"] == []
    assert all("没有" in why for why in told["skipped"].values())


def test_the_command_says_what_it_does_not_know(folder: Path) -> None:
    def said(*more: str) -> str:
        result = CliRunner().invoke(
            app, ["metrics", "run", "--pack", "taizhou", "--snapshot", str(folder), *more]
        )
        assert result.exit_code == 1
        return result.output

    assert "引擎" in said("--engine", "abacus")
    assert "没有算出来的指标" in said("--indicator", "nothing")
    assert "学年写成" in said("--period", "last year")
