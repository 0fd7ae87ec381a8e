"""Handing records in: rows as JSON, or a file as it is; both are checked at once and applied when confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from zhijiao.api.v1.data.schemas import Name, OutcomeOut, ProblemOut, Source, Unreadable
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor
from zhijiao.api.v1.duties.fields import IdempotencyKey, Identifier
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.sessions import now
from zhijiao.exchange import actions
from zhijiao.exchange.queries import batches
from zhijiao.exchange.types import State

router = Router(tags=["数据归集"], auth=KEY)

MOST_ROWS = 5000
ANSWERED: dict[int, Any] = {200: OutcomeOut, **ANSWERS, 422: Unreadable}
ROWS: Any = {
    "organisation": 17,
    "confirm": False,
    "rows": [
        {
            "organisation": "9900000001",
            "year": "2023",
            "item": "示例：实训设备更新",
            "amount": "120000.00",
        }
    ],
}


class RowsIn(Schema):
    """Rows of one data set. Keys are field ids, names in pinyin or Chinese names; values are texts or numbers."""

    model_config = ConfigDict(json_schema_extra={"example": ROWS})

    organisation: Identifier = Field(description="以哪个单位的名义提交（编号见 /organisations）")
    rows: Annotated[
        list[dict[str, Any]],
        Field(
            min_length=1,
            max_length=MOST_ROWS,
            description="各行；键是字段编号、拼音字段名或中文名，值是文字或数，字段见 /datasets/{dataset}/schema",
        ),
    ]
    source: Source = ""
    confirm: bool = Field(False, description="true：检查后直接入库（有问题的行待改）；false：先看结果再确认")


class FileIn(Schema):
    """What goes with a file."""

    organisation: Identifier = Field(description="以哪个单位的名义提交（编号见 /organisations）")
    source: Source = ""
    confirm: bool = Field(False, description="true：检查后直接入库（有问题的行待改）；false：先看结果再确认")


@router.post(
    "/data/datasets/{dataset}/records",
    response=ANSWERED,
    summary="提交记录（JSON）",
    description=f"一次最多 {MOST_ROWS} 行。答复里有会新增、变更、移出多少条和每一处问题；confirm=false 时什么都还没有改变。",
)
def send_rows(
    request: HttpRequest, dataset: Name, body: RowsIn, idempotency_key: IdempotencyKey = None
) -> Any:
    """Take rows, check them, and apply them where that was asked for."""
    content = json.dumps(body.rows, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _taken(actor(request), dataset, body, f"{dataset}.json", [content], idempotency_key)


@router.post(
    "/data/datasets/{dataset}/files",
    response=ANSWERED,
    summary="提交文件（xlsx、csv 或 JSON）",
    description="multipart/form-data，file 是文件，照单位自己的表样也可以。答复与提交记录相同；退回的文件里逐格标出问题。",
)
def send_file(
    request: HttpRequest,
    dataset: Name,
    given: Form[FileIn],
    file: File[UploadedFile],
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Take a file as it is."""
    name = file.name or f"{dataset}.csv"
    return _taken(actor(request), dataset, given, name, file.chunks(), idempotency_key)


def _taken(
    by: Actor,
    dataset: str,
    given: RowsIn | FileIn,
    name: str,
    chunks: Iterable[bytes],
    key: str | None,
) -> Any:
    batch = actions.receive(
        by=by,
        at=now(),
        dataset=dataset,
        organisation=given.organisation,
        name=name,
        chunks=chunks,
        source=given.source,
        key=key,
        now=True,
    )
    checked = actions.check(batch=batch.pk, by=by, at=now())
    if checked.state is State.CHECKED and given.confirm:
        actions.apply(batch=batch.pk, by=by, at=now())
    found = batches.batch(by, batch.pk)
    if found.batch.state is State.REFUSED:
        problems = [ProblemOut.of(problem) for problem in found.problems]
        return Status(422, Unreadable(detail=found.batch.words, problems=problems))
    return OutcomeOut.of(found)
