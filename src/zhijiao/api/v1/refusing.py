"""How requests that cannot be read are answered: in Chinese, naming what is wrong where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

UNREADABLE = "Cannot parse request body"


def explain(api: NinjaAPI) -> None:
    """Teach an API these answers."""

    def ask_for_a_key(request: HttpRequest, error: Any) -> HttpResponse:
        detail = "需要有效的 API 密钥：在“我的账号”页建立，放在请求头 Authorization: Bearer 之后。"
        return api.create_response(request, {"detail": detail}, status=401)

    def refuse(request: HttpRequest, error: Any) -> HttpResponse:
        faults = sorted({(_where(found["loc"]), _asked_for(found)) for found in error.errors})
        detail = "；".join(f"参数 {name} {asked}" for name, asked in faults) + "。见 /api/v1/openapi.json"
        return api.create_response(request, {"detail": detail}, status=422)

    def say(request: HttpRequest, error: Any) -> HttpResponse:
        if error.message == UNREADABLE:
            detail = "请求正文不是合格的 JSON；请用 UTF-8 编码，并写上 Content-Type: application/json。"
            return api.create_response(request, {"detail": detail}, status=422)
        return api.create_response(request, {"detail": error.message}, status=error.status_code)

    api.add_exception_handler(AuthenticationError, ask_for_a_key)
    api.add_exception_handler(ValidationError, refuse)
    api.add_exception_handler(HttpError, say)


def _where(place: Sequence[str | int]) -> str:
    """The name of a parameter; for a body the way to the value, as in `entries[0].values.note`."""
    if place[0] != "body":
        return str(place[-1])
    way = ""
    for step in place[2:] or place[-1:]:
        way += f"[{step}]" if isinstance(step, int) else "" if step == "[key]" else f".{step}"
    return way.removeprefix(".")


def _asked_for(found: dict[str, Any]) -> str:
    """What a parameter must be, by the kind of its fault."""
    bounds = found.get("ctx") or {}
    match str(found["type"]):
        case "missing":
            return "没有给出"
        case "string_too_short":
            return "不能为空"
        case "string_too_long":
            return f"不超过 {bounds.get('max_length')} 个字符"
        case "too_short":
            return f"至少要有 {bounds.get('min_length')} 项"
        case "too_long":
            return f"最多 {bounds.get('max_length')} 项"
        case "greater_than_equal":
            return f"不能小于 {bounds.get('ge')}"
        case "less_than_equal":
            return f"不能大于 {bounds.get('le')}"
        case "int_parsing":
            return "应是整数"
        case "literal_error" | "enum":
            return f"应是 {str(bounds.get('expected')).replace(' or ', '、').replace(', ', '、')} 之一"
        case "value_error":
            return str(bounds.get("error"))
        case kind if kind.startswith(("datetime", "timezone")):
            return "不合格，时刻写成 2023-12-31T18:00:00+08:00 这样"
        case kind if kind.startswith("date"):
            return "不合格，日期写成 2023-12-31 这样"
    return "不合格"
