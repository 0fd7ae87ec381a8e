"""Version 1 of the API: one file per use case, one router each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.renderers import JSONRenderer

import zhijiao
from zhijiao.api.v1 import clauses, indicators, objects, packs, search, tasks
from zhijiao.api.v1.duties import access, me, reports

_readable = JSONRenderer()
_readable.json_dumps_params = {"ensure_ascii": False}  # Chinese as itself, to be read as it comes


class Api(NinjaAPI):
    """The API, whose description also says what `refuse` answers."""

    def get_openapi_schema(self, **options: Any) -> Any:
        described = super().get_openapi_schema(**options)
        for path in described["paths"].values():
            for operation in path.values():
                if operation.get("parameters"):
                    operation["responses"].setdefault(422, {"description": "参数不合格，detail 里是原因"})
        return described


api = Api(
    renderer=_readable,
    title="职教大脑开放接口",
    version=zhijiao.__version__,
    description="看板上能看到的都可以由此读取，数字与页面一致；`v` 指定政策包版本，`on` 指定从哪一天看。"
    "报送、审核等要用 API 密钥（在“我的账号”页建立），以密钥所有人的身份、在其范围内办理。",
    urls_namespace="api-v1",
    openapi_url="/openapi.json",
    docs_url=None,
)
for module in (packs, indicators, tasks, clauses, objects, search, me, reports):
    api.add_router("", module.router)
access.explain(api)


@api.exception_handler(AuthenticationError)
def ask_for_a_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401: no key, or one that is no good."""
    detail = "需要有效的 API 密钥：在“我的账号”页建立，放在请求头 Authorization: Bearer 之后。"
    return api.create_response(request, {"detail": detail}, status=401)


@api.exception_handler(ValidationError)
def refuse(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that cannot be read: 422, naming it."""
    faults = sorted({(str(found["loc"][-1]), _asked_for(found)) for found in error.errors})
    detail = "；".join(f"参数 {name} {asked}" for name, asked in faults) + "。见 /api/v1/openapi.json"
    return api.create_response(request, {"detail": detail}, status=422)


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
        case "greater_than_equal":
            return f"不能小于 {bounds.get('ge')}"
        case "less_than_equal":
            return f"不能大于 {bounds.get('le')}"
        case "int_parsing":
            return "应是整数"
        case kind if kind.startswith("date"):
            return "不合格，日期写成 2023-12-31 这样"
    return "不合格"


urls = api.urls
