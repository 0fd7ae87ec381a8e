"""Writes docs/generated/: the pack format, its JSON Schemas, the computed indicators, the capabilities and the commands.

Run after changing a type, a capability or a command: `.venv/bin/python scripts/generate_docs.py`.
A test compares what stands there with what this script would write.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from typer.main import get_command

from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.document import document
from zhijiao.policy.capabilities import capabilities
from zhijiao.policy.packs.rooms import BESIDE, LISTS, MAPPINGS
from zhijiao.policy.packs.schemas import schemas
from zhijiao.policy.types import Indicator
from zhijiao.policy.types.telling import formula_in_words, measure_in_words, terms
from zhijiao.policy.types.words import word

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "docs" / "generated"


CONVENTIONS = (
    "程序在 `.venv/bin/zhijiao`。结果写到标准输出，错误和提醒写到标准错误；`--json` 时标准输出只有 JSON。",
    "",
    "| 退出码 | 意思 |",
    "|---|---|",
    "| 0 | 做完了，没有问题 |",
    "| 1 | 做不了，或检查出了问题；原因在标准错误（`packs check` 的问题在标准输出） |",
    "| 2 | 命令写法不对：没有这个选项、缺参数、日期或数不合格；`match`：输入文件有错 |",
    "| 3 | `install-packs`：有政策包没有通过检查，没有装入；其余的已装入。`match`：有保证不成立 |",
    "| 130 | 被中止（Ctrl-C） |",
)


def documents() -> dict[str, str]:
    """Every generated file by its path below docs/generated/."""
    made = {"pack-format.md": pack_format(), "capabilities.md": capability_list(), "commands.md": commands()}
    made["computed-indicators.md"] = computed_indicators()
    made["data-standard.md"] = document(shipped())
    for name, schema in schemas().items():
        made[f"schemas/{name}"] = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    return made


def pack_format() -> str:
    """The rooms of a pack, field by field, as the types describe them."""
    lines = [
        "# 政策包格式",
        "",
        "由类型生成，勿手改。“必填”一列为空的键可以不写；“取值”一列写着列表的，写成 `[甲, 乙]`，或每项一行、以「- 」开头。",
        "",
    ]
    seen: set[type[BaseModel]] = set()
    for file, _, model, title in (*MAPPINGS, *BESIDE):
        lines += [f"## {title}（`{file}`，一组键值）", "", *_tables(model, seen)]
    for room in LISTS:
        lines += [
            f"## {room.title}（`{room.name}.yaml` 或 `{room.name}/*.yaml`，列表）",
            "",
            *_tables(room.entry, seen),
        ]
    return "\n".join(lines) + "\n"


def _tables(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    todo = [model]
    while todo:
        at = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        if at is not model:
            yield from (f"### `{at.__name__}`", "")
        yield from ("| 键 | 必填 | 写什么 | 取值 |", "|---|---|---|---|")
        for name, field in at.model_fields.items():
            inner = list(_models(field.annotation))
            todo += inner
            required = "是" if field.is_required() else ""
            values = _values(field.annotation) or "、".join(f"`{m.__name__}`" for m in inner)
            if _is_list(field.annotation):
                alone = get_origin(field.annotation) not in (list, tuple) and any(
                    str(get_origin(part)) == "typing.Literal" for part in get_args(field.annotation)
                )
                values = f"{values} 或列表" if alone else f"列表：{values}" if values else "列表"
            yield f"| `{field.alias or name}` | {required} | {field.description or ''} | {values} |"
        yield ""


def _is_list(annotation: Any) -> bool:
    """Whether a value is written as a list, or left out."""
    return get_origin(annotation) in (list, tuple) or any(
        get_origin(argument) in (list, tuple) for argument in get_args(annotation)
    )


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _values(annotation: Any) -> str:
    if str(get_origin(annotation)) == "typing.Literal":
        return " ".join(f"`{value}`" for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " ".join(f"`{member.value}`" for member in annotation)
    return " ".join(filter(None, map(_values, get_args(annotation))))


def computed_indicators() -> str:
    """Every indicator of the shipped packs: computed from which records and how, or reported and why."""
    from zhijiao.exchange.queries.fields import names
    from zhijiao.exchange.queries.fields import schemas as fields
    from zhijiao.policy.packs.loading import SHIPPED, Library

    shelf, records, called = Library([SHIPPED]), fields(), names()
    lines = [
        "# 由记录计算的指标",
        "",
        "由政策包和数据标准生成，勿手改。计算的写出取哪些数据、怎样取；其余由责任单位填报或由认定结论定，写明原因。",
        "写法见[政策包格式](pack-format.md)的 `Metric`，算例在政策包各指标的 `metric.examples` 里。",
        "",
    ]
    for pack in shelf.ids():
        value = shelf.load(pack)
        computed = [i for i in value.indicators if i.metric is not None]
        lines += [
            f"## {value.manifest.title}（`{pack}`）",
            "",
            f"{len(value.indicators)} 个指标：{len(computed)} 个由记录计算，{len(value.indicators) - len(computed)} 个不由记录计算。",
            "",
            "| 指标 | 取哪些数据、怎样取 | 算式 | 层级 | 文件没有写、这样处理 |",
            "|---|---|---|---|---|",
        ]
        lines += [_computed_line(indicator, records, called) for indicator in computed]
        lines += ["", "| 不由记录计算的指标 | 原因 |", "|---|---|"]
        lines += [f"| `{i.id}` {i.name} | {_why_reported(i)} |" for i in value.indicators if i.metric is None]
        lines.append("")
    return "\n".join(lines)


def _computed_line(indicator: Indicator, records: Any, names: Any) -> str:
    metric = indicator.metric
    assert metric is not None
    measures = [f"{m.name or n}：{measure_in_words(m, records, names)}" for n, m in metric.measures.items()]
    figures = [f"{formula_in_words(metric.value, metric.measures)}，{'，'.join(terms(metric))}"]
    figures += [f"并列 {b.name}：{formula_in_words(b.value, metric.measures)}" for b in metric.beside]
    levels = "、".join(word("level", level) for level in metric.levels)
    return (
        f"| `{indicator.id}` {indicator.name} | {'<br>'.join(measures)} | {'<br>'.join(figures)} | {levels} "
        f"| {metric.assumes or ''} |"
    )


def _why_reported(indicator: Indicator) -> str:
    if indicator.parts is not None:
        return f"由 {len(indicator.parts.of)} 个组成部分得出"
    if indicator.direction == "judgement":
        return "定性判断，没有可以计算的标准，由认定结论定"
    return "以公布的文件或名单为准，登记后由人审定"


def capability_list() -> str:
    """What is built and what is planned."""
    lines = [
        "# 产品能力",
        "",
        "由 `capabilities.yaml` 生成，勿手改。",
        "",
        "| 编号 | 名称 | 状态 | 做什么 |",
        "|---|---|---|---|",
    ]
    words = {"built": "已建成", "planned": "规划中"}
    lines += [f"| `{c.id}` | {c.name} | {words[c.state]} | {c.what} |" for c in capabilities().values()]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Every command with its help."""
    from zhijiao.cli.main import app

    lines = ["# 命令", "", "由命令行程序生成，勿手改。", "", *CONVENTIONS, ""]
    for path, command in _walk(get_command(app), "zhijiao"):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        for parameter in command.params:
            name = " ".join(f"`{option}`" for option in parameter.opts)
            text = getattr(parameter, "help", None)
            if parameter.name != "help" and text:
                lines.append(f"- {name}：{text}")
        lines.append("")
    return "\n".join(lines)


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _walk(inner, f"{path} {name}")
    elif not command.hidden:
        yield path, command


def main() -> None:
    """Write the files; with --check, say which differ and exit 1."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, text in documents().items():
        path = GENERATED / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if check else 'written'}: docs/generated/{name}")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
