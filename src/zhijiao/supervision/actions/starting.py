"""Verbs: start work from a pack, an instruction or minutes; keep the units of every item as the tree of the day has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import StoredFile
from zhijiao.core.tree import tree
from zhijiao.indicators.queries import board
from zhijiao.policy import queries as policy
from zhijiao.policy.types import PackIndex
from zhijiao.supervision.actions.units import WORKERS, expansion_of, follow, join, known, leave, set_units
from zhijiao.supervision.models import Settlement, WorkItem
from zhijiao.supervision.rules.expansion import Directory, expand
from zhijiao.supervision.rules.starting import plan_start, rollup_of, wanted_items
from zhijiao.supervision.store import directory_of, realm, settlements
from zhijiao.supervision.types import (
    Addressee,
    Expansion,
    Instruction,
    ItemState,
    Refused,
    Source,
)
from zhijiao.supervision.types.starting import Joining, Start, Wanted

STARTED = "supervision.started"
"""Told when items or parts were added: `{"tenant": …, "items": [ids]}`."""
_LOCK = 0x7A6A_7461


def start_from_pack(
    *, pack: str, by: Actor, at: datetime, on: date, write: bool = True, version: str | None = None
) -> Start:
    """Bring the items of a pack in line with its rows and with the tree of the day. Idempotent.

    With `write=False` nothing is written, so that what a version would touch can be shown before it is accepted.
    Raises Refused where the pack or its place is not there.
    """
    index = policy.index(pack, version)
    if index is None:
        raise Refused(f"没有装入政策包“{pack}”。先运行 zhijiao install-packs。")
    standing = tree(by.tenant, on)
    place = standing.place(pack)
    if place is None:
        raise Refused(
            f"组织树里还没有“{index.pack.manifest.place}”。先运行 zhijiao org plant 登记政策包里的单位。"
        )
    by.require(Permission.ASSIGN, place.id, place.name)
    with bulk():
        if write:
            _alone()
        directory = directory_of(standing, by.tenant, place.id)
        made = wanted_items(index, board(index, on).closings)
        rows = {
            row.key: row for row in WorkItem.objects.filter(tenant=by.tenant, pack=pack, source=Source.PACK)
        }
        settled = settlements(place.id, pack)
        expansions = {
            item.key: expansion_of(item.addressees, rows.get(item.key), directory, index, settled)
            for item in made
        }
        start = plan_start(made, known(rows), expansions)
        if write:
            _apply(start, rows, expansions, place.id, index, by, at, on)
        return start


def start_from_instruction(
    *, instruction: Instruction, organisation: int, by: Actor, at: datetime, on: date, pack: str = ""
) -> int:
    """Start an item that was ordered by a person or a meeting. Returns its id. Raises Refused, NotAllowed.

    Whom it may be addressed to: everybody in the place in which the organisation gives orders.
    """
    with acting(by):
        by.require(Permission.ASSIGN, organisation)
        standing = tree(by.tenant, on)
        if organisation not in standing.nodes:
            raise Invisible("没有这个单位。")
        _check(instruction, on)
        if (
            instruction.scan is not None
            and not StoredFile.objects.filter(pk=instruction.scan, organisation=organisation).exists()
        ):
            # Whoever sees the item reads its scan: it must not open somebody else's file.
            raise Refused("扫描件不是本单位上传的，请重新上传。", "scan")
        directory = directory_of(standing, by.tenant, realm(standing, organisation).id)
        _inside(instruction.addressees, directory)
        index = policy.index(pack) if pack else None
        expansion = expand(instruction.addressees, directory, index)
        if not expansion.duties:
            raise Refused("所选的单位在今天的组织树里一个也没有，换一类单位，或逐个选择。", "members")
        row = WorkItem.objects.create(
            tenant=by.tenant,
            pack=pack,
            pack_version=index.version if index is not None else "",
            source=instruction.source,
            key=_next_key(organisation, on),
            number=instruction.number,
            source_title=instruction.source_title,
            dated=instruction.dated,
            scan_id=instruction.scan,
            title=instruction.title,
            deliverable=instruction.deliverable,
            evidence=list(instruction.evidence),
            organisation_id=organisation,
            lead_id=expansion.lead,
            parties=sorted(expansion.duties),
            addressees=[a.as_json() for a in instruction.addressees],
            nobody=[{"unit": n.unit, "duty": n.duty.value, "why": n.why} for n in expansion.nobody],
            due=instruction.due,
            every=instruction.every.value if instruction.every else "",
            rollup=instruction.rollup or rollup_of(expansion),
            share=instruction.share,
            started=on,
            started_by=by.name,
        )
        join(row, [Joining(row.key, o, d) for o, d in expansion.duties.items()], by, at, on)
        record(
            by=by,
            at=at,
            action="supervision.start_from_instruction",
            organisation=organisation,
            object_kind="work_item",
            object_id=row.pk,
            summary=f"立项交办“{row.title}”，{len(expansion.duties)} 个单位",
            detail={"number": row.number, "due": row.due, "organisations": sorted(expansion.duties)},
        )
        events.tell(STARTED, {"tenant": by.tenant.value, "items": [row.pk]}, at=at)
        return row.pk


def refresh(*, by: Actor, at: datetime, on: date) -> int:
    """Let the units of every open item follow the tree of the day; return how many parts were added or released.

    Items of packs follow their pack. For system actors.
    """
    if not by.everything:
        raise Refused("任务的责任单位由系统随组织树更新。")
    changed = 0
    for pack in policy.packs():
        if tree(by.tenant, on).place(pack.id) is not None:
            start = start_from_pack(pack=pack.id, by=by, at=at, on=on)
            changed += len(start.joining) + len(start.leaving)
    with bulk():
        _alone()
        standing = tree(by.tenant, on)
        for row in WorkItem.objects.filter(tenant=by.tenant, state=ItemState.OPEN).exclude(
            source=Source.PACK
        ):
            changed += follow(row, standing, by, at, on)
    return changed


def follow_after_change(payload: Mapping[str, Any], at: datetime) -> None:
    """Hears that a pack or the tree changed: the units of every item follow. Without a tenant both do."""
    wanted = payload.get("tenant")
    for tenant in Tenant:
        if wanted in (None, tenant.value):
            refresh(by=Actor.system("任务随组织树更新", tenant), at=at, on=timezone.localdate(at))


def settle_unit(
    *,
    pack: str,
    unit: str,
    organisations: Sequence[int],
    words: str = "",
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    """Say whom a spelling means that no organisation was known by (nobody, with a reason). Every item of the pack follows.

    Only who may assign work at the pack's place. Raises Refused, NotAllowed.
    """
    with acting(by):
        standing = tree(by.tenant, on)
        place = standing.place(pack)
        if place is None:
            raise Invisible(f"没有“{pack}”的组织树。")
        by.require(Permission.ASSIGN, place.id, place.name)
        below = {node.id for node in standing.below(place.id)}
        strange = [o for o in organisations if o not in below]
        if strange:
            raise Refused(f"所选单位不在{place.name}的组织树里，请从列表中选择。", "organisations")
        if not organisations and not words.strip():
            raise Refused("不落实到单位时要写明理由，如“泛指社会企业，不逐个下达”。", "words")
        Settlement.objects.update_or_create(
            organisation_id=place.id,
            pack=pack,
            unit=unit,
            defaults={
                "organisations": sorted(set(organisations)),
                "words": words.strip(),
                "by_name": by.name,
                "at": at,
            },
        )
        record(
            by=by,
            at=at,
            action="supervision.settle_unit",
            organisation=place.id,
            object_kind="unit",
            object_id=unit,
            summary=f"明确责任单位“{unit}”",
            detail={"organisations": sorted(set(organisations)), "words": words},
        )
        start_from_pack(pack=pack, by=by, at=at, on=on)


def name_units(*, item: int, addressees: Sequence[Addressee], by: Actor, at: datetime, on: date) -> None:
    """Name units of an item besides those that its document names: a lead where it names none. Raises Refused."""
    with acting(by):
        row = WorkItem.objects.select_for_update().filter(pk=item).first()
        if row is None:
            raise Invisible("没有这个事项。")
        by.require(Permission.ASSIGN, row.organisation_id)
        standing = tree(by.tenant, on)
        directory = directory_of(standing, by.tenant, realm(standing, row.organisation_id).id)
        _inside(addressees, directory)
        row.named = [addressee.as_json() for addressee in addressees]
        row.revision += 1
        row.save(update_fields=["named", "revision"])
        record(
            by=by,
            at=at,
            action="supervision.name_units",
            organisation=row.organisation_id,
            object_kind="work_item",
            object_id=row.pk,
            summary=f"为“{row.title}”指定责任单位",
            detail={"named": row.named},
        )
        with bulk():
            follow(row, standing, by, at, on)


# -- shared ----------------------------------------------------------------------------------------


def _alone() -> None:
    """One start at a time: two would both find the same item missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _next_key(organisation: int, on: date) -> str:
    """A key for an item that no pack has: the organisation, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK % 2**31, organisation % 2**31])
    prefix = f"{organisation}-{on.year}-"
    taken = WorkItem.objects.filter(organisation=organisation, key__startswith=prefix).count()
    return f"{prefix}{taken + 1}"


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {
        **{
            name: getattr(wanted, name)
            for name in (
                "row",
                "document",
                "number",
                "title",
                "deliverable",
                "due",
                "inferred",
                "every",
                "closed_on",
            )
        },
        **{name: list(getattr(wanted, name)) for name in ("evidence", "clauses", "indicators")},
        "addressees": [addressee.as_json() for addressee in wanted.addressees],
    }


def _apply(
    start: Start,
    rows: dict[str, WorkItem],
    expansions: Mapping[str, Expansion],
    place: int,
    index: PackIndex,
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    made = WorkItem.objects.bulk_create(
        WorkItem(
            tenant=by.tenant,
            pack=index.id,
            pack_version=index.version,
            source=Source.PACK,
            key=wanted.key,
            organisation_id=place,
            rollup=rollup_of(expansions[wanted.key]),
            started=on,
            started_by=by.name,
            **_fields(wanted),
        )
        for wanted in start.new
    )
    rows.update({row.key: row for row in made})
    touched: dict[str, set[str]] = {}
    for change in start.changed:
        value = change.new
        if change.field == "addressees":
            value = [addressee.as_json() for addressee in value]
        elif isinstance(value, tuple):
            value = list(value)
        setattr(rows[change.key], change.field, value)
        touched.setdefault(change.key, set()).add(change.field)
    for key, fields in touched.items():
        rows[key].pack_version = index.version
        rows[key].revision += 1
        rows[key].save(update_fields=[*fields, "pack_version", "revision"])
    for key in start.gone:
        _drop_gone(rows[key], index, by, at)
    by_key: dict[str, list[Joining]] = {}
    for joining in start.joining:
        by_key.setdefault(joining.key, []).append(joining)
    for key, expansion in expansions.items():
        set_units(rows[key], expansion)
    for key, joinings in by_key.items():
        join(rows[key], joinings, by, at, on, tell=False)
    for leaving in start.leaving:
        leave(rows[leaving.key], leaving, by, at, on)
    if start.does_nothing:
        return
    _tell_units(start.joining, rows, index, by, at)
    record(
        by=by,
        at=at,
        action="supervision.start_from_pack",
        organisation=place,
        object_kind="pack",
        object_id=index.id,
        summary=(
            f"按政策包更新任务：新增 {len(start.new)} 项、变更 {len(start.changed)} 处、"
            f"新落实 {len(start.joining)} 个、不再承担 {len(start.leaving)} 个"
        ),
        detail={
            "version": index.version,
            "new": [w.key for w in start.new],
            "gone": list(start.gone),
            "changed": [[c.key, c.field] for c in start.changed],
        },
    )
    events.tell(STARTED, {"tenant": by.tenant.value, "items": [rows[k].pk for k in by_key]}, at=at)


def _drop_gone(row: WorkItem, index: PackIndex, by: Actor, at: datetime) -> None:
    """A row that a new version no longer has stays, with what was done, and says why nobody works on it."""
    if row.state == ItemState.DROPPED or row.carried_under:  # somebody decided to go on with it
        return
    row.state = ItemState.DROPPED
    row.dropped_because = f"政策包{index.pack.manifest.version}版不再列这一项"
    row.revision += 1
    row.save(update_fields=["state", "dropped_because", "revision"])
    record(
        by=by,
        at=at,
        action="supervision.drop",
        organisation=row.organisation_id,
        object_kind="work_item",
        object_id=row.pk,
        summary=f"“{row.title}”：{row.dropped_because}",
    )


def _tell_units(
    joining: Sequence[Joining], rows: Mapping[str, WorkItem], index: PackIndex, by: Actor, at: datetime
) -> None:
    """One note for each organisation, however many items it got."""
    count: dict[int, int] = {}
    for each in joining:
        if rows[each.key].closed_on is None:
            count[each.organisation] = count.get(each.organisation, 0) + 1
    for organisation, n in count.items():
        notify(
            holders(organisation, WORKERS),
            key=f"tasks:{index.id}:{index.version[:12]}:{at:%Y%m%d}:{organisation}",
            subject=f"{index.pack.manifest.short}：有 {n} 项任务落实到本单位",
            link="/desk/tasks",
            at=at,
        )


def _inside(addressees: Sequence[Addressee], directory: Directory) -> None:
    below = {place.id for place in directory.below(directory.top)}
    for addressee in addressees:
        for organisation in (addressee.organisation, addressee.under):
            if organisation is not None and organisation not in below:
                raise Refused(
                    f"所选单位不在“{directory.places[directory.top].name}”的组织树里，请从列表中选择。",
                    "members",
                )


def _check(instruction: Instruction, on: date) -> None:
    if instruction.source is Source.PACK:
        raise Refused("从政策文件立项请用“按政策包更新任务”。", "source")
    if instruction.due is not None and instruction.due < on:
        raise Refused(f"时限 {instruction.due} 早于今天 {on}，请改为今天或以后的日期。", "due")
    if instruction.dated > on:
        raise Refused(f"批示或会议日期 {instruction.dated} 晚于今天 {on}，请核对。", "dated")
    if not instruction.addressees:
        raise Refused("请选择牵头单位，或一类分别落实的单位。", "lead")
