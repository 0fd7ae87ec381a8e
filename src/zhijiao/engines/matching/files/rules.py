"""`rules.yaml`: the rules of a season as text, read strictly and written in one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from zhijiao.engines.matching.types import (
    Batch,
    Comparator,
    Fault,
    Flow,
    Group,
    LastSeat,
    Limit,
    Mechanism,
    Returned,
    Rules,
)

FILE = "rules.yaml"
_Word = TypeVar("_Word", bound=StrEnum)


class Reader:
    """Reads the parts of the file; every fault is noted, and something harmless taken instead."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def say(self, words: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(FILE, 0, words, remedy))

    def mapping(
        self, value: Any, where: str, keys: Sequence[str], needed: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """A mapping with no other keys than these."""
        if not isinstance(value, dict):
            self.say(f"{where} 应是一组键值", f"写成 {needed[0] if needed else keys[0]}: … 的样子")
            return {}
        for key in value:
            if key not in keys:
                self.say(f"{where} 没有“{key}”这个键", f"可用的键：{'、'.join(keys)}")
        for key in needed:
            if key not in value:
                self.say(f"{where} 缺“{key}”", f"补上 {key}")
        return value

    def listed(self, value: Any, where: str) -> list[Any]:
        """A list, or nothing."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.say(f"{where} 应是列表", "每项一行，以“- ”开头")
            return []
        return value

    def text(self, value: Any, where: str, empty: bool = True) -> str:
        """A text; a bare number is taken as written."""
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            found = str(value)
        elif value is None:
            found = ""
        else:
            self.say(f"{where}“{value}”应是文字", "加双引号")
            return ""
        if not found and not empty:
            self.say(f"{where} 是空的", "写上")
        return found

    def whole(self, value: Any, where: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.say(f"{where}“{value}”不是 {least} 到 {most} 的整数", "改成整数")
            return least
        return value

    def yes(self, value: Any, where: str) -> bool:
        """A truth value."""
        if not isinstance(value, bool):
            self.say(f"{where}“{value}”应是 true 或 false", "改成 true 或 false")
            return False
        return value

    def word(self, kind: type[_Word], value: Any, where: str) -> _Word:
        """One of a list of words."""
        try:
            return kind(str(value))
        except ValueError:
            self.say(f"{where}“{value}”不认识", f"可用：{'、'.join(kind)}")
            return next(iter(kind))


def rules_of(data: bytes) -> tuple[Rules, list[Fault]]:
    """The rules of a file's bytes, and what is wrong with them."""
    read = Reader()
    try:
        value = yaml.load(data.decode("utf-8-sig"), Loader=yaml.CSafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = 0 if mark is None else mark.line + 1
        fault = Fault(
            FILE,
            line,
            f"不是合格的 YAML：{getattr(problem, 'problem', problem)}",
            "照 docs 里的例子改正缩进和标点",
        )
        return Rules((), ()), [fault]
    keys = ("batches", "order", "last_seat", "seed", "limits", "flows")
    top = read.mapping(value, "文件", keys, ("batches", "order"))
    rules = Rules(
        batches=tuple(
            _batch(read, each, at) for at, each in enumerate(read.listed(top.get("batches"), "batches"), 1)
        ),
        order=tuple(
            _comparator(read, each, at) for at, each in enumerate(read.listed(top.get("order"), "order"), 1)
        ),
        last_seat=read.word(LastSeat, top.get("last_seat", "strict"), "last_seat"),
        seed=read.text(top.get("seed"), "seed"),
        limits=tuple(
            _limit(read, each, at) for at, each in enumerate(read.listed(top.get("limits"), "limits"), 1)
        ),
        flows=tuple(
            _flow(read, each, at) for at, each in enumerate(read.listed(top.get("flows"), "flows"), 1)
        ),
    )
    _check(read, rules)
    return rules, read.faults


def _batch(read: Reader, value: Any, at: int) -> Batch:
    where = f"batches 第{at}项"
    keys = (
        "id",
        "mechanism",
        "stages",
        "max_choices",
        "ratio",
        "returned",
        "can_decline",
        "excludes",
        "groups",
    )
    got = read.mapping(value, where, keys, ("id",))
    ratio = got.get("ratio", 1)
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 1 <= ratio <= 10:
        read.say(f"{where} 的 ratio“{ratio}”不是 1 到 10 的数", "如写 1.2")
        ratio = 1
    groups = [
        _group(read, each, f"{where} 的 groups 第{number}项")
        for number, each in enumerate(read.listed(got.get("groups"), f"{where} 的 groups"), 1)
    ]
    return Batch(
        id=read.text(got.get("id"), f"{where} 的 id", empty=False),
        mechanism=read.word(Mechanism, got.get("mechanism", "parallel"), f"{where} 的 mechanism"),
        stages=read.whole(got.get("stages", 1), f"{where} 的 stages", 1, 2),
        max_choices=read.whole(got.get("max_choices", 10), f"{where} 的 max_choices", 1, 1000),
        ratio=float(ratio),
        returned=read.word(Returned, got.get("returned", "out"), f"{where} 的 returned"),
        can_decline=read.yes(got.get("can_decline", False), f"{where} 的 can_decline"),
        excludes=frozenset(
            read.text(each, f"{where} 的 excludes", empty=False)
            for each in read.listed(got.get("excludes"), f"{where} 的 excludes")
        ),
        groups=tuple(groups),
    )


def _group(read: Reader, value: Any, where: str) -> Group:
    got = read.mapping(value, where, ("id", "most", "schools", "beyond"), ("id", "most"))
    return Group(
        id=read.text(got.get("id"), f"{where} 的 id", empty=False),
        most=read.whole(got.get("most", 0), f"{where} 的 most", 0, 1000),
        schools=frozenset(
            read.text(each, f"{where} 的 schools", empty=False)
            for each in read.listed(got.get("schools"), f"{where} 的 schools")
        ),
        beyond=read.yes(got.get("beyond", False), f"{where} 的 beyond"),
    )


def _comparator(read: Reader, value: Any, at: int) -> Comparator:
    text = read.text(value, f"order 第{at}项", empty=False).strip()
    for ending, ascending in ((" desc", False), (" asc", True)):
        if text.endswith(ending):
            return Comparator(text[: -len(ending)].strip(), ascending)
    return Comparator(text)


def _limit(read: Reader, value: Any, at: int) -> Limit:
    where = f"limits 第{at}项"
    keys = ("id", "require", "words", "batch", "school", "major", "origin", "minimum")
    got = read.mapping(value, where, keys, ("id", "require"))

    def text(key: str, empty: bool = True) -> str:
        return read.text(got.get(key), f"{where} 的 {key}", empty)

    return Limit(
        id=text("id", empty=False),
        require=text("require", empty=False),
        words=text("words"),
        batch=text("batch"),
        school=text("school"),
        major=text("major"),
        origin=text("origin"),
        minimum=read.yes(got.get("minimum", False), f"{where} 的 minimum"),
    )


def _flow(read: Reader, value: Any, at: int) -> Flow:
    where = f"flows 第{at}项"
    got = read.mapping(value, where, ("from", "to"), ("from", "to"))
    return Flow(read.text(got.get("from"), f"{where} 的 from"), read.text(got.get("to"), f"{where} 的 to"))


def _check(read: Reader, rules: Rules) -> None:
    """What no single part can tell."""
    known = [batch.id for batch in rules.batches]
    if not known and not read.faults:
        read.say("没有批次", "在 batches 下写至少一个批次")
    if not rules.order and not read.faults:
        read.say("没有排序", "在 order 下至少写一项，如 total desc")
    _twice(read, "批次", known)
    _twice(read, "limits 的编号", [limit.id for limit in rules.limits])
    _twice(read, "流转的来源", [flow.source for flow in rules.flows])
    for batch in rules.batches:
        for other in sorted(batch.excludes - set(known)):
            read.say(f"批次 {batch.id} 的 excludes 里没有批次“{other}”", f"可用：{'、'.join(known)}")
        if batch.stages == 2 and batch.returned is Returned.NEXT:
            read.say(f"批次 {batch.id} 分两阶段，returned 不能是 next", "改成 out：两阶段是一轮投档")
    for limit in rules.limits:
        if limit.batch and limit.batch not in known:
            read.say(f"limits 的 {limit.id} 没有批次“{limit.batch}”", f"可用：{'、'.join(known)}")
        if ":" in limit.id or "," in limit.id:
            read.say(f"limits 的编号“{limit.id}”含冒号或逗号", "只用字母、数字和连字符")
    if rules.last_seat is LastSeat.LOTTERY and not rules.seed:
        read.say("last_seat 是 lottery，却没有 seed", "写上公开抽取的 seed")


def _twice(read: Reader, what: str, values: Sequence[str]) -> None:
    for each in sorted({each for each in values if values.count(each) > 1}):
        read.say(f"{what}“{each}”写了两次", "删去一个，或改名")


def rules_text(rules: Rules) -> str:
    """The rules in the one form that is digested: every key written, keys and sets sorted."""
    value = {
        "batches": [
            {
                "id": batch.id,
                "mechanism": str(batch.mechanism),
                "stages": batch.stages,
                "max_choices": batch.max_choices,
                "ratio": batch.ratio,
                "returned": str(batch.returned),
                "can_decline": batch.can_decline,
                "excludes": sorted(batch.excludes),
                "groups": [
                    {
                        "id": group.id,
                        "most": group.most,
                        "schools": sorted(group.schools),
                        "beyond": group.beyond,
                    }
                    for group in batch.groups
                ],
            }
            for batch in rules.batches
        ],
        "order": [f"{step.expression} {'asc' if step.ascending else 'desc'}" for step in rules.order],
        "last_seat": str(rules.last_seat),
        "seed": rules.seed,
        "limits": [
            {
                key: getattr(limit, key)
                for key in ("id", "require", "words", "batch", "school", "major", "origin", "minimum")
            }
            for limit in rules.limits
        ],
        "flows": [
            {"from": flow.source, "to": flow.target}
            for flow in sorted(rules.flows, key=lambda each: each.source)
        ],
    }
    dump: Callable[..., str] = yaml.safe_dump
    return dump(value, allow_unicode=True, sort_keys=True, width=10**6)
