"""What the data standard asks of each data set: for everybody, without a key."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from zhijiao.api.v1.common import Problem
from zhijiao.api.v1.data.schemas import Name
from zhijiao.exchange.queries import standard as queries
from zhijiao.exchange.types import Dataset

router = Router(tags=["数据归集"])


class FieldOut(Schema):
    """A column."""

    id: str
    number: str
    pinyin: str
    name: str
    type: str = Field(description="C 文本，N 数值，M 金额，T 日期")
    length: int
    mandatory: bool
    values: str | None = Field(description="代码表编号")
    role: str
    note: str
    example: str


class DatasetOut(Schema):
    """A data set in the standard in force."""

    id: str
    number: str
    name: str
    subset: str
    klass: str
    owner: str
    source: str
    frequency: str
    keeping: str = Field(description="state：文件是其单位和时期的全部；events：文件只增加和更正")
    key: list[str]
    owes: list[str] = Field(description="哪些类型的单位要报")
    edition: str
    standard: str = Field(description="数据标准的内容哈希")


class DescribedOut(DatasetOut):
    """A data set with its fields and the JSON Schema of a row."""

    fields: list[FieldOut]
    row_schema: dict[str, Any] = Field(description="一行的 JSON Schema，供程序校验")


@router.get(
    "/data/datasets",
    response=list[DatasetOut],
    summary="数据集",
    description="现行数据标准里的全部数据集，不需要密钥。",
)
def list_datasets(request: HttpRequest) -> Any:
    """Every data set of the standard in force."""
    return [_facts(dataset) for dataset in queries.standard().datasets]


@router.get(
    "/data/datasets/{dataset}",
    response={200: DescribedOut, 404: Problem},
    summary="一个数据集的字段和校验",
    description="字段、代码表和一行数据的 JSON Schema，不需要密钥。",
)
def show_dataset(request: HttpRequest, dataset: Name) -> Any:
    """Fields of one data set, and the schema of a row."""
    found = queries.standard().by_id.get(dataset)
    if found is None:
        raise HttpError(404, f"数据标准里没有数据集 {dataset}；全部见 /api/v1/data/datasets")
    return {
        **_facts(found),
        "fields": [_field(f) for f in found.fields],
        "row_schema": queries.schema(dataset),
    }


def _facts(dataset: Dataset) -> dict[str, Any]:
    standard = queries.standard()
    return {
        "id": dataset.id,
        "number": dataset.number,
        "name": dataset.name,
        "subset": dataset.subset,
        "klass": dataset.klass,
        "owner": dataset.owner,
        "source": dataset.source,
        "frequency": dataset.due.frequency.value,
        "keeping": dataset.keeping.value,
        "key": list(dataset.key),
        "owes": sorted(kind.value for kind in dataset.owes),
        "edition": standard.edition,
        "standard": standard.hash,
    }


def _field(field: Any) -> dict[str, Any]:
    return {
        "id": field.id,
        "number": field.number,
        "pinyin": field.pinyin,
        "name": field.name,
        "type": field.type.value,
        "length": field.length,
        "mandatory": field.mandatory,
        "values": field.values,
        "role": field.role.value,
        "note": field.note,
        "example": field.example,
    }
