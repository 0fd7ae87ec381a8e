"""An office's own template: a .docx with placeholders, filled in a sandbox, since a template is an upload."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from zhijiao.render.docx.writer import with_fixed_times

MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_TEXT = 1_000_000
"""Characters or digits that one step of a placeholder may make."""
DEEPEST = 3
"""Loops inside loops: the data nest two deep, and each level more multiplies the work."""
FILTERS = frozenset(
    [
        "count",
        "d",
        "default",
        "e",
        "escape",
        "first",
        "join",
        "last",
        "length",
        "lower",
        "map",
        "rejectattr",
        "replace",
        "round",
        "selectattr",
        "sort",
        "string",
        "sum",
        "trim",
        "upper",
    ]
)
"""Filters that only pick from the data; those that can make much of little are not offered."""


class TemplateRefused(Exception):
    """模板不能用。请用 Word 或 WPS 打开模板，对照占位符说明改正后另存为 .docx。"""

    def __init__(self, why: str) -> None:
        super().__init__(f"模板不能用：{why}。请对照占位符说明改正，并另存为 .docx 格式")


_BROKEN = (
    TemplateError,
    OpcError,
    SyntaxError,  # lxml's for broken XML
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What the parts of a template raise when they do not fit together."""


class _Environment(ImmutableSandboxedEnvironment):
    """Data and loops over data, nothing else: no calls, no attributes of objects, nothing that grows by itself."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not attr.startswith("_") and isinstance(obj, Mapping | LoopContext)

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator} 只能用于两个数，且不能乘方")
        return left * right if operator == "*" else left % right

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        # A name that can be set again can be doubled again and again; loops give names enough.
        if next(tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.With)), None) is not None:
            raise SecurityError("不能用 set 或 with 另设名字")
        if _depth(tree) > DEEPEST:
            raise SecurityError(f"循环套了 {DEEPEST} 层以上")
        return tree


def _depth(node: nodes.Node) -> int:
    """How many loops stand inside each other."""
    below = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _replace(text: object, old: str, new: str) -> str:
    """Each replacement may make a text longer, and a row of them much longer: so the result is measured first."""
    whole = str(text)
    _measured(len(whole) + whole.count(old) * len(new))
    return whole.replace(old, new)


def _join(values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    """As the template language's own, measured first."""
    words = [str(value if attribute is None else value[attribute]) for value in values]
    _measured(sum(map(len, words)) + len(words) * len(between))
    return between.join(words)


def _measured(length: int) -> None:
    if length > MOST_TEXT:
        raise SecurityError("内容过长")


def fill_template(template: bytes, context: Mapping[str, Any]) -> bytes:
    """The template with its placeholders filled. `context` holds plain data only.

    Raises TemplateRefused when it is not a .docx, names something that does not exist, or asks for more
    than data.
    """
    _check_package(template)
    environment = _Environment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()
    environment.filters = {name: f for name, f in environment.filters.items() if name in FILTERS}
    environment.filters |= {"replace": _replace, "join": _join}
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(dict(context), environment, autoescape=True)
        out = io.BytesIO()
        document.save(out)
    except UndefinedError as error:
        raise TemplateRefused(f"有占位符在报告内容中不存在（{error}）") from error
    except TemplateSyntaxError as error:
        raise TemplateRefused(f"占位符写法不对（{error.message}）") from error
    except SecurityError as error:
        raise TemplateRefused(f"占位符要求了不允许的操作（{error}）") from error
    except _BROKEN as error:
        raise TemplateRefused(f"处理占位符时出错（{type(error).__name__}）") from error
    return with_fixed_times(out.getvalue())


def _check_package(template: bytes) -> None:
    """Refuse what is no Word package, and what unpacks to far more than it is."""
    if len(template) > MOST_BYTES:
        raise TemplateRefused(f"文件超过 {MOST_BYTES // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            names = package.namelist()
            size = sum(entry.file_size for entry in package.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TemplateRefused("不是 .docx 文件") from error
    if "word/document.xml" not in names:
        raise TemplateRefused("不是 .docx 文件")
    if size > MOST_UNPACKED:
        raise TemplateRefused("文件展开后过大")
