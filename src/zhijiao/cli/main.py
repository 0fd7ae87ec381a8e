"""The `zhijiao` command. Each subject has its own file; nothing heavy is imported until a command needs it."""

from __future__ import annotations

import sys
from typing import Annotated

from zhijiao.cli import chinese

chinese.translate_headings()  # before the command-line library reads its own words

import typer  # noqa: E402
from typer.exceptions import TyperException  # noqa: E402

import zhijiao  # noqa: E402
from zhijiao.cli import (  # noqa: E402
    accounts,
    audit,
    backup,
    board,
    export,
    intake,
    match,
    metrics,
    org,
    packs,
    reports,
    roles,
    season,
    serve,
    snapshot,
    tasks,
    twin,
)
from zhijiao.cli.demo import commands as demo  # noqa: E402
from zhijiao.cli.product import ADMINISTRATION  # noqa: E402
from zhijiao.cli.standard import app as standard  # noqa: E402
from zhijiao.cli.template import template  # noqa: E402
from zhijiao.core.errors import Refusal, file_trouble  # noqa: E402

chinese.translate_help_option()

app = typer.Typer(
    name="zhijiao",
    help="职教大脑：把职业教育政策的每一条承诺变成看得见、算得出、查得到出处的一行。",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)
app.command("board")(board.board)
app.command("twin")(twin.twin)
app.command("template")(template)
app.add_typer(standard, name="standard")
app.add_typer(packs.app, name="packs")
app.add_typer(export.app, name="export")
app.add_typer(demo.app, name="demo")
app.add_typer(org.app, name="org")
app.add_typer(metrics.app, name="metrics")
app.add_typer(match.match, name="match")
app.add_typer(season.season, name="season")
app.add_typer(reports.app, name="reports")
app.add_typer(tasks.app, name="tasks")
app.add_typer(snapshot.snapshot, name="snapshot")
app.add_typer(accounts.app, name="account", rich_help_panel=ADMINISTRATION)
app.add_typer(roles.app, name="role", rich_help_panel=ADMINISTRATION)
app.add_typer(audit.app, name="audit", rich_help_panel=ADMINISTRATION)
intake.register(app)
backup.register(app)
serve.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"zhijiao {zhijiao.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本号。")
    ] = False,
) -> None:
    """Options of the command itself."""


def main() -> None:
    """Run the command line."""
    # Chinese must come out whole even where the terminal claims to be ASCII (C or POSIX locale).
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(prog_name="zhijiao", standalone_mode=False)
    except TyperException as problem:
        sys.exit(_explain(problem))
    except Refusal as problem:
        typer.echo(f"错误：{problem}", err=True)
        sys.exit(1)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("已中止。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)  # the reader, `head` say, has seen enough
    except OSError as problem:
        said = file_trouble(problem)
        if said is None:
            raise
        typer.echo(f"错误：{said}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _explain(problem: TyperException) -> int:
    """Say what was wrong with the command line and where to read how it is right; return the exit code."""
    message = problem.format_message()
    if not message:
        return 0  # no command was given, and the help has been shown
    typer.echo(f"错误：{chinese.in_chinese(message)}", err=True)
    context = getattr(problem, "ctx", None)
    command = context.command_path if context is not None else "zhijiao"
    typer.echo(f"查看帮助：{command} --help", err=True)
    return problem.exit_code
