"""Jobs: rosters to the data hub every night, reminders of terms that run out."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.records.actions.reminding import remind
from zhijiao.records.actions.rosters import hand_to_hub
from zhijiao.records.models import StudentRecord
from zhijiao.records.types import Refused

_RETRY = RetryStrategy(max_attempts=3, wait=60)
_log = logging.getLogger(__name__)


@app.periodic(cron="23 1 * * *")
@app.task(queueing_lock="records.nightly", retry=_RETRY)
def nightly(timestamp: int) -> None:
    """Hand every school's roster over to the data hub; a school whose roster cannot be handed over does not stop the others."""
    at = timezone.now()
    for tenant in Tenant:
        system = Actor.system("学籍名册", tenant)
        with bulk():
            schools = list(
                StudentRecord.objects.filter(tenant=tenant.value)
                .order_by()
                .values_list("organisation", flat=True)
                .distinct()
            )
        for organisation in schools:
            try:
                hand_to_hub(organisation=organisation, by=system, at=at)
            except Refused as refused:
                _log.warning("the roster of school %s was not handed over: %s", organisation, refused)
            except Exception:
                _log.exception("the roster of school %s could not be handed over", organisation)


@app.periodic(cron="7 8 * * *")
@app.task(queueing_lock="records.remind", retry=_RETRY)
def remind_people(timestamp: int) -> None:
    """Tell who has a case before them that is due in two days, today, or late."""
    at = timezone.now()
    for tenant in Tenant:
        remind(by=Actor.system("学籍提醒", tenant), at=at, on=timezone.localdate(at))
