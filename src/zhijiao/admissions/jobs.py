"""Jobs: allocations that were started, and those that a crash cut short; texts that wait; notices whose days are over."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from zhijiao.admissions.actions import texting
from zhijiao.admissions.actions.allocating import publishing, running
from zhijiao.admissions.actions.seats import enrolling
from zhijiao.admissions.models import Run
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant


@app.task(lock="admissions.allocate", retry=RetryStrategy(max_attempts=3, wait=10))
def allocate(run: int) -> None:
    """Do an allocation that was just started."""
    with bulk():
        tenant = Run.objects.filter(pk=run).values_list("season__tenant", flat=True).first()
    if tenant is not None:
        by = Actor.system("投档录取", Tenant(tenant))
        running.work(run=run, by=by, at=timezone.now(), on=timezone.localdate())


@app.periodic(cron="* * * * *")
@app.task(
    queueing_lock="admissions.allocate_waiting",
    lock="admissions.allocate",
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def allocate_waiting(timestamp: int) -> None:
    """Do whatever waits: a wake-up call may be lost, and a worker may have been killed at it."""
    for run in running.waiting():
        allocate(run=run)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="admissions.texts", lock="admissions.texts")
def send_texts(timestamp: int) -> None:
    """Send the texts that are due."""
    texting.send_waiting(at=timezone.now())


@app.periodic(cron="7 0 * * *")
@app.task(queueing_lock="admissions.nightly", retry=RetryStrategy(max_attempts=3, wait=60))
def nightly(timestamp: int) -> None:
    """Take down what notices showed, and expect at school whoever was named since."""
    for tenant in Tenant:
        by = Actor.system("公示期满", tenant)
        publishing.clear_notices(tenant=tenant.value, by=by, at=timezone.now(), on=timezone.localdate())
        enrolling.expect_all(tenant=tenant.value)
