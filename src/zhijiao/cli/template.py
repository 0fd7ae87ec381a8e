"""`zhijiao template`: the workbook that a data set is filled in with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhijiao.cli.common import cannot_write, fail
from zhijiao.cli.standard import Shipped, in_force


def template(
    dataset: Annotated[str, typer.Argument(help="数据集编号，见 zhijiao standard list")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪里，.xlsx")],
    shipped: Shipped = False,
) -> None:
    """写出一个数据集的填报模板：下拉选项、填写提示、示例和填表说明都由数据标准生成。"""
    from zhijiao.exchange.queries.described import template as written

    with in_force(shipped) as standard:
        if dataset not in standard.by_id:
            fail(f"没有数据集“{dataset}”。现有：{'、'.join(each.id for each in standard.datasets)}。")
        content = written(standard, dataset)
    try:
        output.write_bytes(content)
    except OSError as error:
        cannot_write(output, error)
    typer.echo(f"已写出 {standard.by_id[dataset].name}填报模板：{output}")
