"""The standard as a document: Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from zhijiao.exchange.rules.standard.describing import codes_in_force, facts_of, owes_words, values_words
from zhijiao.exchange.types import CodeList, Dataset, Standard

_PRIVACY = {"none": "", "personal": "个人", "sensitive": "敏感"}


def document(standard: Standard) -> str:
    """Every data set with its fields and checks, and every code list."""
    lines = [
        "# 数据标准",
        "",
        "由 `src/zhijiao/exchange/standard/` 生成，勿手改。数据表的各栏沿用国家中等职业学校数据标准：数据子集、数据类、数据子类、"
        "数据表序号、英文名、中文名、主要来源、上报频率；字段的各栏为编号、字段名（拼音首字母）、中文名、类型（C 文本、N 数值、M 金额、"
        "T 日期）、长度、约束（M 必填、O 选填）、值空间。",
        "",
        f"版本 {standard.edition}，{len(standard.datasets)} 个数据集，{len(standard.codes)} 张代码表。"
        "导入的代码表和国家标准不在此列，见 `zhijiao standard list`。",
        "",
        "| 序号 | 编号 | 名称 | 谁报送 | 字段 |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.number} | [`{each.id}`](#{each.id}) | {each.name} | {owes_words(each)} | {len(each.fields)} |"
        for each in standard.datasets
    ]
    lines.append("")
    for dataset in standard.datasets:
        lines += _dataset(dataset, standard)
    lines += ["# 代码表", ""]
    for name in sorted(standard.codes):
        lines += _list(standard.codes[name])
    return "\n".join(lines)


def _dataset(dataset: Dataset, standard: Standard) -> Iterator[str]:
    yield from (f'<a id="{dataset.id}"></a>', "", f"## {dataset.number} {dataset.name} `{dataset.id}`", "")
    for label, text in facts_of(dataset, standard)[1:-1]:  # not the name again, nor the hash
        if not label.startswith("行内校验"):  # they stand below, with their conditions
            yield f"- {label}：{text}"
    yield from (
        "",
        "| 编号 | 字段 | 字段名 | 中文名 | 类型 | 长度 | 约束 | 值空间 | 个人信息 | 说明 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    )
    for field in dataset.fields:
        length = f"{field.length},{field.decimals}" if field.decimals else str(field.length)
        values = f"`{field.values}`" if field.values else values_words(field, standard.codes)
        note = "；".join(part for part in (field.unit and f"单位：{field.unit}", field.note) if part)
        cells = (
            field.number,
            f"`{field.id}`",
            field.pinyin,
            field.name,
            field.type.value,
            length,
            "M" if field.mandatory else "O",
            values,
            _PRIVACY[field.privacy.value],
            note,
        )
        yield f"| {' | '.join(cells)} |"
    if dataset.checks:
        yield from ("", "行内校验（不成立的行待改正）：", "")
        for check in dataset.checks:
            yield f"- `{check.when}`：{check.words}"
    yield ""


def _list(codes: CodeList) -> Iterator[str]:
    yield from (f"## {codes.name} `{codes.id}`", "", f"来源：{codes.source} {codes.edition}".rstrip(), "")
    if not codes.entries:
        yield from ("导入后可用；在此之前任何代码都收，只作提醒。", "")
        return
    yield "、".join(f"{entry.name} `{entry.code}`" for entry in codes_in_force(codes))
    yield ""
