"""The HTTP API as its own description tells it: operations, parameters, answers. Pure.

The page is drawn from this, so an operation that is added or changed shows by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]

TYPES: Final[dict[str, str]] = {
    "string": "文本",
    "integer": "整数",
    "number": "数",
    "boolean": "是或否",
    "array": "列表",
    "object": "对象",
}
FORMATS: Final[dict[str, str]] = {"date": "日期，如 2023-12-31", "date-time": "时间"}
PLACES: Final[dict[str, str]] = {"path": "地址中", "query": "问号后", "header": "请求头", "body": "正文"}
MEANINGS: Final[dict[str, str]] = {
    "pack": "政策包编号，见 /packs",
    "v": "政策包版本（内容哈希的前 6 位以上）；不写为最新版",
    "on": "从哪一天看；不写为今天",
    "indicator": "指标编号",
    "clause": "条款编号",
    "document": "只要这份文件的",
    "kind": "只要这一类的",
    "unit": "只要这个责任单位的",
    "state": "只要这个状态的",
    "room": "栏目",
    "q": "检索词，几个词用空格隔开",
    "limit": "最多返回几条",
    "organisation": "单位编号，见 /organisations",
    "report": "填报编号，见 /obligations",
    "item": "任务事项编号",
    "part": "某个单位承担的部分的编号",
    "proceeding": "文书编号",
    "plan": "方案编号",
    "note": "消息编号",
    "period": "期间，如 2023、2023-Q1、2023-03",
    "obligation": "报送义务编号",
    "source": "只要这一来源的",
    "colour": "只要这一灯色的",
    "mine": "只要与本人单位有关的",
    "open": "只要没有办结的",
    "unread": "只要未读的",
    "live": "加上平台上已审定的数",
    "entries": "各项填报：report 填报编号，values 里是 value，或 numerator、denominator，或 text，以及 note",
    "reports": "各项填报的编号和看到的 revision",
    "reason": "原因代码",
    "words": "写明的话",
    "percent": "完成百分之几",
    "problems": "遇到的问题",
    "help_wanted": "请求协调的事",
    "parts": "各部分的编号和看到的 seen",
    "step": "choices 中一步的编号",
    "due": "下一步的期限；没有规定期限的步骤要写",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter with its kind in words."""

    name: str
    place: str
    required: bool
    kind: str
    meaning: str


@dataclass(frozen=True)
class Operation:
    """One address with a method."""

    method: str
    path: str
    summary: str
    group: str
    parameters: tuple[Parameter, ...]
    fields: tuple[str, ...]
    words: str
    needs_key: bool
    example: str
    """A request body that could be sent; empty where none is."""


def operations(schema: Json) -> list[Operation]:
    """Every operation of an OpenAPI description, in its order."""
    return [
        _operation(schema, path, method, told)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]


def _operation(schema: Json, path: str, method: str, told: Json) -> Operation:
    parameters = [_parameter(schema, p) for p in told.get("parameters", ())]
    body = _body(schema, told)
    asked = set(body.get("required", ()))
    parameters += [
        Parameter(
            name,
            PLACES["body"],
            name in asked,
            _kind(schema, value),
            str(value.get("description") or MEANINGS.get(name, "")),
        )
        for name, value in body.get("properties", {}).items()
    ]
    group = next(iter(told.get("tags", ())), "其他")
    return Operation(
        method.upper(),
        path,
        told.get("summary", ""),
        group,
        tuple(parameters),
        tuple(_fields(schema, told)),
        str(told.get("description", "")),
        bool(told.get("security")),
        json.dumps(body["example"], ensure_ascii=False, indent=2) if "example" in body else "",
    )


def _body(schema: Json, told: Json) -> Json:
    """What a request may carry, as its description says."""
    content = told.get("requestBody", {}).get("content", {})
    body: Json = content.get("application/json", {}).get("schema", {})
    return _component(schema, body["$ref"]) if "$ref" in body else body


def _parameter(schema: Json, told: Json) -> Parameter:
    place = PLACES.get(told["in"], str(told["in"]))
    meaning = str(told.get("description") or MEANINGS.get(told["name"], ""))
    return Parameter(told["name"], place, told.get("required", False), _kind(schema, told["schema"]), meaning)


def _kind(schema: Json, told: Json) -> str:
    if "$ref" in told:
        told = _component(schema, told["$ref"])
    for key in ("anyOf", "allOf"):
        if key in told:
            chosen: Json = next((one for one in told[key] if one.get("type") != "null"), {})
            return _kind(schema, chosen)
    if "enum" in told:
        return "、".join(map(str, told["enum"]))
    return FORMATS.get(told.get("format", ""), TYPES.get(told.get("type", ""), "任意"))


def _fields(schema: Json, told: Json) -> Iterator[str]:
    """The names of the fields of the answer, where the description lists them."""
    content = told.get("responses", {}).get(200, told.get("responses", {}).get("200", {})).get("content", {})
    answer: Json = content.get("application/json", {}).get("schema", {})
    answer = answer.get("items", answer)
    if "$ref" in answer:
        answer = _component(schema, answer["$ref"])
    yield from answer.get("properties", {})


def _component(schema: Json, ref: str) -> Json:
    found: Json = schema["components"]["schemas"][ref.rsplit("/", 1)[-1]]
    return found
