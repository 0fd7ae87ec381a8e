"""Version 1 of the API: one file per use case, one router each."""

from __future__ import annotations

from ninja.renderers import JSONRenderer

import zhijiao
from zhijiao.api.v1 import clauses, figures, indicators, objects, packs, refusing, search, seasons, tasks
from zhijiao.api.v1.data import batches, computed, handing, standard
from zhijiao.api.v1.describing import Api
from zhijiao.api.v1.duties import (
    access,
    items,
    me,
    notes,
    organisations,
    plans,
    proceedings,
    reports,
    student_records,
    targets,
)

_readable = JSONRenderer()
_readable.json_dumps_params = {"ensure_ascii": False}  # Chinese as itself, to be read as it comes

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
for module in (
    *(packs, indicators, figures, tasks, clauses, objects, search, seasons),
    *(me, notes, organisations, reports, items, proceedings, plans, targets, student_records),
    *(standard, handing, batches, computed),
):
    api.add_router("", module.router)
refusing.explain(api)
access.explain(api)

urls = api.urls
