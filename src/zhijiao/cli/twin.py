"""`zhijiao twin`: a synthetic city in the shape of published figures, as a snapshot folder."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from zhijiao.cli.common import Json, Packs, fail, say_json, shelf_of

SIZE = "city 一市，province 一省，或学生行数（如 5000000）"


def twin(
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件夹（不能已有快照）")],
    size: Annotated[str, typer.Option("--size", help=SIZE)] = "city",
    seed: Annotated[int, typer.Option("--seed", min=0, help="随机种子：同一种子得到同样的字节")] = 1,
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", help="按哪个政策包的 twin.yaml 生成，可多次给出；不写取第一个写了的"),
    ] = None,
    dirt: Annotated[
        float,
        typer.Option(
            "--dirt", min=0, max=0.5, help="csv 中多少行写错（0.02 即 2%），写在 dirt.json；含 --csv"
        ),
    ] = 0.0,
    csv: Annotated[bool, typer.Option("--csv", help="另写各单位会报来的 csv 文件")] = False,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """生成演示城市：虚构的人和单位，形状照公布的数，写成快照文件夹（Parquet、manifest.json、truth.json）。"""
    from zhijiao.exchange.queries.twin import plan_twin, write_twin
    from zhijiao.policy.packs.problems import PackNotFound, PackRefused

    begun = perf_counter()
    try:
        plan = plan_twin(shelf_of(packs), pack or [], size, seed)
    except (PackNotFound, PackRefused) as error:
        fail(str(error))
    written = write_twin(plan, out, csv=csv, dirt=dirt)
    seconds = round(perf_counter() - begun, 2)
    datasets = {
        name: part.rows for name, part in written.manifest.parts.items() if name in plan.standard.by_id
    }
    if as_json:
        say_json(
            {
                "id": written.manifest.id,
                "folder": str(out),
                "marked": written.manifest.marked,
                "cities": [city.code for city in plan.cities],
                "rows": written.rows,
                "organisations": written.organisations,
                "datasets": datasets,
                "files": written.files,
                "spots": written.spots,
                "seconds": seconds,
            }
        )
        return
    typer.echo(
        f"演示数据已写到 {out}：{len(plan.cities)} 个市，{written.organisations} 个单位，{written.rows} 行，{seconds} 秒。"
    )
    if written.files:
        typer.echo(f"各单位的 csv 文件 {written.files} 个，在 {out / 'csv'}。")
    if dirt:
        typer.echo(f"其中写错 {written.spots} 处，逐处记在 {out / 'dirt.json'}。")
