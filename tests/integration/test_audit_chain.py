"""The chain over the audit trail: whoever tampers as the database's superuser is named by the next check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from tests.support.database import as_login
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.auditing import heads
from zhijiao.core.auditing.sealing import head, seal
from zhijiao.core.auditing.verifying import Verdict, verify
from zhijiao.core.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, tzinfo=UTC)
BY = Actor.system("tests")
# The guards of the tables do not stop who owns the server; the chain is for exactly them.
UNGUARDED = "SET session_replication_role = replica"


def happen(count: int = 1) -> None:
    for number in range(count):
        with transaction.atomic():
            record(
                by=BY, at=AT, action="test.done", summary=f"第 {number} 件事", detail={"n": number, "x": 0.5}
            )


@pytest.fixture
def sealed() -> dict[str, int]:
    """Three batches of three events; the first event's number by name."""
    for _ in range(3):
        happen(3)
        assert seal(at=AT) == 3
    with bulk():
        numbers = list(AuditEvent.objects.order_by("id").values_list("id", flat=True))
    return {f"e{place}": number for place, number in enumerate(numbers, 1)}


def check(known: dict[int, str] | None = None) -> Verdict:
    return verify(known=known or {}, at=AT)


def test_an_untouched_chain_holds(sealed: dict[str, int]) -> None:
    happen()
    verdict = check()
    assert verdict.holds
    assert verdict.waiting == 0
    assert verdict.head.position == 10
    assert check({verdict.head.position: verdict.head.hash}).holds


Act = Callable[[psycopg.Connection, dict[str, int]], object]
TAMPERING: dict[str, tuple[Act, str]] = {
    "change the words of an event": (
        lambda c, e: c.execute("UPDATE core_auditevent SET summary = 'x' WHERE id = %s", [e["e5"]]),
        "altered",
    ),
    "change the detail of the newest event": (
        lambda c, e: c.execute("UPDATE core_auditevent SET detail = '{}' WHERE id = %s", [e["e9"]]),
        "altered",
    ),
    "delete an event and leave its seal": (
        lambda c, e: c.execute("DELETE FROM core_auditevent WHERE id = %s", [e["e5"]]),
        "event_missing",
    ),
    "delete an event with its seal": (
        lambda c, e: [
            c.execute("DELETE FROM core_auditseal WHERE event_id = %s", [e["e5"]]),
            c.execute("DELETE FROM core_auditevent WHERE id = %s", [e["e5"]]),
        ],
        "gap",
    ),
    "remove only a seal": (
        lambda c, e: c.execute("DELETE FROM core_auditseal WHERE event_id = %s", [e["e5"]]),
        "slipped_in",
    ),
    "swap two seals": (
        lambda c, e: [
            c.execute("UPDATE core_auditseal SET position = -1 WHERE event_id = %s", [e["e4"]]),
            c.execute("UPDATE core_auditseal SET position = 4 WHERE event_id = %s", [e["e5"]]),
            c.execute("UPDATE core_auditseal SET position = 5 WHERE event_id = %s", [e["e4"]]),
        ],
        "altered",
    ),
    "give an event another number": (
        lambda c, e: c.execute("UPDATE core_auditevent SET id = -id WHERE id = %s", [e["e4"]]),
        "event_missing",
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_named(sealed: dict[str, int], how: str) -> None:
    act, kind = TAMPERING[how]
    with as_login() as connection:
        connection.execute(UNGUARDED)
        act(connection, sealed)
    verdict = check()
    assert not verdict.holds
    assert kind in {fault.kind for fault in verdict.faults}
    assert all(fault.words for fault in verdict.faults)


@pytest.mark.parametrize("number", ["the transaction's own", "an old one", "one that never was"])
@pytest.mark.parametrize("sealing", [True, False])
def test_an_event_slipped_in_among_sealed_ones_is_named(
    sealed: dict[str, int], number: str, sealing: bool
) -> None:
    with as_login() as connection:
        connection.execute(UNGUARDED)
        (old,) = connection.execute("SELECT max(transaction) FROM core_auditevent").fetchone()  # type: ignore[misc]
        given = {"an old one": str(old), "one that never was": str(2**60)}.get(
            number, "zhijiao_transaction()"
        )
        connection.execute(
            "INSERT INTO core_auditevent (id, transaction, at, name, tenant, action, object_kind, object_id, summary,"
            f" detail, address) VALUES (%s, {given}, %s, 'x', 'real', 'x.y', '', '', '', '{{}}', '')",
            [sealed["e1"] - 1, AT],
        )
    if sealing:
        happen()
        seal(at=AT)
    verdict = check()
    assert [(f.kind, f.event) for f in verdict.faults] == [("slipped_in", sealed["e1"] - 1)]


def test_a_cut_tail_is_missed_by_who_remembers_the_head(sealed: dict[str, int], tmp_path: Path) -> None:
    heads.note(tmp_path, head(), at=AT)
    with as_login() as connection:
        connection.execute(UNGUARDED)
        connection.execute("DELETE FROM core_auditseal WHERE position > 7")
        connection.execute("DELETE FROM core_auditevent WHERE id >= %s", [sealed["e8"]])
    assert check().holds, "without a remembered head nobody can know"
    verdict = check(heads.noted(tmp_path))
    assert [fault.kind for fault in verdict.faults] == ["tail_cut"]


def test_a_chain_made_anew_differs_from_the_remembered_head(sealed: dict[str, int], tmp_path: Path) -> None:
    heads.note(tmp_path, head(), at=AT)
    with as_login() as connection:
        connection.execute(UNGUARDED)
        connection.execute("DELETE FROM core_auditseal")
        connection.execute("UPDATE core_auditevent SET summary = 'x' WHERE id = %s", [sealed["e2"]])
    seal(at=AT)
    assert "head_differs" in {fault.kind for fault in check(heads.noted(tmp_path)).faults}


def test_a_transaction_that_is_still_open_is_sealed_when_it_ends(sealed: dict[str, int]) -> None:
    with as_login() as slow:
        slow.execute("BEGIN")
        slow.execute(
            "WITH n AS MATERIALIZED (SELECT zhijiao_transaction() AS t) INSERT INTO core_auditevent (transaction, at,"
            " name, tenant, action, object_kind, object_id, summary, detail, address)"
            " SELECT t, %s, 'slow', 'real', 'x.y', '', '', '', '{}', '' FROM n",
            [AT],
        )
        happen(2)
        seal(at=AT)
        happen(2)
        seal(at=AT)
        slow.execute("COMMIT")
    happen()
    assert seal(at=AT) >= 1
    verdict = check()
    assert verdict.holds, verdict.faults
    assert verdict.head.position == 15
