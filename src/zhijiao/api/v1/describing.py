"""The API's description of itself, for the people who will write programs against it."""

from __future__ import annotations

import re
from typing import Any

from ninja import NinjaAPI

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ANSWERS = {
    "200": "办好了",
    "401": "没有有效的密钥",
    "403": "密钥或其所有人没有这项权限",
    "404": "没有这一项，或不在您的范围内",
    "409": "与已有的冲突：别人已经改过，或幂等键已用于另一次请求",
    "422": "参数或内容不合格，detail 里是原因，什么都没有改变",
}


class Api(NinjaAPI):
    """The API, whose description says in Chinese what each call answers."""

    def get_openapi_schema(self, **options: Any) -> Any:
        described = super().get_openapi_schema(**options)
        for path in described["paths"].values():
            for operation in path.values():
                _say(operation)
        for schema in described.get("components", {}).get("schemas", {}).values():
            _only_chinese(schema)
        return described


def _say(operation: dict[str, Any]) -> None:
    if operation.get("parameters") or operation.get("requestBody"):
        operation["responses"].setdefault(422, {"description": ""})
    for status, answer in operation["responses"].items():
        answer["description"] = _ANSWERS.get(str(status), answer["description"])
    _only_chinese(operation)


def _only_chinese(described: dict[str, Any]) -> None:
    """Docstrings are for who reads the program."""
    if not _CHINESE.search(described.get("description", "")):
        described.pop("description", None)
