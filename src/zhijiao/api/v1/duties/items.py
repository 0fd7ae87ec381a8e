"""Work items: the work that was asked for, its parts, progress with evidence, what is confirmed or sent back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor, reader
from zhijiao.api.v1.duties.fields import (
    MOST_AT_ONCE,
    NO_NUL,
    Files,
    Identifier,
    InPath,
    Limit,
    Row,
    Seen,
    Words,
)
from zhijiao.api.v1.duties.schemas import FilesOut
from zhijiao.core.access.sessions import now
from zhijiao.core.tree import tree
from zhijiao.supervision import actions
from zhijiao.supervision.queries import work
from zhijiao.supervision.types import Colour, Report, Source

router = Router(tags=["任务办理"], auth=KEY)

Said = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class WhoOut(Schema):
    """An organisation as it is called on the day."""

    id: int
    code: str
    name: str
    kind: str


class LightOut(Schema):
    """A light with its reason."""

    colour: str = Field(description="green 正常、yellow 关注、red 滞后、grey 不计")
    reason: str
    remedy: str


class MyPartOut(Schema):
    """The part of an organisation that the key's owner works in."""

    part: int
    who: WhoOut
    duty: str
    state: str


class NobodyOut(Schema):
    """A unit that was named and not found."""

    unit: str
    why: str


class ItemOut(Schema):
    """An item in a list."""

    id: int
    key: str
    pack: str
    source: str
    row: str
    document: str
    number: str
    title: str
    deliverable: str
    owner: WhoOut
    lead: WhoOut | None
    units: int
    done: int
    due: date | None
    inferred: bool
    every: str | None
    light: LightOut
    late: int
    last: date | None
    state: str
    mine: list[MyPartOut]
    nobody: list[NobodyOut]

    @classmethod
    def of(cls, line: work.ItemLine) -> ItemOut:
        """From the domain's view."""
        mine = [
            MyPartOut(part=part, who=WhoOut.model_validate(who), duty=duty, state=state)
            for who, duty, state, part in line.mine
        ]
        nobody = [NobodyOut(unit=unit, why=why) for unit, why in line.nobody]
        return cls(
            id=line.id,
            key=line.key,
            pack=line.pack,
            source=line.source,
            row=line.row,
            document=line.document,
            number=line.number,
            title=line.title,
            deliverable=line.deliverable,
            owner=WhoOut.model_validate(line.owner),
            lead=WhoOut.model_validate(line.lead) if line.lead else None,
            units=line.units,
            done=line.done,
            due=line.due,
            inferred=line.inferred,
            every=line.every,
            light=LightOut.model_validate(line.light),
            late=line.late,
            last=line.last,
            state=line.state,
            mine=mine,
            nobody=nobody,
        )


class PartOut(Schema):
    """A unit's part. `seen` goes back with what is done to it."""

    id: int
    who: WhoOut
    duty: str
    state: str
    light: LightOut
    percent: int | None
    last: date | None
    words: str
    help_wanted: str
    period: str
    seen: int
    may_report: bool
    may_confirm: bool
    may_return: bool


class EntryOut(Schema):
    """A line of the ledger. Its files are handed out at `/desk/attached/entry/{id}/{file}`."""

    id: int
    part: int
    who: WhoOut
    number: int
    kind: str
    period: str
    percent: int | None
    words: str
    problems: str
    help_wanted: str
    files: FilesOut
    by_name: str
    by_organisation: WhoOut | None
    at: datetime
    on: date


class ItemFullOut(Schema):
    """One item in full."""

    line: ItemOut
    evidence: list[str]
    clauses: list[str]
    indicators: list[str]
    source_title: str
    dated: date | None
    rollup: str
    share: int
    closed_on: date | None
    carried_under: str
    dropped_because: str
    parts: list[PartOut]
    hidden: int = Field(description="您看不到的单位有几个；它们计入灯色")
    entries: list[EntryOut]

    @classmethod
    def of(cls, view: work.ItemView) -> ItemFullOut:
        """From the domain's view."""
        return cls(
            line=ItemOut.of(view.line),
            evidence=list(view.evidence),
            clauses=list(view.clauses),
            indicators=list(view.indicators),
            source_title=view.source_title,
            dated=view.dated,
            rollup=view.rollup,
            share=view.share,
            closed_on=view.closed_on,
            carried_under=view.carried_under,
            dropped_because=view.dropped_because,
            parts=[PartOut.model_validate(part) for part in view.parts],
            hidden=view.hidden,
            entries=[EntryOut.model_validate(entry) for entry in view.entries],
        )


