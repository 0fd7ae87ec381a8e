"""Jobs: terms of plans that run out (a consultation, for one)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhijiao.planning.actions import lapse_terms


@app.periodic(cron="23 0 * * *")
@app.task(queueing_lock="planning.lapse_terms")
def lapse_plan_terms(timestamp: int) -> None:
    """Take the automatic steps whose term ran out yesterday."""
    lapse_terms(at=timezone.now())
