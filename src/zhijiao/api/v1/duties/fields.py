"""What parameters and bodies may hold: what the database takes, and not more than anybody means."""

from __future__ import annotations

from typing import Annotated

from ninja import Header, Path, Query
from pydantic import Field, StringConstraints

NO_NUL = r"^[^\x00]*$"
MOST_AT_ONCE = 1000

Identifier = Annotated[int, Field(ge=1, le=2**63 - 1)]
InPath = Annotated[int, Path(ge=1, le=2**63 - 1)]
Revision = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**31 - 1,
        description="您看到的是第几次修改后的样子；别人在此之后改过，就答 409 而不覆盖。不写则不检查",
    ),
]
Seen = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**31 - 1,
        description="您看到时的 seen 值；别人在此之后办过，就答 409。带上它，同一请求重发也不会办两次",
    ),
]
Typed = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Files = Annotated[
    list[Identifier], Field(max_length=50, description="佐证材料的编号，先在网页上传或由 /files/ 上传得到")
]
Row = Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)]
Limit = Annotated[int, Query(ge=1, le=1000, description="最多返回几条")]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="同一请求重发时带同一个键，只办一次，答复相同。",
        min_length=1,
        max_length=120,
        pattern=r"^[\x21-\x7e]+$",
    ),
]
