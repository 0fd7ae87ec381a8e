"""`zhijiao metrics …`: compute a pack's metrics from a folder of Parquet files, without a database."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.common import Json, Packs, fail, index_of, say_json, shelf_of

if TYPE_CHECKING:
    from zhijiao.engines.metrics.snapshots import Snapshot
    from zhijiao.engines.metrics.types import Amount, Cell, Definition, Undated
    from zhijiao.policy.types import PackIndex

ID = re.compile("[0-9a-f]{6,64}")
"""The id of a snapshot, or its beginning."""

app = typer.Typer(help="指标计算：按政策包里的算法，从快照算出各级各期的值", no_args_is_help=True)


@app.command()
def run(
    pack: Annotated[str, typer.Option("--pack", help="政策包编号，或政策包文件夹")],
    snapshot: Annotated[str, typer.Option("--snapshot", help="快照编号，或快照文件夹")],
    by: Annotated[
        str, typer.Option("--by", help="按哪些层级算，用逗号隔开，如 city,county,school；all 是全部合计")
    ] = "all",
    split: Annotated[str, typer.Option("--split", help="还按哪些字段分开，用逗号隔开，如 major,sex")] = "",
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", help="只算这个指标，可多次给出")
    ] = None,
    period: Annotated[
        list[str] | None,
        typer.Option("--period", help="算哪个时期（2023 或 2023/2024），可多次给出；不写则为快照上一年"),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            envvar="ZHIJIAO_ENGINE",
            help="memory 逐行解释、duckdb，或 spark（可写 spark://主机:端口）",
        ),
    ] = "duckdb",
    cache: Annotated[
        Path | None, typer.Option("--cache", help="预先建好的表放在哪个文件夹，下次更快；不写则直接读快照")
    ] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """计算指标。给文件夹时只读文件，不需要数据库；给编号时从台账找到快照。"""
    from zhijiao.engines.metrics.periods import year_of
    from zhijiao.engines.metrics.snapshots import open_folder
    from zhijiao.engines.metrics.types import MetricError

    started = time.perf_counter()
    try:
        found = open_folder(folder_of(snapshot))
        definitions = _chosen(_index(pack, packs), indicator or [])
        levels = ["" if level == "all" else level for level in _listed(by)]
        years = [year_of(each) for each in period or _last_period(found)]
        cells, undated, skipped = _computed(engine, found, cache, definitions, levels, years, _listed(split))
    except MetricError as error:
        fail(str(error))
    seconds = round(time.perf_counter() - started, 3)
    if as_json:
        say_json(
            {
                "snapshot": found.id,
                "marked": found.marked,
                "engine": engine,
                "seconds": seconds,
                "split": _listed(split),
                "values": [_as_json(cell) for cell in cells],
                "undated": [vars(each) for each in undated],
                "skipped": skipped,
            }
        )
        return
    for cell in cells:
        typer.echo(_line(cell))
    for each in undated:
        typer.echo(f"{each.dataset} 有 {each.rows} 行没有 {each.field}，归不进任何时期", err=True)
    for name, why in skipped.items():
        typer.echo(f"没有计算 {name}：{why}", err=True)
    mark = f"（{found.marked}数据）" if found.marked else ""
    typer.echo(f"{len(definitions) - len(skipped)} 个算法，{len(cells)} 个值，{seconds} 秒{mark}", err=True)


def folder_of(snapshot: str) -> Path:
    """The folder of a snapshot that somebody names: the folder itself, or that of a snapshot of the ledger."""
    folder = Path(snapshot)
    if folder.is_dir():
        return folder
    if not ID.fullmatch(snapshot):
        fail(f"没有快照文件夹“{snapshot}”；写 zhijiao twin 生成的文件夹，或 zhijiao snapshot list 列出的编号")
    from zhijiao.cli.product import product
    from zhijiao.core.errors import Refusal

    with product():
        from zhijiao.exchange.queries.snapshots import folder_of as laid_out

        try:
            return laid_out(snapshot)
        except Refusal as refused:
            fail(str(refused))


def _index(pack: str, packs: list[Path] | None) -> PackIndex:
    folder = Path(pack)
    if (folder / "pack.yaml").is_file():
        return index_of(shelf_of([folder.resolve(), *(packs or ())]), folder.resolve().name)
    return index_of(shelf_of(packs), pack)


def _chosen(index: PackIndex, wanted: Sequence[str]) -> list[Definition]:
    """The computed definitions of a pack, or of the indicators named."""
    from zhijiao.policy.types.computing import definitions

    computed = {each.id: definitions(each) for each in index.pack.indicators if each.metric is not None}
    for name in wanted:
        if name not in computed:
            listed = "、".join(list(computed)[:8])
            fail(f"政策包里没有算出来的指标 {name}；有的是 {listed}{'等' if len(computed) > 8 else ''}")
    return [one for name in wanted or computed for one in computed[name]]


def _last_period(found: Snapshot) -> list[str]:
    """The last full year before the snapshot's day."""
    if not found.as_at:
        fail("快照没有写明日期，请用 --period 说明算哪个时期")
    return [str(int(found.as_at[:4]) - 1)]


