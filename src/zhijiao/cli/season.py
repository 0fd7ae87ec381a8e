"""`zhijiao season …`: seasons of the product (season_work), and rehearsing: try the rules on a made-up cohort before the year begins,
without a database."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhijiao.cli import season_plan, season_work
from zhijiao.cli.common import Json, Packs, fail, index_of, say_json, shelf_of

if TYPE_CHECKING:
    from zhijiao.engines.matching.market import Market
    from zhijiao.engines.matching.result import Result
    from zhijiao.policy.packs.loading import Library
    from zhijiao.policy.types.admissions import Admission

season = typer.Typer(no_args_is_help=True, help="招生季：开设、查看、导入计划；用编造的考生演练规则")
season_work.register(season)
season.add_typer(season_plan.app, name="plan")
VIOLATED = 3


@season.command()
def rehearse(
    applicants: Annotated[
        int, typer.Option("--applicants", min=1, max=2_000_000, help="编造多少名考生")
    ] = 60_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="种子：相同的种子，考生和结果都相同")] = 1,
    pack: Annotated[
        str, typer.Option("--pack", help="用哪个政策包的招生规则；不写则用第一个写了招生规则的包")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="把输入和结果写到这个文件夹的 input、result，可用 match verify 再核对"
        ),
    ] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """用编造的考生演练一季招生：录取、核对、逐个志愿的原因，再看每条规则改一下会牵动多少人。

    考生、志愿、学校都是编造的，只用来试规则，不能当作预测。有保证不成立退出码 3。
    """
    from zhijiao.admissions.queries.rehearsing import rehearsal, without_each_item
    from zhijiao.engines.matching.running import match
    from zhijiao.engines.matching.sensitivity import sensitivity, variations
    from zhijiao.engines.matching.verifying import verify

    pack, rules = _rules(shelf_of(packs), pack)
    clock = _Clock()
    rehearsed = rehearsal(rules.model_dump(mode="json"), applicants, seed)
    clock.tell("made_up")
    result = match(rehearsed.market)
    clock.tell("matched")
    violations = verify(rehearsed.market, result)
    clock.tell("verified")
    names = {each.id: each.name for each in rules.batches} | {each.by: each.name for each in rules.order}
    tried = [*variations(rehearsed.market, names), *without_each_item(rehearsed)]
    differences = list(sensitivity(rehearsed.market, result, tried))
    clock.tell("varied")
    said: dict[str, Any] = {
        "pack": pack,
        "applicants": applicants,
        "seed": seed,
        "synthetic": True,
        "ok": not violations,
        **_told(rehearsed.market, result),
        "violations": [{"guarantee": each.guarantee, "words": each.words} for each in violations[:50]],
        "sensitivity": [vars(each) for each in differences],
    }
    if out is not None:
        said["digest"] = _write(rehearsed.market, result, out)
        clock.tell("written")
    said["seconds"] = clock.seconds
    if as_json:
        say_json(said)
    else:
        _say(said)
    if violations:
        raise typer.Exit(VIOLATED)


def _rules(shelf: Library, pack: str) -> tuple[str, Admission]:
    """The admission rules of a pack, or of the first one that writes them."""
    for each in [pack] if pack else sorted(shelf.ids()):
        rules = index_of(shelf, each).admission
        if rules is not None:
            return each, rules
    which = f"政策包“{pack}”" if pack else "现有的政策包都"
    fail(f"{which}没有招生规则，请换一个包，或先写 admissions.yaml")


class _Clock:
    """How long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def tell(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = round(now - self.last, 3)
        self.last = now


def _told(market: Market, result: Result) -> dict[str, Any]:
    """What came out: by batch, by choice, by reason."""
    import numpy as np

    from zhijiao.engines.matching.result import CODES

    has = result.cell >= 0
    rows = result.choice[has]
    order = np.bincount(market.choice_order[rows], minlength=2)[1:]
    codes = np.bincount(result.code, minlength=len(CODES))
    seats = sum(cell.seats for cell in market.cells)
    return {
        "placed": int(has.sum()),
        "seats": seats,
        "choices": len(market.choice_unit),
        "by_choice": {str(at): int(count) for at, count in enumerate(order, 1) if count},
        "by_batch": {
            batch.id: int((market.choice_batch[rows] == number).sum())
            for number, batch in enumerate(market.rules.batches)
        },
        "reasons": {str(code): int(count) for code, count in zip(CODES, codes, strict=True) if count},
        "flowed": sum(each.seats for each in result.moved),
    }


def _write(market: Market, result: Result, out: Path) -> str:
    from zhijiao.engines.matching.digesting import whole_of
    from zhijiao.engines.matching.files import write_input, write_output

    write_input(market, out / "input")
    return whole_of(write_output(market, result, out / "result"))


def _say(said: Mapping[str, Any]) -> None:
    typer.echo(f"编造的考生 {said['applicants']} 名（种子 {said['seed']}），规则取自政策包 {said['pack']}")
    first = said["by_choice"].get("1", 0)
    typer.echo(
        f"录取 {said['placed']} 名，计划 {said['seats']} 个；第一志愿录取 {first} 名；回流计划 {said['flowed']} 个"
    )
    typer.echo("全部保证成立" if said["ok"] else f"有 {len(said['violations'])} 处保证不成立：")
    for each in said["violations"]:
        typer.echo(f"  [{each['guarantee']}] {each['words']}")
    typer.echo("改一条规则，会牵动多少人：")
    for each in said["sensitivity"]:
        typer.echo(
            f"  {each['words']}：{each['moved']} 人变动，{each['better']} 人更好，{each['worse']} 人更差，"
            f"{each['elsewhere']} 人换批次；共录取 {each['placed']} 人"
        )
    typer.echo("用时（秒）：" + "，".join(f"{step} {seconds}" for step, seconds in said["seconds"].items()))
