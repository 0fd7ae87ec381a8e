"""Verb: sign a result. Nobody outside the bureaus sees it before all bureaus that the rules name have signed its digest."""

from __future__ import annotations

from datetime import datetime

from zhijiao.admissions.actions.allocating.running import run_of
from zhijiao.admissions.actions.shared import Refused, log
from zhijiao.admissions.models import Run, RunSignature
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.types.states import RunKind, RunState
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting


def sign(*, run: int, digest: str, by: Actor, at: datetime, words: str = "") -> bool:
    """Sign the result of this digest for the bureau at which the actor may sign; `digest` is what the signer had before her eyes.
    True when it was the last signature. A second time changes nothing. Needs ADMIT_SIGN at a bureau that the rules name. Raises
    Refused, NotAllowed, Invisible."""
    with acting(by):
        row = run_of(by, run)
        rules = rules_of(row.season.rules)
        bureau = next(
            (
                name
                for name in rules.result_signed_by
                if by.may(Permission.ADMIT_SIGN, row.season.bureaus[name])
            ),
            None,
        )
        if bureau is None:
            raise NotAllowed(Permission.ADMIT_SIGN, row.season.title)
        if row.kind != RunKind.REAL or row.state not in (RunState.VERIFIED, RunState.SIGNED):
            raise Refused("只有核验通过、还没有公示的正式投档结果可以会签。")
        if digest != row.output_digest:
            raise Refused(
                f"您看到的结果（摘要 {digest[:12]}…）不是现在的结果（摘要 {row.output_digest[:12]}…）。请刷新后核对，再签。"
            )
        signed = set(row.signatures.values_list("bureau", flat=True))
        if bureau in signed:
            return False
        RunSignature.objects.create(
            run=row,
            bureau=bureau,
            organisation_id=row.season.bureaus[bureau],
            digest=digest,
            words=words.strip()[:300],
            by=by.user,
            by_name=by.name[:80],
            at=at,
        )
        last = signed | {bureau} >= set(rules.result_signed_by)
        if last:
            Run.objects.filter(pk=row.pk).update(
                state=RunState.SIGNED.value, signed_at=at, revision=row.revision + 1
            )
        log(
            by,
            at,
            "sign_run",
            f"会签第 {row.number} 次投档的结果，摘要 {digest[:16]}",
            organisation=row.season.bureaus[bureau],
            kind="run",
            id_=row.pk,
            detail={"digest": digest, "bureau": bureau, "last": last},
        )
        return last
