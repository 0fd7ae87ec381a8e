"""YAML with positions, exact numbers and no surprises.

The YAML of packs is a small dialect: `yes` and `on` are words, dates are text, numbers are exact decimals,
anchors and aliases are refused (a file must say what it says in one place), and a key may stand once in a
mapping. Each value keeps the line it stands on, so that every later complaint can point there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from zhijiao.core.errors import reason
from zhijiao.policy.packs.problems import Problem

try:  # libyaml is some ten times faster; the pure loader gives the same events
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover - only where PyYAML was built without libyaml
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

Path_ = tuple[str | int, ...]

MAX_FILE_BYTES = 4_000_000
"""A pack file beyond this is not policy text; reading it would only cost memory."""

MAX_DEPTH = 20
MAX_DIGITS = 30


class _Loader(_Base):
    """Composes nodes with marks; values are made in `_value`, not by PyYAML's constructors."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class Located:
    """A parsed file: its value, and the line (from 1) of each place in it."""

    file: str
    value: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """The line of `path`, or of the nearest place above it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: Path, name: str) -> tuple[Located | None, list[Problem]]:
    """Parse one file. `name` is how the file is called in problems (relative to the pack)."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return None, [
                Problem(name, 1, f"文件超过 {MAX_FILE_BYTES // 1_000_000} MB", "拆成几个文件放进同名文件夹")
            ]
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, [Problem(name, line, "文件不是 UTF-8 编码", "用 UTF-8 重新保存")]
    except OSError as error:
        return None, [Problem(name, 1, f"文件读不出来（{reason(error)}）", "检查文件是否存在、是否有读权限")]
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        return None, [_syntax_problem(name, text, error)]
    except RecursionError:
        return None, [Problem(name, 1, "层级嵌套过深", "一个条目的层级不应超过十层，检查括号和缩进")]
    reader = _Reader(name)
    value = None if node is None else reader.value(node, ())
    if reader.problems:
        return None, reader.problems
    return Located(name, value, reader.lines), []


_SYNTAX = {
    "could not find expected ':'": "这里应有冒号",
    "mapping values are not allowed": "冒号的位置不对：缩进没有对齐，或值里含有冒号而没有加引号",
    "did not find expected key": "缩进与同级的键没有对齐",
    "did not find expected '-' indicator": "列表项没有以「- 」开头，或缩进没有对齐",
    "did not find expected ',' or ']'": "方括号没有成对，或少了逗号",
    "did not find expected ',' or '}'": "花括号没有成对，或少了逗号",
    "found character that cannot start any token": "有制表符，或值以 %、@、` 一类不能开头的符号开头而没有加引号",
    "found unexpected end of stream": "引号没有成对",
    "did not find expected comment or line break": "引号后面还有文字，多半是引号没有成对",
    "did not find expected alphabetic or numeric character": "以 & 或 * 开头的值没有加引号",
    "second occurrence": "用了锚点和别名（& *）；把内容写出来，一处一份",
    "block sequence entries are not allowed": "「- 」的位置不对，列表应另起一行",
    "mapping keys are not allowed": "键的位置不对",
    "found unknown escape character": "双引号里的反斜线不合格，改用单引号",
    "did not find expected hexdecimal number": "双引号里的反斜线不合格，改用单引号",
    "did not find expected <document start>": "一个文件里只写一份内容，去掉 --- 或 ... 之后的部分",
    "expected a single document": "一个文件里只写一份内容，去掉 --- 之后的部分",
    "found undefined alias": "用了没有定义的别名（*）",
    "control characters are not allowed": "含有不可见的控制字符",
}
"""What libyaml says, as an office would say it. What is not listed is shown as it came."""


def _syntax_problem(name: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    # At the end of a file the mark stands on the line after the last one.
    line = 1 if mark is None else min(mark.line + 1, text.count("\n") + 1)
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    shown = next(
        (words for known, words in _SYNTAX.items() if said.startswith(known)), f"这一行读不懂（{said}）"
    )
    return Problem(
        name, line, f"YAML 语法不对：{shown}", "检查这一行及上一行的缩进、冒号后的空格、引号和括号是否成对"
    )


class _Reader:
    """Turns composed nodes into plain values and remembers where each stood."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        self.lines[path] = line
        if id(node) in self._seen:  # also what keeps a small file of nested aliases from growing without end
            self._complain(line, "用了锚点和别名（& *）", "把内容写出来，一处一份")
            return None
        self._seen.add(id(node))
        if len(path) > MAX_DEPTH:
            self._complain(line, "层级嵌套过深", "检查括号和缩进")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(line, "键必须是一个词", "把键写成「名称: 值」")
                continue
            key = key_node.value
            if key in mapping:
                self._complain(line, f"键 {key} 重复", "同一条目里每个键只写一次，删去多余的")
                continue
            mapping[key] = self.value(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return mapping

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        match node.tag.rsplit(":", 1)[-1]:
            case "str":
                return node.value
            case "int":
                return int(node.value) if len(node.value) <= MAX_DIGITS else node.value
            case "float":
                return Decimal(node.value)
            case "bool":
                return node.value == "true"
            case "null":
                return None
        self._complain(node.start_mark.line + 1, f"不支持的标记 {node.tag}", "去掉 ! 标记，只写文字或数字")
        return None

    def _complain(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.name, line, message, remedy))
