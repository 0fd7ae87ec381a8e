"""Verbs: open a season with its usual rounds, take it from phase to phase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from zhijiao.admissions.actions.shared import Refused, log, season_of
from zhijiao.admissions.actions.telling import planning_began
from zhijiao.admissions.models import Round, Season, SeasonStep
from zhijiao.admissions.rules.reading import day_of, digest, moment, rules_of
from zhijiao.admissions.rules.season_flow import FLOW, LEAD, RULES_READY
from zhijiao.admissions.types.season import Opening
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.tree import Tree, tree
from zhijiao.engines import workflow
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Admission, PackIndex


def open_season(*, opening: Opening, by: Actor, at: datetime, on: date) -> Season:
    """Open a season with the rules of a pack and its usual rounds. Raises Refused, NotAllowed."""
    index = policy.index(opening.pack)
    rules = None if index is None else index.admission
    if index is None or rules is None:
        raise Refused(
            f"政策包“{opening.pack}”没有招生规则。先在包里写 admissions.yaml 并接受新版本。", "pack"
        )
    with acting(by):
        standing = tree(by.tenant, on)
        bureaus = bureaus_of(rules, index, standing)
        lead = bureaus[rules.lead]
        by.require(Permission.ADMIT_RUN, lead, standing.nodes[lead].name)
        _check(opening, on)
        kept = rules.model_dump(mode="json", by_alias=True)
        try:
            with transaction.atomic():
                season = Season.objects.create(
                    tenant=by.tenant.value,
                    organisation_id=opening.place,
                    code=opening.code.strip(),
                    title=opening.title.strip(),
                    year=opening.year,
                    pack=opening.pack,
                    pack_version=index.version or "",
                    document=opening.document.strip(),
                    rules=kept,
                    rules_digest=digest(kept),
                    bureaus=bureaus,
                    parties=sorted({*bureaus.values(), opening.place}),
                    rehearsal=opening.rehearsal,
                    entered=on,
                    proposals_until=day_of(rules.terms.proposals, opening.year),
                    opened_at=at,
                    opened_by=by.name[:80],
                )
        except IntegrityError:
            raise Refused(
                f"已有代码为“{opening.code}”的招生季。换一个代码，或到已有的招生季里办理。", "code"
            ) from None
        Round.objects.bulk_create(
            Round(
                season=season,
                code=window.id,
                kind=window.kind,
                name=window.name,
                batches=list(window.batches),
                opens_at=moment(window.opens, opening.year),
                closes_at=moment(window.closes, opening.year),
                grace_minutes=window.grace,
                made_at=at,
                made_by=by.name[:80],
            )
            for window in rules.rounds
        )
        log(
            by,
            at,
            "open_season",
            f"开设招生季“{season.title}”，规则取自政策包 {opening.pack}",
            organisation=lead,
            kind="season",
            id_=season.pk,
            detail={"rules": season.rules_digest, "pack_version": season.pack_version, "bureaus": bureaus},
        )
        return season


def bureaus_of(rules: Admission, index: PackIndex, standing: Tree) -> dict[str, int]:
    """Which organisation of the tree stands behind each bureau. Raises Refused."""
    found: dict[str, int] = {}
    missing: list[str] = []
    for bureau in rules.bureaus:
        unit = index.unit(bureau.unit)
        node = None if unit is None else standing.by_code.get(getattr(unit, "id", ""))
        if node is None:
            missing.append(f"“{bureau.unit}”")
        else:
            found[bureau.id] = node.id
    if missing:
        raise Refused(
            f"组织树里没有{'、'.join(missing)}，不能开设招生季。请系统管理员先在组织管理里登记，再办。"
        )
    return found


def _check(opening: Opening, on: date) -> None:
    if not opening.code.strip().isascii() or not opening.code.strip():
        raise Refused("代码只用字母、数字和短横线，如 2026。", "code")
    if not opening.title.strip():
        raise Refused("请写招生季的名称，如 2026年中职、技工院校统一招生。", "title")
    if not on.year - 1 <= opening.year <= on.year + 2:
        raise Refused(f"年份 {opening.year} 离今天（{on}）太远，请核对。", "year")


def take_step(
    *,
    season: Season,
    transition: str,
    by: Actor,
    at: datetime,
    on: date,
    facts: Mapping[str, bool] | None = None,
    words: str = "",
    document: str = "",
) -> None:
    """Move a season on, inside the caller's transaction and scope; the caller locked the row and knows the facts. Raises Refused,
    NotAllowed."""
    lead = season.bureaus[rules_of(season.rules).lead]
    by.require(Permission.ADMIT_RUN, lead, season.title)
    try:
        target = workflow.step(
            FLOW, season.phase, transition, parties={LEAD}, facts=facts or {}, reason=words or document
        )
    except workflow.Refused as refused:
        raise Refused(str(refused)) from None
    taken = FLOW.transition(season.phase, transition)
    assert taken is not None
    season.steps_count += 1
    SeasonStep.objects.create(
        season=season,
        number=season.steps_count,
        transition=transition,
        name=taken.name,
        source=season.phase,
        target=target.id,
        party=LEAD,
        words=words,
        document=document,
        by=by.user,
        by_name=by.name[:80],
        at=at,
        on=on,
    )
    season.phase, season.entered = target.id, on
    season.revision += 1
    season.save()
    log(
        by,
        at,
        "step",
        f"招生季“{season.title}”：{taken.name}",
        organisation=lead,
        kind="season",
        id_=season.pk,
        detail={"transition": transition, "target": target.id, "words": words, "document": document},
    )


def begin_planning(*, season: int, by: Actor, at: datetime, on: date) -> None:
    """Let schools hand in their plans. Raises Refused, NotAllowed."""
    with acting(by):
        row = lock_season(by, season)
        rules = rules_of(row.rules)
        take_step(
            season=row,
            transition="plan",
            by=by,
            at=at,
            on=on,
            facts={RULES_READY: {b.id for b in rules.bureaus} <= set(row.bureaus)},
        )
        planning_began(row, rules, tree(by.tenant, on), at=at)


def lock_season(by: Actor, season: int) -> Season:
    """The season, held until the end of the transaction; only its bureaus can hold it. Raises Invisible, NotAllowed."""
    seen = season_of(by, season)
    held = Season.objects.select_for_update().filter(pk=season).first()
    if held is None:
        raise NotAllowed(Permission.ADMIT_APPROVE, seen.title)
    return held
