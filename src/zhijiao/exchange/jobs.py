"""Jobs: check files that wait, and go on where a crash cut a check short."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions import checking, forgetting, setting_aside
from zhijiao.exchange.actions.snapshots import take_snapshot
from zhijiao.exchange.models import Batch


def _by(tenant: str) -> Actor:
    return Actor.system("数据检查", Tenant(tenant))


@app.task(lock="exchange.check", retry=RetryStrategy(max_attempts=3, wait=5))
def check_one(batch: int) -> None:
    """Check a file that was just handed in."""
    with bulk():
        tenant = Batch.objects.filter(pk=batch).values_list("shelf__tenant", flat=True).first()
    if tenant is not None:
        checking.check_one(batch=batch, by=_by(tenant), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(
    queueing_lock="exchange.check_waiting",
    lock="exchange.check",
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def check_waiting(timestamp: int) -> None:
    """Check whatever waits: a wake-up call may be lost, and a worker may have been killed at it."""
    checking.check_waiting(at=timezone.now(), by=_by)


@app.periodic(cron="40 18 * * *")
@app.task(queueing_lock="exchange.take_snapshots", retry=RetryStrategy(max_attempts=3, wait=300))
def take_snapshots(timestamp: int) -> None:
    """The snapshot of the night (02:40 in Shanghai). A night in which nothing changed adds none."""
    at = timezone.now()
    for tenant in Tenant:
        with bulk():
            anything = Batch.objects.filter(shelf__tenant=tenant, sequence__isnull=False).exists()
        if anything:
            take_snapshot(by=Actor.system("每日快照", tenant), at=at, tenant=tenant, reason="每日")


@app.periodic(cron="13 19 * * *")
@app.task(queueing_lock="exchange.forget_files", retry=RetryStrategy(max_attempts=3, wait=300))
def forget_files(timestamp: int) -> None:
    """Let go senders' files that were kept long enough (03:13 in Shanghai), and those that nobody took up."""
    setting_aside.clear_aside(at=timezone.now())
    for tenant in Tenant:
        forgetting.forget_files(tenant=tenant, by=Actor.system("保留期", tenant), at=timezone.now())


@app.task(lock="exchange.profile", retry=RetryStrategy(max_attempts=3, wait=30))
def profile(tenant: str) -> None:
    """Count the records that changed, for the pages of data quality."""
    from zhijiao.exchange.store.profiling import refresh

    refresh(Tenant(tenant), on=timezone.localdate())


@app.periodic(cron="*/10 * * * *")
@app.task(
    queueing_lock="exchange.profile_all",
    lock="exchange.profile",
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def profile_all(timestamp: int) -> None:
    """Count whatever is not counted yet: records of before an upgrade, and what a killed worker left. Mostly nothing."""
    from zhijiao.exchange.store.profiling import refresh

    for tenant in Tenant:
        refresh(tenant, on=timezone.localdate())
