"""What verbs about candidates share: which season and candidate, who may, and the line in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhijiao.admissions.models import Candidate, Round, Season
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal


class Refused(Refusal):
    """A step that cannot be done, with the field that it is about."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


def season_of(by: Actor, season: int) -> Season:
    """A season of the actor's tenant. Raises Invisible."""
    found = Season.objects.filter(pk=season, tenant=by.tenant.value).first()
    if found is None:
        raise Invisible("没有这个招生季。")
    return found


def require_bureau(by: Actor, season: Season, permission: Permission) -> int:
    """The bureau of the season at which the actor holds a permission. Raises NotAllowed."""
    if by.everything:
        return season.organisation_id
    found = next((party for party in season.parties if by.may(permission, party)), None)
    if found is None:
        raise NotAllowed(permission, season.title)
    return found


def require_sender(by: Actor, candidate: Candidate, permission: Permission) -> int:
    """The organisation that answers for a candidate and at which the actor holds a permission: junior school, county, or a
    bureau of the season. Raises NotAllowed."""
    for organisation in (candidate.school_id, candidate.county_id):
        if organisation is not None and by.may(permission, organisation):
            return organisation
    return require_bureau(by, candidate.season, permission)


def candidate_of(by: Actor, candidate: int) -> Candidate:
    """A candidate in the scope of the transaction. Raises Invisible."""
    found = (
        Candidate.objects.select_related("season")
        .filter(pk=candidate, season__tenant=by.tenant.value)
        .first()
    )
    if found is None:
        raise Invisible("没有这个考生。")
    return found


def refuse_frozen(season: Season, what: str) -> None:
    """Raise Refused once the choices of the main round are frozen: what goes into the run stays as it is."""
    frozen = Round.objects.filter(season=season, kind=RoundKind.MAIN, frozen_at__isnull=False).first()
    if frozen is not None:
        raise Refused(f"“{frozen.name}”已经冻结，{what}不能再改。确有错误的，按录取后的更正程序办理。")


def log(
    by: Actor,
    at: datetime,
    action: str,
    summary: str,
    *,
    organisation: int | None,
    kind: str,
    id_: object,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """A line in the trail."""
    record(
        by=by,
        at=at,
        action=f"admissions.{action}",
        organisation=organisation,
        object_kind=kind,
        object_id=id_,
        summary=summary,
        detail=detail,
    )
