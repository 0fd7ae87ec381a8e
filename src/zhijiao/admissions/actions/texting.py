"""Texts to bound phones: laid by in the transaction that gave the reason, sent by a job through the office's gateway.

A text is sent before its row says so: a server that dies in between sends it a second time, which is better than never. What
the gateway does not take is tried again, each time after a longer pause, and then counts as failed; the inbox has the note anyway.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from zhijiao.admissions.actions.accounts import phone_of
from zhijiao.admissions.models import Run, TextNotice
from zhijiao.admissions.store import identity
from zhijiao.admissions.types.states import TextState
from zhijiao.core.access.scope import bulk
from zhijiao.core.accounts.adapters.configured import text_messages
from zhijiao.core.accounts.adapters.types import ServiceTrouble, TextMessages
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.sealing import Unreadable

PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""After each failure but the last."""
MOST_FAULTS = 20
"""So many in a row, and the gateway is left alone until the next minute."""

RESULT = """
INSERT INTO admissions_textnotice (season_id, run_id, candidate_id, guardian_id, words, state, tries, made_at, next_at, trouble)
SELECT %(season)s, %(run)s, p.candidate, p.guardian, %(words)s, %(state)s, 0, %(at)s, %(at)s, ''
  FROM (SELECT c.id AS candidate, NULL::bigint AS guardian FROM admissions_candidate c
          JOIN admissions_outcome o ON o.candidate_id = c.id AND o.run_id = %(run)s WHERE c.phone_sealed <> ''
        UNION ALL
        SELECT g.candidate_id, g.id FROM admissions_guardian g
          JOIN admissions_outcome o ON o.candidate_id = g.candidate_id AND o.run_id = %(run)s
         WHERE g.ended_at IS NULL AND g.phone_sealed <> '') p
ON CONFLICT DO NOTHING
"""
"""One statement: a city has a hundred thousand candidates. The words do not say what the result is."""


def lay_by_result(run: Run, *, at: datetime) -> int:
    """Lay by a text for everybody with a bound phone who took part in a run; none among the examples, or where no gateway is
    connected. Call in the transaction that publishes. Returns how many."""
    if run.season.tenant != Tenant.REAL.value or text_messages() is None:
        return 0
    with bulk(), connection.cursor() as cursor:
        cursor.execute(
            RESULT,
            {
                "season": run.season_id,
                "run": run.pk,
                "words": f"“{run.season.title}”{run.round.name}录取结果已公布，请登录平台查看。"[:200],
                "state": TextState.WAITING.value,
                "at": at,
            },
        )
        return int(cursor.rowcount)


def send_waiting(*, at: datetime, most: int = 500) -> int:
    """Send texts that are due, each in a transaction of its own; return how many went. For the job of every minute."""
    gateway = text_messages()
    sent = faults = 0
    for _ in range(most if gateway is not None else 0):
        assert gateway is not None
        went = _send_next(gateway, at)
        if went is None or faults >= MOST_FAULTS:
            break
        sent, faults = sent + went, 0 if went else faults + 1
    return sent


def _send_next(gateway: TextMessages, at: datetime) -> bool | None:
    """Send the text that waits longest. Whether it went; None where nothing is due."""
    with bulk():
        row = (
            TextNotice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("candidate", "guardian")
            .filter(state=TextState.WAITING.value, next_at__lte=at)
            .order_by("next_at", "id")
            .first()
        )
        if row is None:
            return None
        row.tries += 1
        try:
            gateway.send(_phone(row), row.words, at=at)
        except (ServiceTrouble, Unreadable, Gone) as trouble:
            _put_off(row, trouble, at)
        else:
            row.state, row.settled_at, row.trouble = TextState.SENT.value, at, ""
        row.save()
        return row.state == TextState.SENT.value


class Gone(Refusal):
    """Nobody is at the other end any more."""


def _phone(row: TextNotice) -> str:
    """The number as it is bound now: it may have been changed since. Raises Gone, Unreadable."""
    if row.guardian is None:
        found = phone_of(row.candidate)
    else:
        found = identity.unseal(row.guardian.phone_sealed) if row.guardian.ended_at is None else ""
    if not found:
        raise Gone("手机号已解除绑定。")
    return found


def _put_off(row: TextNotice, trouble: Refusal, at: datetime) -> None:
    row.trouble = str(trouble)[:200]
    if isinstance(trouble, ServiceTrouble) and row.tries <= len(PAUSES):
        row.next_at = at + PAUSES[row.tries - 1]
    else:
        row.state, row.settled_at = TextState.FAILED.value, at
