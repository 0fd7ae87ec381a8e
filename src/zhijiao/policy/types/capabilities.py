"""What the product can do: one list, its own; packs name the ids."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from zhijiao.policy.types.base import Identified, Part, Text


class Capability(Identified):
    """Something the product does (`built`) or is going to do (`planned`)."""

    state: Literal["built", "planned"] = Field(description="已建成 / 已规划")
    part: Part = Field(description="平台的哪一部分")
    name: Text = Field(description="名称")
    what: Text = Field(description="做什么")
