"""Version 1 of the API: one file per use case, one router each."""

from __future__ import annotations

from ninja import NinjaAPI

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

urls = api.urls
