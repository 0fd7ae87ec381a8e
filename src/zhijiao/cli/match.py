"""`zhijiao match …`: match applicants to seats from plain files, and verify what anybody computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli.common import Json, say_json

if TYPE_CHECKING:
    from zhijiao.engines.matching.market import Market
    from zhijiao.engines.matching.result import Result
    from zhijiao.engines.matching.types import Fault, Violation

match = typer.Typer(no_args_is_help=True, help="招生匹配：从普通文件算出谁录取到哪里，并核对公平")
BAD_INPUT, VIOLATED = 2, 3
SHOWN = 50
"""Faults and violations that are printed one by one; `--json` gives them all."""

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="文件夹：plan.csv、applicants.csv、choices.csv、rules.yaml 等")
]
Digest = Annotated[str, typer.Option("--digest", help="摘要算法：sha256 或 sm3")]


@match.command()
def run(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="结果写到哪个文件夹")],
    digest: Digest = "sha256",
    as_json: Json = False,
) -> None:
    """算出录取结果、录取线、逐个志愿的原因和摘要；先核对全部保证，没有问题才写。

    输入有错退出码 2（全部错误，带文件、行号和改法），有保证不成立退出码 3（哪一条、谁、哪个志愿），此时不写结果。
    """
    from zhijiao.engines.matching.digesting import Algorithm, whole_of

    if digest not in list(Algorithm):
        raise typer.BadParameter(f"“{digest}”不认识，可用：{'、'.join(Algorithm)}", param_hint="--digest")
    _warm()
    with _bad_input(as_json):
        from zhijiao.engines.matching.files import read_input, write_output
        from zhijiao.engines.matching.running import match as matched
        from zhijiao.engines.matching.verifying import verify

        market = read_input(folder)
        result = matched(market)
        _refuse(market, verify(market, result), as_json)
        text = write_output(market, result, out, Algorithm(digest))
    _say(market, result, whole_of(text), as_json, f"结果已写到 {out}")


@match.command()
def verify(
    folder: Folder,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="结果的文件夹：result.csv、lines.csv、reasons.csv 等")
    ],
    as_json: Json = False,
) -> None:
    """核对一份结果：不超计划、不占两席、没有不公、没有空着的席位、最优、摘要相符；由另一个程序逐条核对。

    输入有错、或 OUT 里不是结果，退出码 2；有保证不成立、或结果与输入对不上，退出码 3（哪一条、谁、哪个志愿）。
    """
    _warm()
    with _bad_input(as_json):
        from zhijiao.engines.matching.files import Spoiled, digest_violations, read_input, read_output
        from zhijiao.engines.matching.files.writing import DIGEST
        from zhijiao.engines.matching.verifying import verify as verified

        market = read_input(folder)
        try:
            result = read_output(market, out)
        except Spoiled as problem:
            _refuse(market, [*digest_violations(market, out), *problem.violations], as_json)
            raise
        _refuse(market, [*digest_violations(market, out), *verified(market, result)], as_json)
        from zhijiao.engines.matching.digesting import whole_of

        text = (out / DIGEST).read_text(encoding="utf-8")
    _say(market, result, whole_of(text), as_json, "全部保证成立")


def _warm() -> None:
    """Say why it takes a while when the kernel was not compiled at set-up."""
    from zhijiao.engines.matching.kernel.caching import KEPT

    if not KEPT.ready():
        typer.echo("匹配内核还没有编译好，先编译（约半分钟，之后不再需要）……", err=True)


@contextmanager
def _bad_input(as_json: bool) -> Iterator[None]:
    """End the command with what is wrong with its files."""
    from zhijiao.engines.matching.types import BadInput, Fault

    try:
        yield
    except BadInput as problem:
        _faulty(problem.faults, as_json)
    except NotADirectoryError as problem:
        _faulty([Fault("", 0, str(problem), "写一个文件夹的路径")], as_json)


def _faulty(faults: tuple[Fault, ...] | list[Fault], as_json: bool) -> None:
    if as_json:
        listed = [
            {"file": each.file, "line": each.line, "words": each.words, "remedy": each.remedy}
            for each in faults
        ]
        say_json({"ok": False, "faults": listed})
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"输入有 {len(faults)} 处错误：", err=True)
    for each in faults[:SHOWN]:
        place = f"{each.file} 第 {each.line} 行：" if each.line else f"{each.file}：" if each.file else ""
        typer.echo(f"  {place}{each.words}。改法：{each.remedy}", err=True)
    _rest(len(faults))
    raise typer.Exit(BAD_INPUT)


def _refuse(market: Market, violations: tuple[Violation, ...] | list[Violation], as_json: bool) -> None:
    """End the command if a guarantee does not hold."""
    if not violations:
        return
    from zhijiao.engines.matching.verifying import withheld

    held = sorted(withheld(violations, market))
    if as_json:
        listed = [
            {
                "guarantee": str(each.guarantee),
                "batch": each.batch,
                "applicant": each.applicant,
                "order": each.order,
                "cell": each.cell,
                "words": each.words,
            }
            for each in violations
        ]
        say_json({"ok": False, "violations": listed, "withheld": held})
        raise typer.Exit(VIOLATED)
    typer.echo(f"有 {len(violations)} 处保证不成立：", err=True)
    for each in violations[:SHOWN]:
        whom = "，".join(
            part
            for part in (
                f"批次 {each.batch}" if each.batch else "",
                f"考生 {each.applicant}" if each.applicant else "",
                f"第 {each.order} 志愿" if each.order else "",
                f"计划格 {each.cell}" if each.cell else "",
            )
            if part
        )
        typer.echo(
            f"  [{each.guarantee}] {whom}：{each.words}" if whom else f"  [{each.guarantee}] {each.words}",
            err=True,
        )
    _rest(len(violations))
    if held:
        typer.echo(f"应扣下的批次：{'、'.join(held)}", err=True)
    raise typer.Exit(VIOLATED)


def _rest(count: int) -> None:
    if count > SHOWN:
        typer.echo(f"  还有 {count - SHOWN} 处；--json 列出全部", err=True)


def _say(market: Market, result: Result, whole: str, as_json: bool, done: str) -> None:
    """What came out. The same input says the same, byte for byte."""
    import numpy as np

    batches: list[dict[str, Any]] = []
    seated = result.cell[result.cell >= 0]
    number_of = market.unit_batch[market.cell_unit[seated]]
    whose = market.choice_applicant
    for number, batch in enumerate(market.rules.batches):
        rows = market.choice_batch == number
        batches.append(
            {
                "id": batch.id,
                "applicants": len(np.unique(whose[rows])),
                "seats": int(result.seats[market.unit_batch[market.cell_unit] == number].sum()),
                "placed": int((number_of == number).sum()),
            }
        )
    if as_json:
        say_json(
            {
                "ok": True,
                "digest": whole,
                "applicants": len(market.ids),
                "choices": len(market.choice_unit),
                "cells": len(market.cells),
                "placed": len(seated),
                "moved": sum(each.seats for each in result.moved),
                "batches": batches,
            }
        )
        return
    typer.echo(
        f"{done}：考生 {len(market.ids)} 人，志愿 {len(market.choice_unit)} 个，录取 {len(seated)} 人。"
    )
    for each in batches:
        typer.echo(
            f"  批次 {each['id']}：{each['applicants']} 人填报，计划 {each['seats']}，录取 {each['placed']}"
        )
    typer.echo(f"摘要 {whole}")
