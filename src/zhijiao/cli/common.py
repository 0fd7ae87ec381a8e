"""What commands on pack files share: their options, the packs at hand, and how they give up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from zhijiao.core.errors import reason

if TYPE_CHECKING:
    from zhijiao.policy.packs.loading import Library
    from zhijiao.policy.types import PackIndex

Pack = Annotated[str, typer.Argument(help="政策包编号")]
Packs = Annotated[
    list[Path] | None,
    typer.Option("--packs", help="另外的政策包文件夹，可多次给出；也可用环境变量 ZHIJIAO_PACKS"),
]
On = Annotated[str | None, typer.Option("--on", help="从哪一天看（YYYY-MM-DD），不写则为今天")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def shelf_of(packs: list[Path] | None, checked: bool = False) -> Library:
    """The packs that this command sees; `checked`: computed definitions too, against the data standard."""
    from zhijiao.policy.packs.loading import library

    if not checked:
        return library(packs or ())
    from zhijiao.exchange.queries.fields import schemas

    return library(packs or (), schemas())


def index_of(shelf: Library, pack: str) -> PackIndex:
    """A pack that passed its check, or the end of the command with what is wrong."""
    from zhijiao.policy.packs.problems import PackNotFound, PackRefused

    try:
        return shelf.index(pack)
    except (PackNotFound, PackRefused) as error:
        fail(str(error))


def cannot_write(path: Path, error: OSError) -> NoReturn:
    """End the command: the file cannot be written."""
    fail(f"写不了 {path}（{reason(error)}），换一个能写的文件夹，或关掉正打开着它的程序")


def say_json(value: object) -> None:
    """Write a value as JSON; days and the like as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def fail(message: str) -> NoReturn:
    """End the command with a sentence."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
