"""Version 1 of the API: one file per use case, one router each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

import zhijiao
from zhijiao.api.v1 import clauses, indicators, objects, packs, search, tasks

api = NinjaAPI(
    title="职教大脑开放接口",
    version=zhijiao.__version__,
    description="看板上能看到的都可以由此读取。数字与页面一致；`v` 指定政策包版本，`on` 指定从哪一天看。",
    urls_namespace="api-v1",
    openapi_url="/openapi.json",
    docs_url=None,
)
for module in (packs, indicators, tasks, clauses, objects, search):
    api.add_router("", module.router)


@api.exception_handler(ValidationError)
def refuse(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that cannot be read: 422, naming it."""
    names = "、".join(sorted({str(found["loc"][-1]) for found in error.errors}))
    detail = f"参数 {names} 不合格；日期写成 2023-12-31 这样，其余见 /api/v1/openapi.json"
    return api.create_response(request, {"detail": detail}, status=422)


urls = api.urls