class ProgressIn(Schema):
    """Progress of a part, or the claim that it is done."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"words": "示例：已完成选址", "percent": 40, "seen": 3}}
    )

    words: Annotated[Said, Field(description="做了什么、到了哪一步")]
    percent: Annotated[int | None, Field(ge=0, le=100)] = None
    done: bool = Field(False, description="报完成；要附佐证时须带 evidence")
    problems: Said = ""
    help_wanted: Words = ""
    period: Row = Field("", description="周期性事项报哪一期；不写为当前一期")
    evidence: Files = []
    seen: Seen = None


class PartIn(Schema):
    """A part, and how many entries were seen."""

    part: Identifier
    seen: Seen = None


class ConfirmIn(Schema):
    """Parts that are confirmed together; all or none."""

    parts: Annotated[list[PartIn], Field(min_length=1, max_length=MOST_AT_ONCE)]
    words: Words = ""


class ReturnIn(Schema):
    """Why a part goes back."""

    words: Words
    seen: Seen = None


class EntryMadeOut(Schema):
    """Which line of the ledger it became."""

    number: int


class DoneOut(Schema):
    """It is done."""

    done: int = Field(description="办了几项")


@router.get(
    "/work-items",
    response={200: list[ItemOut], **ANSWERS},
    summary="任务事项与灯色",
    description="密钥所有人看得到的任务事项。mine=true 只要本人所在单位承担的。",
)
def list_items(
    request: HttpRequest,
    pack: Row | None = None,
    source: Source | None = None,
    colour: Colour | None = None,
    mine: bool = False,
    on: date | None = None,
    limit: Limit = 200,
) -> Any:
    """Items with their lights on a day."""
    who, today = reader(request), day(on)
    found = work.item_lines(who, tree(who.tenant, today), on=today, pack=pack)
    wanted = [
        line
        for line in found
        if source in (None, line.source) and colour in (None, line.light.colour) and (not mine or line.mine)
    ]
    return [ItemOut.of(line) for line in wanted[:limit]]


@router.get(
    "/work-items/{int:item}",
    response={200: ItemFullOut, **ANSWERS},
    summary="一个任务事项的全部情况",
    description="各单位的部分、进展、佐证编号，以及能办什么。",
)
def show_item(request: HttpRequest, item: InPath, on: date | None = None) -> Any:
    """One item as far as the key's owner may see it."""
    who, today = reader(request), day(on)
    return ItemFullOut.of(work.item_view(who, tree(who.tenant, today), item, on=today))


@router.post(
    "/work-items/parts/{int:part}/progress",
    response={200: EntryMadeOut, **ANSWERS},
    summary="报进展",
    description="为本单位承担的部分报进展或报完成。带上 seen，重发同一请求不会记两次（答 409）。",
)
def report_progress(request: HttpRequest, part: InPath, body: ProgressIn) -> Any:
    """Add a line of progress."""
    report = Report(
        words=body.words,
        percent=body.percent,
        done=body.done,
        problems=body.problems,
        help_wanted=body.help_wanted,
        period=body.period,
        evidence=tuple(dict.fromkeys(body.evidence)),
    )
    number = actions.report_progress(
        assignment=part,
        report=report,
        seen=body.seen,
        by=actor(request),
        at=now(),
        on=timezone.localdate(),
    )
    return {"number": number}


@router.post(
    "/work-items/parts/confirmations",
    response={200: DoneOut, **ANSWERS},
    summary="确认完成",
    description="确认各单位报完成的部分，要么全部确认，要么一项不动。",
)
def confirm(request: HttpRequest, body: ConfirmIn) -> Any:
    """Confirm parts; all or none."""
    seen = {chosen.part: chosen.seen for chosen in body.parts}
    actions.confirm(
        assignments=list(seen),
        words=body.words,
        seen={part: number for part, number in seen.items() if number is not None},
        by=actor(request),
        at=now(),
        on=timezone.localdate(),
    )
    return {"done": len(seen)}


@router.post(
    "/work-items/parts/{int:part}/return",
    response={200: DoneOut, **ANSWERS},
    summary="退回报完成的部分",
    description="退回报完成、但还没有做到的部分，写明差什么。",
)
def return_part(request: HttpRequest, part: InPath, body: ReturnIn) -> Any:
    """Send a claim back with words."""
    actions.return_part(
        assignment=part,
        words=body.words,
        seen=body.seen,
        by=actor(request),
        at=now(),
        on=timezone.localdate(),
    )
    return {"done": 1}