def _computed(
    engine: str,
    found: Snapshot,
    cache: Path | None,
    definitions: Sequence[Definition],
    levels: Sequence[str],
    years: Sequence[int],
    split: Sequence[str],
) -> tuple[list[Cell], list[Undated], dict[str, str]]:
    """Values, rows without a period, and the definitions that the snapshot cannot answer, with the reason."""
    if engine == "memory":
        from zhijiao.engines.metrics.memory import compute_in_memory

        return compute_in_memory(definitions, found, levels=levels, periods=years, by=split)
    from zhijiao.engines.metrics.running import compute_what_fits

    with _running(engine, found, cache) as runner:
        return compute_what_fits(definitions, runner, levels=levels, periods=years, by=split)


@contextmanager
def _running(engine: str, found: Snapshot, cache: Path | None) -> Iterator[Any]:
    from zhijiao.engines.metrics.engines import over_parquet
    from zhijiao.engines.metrics.snapshots import open_prepared, prepare

    if engine == "duckdb":
        with (
            open_prepared(prepare(found, cache)) if cache is not None else over_parquet(found.files) as runner
        ):
            yield runner
    elif engine == "spark" or engine.startswith(("spark://", "local")):
        from zhijiao.engines.metrics.spark import spark

        master = engine if engine != "spark" else os.environ.get("ZHIJIAO_SPARK", "local[2]")
        with spark(master, found.files) as cluster:
            yield cluster
    else:
        fail(f"没有名为“{engine}”的引擎；可用的是 memory、duckdb、spark 或 spark://主机:端口")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _as_json(cell: Cell) -> dict[str, Any]:
    return {
        "metric": cell.metric,
        "level": cell.level or "all",
        "member": cell.member,
        "groups": list(cell.groups),
        "period": cell.period,
        "measures": {name: _number(value) for name, value in cell.measures.items()},
        "numerator": _number(cell.numerator),
        "denominator": _number(cell.denominator),
        "value": None if cell.value is None else str(cell.value),
        "reason": None if cell.reason is None else str(cell.reason),
    }


def _number(value: Amount) -> int | str:
    """A whole number as it is; another as text that loses nothing: 12.5, or 1/3."""
    if isinstance(value, Fraction):
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return json.dumps(float(value)) if abs(value) < 10**6 else _decimal(value)
        return f"{value.numerator}/{value.denominator}"
    return value


def _decimal(value: Fraction) -> str:
    from decimal import Decimal, localcontext

    with localcontext(prec=80):
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _line(cell: Cell) -> str:
    where = "全部" if not cell.level else f"{cell.level} {cell.member or '（未归属）'}"
    groups = "".join(f"｜{value if value is not None else '（未填）'}" for value in cell.groups)
    value = cell.reason if cell.value is None else cell.value
    return f"{cell.metric}｜{where}{groups}｜{cell.period}｜{value}｜{_number(cell.numerator)}/{_number(cell.denominator)}"
