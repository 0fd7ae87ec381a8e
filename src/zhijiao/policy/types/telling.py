"""A computed definition in words: what is counted, of which rows, and when. Pure.

`records` are the data sets that definitions read (their fields, from the data standard), `names` what the data sets are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from zhijiao.core.kinds import OrganisationKind
from zhijiao.engines.expressions import Field, Kind, Schema, parse, words
from zhijiao.lib.numbers import number
from zhijiao.policy.types.metrics import Having, Measure, Metric, Window
from zhijiao.policy.types.words import word

ROWS = "rows"
"""What `count` says when rows are counted, not the values of a field."""
KIND_OF_ORGANISATION = "organisation_kind"
"""A field that every row has, whatever its data set: the kind of its organisation in the tree."""
_TREE = Field(Kind.TEXT, label="机构类别", codes={kind.value: kind.words for kind in OrganisationKind})


def with_tree(schema: Schema) -> Schema:
    """The fields of a data set, and what the tree of organisations adds to every row."""
    return Schema({**schema, KIND_OF_ORGANISATION: _TREE})


def measure_in_words(measure: Measure, records: Mapping[str, Schema], names: Mapping[str, str]) -> str:
    """毕业生去向的行数；条件：…；按毕业届归年."""
    schema = with_tree(records[measure.in_])
    name = names[measure.in_]
    if measure.sum is not None:
        said = [f"{name}的{schema.label(measure.sum)}之和"]
    elif measure.count == ROWS:
        said = [f"{name}的行数"]
    else:
        said = [f"{name}中不重复的{schema.label(measure.count or '')}个数"]
    if measure.where is not None:
        said.append(f"条件：{words(parse(measure.where), schema)}")
    for having in measure.having:
        said.append(_having(having, schema, records, names))
    said.append(_when(measure, schema))
    return "；".join(said)


def _having(having: Having, own: Schema, records: Mapping[str, Schema], names: Mapping[str, str]) -> str:
    schema = with_tree(records[having.in_])
    same = "、".join(
        f"{own.label(mine)}等于那里的{schema.label(theirs)}" for mine, theirs in having.match.items()
    )
    asked = f"，且{words(parse(having.where), schema)}" if having.where is not None else ""
    return f"并且在{names[having.in_]}中有对应的行（{same}{asked}，{_when(having, schema)}）"


def _when(chosen: Measure | Having, schema: Schema) -> str:
    if chosen.during is not None:
        return f"{schema.label(chosen.during)}在期内的计入"
    if chosen.year is not None:
        return f"按{schema.label(chosen.year)}归年"
    since, until = chosen.standing or chosen.active or ("", "")
    span = f"{schema.label(since)}到{schema.label(until)}"
    return f"期末最后一天在{span}之内的计入" if chosen.standing else f"期内有一天在{span}之内的计入"


def formula_in_words(value: str, measures: Mapping[str, Measure]) -> str:
    """The formula as an arithmetic book writes it, with the names of its measures: 就业人数 ÷ (毕业人数 - 升学人数)."""
    named = re.sub(r"[a-z][a-z0-9_]*", lambda found: called(found[0], measures), value)
    return named.replace("*", "×").replace("/", "÷")


def called(name: str, measures: Mapping[str, Measure]) -> str:
    """What a measure is called; its id where the pack gives no name."""
    measure = measures.get(name)
    return name if measure is None else measure.name or name


def window_in_words(window: Window) -> str:
    """Over how many periods a value adds up."""
    return f"自{window.from_}年起累计" if window.from_ else f"含当年在内{window.years}年累计"


def terms(metric: Metric) -> Iterator[str]:
    """What else decides the value: scale, digits, calendar, window, what stands above a level."""
    if metric.scale != 1:
        yield f"乘以{number(metric.scale)}"
    yield f"四舍五入到{metric.decimals}位小数" if metric.decimals else "四舍五入到整数"
    if metric.calendar == "school":
        yield "按学年（9月1日起）"
    if metric.window is not None:
        yield window_in_words(metric.window)
    if metric.across is not None:
        which = "最低" if metric.across.take == "least" else "最高"
        yield f"以上各级取{word('level', metric.across.level)}中{which}的一个"
