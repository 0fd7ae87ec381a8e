"""Jobs: open what became due each night, and remind in the morning."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from zhijiao.core import environment
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.actions import compute_packs, open_all, remind_all


@app.periodic(cron="5 0,6,12,18 * * *")
@app.task(queueing_lock="indicators.open_due", retry=RetryStrategy(max_attempts=3, wait=60))
def open_due(timestamp: int) -> None:
    """Open the reports of periods that ended. Several times a day, since a machine may be off at night; each run adds only
    what is missing."""
    at = timezone.now()
    for tenant in Tenant:
        open_all(tenant=tenant, on=timezone.localdate(at), at=at)


@app.periodic(cron="30 0,2,6 * * *")
@app.task(queueing_lock="indicators.remind_due", retry=RetryStrategy(max_attempts=3, wait=60))
def remind_due(timestamp: int) -> None:
    """The notes of the day, in the morning of the office (08:30 in Shanghai); a note goes out once however often this runs."""
    at = timezone.now()
    for tenant in Tenant:
        remind_all(tenant=tenant, on=timezone.localdate(at), at=at)


@app.task(lock="indicators.compute", retry=RetryStrategy(max_attempts=3, wait=60))
def compute_snapshot(snapshot: str) -> None:
    """Compute every pack over a snapshot that was just made."""
    compute_packs(snapshot_id=snapshot, at=timezone.now())


@app.periodic(cron="50 19 * * *")
@app.task(queueing_lock="indicators.tidy_prepared", retry=RetryStrategy(max_attempts=3, wait=300))
def tidy_prepared(timestamp: int) -> None:
    """Let go prepared tables that nobody opened for long, or that take too much room (03:50 in Shanghai)."""
    from zhijiao.engines.metrics.tidying import purge

    purge(environment.data_folder() / "cache" / "metrics", at=timezone.now())
