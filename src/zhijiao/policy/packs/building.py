"""From values with positions to a typed `Pack`; every type error becomes a sentence with a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, cast, get_origin

from pydantic import BaseModel, ValidationError

from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.reading import Source, Sources
from zhijiao.policy.packs.rooms import BESIDE, LISTS, MAPPINGS
from zhijiao.policy.types import Decisions, Manifest, Pack, Places

Entries = dict[str, list[tuple[BaseModel, Source]]]


class Built:
    """Typed entries with their sources, and what was wrong with the others."""

    def __init__(self, sources: Sources) -> None:
        self.problems: list[Problem] = list(sources.problems)
        self.mappings: dict[str, tuple[BaseModel, Source]] = {}
        self.entries: Entries = {}
        for _, attribute, model, title in (*MAPPINGS, *BESIDE):
            if attribute in sources.mappings:
                source = sources.mappings[attribute]
                value = self._typed(model, source, title)
                if value is not None:
                    self.mappings[attribute] = (value, source)
        for room in LISTS:
            typed = []
            for source in sources.lists[room.name]:
                value = self._typed(room.entry, source, room.title)
                if value is not None:
                    typed.append((value, source))
            self.entries[room.name] = typed

    def _typed(self, model: type[BaseModel], source: Source, title: str) -> BaseModel | None:
        try:
            return model.model_validate(source.value)
        except ValidationError as error:
            self.problems += problems_of(error, model, source, title)
            return None

    @property
    def manifest(self) -> tuple[Manifest, Source] | None:
        """The manifest and where it stands, if it could be typed."""
        found = self.mappings.get("manifest")
        return None if found is None else (cast(Manifest, found[0]), found[1])

    def pack(self) -> Pack | None:
        """The pack, if nothing was wrong so far."""
        if self.problems or "manifest" not in self.mappings:
            return None
        mappings: dict[str, Any] = {"places": Places(), "decisions": Decisions()}
        beside = {attribute for _, attribute, _, _ in BESIDE}
        mappings |= {name: value for name, (value, _) in self.mappings.items() if name not in beside}
        lists: dict[str, Any] = {
            name: [value for value, _ in entries] for name, entries in self.entries.items()
        }
        return Pack.model_construct(**mappings, **lists)


def problems_of(error: ValidationError, model: type[BaseModel], source: Source, title: str) -> list[Problem]:
    """Pydantic's findings as sentences for a pack author."""
    named = source.value.get("id") if isinstance(source.value, Mapping) else None
    subject = f"{title} {named}" if isinstance(named, str) else title
    found = []
    for detail in error.errors(include_url=False):
        place = tuple(part for part in detail["loc"] if _is_place(part, source.value))
        line = source.line(*place)
        message, remedy = _sentence(detail, model)
        where = _in_words(place)
        found.append(
            Problem(source.file.file, line, f"{subject}{f' 的 {where}' if where else ''}：{message}", remedy)
        )
    return found


def _in_words(place: tuple[str | int, ...]) -> str:
    """targets, 0, value as an author counts: targets 第 1 项的 value."""
    words = ""
    for part in place:
        if isinstance(part, int):
            words += f" 第 {part + 1} 项"
        elif words.endswith("项"):
            words += f"的 {part}"
        else:
            words += f".{part}" if words else part
    return words


def _is_place(part: str | int, value: Any) -> bool:
    """Pydantic puts the names of union members in `loc`; those are not places in the file."""
    return isinstance(part, int) or not (part.startswith(("literal[", "list[", "function-")))


def _sentence(detail: Any, model: type[BaseModel]) -> tuple[str, str]:
    given = detail.get("input")
    context = detail.get("ctx") or {}
    match detail["type"]:
        case "missing":
            key = detail["loc"][-1]
            return f"缺少 {key}", _ask_for(model, detail["loc"])
        case "extra_forbidden":
            key = str(detail["loc"][-1])
            return f"不认识的键 {key}", _instead_of(key, _keys(model, detail["loc"][:-1]))
        case "literal_error" | "enum":
            return f"值{_shown(given)}不在允许范围内", f"改为下列之一：{_choices(context)}"
        case "string_type" if given is None:
            return "没有写内容", "写上内容；没有内容就删去这个键"
        case "string_type":
            return f"应是文字，却写成了{_shown(given)}", "给这个值加上引号"
        case "string_pattern_mismatch":
            return f"编号{_shown(given)}不合格", "编号只用字母、数字、点、横线、下划线，不超过 80 个字符"
        case "string_too_short" | "too_short":
            return "不能为空", "写上内容，没有内容就删去这个键"
        case "string_too_long":
            return "太长", f"不超过 {context.get('max_length')} 个字符"
        case "decimal_type" | "decimal_parsing" | "int_parsing" | "int_type":
            return f"应是数字，却写成了{_shown(given)}", "只写数字本身，单位写在 unit 里"
        case "list_type":
            return f"应是列表，却写成了{_shown(given)}", "写成 [甲, 乙]，或每项一行、以「- 」开头"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"应是「键: 值」的形式，却写成了{_shown(given)}", "检查缩进和冒号后的空格"
        case "value_error":
            quoted = "引号用英文的；" if isinstance(given, str) and set(given) & set("“”‘’") else ""
            return f"日期{_shown(given)}不合格", f"{quoted}写成 2023、2023-12 或 2023-12-13，且日期存在"
        case "bool_type" | "bool_parsing":
            return f"应是 true 或 false，却写成了{_shown(given)}", "写 true 或 false"
        case "greater_than_equal" | "less_than_equal":
            return (
                f"数{_shown(given)}超出范围",
                f"不小于 {context['ge']}" if "ge" in context else f"不大于 {context.get('le')}",
            )
    return f"值{_shown(given)}不合要求（{detail['msg']}）", "对照编写指南改正"


def _choices(context: Any) -> str:
    """The allowed words, without the quotation marks and the English of the library."""
    return "、".join(re.findall(r"'([^']*)'", str(context.get("expected", ""))))


def _instead_of(key: str, known: list[str]) -> str:
    """What a key that nobody knows may have been meant to be."""
    if key.isdigit():
        return "数字里不写千分位的逗号"
    near = get_close_matches(key, known, n=1, cutoff=0.7)
    return f"{f'是不是 {near[0]}？' if near else '检查拼写；'}可用的键：{'、'.join(known)}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "一组键值"
    if isinstance(value, list):
        return "列表"
    text = "空" if value is None else str(value)
    return f"「{text[:40]}{'…' if len(text) > 40 else ''}」"


def _model_at(model: type[BaseModel], place: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that describes the mapping at `place`, following lists and optionals."""
    of_mapping = False  # the key after a mapping of entries is the author's own
    for part in place:
        if isinstance(part, int) or of_mapping:
            of_mapping = False
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        inner = None if field is None else _inner_model(field.annotation)
        if field is None or inner is None:
            return None
        model, of_mapping = inner, get_origin(field.annotation) is dict
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        inner = _inner_model(argument)
        if inner is not None:
            return inner
    return None


def _keys(model: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    at = _model_at(model, place)
    return [] if at is None else [field.alias or name for name, field in at.model_fields.items()]


def _ask_for(model: type[BaseModel], place: tuple[str | int, ...]) -> str:
    at = _model_at(model, place[:-1])
    field = (
        None
        if at is None
        else next((f for n, f in at.model_fields.items() if place[-1] in (n, f.alias)), None)
    )
    meaning = None if field is None else field.description
    return f"补上 {place[-1]}" + (f"：{meaning}" if meaning else "")
