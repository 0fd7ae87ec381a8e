"""Verbs: the name list of an integrated track (3+2, 3+4), sealed by both schools and the bureau. It is the only basis of passing on
later: nobody is added once it is sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhijiao.admissions.actions.shared import Refused, log, season_of
from zhijiao.admissions.models import NameList, PlanLine
from zhijiao.admissions.rules.reading import kind_of, rules_of
from zhijiao.admissions.rules.seats import list_digest
from zhijiao.admissions.store import seats as store
from zhijiao.admissions.types.states import NameListState
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import Organisation

SCHOOL, PARTNER, BUREAU = "school", "partner", "bureau"
PARTIES = {SCHOOL: "学校", PARTNER: "衔接高校", BUREAU: "主管部门"}


def draw_up(*, season: int, line: int, partner: int | None, by: Actor, at: datetime) -> int:
    """Draw the list of a line up, or again while nobody has signed: those who hold a seat there and came. `partner`: the higher school,
    where it stands in the tree. Needs ADMIT_PLAN at the school. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        found = PlanLine.objects.filter(pk=line, season=row).first()
        if found is None:
            raise Invisible("没有这个专业。")
        by.require(Permission.ADMIT_PLAN, found.organisation_id, found.school_name)
        rules = rules_of(row.rules)
        if not found.partner:
            raise Refused(f"“{found.name}”没有衔接的高校，不用封存名册。")
        if partner is not None and not Organisation.objects.filter(pk=partner, tenant=row.tenant).exists():
            raise Refused("组织树里没有这所高校。", "partner")
        kind = kind_of(rules, found.kind)
        bureau = row.bureaus[kind.approve if kind else rules.lead]
        with bulk():
            people = store.of_line(row.pk, found.pk)
        if not people:
            raise Refused(f"“{found.name}”还没有录取的学生。")
        there = NameList.objects.select_for_update().filter(season=row, line=found).first()
        if there is not None and there.signatures:
            raise Refused("名册已经有人签章，不能重新生成。")
        values: dict[str, Any] = {
            "organisation_id": found.organisation_id,
            "partner_id": partner,
            "parties": sorted({p for p in (found.organisation_id, partner, bureau) if p is not None}),
            "candidates": [pk for pk, _, _ in people],
            "digest": list_digest(row.title, found.code, [(number, name) for _, number, name in people]),
            "made_at": at,
            "made_by": by.name[:80],
        }
        if there is None:
            made = NameList.objects.create(season=row, line=found, **values)
        else:
            NameList.objects.filter(pk=there.pk).update(**values)
            made = there
        log(
            by,
            at,
            "draw_up_list",
            f"生成“{found.name}”录取名册，{len(people)} 人",
            organisation=found.organisation_id,
            kind="name_list",
            id_=made.pk,
            detail={"digest": values["digest"]},
        )
        return made.pk


def seal(*, name_list: int, digest: str, by: Actor, at: datetime, paper: str = "") -> bool:
    """Sign the list of this digest for the party at which the actor may: the school, the higher school, or the bureau. A higher school
    outside the tree signs on paper: the bureau enters the number of its document (`paper`) with its own signature. True when it is sealed
    now. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = (
            NameList.objects.select_for_update(of=("self",))
            .select_related("season", "line")
            .filter(pk=name_list, season__tenant=by.tenant.value)
            .first()
        )
        if row is None:
            raise Invisible("没有这份名册。")
        if row.state == NameListState.SEALED:
            return True
        if digest != row.digest:
            raise Refused("名册已经重新生成过，请刷新后核对，再签章。")
        party, organisation = _party(row, by)
        signed = dict(row.signatures)
        signed.setdefault(party, {"organisation": organisation, "name": by.name[:80], "at": at.isoformat()})
        if party == BUREAU and row.partner_id is None:
            if not paper.strip():
                raise Refused("衔接高校不在平台里，请写它盖章的文件编号。", "paper")
            signed[PARTNER] = {"organisation": None, "name": paper.strip()[:200], "at": at.isoformat()}
        row.signatures = signed
        if set(signed) >= set(PARTIES):
            row.state, row.sealed_at = NameListState.SEALED.value, at
        row.save()
        log(
            by,
            at,
            "seal_list",
            f"{PARTIES[party]}签章“{row.line.name}”录取名册",
            organisation=organisation,
            kind="name_list",
            id_=row.pk,
            detail={"digest": digest, "sealed": row.sealed_at is not None},
        )
        return row.sealed_at is not None


def _party(row: NameList, by: Actor) -> tuple[str, int]:
    rules = rules_of(row.season.rules)
    kind = kind_of(rules, row.line.kind)
    bureau = row.season.bureaus[kind.approve if kind else rules.lead]
    if by.may(Permission.ADMIT_APPROVE, bureau):
        return BUREAU, bureau
    if by.may(Permission.ADMIT_PLAN, row.organisation_id):
        return SCHOOL, row.organisation_id
    if row.partner_id is not None and by.may(Permission.ADMIT_PLAN, row.partner_id):
        return PARTNER, row.partner_id
    raise NotAllowed(Permission.ADMIT_PLAN, row.line.school_name)


__all__ = ["PARTIES", "draw_up", "seal"]
