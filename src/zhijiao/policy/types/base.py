"""What every entry of a pack shares: strictness, ids, exact numbers, dates as written.

Field descriptions are Chinese on purpose: they become the JSON Schemas that pack authors see in their
editor, and the column notes of the pack guide.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from zhijiao.lib.dates import is_partial_date

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Op = Literal["=", ">=", "<=", ">", "<", "~"]
Part = Literal["cockpit", "management", "enterprise", "resources", "policy"]
Level = Literal["country", "province", "city", "county", "school", "enterprise"]


def _year_as_text(value: object) -> object:
    """A bare year is a number to YAML; everywhere else dates are text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _real_date(text: str) -> str:
    if not is_partial_date(text):
        raise ValueError("date_format")
    return text


PartialDate = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_real_date)]
"""YYYY, YYYY-MM or YYYY-MM-DD, exactly as precise as the document."""


class Entry(BaseModel):
    """A frozen value that refuses keys it does not know, so that a misspelt key is found."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Identified(Entry):
    """An entry that other entries can name."""

    id: Id = Field(description="本包内唯一的编号")


class Bound(Entry):
    """One bound on a number: `>= 75 %`. Two bounds make a range. `~` means about."""

    op: Op = Field(description="= >= <= > < ~（左右）")
    value: Decimal = Field(description="数值，与原文一致，按单个单位计（25万人次写 250000）")
    unit: Text = Field(description="单位，如 %、个、人次、元")


class Period(Entry):
    """The time a target speaks of."""

    from_: PartialDate | None = Field(None, alias="from", description="起（含）")
    to: PartialDate | None = Field(None, description="止（含）；文件未写则留空")
    kind: Literal["point", "cumulative", "yearly", "school_year", "milestone"] = Field(
        description="point 时点 / cumulative 累计 / yearly 每年 / school_year 学年 / milestone 达成即可"
    )
    inferred: bool = Field(False, description="起止是推定的而非文件写明的")
    note: str | None = Field(None, description="推定依据")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
