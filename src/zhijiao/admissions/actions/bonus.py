"""Verbs: what adds to somebody's marks is claimed and proved, decided by county or bureau, and taken back where it does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from zhijiao.admissions.actions.proofs import is_own, keep
from zhijiao.admissions.actions.seats.telling import bonus_decided
from zhijiao.admissions.actions.shared import Refused, candidate_of, log, refuse_frozen, require_sender
from zhijiao.admissions.models import BonusClaim, Candidate, Season
from zhijiao.admissions.rules.bonus import Combining, Confirmed, total_of
from zhijiao.admissions.rules.reading import day_of, rules_of
from zhijiao.admissions.types.bonus import Proof
from zhijiao.admissions.types.states import ClaimState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk


def items_of(season: Season) -> dict[str, Mapping[str, Any]]:
    """The items that add marks under the season's rules, by id: name, class (`cls`), points, proof."""
    return {str(one["id"]): one for one in season.rules.get("bonus") or ()}


def combining_of(season: Season) -> Combining:
    """How the season adds them. An item that stands alone from some points on speaks for its class."""
    least: dict[str, Decimal] = {}
    for one in items_of(season).values():
        if one.get("alone_from") is not None:
            from_ = Decimal(str(one["alone_from"]))
            least[str(one["cls"])] = min(from_, least.get(str(one["cls"]), from_))
    cap = season.rules.get("bonus_cap")
    return Combining(tuple(least.items()), None if cap is None else Decimal(str(cap)))


def last_day(season: Season) -> date | None:
    """The last day on which families and junior schools claim; None where the rules name none and the freeze ends it."""
    written = rules_of(season.rules).terms.bonus
    return day_of(written, season.year) if written else None


def claim_bonus(
    *, by: Actor, at: datetime, candidate: int, item: str, document: str, files: Sequence[Proof] = ()
) -> int:
    """Say that an item of the rules applies, with what proves it: the candidate, her guardian, junior school or county. After
    the last day of the rules only the county. What was refused may be claimed again. Raises Refused, NotAllowed, Invisible."""
    document = document.strip()
    with acting(by):
        row = candidate_of(by, candidate)
        own = is_own(by, row)
        if not own:
            require_sender(by, row, Permission.ADMIT_PLAN)
        refuse_frozen(row.season, "加分")
        last = last_day(row.season)
        late = last is not None and timezone.localdate(at) > last
        if late and (own or row.county_id is None or not by.may(Permission.ADMIT_PLAN, row.county_id)):
            raise Refused(f"加分申报已于 {last:%Y-%m-%d} 截止。确有原因的，请到县招生办当面办理。")
        known = items_of(row.season)
        if item not in known:
            raise Refused("招生规则里没有这一项加分，请重新选择。", "item")
        if not document:
            raise Refused("请写凭什么材料，如证书名称和编号。", "document")
        if BonusClaim.objects.filter(candidate=row, item=item).exclude(state=ClaimState.REFUSED).exists():
            raise Refused("这一项已经申报过。", "item")
        made = BonusClaim.objects.create(
            candidate=row,
            item=item,
            cls=str(known[item].get("cls", item)),
            points=Decimal(str(known[item]["points"])),
            document=document[:200],
            asked_at=at,
            asked_by=by.name[:80],
            asked_by_user=by.user,
        )
        keep(made, files, by=by, at=at)
        log(
            by,
            at,
            "claim_bonus",
            f"申报考生{row.name}（{row.number}）的加分“{known[item].get('name', item)}”",
            organisation=row.school_id or row.county_id,
            kind="candidate",
            id_=row.pk,
            detail={"claim": made.pk},
        )
        return made.pk


def decide_bonus(*, by: Actor, at: datetime, claim: int, confirm: bool, reason: str = "") -> None:
    """Confirm or refuse a claim; nobody decides what they claimed themselves. Needs ADMIT_APPROVE at the county or a bureau. Deciding
    the same again changes nothing. Raises Refused, NotAllowed, Invisible."""
    reason = reason.strip()
    state = ClaimState.CONFIRMED if confirm else ClaimState.REFUSED
    with acting(by):
        found, row, organisation = _for_deciding(by, claim)
        if found.state == state:
            return
        if found.state != ClaimState.ASKED:
            raise Refused(f"这项申报已由{found.decided_by}处理，不能再改。")
        if found.asked_by_user is not None and found.asked_by_user == by.user:
            raise Refused("申报人自己不能确认，请由另一人办理。")
        if not confirm and not reason:
            raise Refused("请写不予确认的理由，考生能看到。", "reason")
        refuse_frozen(row.season, "加分")
        BonusClaim.objects.filter(pk=claim).update(
            state=state,
            decided_at=at,
            decided_by=by.name[:80],
            decided_by_user=by.user,
            reason=reason[:300],
        )
        _count(row)
        name = items_of(row.season).get(found.item, {}).get("name", found.item)
        bonus_decided(row, str(name), claim=claim, confirmed=confirm, reason=reason, at=at)
        log(
            by,
            at,
            "decide_bonus",
            f"{'确认' if confirm else '不予确认'}考生{row.name}（{row.number}）的加分申报{'：' + reason if reason else ''}",
            organisation=organisation,
            kind="candidate",
            id_=row.pk,
            detail={"claim": claim},
        )


def take_back(*, by: Actor, at: datetime, claim: int, reason: str) -> None:
    """Take back what was confirmed, for instance after an objection that was upheld. Needs ADMIT_APPROVE at the county or a bureau.
    Raises Refused, NotAllowed, Invisible."""
    reason = reason.strip()
    with acting(by):
        found, row, organisation = _for_deciding(by, claim)
        if found.state != ClaimState.CONFIRMED:
            raise Refused("只有已确认的加分可以撤销。")
        if not reason:
            raise Refused("请写撤销的理由，考生能看到。", "reason")
        refuse_frozen(row.season, "加分")
        BonusClaim.objects.filter(pk=claim).update(
            state=ClaimState.REFUSED,
            decided_at=at,
            decided_by=by.name[:80],
            decided_by_user=by.user,
            reason=f"撤销：{reason}"[:300],
        )
        _count(row)
        log(
            by,
            at,
            "take_back_bonus",
            f"撤销考生{row.name}（{row.number}）的加分：{reason}",
            organisation=organisation,
            kind="candidate",
            id_=row.pk,
            detail={"claim": claim},
        )
        name = items_of(row.season).get(found.item, {}).get("name", found.item)
        bonus_decided(row, str(name), claim=claim, confirmed=False, reason=f"撤销：{reason}", at=at)


def _for_deciding(by: Actor, claim: int) -> tuple[BonusClaim, Candidate, int]:
    """A claim, locked against others, its candidate, and the organisation that may decide it. Raises NotAllowed, Invisible."""
    found = BonusClaim.objects.select_for_update().filter(pk=claim).first()
    if found is None:
        raise Invisible("没有这项加分申报。")
    row = candidate_of(by, found.candidate_id)
    return found, row, require_sender(by, row, Permission.ADMIT_APPROVE)


def _count(row: Candidate) -> None:
    """Add up what is confirmed. In bulk: marks are not changed by hand."""
    with bulk():
        confirmed = BonusClaim.objects.filter(candidate=row, state=ClaimState.CONFIRMED)
        added = total_of([Confirmed(one.cls, one.points) for one in confirmed], combining_of(row.season))
        Candidate.objects.filter(pk=row.pk).update(bonus=added, revision=row.revision + 1)
