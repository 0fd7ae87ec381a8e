"""What verbs about candidates share: which season and candidate, who may, and the line in the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from zhijiao.admissions.models import Candidate, PlanLine, Round, Season
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Tree, aliases


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


def line_of(by: Actor, line: int) -> PlanLine:
    """A line of a plan of the actor's tenant, locked against others. Raises Invisible."""
    found = (
        PlanLine.objects.select_for_update(of=("self",))
        .select_related("season")
        .filter(pk=line, season__tenant=by.tenant.value)
        .first()
    )
    if found is None:
        raise Invisible("没有这一行计划。")
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


def places(standing: Tree, by: Actor, season: Season, kinds: Iterable[OrganisationKind]) -> Mapping[str, str]:
    """What a file may call an organisation of the season's place → its code; a name that two bear stands for neither."""
    wanted = set(kinds)
    nodes = [node for node in standing.below(season.organisation_id) if node.kind in wanted]
    known: dict[str, set[str]] = {}
    ids = {node.id: node.code for node in nodes}
    for node in nodes:
        for word in (node.code, node.name, node.short):
            if word:
                known.setdefault(word, set()).add(node.code)
    for word, those in aliases(by.tenant).items():
        for one in those:
            if one in ids:
                known.setdefault(word, set()).add(ids[one])
    return {word: next(iter(codes)) for word, codes in known.items() if len(codes) == 1}


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
