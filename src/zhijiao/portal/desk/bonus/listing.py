"""The list of claims: who says what adds to the marks, with what proof, and how it was decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.admissions.queries import bonus, candidates
from zhijiao.admissions.queries.bonus import ClaimRow
from zhijiao.admissions.queries.candidates import Season
from zhijiao.admissions.types.states import ClaimState
from zhijiao.core.access.roles import Permission
from zhijiao.portal.choices.bonus import look_of_claim
from zhijiao.portal.desk.candidates.shared import NEEDS
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

SHOWN = 300
COLUMNS = (
    Column("number", "考号", value=lambda row: row.candidate.number),
    Column("name", "姓名", value=lambda row: row.candidate.sort_key),
    Column("school", "初中学校", value=lambda row: row.candidate.school_id or 0),
    Column("item", "项目", value=lambda row: row.name),
    Column("points", "分值", num=True, value=lambda row: row.claim.points),
    Column("papers", "材料（份）", num=True, value=lambda row: row.papers),
    Column("asked", "申报", value=lambda row: row.claim.asked_at),
    Column("state", "状态", value=lambda row: row.claim.state),
)


def season_of(desk: Desk) -> tuple[list[Season], Season | None]:
    """The seasons in which the person answers for somebody, and the one that the address asks for, or the newest."""
    found = candidates.seasons(desk.actor)
    wanted = desk.frame.query.get("season")
    return found, next((one for one in found if str(one.pk) == wanted), found[0] if found else None)


def school_name(desk: Desk, row: ClaimRow) -> str:
    """The junior school of a claim's candidate."""
    nodes = desk.tree.nodes
    return nodes[place].label if (place := row.candidate.school_id) in nodes else ""


def listed(desk: Desk, rows: list[ClaimRow]) -> Listing:
    """The list as the address asks for it."""
    choices = [
        Choice("state", "状态", lambda row: [row.claim.state], lambda key: ClaimState(key).words),
        Choice("item", "项目", lambda row: [row.name]),
    ]
    if len({row.candidate.school_id for row in rows}) > 1:
        choices.append(
            Choice("school", "初中学校", lambda row: [name] if (name := school_name(desk, row)) else [])
        )
    return listing(
        desk.frame,
        rows,
        COLUMNS,
        choices,
        lambda row: (row.candidate.number, row.candidate.name, row.claim.document, school_name(desk, row)),
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    seasons, season = season_of(desk)
    rows = bonus.of_season(desk.actor, season) if season else []
    found = listed(desk, rows)
    counted = Counter(row.claim.state for row in rows)
    return page(
        request,
        "desk/bonus/list.html",
        desk.frame,
        desk=desk,
        view="candidates",
        seasons=seasons,
        season=season,
        list=found,
        shown=found.rows[:SHOWN],
        most=SHOWN,
        counted=[(state, counted[state.value]) for state in ClaimState if counted[state.value]],
        look=look_of_claim,
        school=lambda row: school_name(desk, row),
        until=bonus.until(season) if season else None,
        approves=desk.actor.may(Permission.ADMIT_APPROVE),
        notices=season is not None
        and (season in candidates.run_by(desk.actor) or desk.actor.may(Permission.READ_AUDIT)),
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    address = reverse("portal:bonus")
    desk = replace(desk, frame=replace(desk.frame, path=address))
    _, season = season_of(desk)
    found = listed(desk, bonus.of_season(desk.actor, season) if season else [])
    columns = [
        *(SheetColumn("考号", width=16), SheetColumn("姓名"), SheetColumn("初中学校", width=24)),
        *(SheetColumn("项目", width=28), SheetColumn("分值", "分", kind="number")),
        *(SheetColumn("凭什么", width=28), SheetColumn("材料", "份", kind="number")),
        *(SheetColumn("申报人"), SheetColumn("申报时间", width=18), SheetColumn("状态")),
        *(SheetColumn("办理人"), SheetColumn("理由", width=30)),
    ]
    rows = [
        [
            *(row.candidate.number, row.candidate.name, school_name(desk, row), row.name, row.claim.points),
            *(row.claim.document, row.papers, row.claim.asked_by),
            f"{timezone.localtime(row.claim.asked_at):%Y-%m-%d %H:%M}",
            *(ClaimState(row.claim.state).words, row.claim.decided_by, row.claim.reason),
        ]
        for row in found.rows
    ]
    return workbook(request, desk, "加分申报", columns, rows, "bonus", address)


view, file_view = require_safe(at_desk(_view, *NEEDS)), require_safe(at_desk(_file, *NEEDS))
