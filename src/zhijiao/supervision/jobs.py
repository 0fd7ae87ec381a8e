"""Jobs: units follow the tree, terms that run out, reminders."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import Tenant
from zhijiao.supervision.actions import lapse_proceedings, refresh, remind

_RETRY = RetryStrategy(max_attempts=3, wait=60)


@app.periodic(cron="11 0 * * *")
@app.task(queueing_lock="supervision.nightly", retry=_RETRY)
def nightly(timestamp: int) -> None:
    """Take the steps whose term ran out yesterday, and let units follow a tree that changes with the day."""
    at = timezone.now()
    for tenant in Tenant:
        system = Actor.system("任务每日更新", tenant)
        lapse_proceedings(by=system, at=at, on=timezone.localdate(at))
        refresh(by=system, at=at, on=timezone.localdate(at))


@app.periodic(cron="0 8 * * *")
@app.task(queueing_lock="supervision.remind", retry=_RETRY)
def remind_people(timestamp: int) -> None:
    """Tell people of what is due soon, today, or late."""
    at = timezone.now()
    for tenant in Tenant:
        remind(by=Actor.system("任务提醒", tenant), at=at, on=timezone.localdate(at))
