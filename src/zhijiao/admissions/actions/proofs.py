"""Verbs: the papers of a claim to added marks, kept sealed. They say who is a minority, poor or bereaved: nobody opens them
unrecorded, and a browser never shows them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from zhijiao.admissions.actions.shared import Refused, candidate_of, log, refuse_frozen, require_sender
from zhijiao.admissions.models import BonusClaim, BonusProof, Candidate
from zhijiao.admissions.types.bonus import MOST_BYTES, MOST_PROOFS, Proof
from zhijiao.admissions.types.states import ClaimState
from zhijiao.core import blobs, environment
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.filestore import FileRefused
from zhijiao.core.filestore.kinds import SIGNATURES, FileKind, clean_name, kind_of
from zhijiao.exchange.actions.sealing import seal, unseal

KINDS = frozenset({FileKind.PDF, FileKind.PNG, FileKind.JPEG})
"""Scans and photographs: what a family has in hand."""
MEGABYTE = 1024 * 1024
SEALED = MOST_BYTES + MEGABYTE


@dataclass(frozen=True)
class Opened:
    """A paper for handing out."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def add_proofs(*, by: Actor, at: datetime, claim: int, files: Sequence[Proof]) -> int:
    """Add papers to a claim that waits for its decision: the family, or who claimed for it. Returns how many. Raises Refused,
    NotAllowed, Invisible."""
    with acting(by):
        found = BonusClaim.objects.filter(pk=claim).first()
        if found is None:
            raise Invisible("没有这项加分申报。")
        row = candidate_of(by, found.candidate_id)
        if not is_own(by, row):
            require_sender(by, row, Permission.ADMIT_PLAN)
        with bulk():  # a family changes no claim, but holds it while the papers come in
            found = BonusClaim.objects.select_for_update().get(pk=claim)
        refuse_frozen(row.season, "加分材料")
        if found.state != ClaimState.ASKED:
            raise Refused("这项申报已经处理过，不能再补材料。", "files")
        if not files:
            raise Refused("没有选择文件。", "files")
        keep(found, files, by=by, at=at)
        log(
            by,
            at,
            "add_proofs",
            f"给考生{row.name}（{row.number}）的加分申报补充 {len(files)} 份材料",
            organisation=row.school_id or row.county_id,
            kind="candidate",
            id_=row.pk,
            detail={"claim": claim},
        )
        return len(files)


def keep(claim: BonusClaim, files: Sequence[Proof], *, by: Actor, at: datetime) -> None:
    """Seal and keep papers, all or none. Call in the transaction of the claim. Raises Refused."""
    there = BonusProof.objects.filter(claim=claim).count()
    if there + len(files) > MOST_PROOFS:
        raise Refused(
            f"一项加分最多 {MOST_PROOFS} 份材料，{f'已有 {there} 份，' if there else ''}这次选了 {len(files)} 份。",
            "files",
        )
    named = [_checked(file) for file in files]
    data = environment.data_folder()
    for file, (name, media_type) in zip(files, named, strict=True):
        with blobs.arriving(data, seal([file.content]), SEALED) as draft:
            blobs.keep(data, draft)
            BonusProof.objects.create(
                claim=claim,
                candidate_id=claim.candidate_id,
                name=name,
                media_type=media_type,
                size=len(file.content),
                blob=draft.digest,
                added_at=at,
                added_by=by.name[:80],
            )


def open_proof(*, by: Actor, at: datetime, proof: int) -> Opened:
    """A paper, for saving: the family, and who answers for the candidate. The trail says who took it. Raises Refused, Invisible."""
    with acting(by):
        found = BonusProof.objects.filter(pk=proof).first()
        if found is None:
            raise Invisible("没有这份材料，或它不在您的范围内。")
        row = candidate_of(by, found.candidate_id)
        place = blobs.place_of(environment.data_folder(), found.blob)
        if not place.is_file():
            raise Refused(f"“{found.name}”的内容不在文件库里。请联系系统管理员从备份恢复。")
        with place.open("rb") as stream:
            content = b"".join(unseal(stream, found.name))
        log(
            by,
            at,
            "open_proof",
            f"查看考生{row.name}（{row.number}）的加分材料“{found.name}”",
            organisation=row.school_id or row.county_id,
            kind="candidate",
            id_=row.pk,
            detail={"proof": proof},
        )
        return Opened(found.name, found.media_type, content)


def is_own(by: Actor, row: Candidate) -> bool:
    """Whether somebody is the candidate or answers for her as guardian."""
    if by.user is None:
        return False
    return row.user_id == by.user or row.guardians.filter(user_id=by.user, ended_at__isnull=True).exists()


def _checked(file: Proof) -> tuple[str, str]:
    """The name and type of a paper. Raises Refused."""
    name = clean_name(file.name)
    if not file.content:
        raise Refused(f"“{name}”是空文件（0 字节）。请检查原文件，重新选择。", "files")
    if len(file.content) > MOST_BYTES:
        raise Refused(f"“{name}”超过 {MOST_BYTES // MEGABYTE} MB。请压缩图片，或分成几个文件。", "files")
    try:
        kind = kind_of(io.BytesIO(file.content), name, KINDS)
    except FileRefused as refused:
        raise Refused(str(refused), "files") from refused
    return name, SIGNATURES[kind].media_type
