"""Jobs that a killed worker held: they are done in the end, and keep nobody waiting."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from procrastinate.contrib.django import app

from tests.support.database import as_login
from zhijiao.core.jobs import deliver_told, queue_again

DELIVER = "zhijiao.core.jobs.deliver_told"


@pytest.fixture(autouse=True)
def empty_queue(transactional_db: None) -> None:
    with as_login() as admin:
        admin.execute("DELETE FROM procrastinate_jobs")


def states() -> list[str]:
    with as_login() as admin:
        rows = admin.execute(
            "SELECT status FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [DELIVER]
        )
        return [str(status) for (status,) in rows.fetchall()]


def die_at_work() -> None:
    """A worker takes the job and is killed."""
    with as_login() as admin:
        admin.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE task_name = %s", [DELIVER]
        )


def come_round() -> None:
    """What the worker does every other minute."""

    async def again() -> None:
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await queue_again(working.job_manager)

    # A thread of its own, since the browser's driver may be running a loop in this one.
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(lambda: asyncio.run(again())).result()


def test_what_a_killed_worker_held_is_queued_again() -> None:
    deliver_told.defer()
    die_at_work()
    come_round()
    assert states() == ["todo"]


def test_its_like_that_waits_already_takes_its_place() -> None:
    deliver_told.defer()
    die_at_work()
    deliver_told.defer()  # the next commit asks for the same
    come_round()
    assert states() == ["aborted", "todo"]
