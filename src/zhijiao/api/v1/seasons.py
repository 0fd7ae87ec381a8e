"""Seasons of admission whose plan is locked: everybody reads plan and leaflet; of the figures, what may be told to whom asks."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from ninja.errors import HttpError

from zhijiao.admissions.queries import brochure, described, seasons
from zhijiao.admissions.queries.browsing import open_lines
from zhijiao.admissions.queries.counting import counted
from zhijiao.admissions.queries.seasons import Season
from zhijiao.admissions.types.plan import LineView
from zhijiao.api.v1.common import Problem, pack_index
from zhijiao.api.v1.duties.fields import NO_NUL, Limit
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import tree

router = Router(tags=["招生"])

Code = Annotated[str, Path(min_length=1, max_length=40, pattern=NO_NUL, description="招生季代码，如 2027")]
Line = Annotated[str, Path(min_length=1, max_length=12, pattern=NO_NUL, description="招生代码")]
After = Annotated[str, Query(max_length=12, description="接着上一页：上一页最后一行的招生代码")]
Batch = Annotated[str, Query(max_length=40, description="批次编号，见招生季的 batches")]
Kind = Annotated[str, Query(max_length=40, description="学校类别，如 secondary_vocational、technician")]
School = Annotated[str, Query(max_length=120, description="学校全称")]


class SeasonOut(Schema):
    """A season in a list."""

    id: int
    pack: str
    code: str
    title: str
    year: int
    phase: str = Field(description="阶段代码，如 filling")
    phase_words: str
    entered: str
    rehearsal: bool
    plan_digest: str = Field(description="锁定的计划的摘要（SHA-256）")
    locked_at: str | None


class CellOut(Schema):
    """Seats of a line for one origin."""

    cell: str
    origin: str = Field(description="生源类别；空表示不限")
    seats: int
    min_total: str | None


class LineOut(Schema):
    """A line of the plan."""

    code: str = Field(description="招生代码")
    batch: str
    batch_name: str
    school: str
    kind: str
    county: str
    major_code: str
    major: str
    years: int
    seats: int
    fees: str
    tuition: str | None
    exempt: bool
    boarding: bool
    boarding_fee: str | None
    diploma: str
    partner: str
    conditions: list[str] = Field(description="报考条件")
    ways_up: str
    destinations: str
    note: str
    last_year: dict[str, str]
    cells: list[CellOut]


class AskedOut(Schema):
    """A line with what is asked of it; null: may not be told to the caller, or not yet."""

    code: str
    school: str
    major: str
    batch: str
    county: str
    seats: int
    asked: int | None
    first_choice: int | None
    admitted: int | None
    last_total: float | None


class StatisticsOut(Schema):
    """The figures of a season."""

    season: str
    round: str | None
    rounded: bool = Field(description="志愿冻结以前填报人数取整到十")
    candidates: int | None
    handed_in: int | None
    placed: int | None
    lines: list[AskedOut]


@router.get(
    "/packs/{pack}/seasons",
    response={200: list[SeasonOut], 404: Problem},
    summary="招生季：计划已公布的，新的在前",
)
def list_seasons(request: HttpRequest, pack: str) -> Any:
    """Every season whose plan everybody reads."""
    pack_index(pack, None)
    return [described.summary(each) for each in seasons.public_seasons(_tenant(request), pack)]


@router.get(
    "/packs/{pack}/seasons/{code}",
    response={200: dict[str, Any], 404: Problem},
    summary="一个招生季：规则、轮次、期限、会签",
    description="与命令 `zhijiao season show` 相同。",
)
def read_season(request: HttpRequest, pack: str, code: Code) -> Any:
    """One season with the rules that it was locked with."""
    return described.one(_season(request, pack, code))


@router.get(
    "/packs/{pack}/seasons/{code}/brochure",
    response={200: dict[str, Any], 404: Problem},
    summary="招生简章：填报时间、怎样录取、各批次",
)
def read_brochure(request: HttpRequest, pack: str, code: Code) -> Any:
    """The leaflet as data."""
    found = _season(request, pack, code)
    return described.leaflet(found, _lines(request, found))


@router.get(
    "/packs/{pack}/seasons/{code}/plan",
    response={200: dict[str, Any], 404: Problem},
    summary="招生计划全部内容",
    description="与公开的招生计划页的 JSON 相同：锁定的计划，带摘要。",
)
def read_plan(request: HttpRequest, pack: str, code: Code) -> Any:
    """The whole plan."""
    found = _season(request, pack, code)
    return brochure.data(found, _lines(request, found))


@router.get(
    "/packs/{pack}/seasons/{code}/lines",
    response={200: list[LineOut], 404: Problem},
    summary="招生专业，按招生代码分页",
)
def list_lines(
    request: HttpRequest,
    pack: str,
    code: Code,
    batch: Batch = "",
    kind: Kind = "",
    school: School = "",
    after: After = "",
    limit: Limit = 200,
) -> Any:
    """Lines of the plan by code."""
    rows = sorted(_lines(request, _season(request, pack, code)), key=lambda row: row.code)
    wanted = [
        row
        for row in rows
        if row.code > after
        and batch in ("", row.batch)
        and kind in ("", row.kind)
        and school in ("", row.school)
    ]
    return [described.line(row) for row in wanted[:limit]]


@router.get(
    "/packs/{pack}/seasons/{code}/lines/{line}",
    response={200: LineOut, 404: Problem},
    summary="一个招生专业",
)
def read_line(request: HttpRequest, pack: str, code: Code, line: Line) -> Any:
    """One line by its recruitment code."""
    found = _season(request, pack, code)
    row = next((row for row in _lines(request, found) if row.code == line), None)
    if row is None:
        raise HttpError(404, f"招生季 {code} 没有招生代码 {line}")
    return described.line(row)


@router.get(
    "/packs/{pack}/seasons/{code}/statistics",
    response={200: StatisticsOut, 404: Problem},
    summary="统计：填报、录取、完成计划",
    description="与“招生”统计页相同：公布以前只有各部门看得到填报人数；公布后对外，人数少的不公布。",
)
def read_statistics(request: HttpRequest, pack: str, code: Code) -> Any:
    """The figures, as far as the caller may know them."""
    found = _season(request, pack, code)
    standing = tree(_tenant(request), timezone.localdate())
    return described.statistics(counted(found, standing, signed_in(request), timezone.now()))


def _tenant(request: HttpRequest) -> Tenant:
    actor = signed_in(request)
    return actor.tenant if actor is not None else Tenant.REAL


def _season(request: HttpRequest, pack: str, code: Code) -> Season:
    pack_index(pack, None)
    found = seasons.public_season(_tenant(request), pack, code)
    if found is None:
        raise HttpError(404, f"没有代码为“{code}”的招生季，或计划还没有公布")
    return found


def _lines(request: HttpRequest, season: Season) -> list[LineView]:
    return open_lines(season, tree(_tenant(request), timezone.localdate()))
