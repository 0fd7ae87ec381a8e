"""Jobs: look at the pack folders again, so that a mended or new pack is there without a restart."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from zhijiao.policy.actions import install_packs

log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="policy.install_packs")
def install_changed_packs(timestamp: int) -> None:
    """Install what changed in the pack folders. What is refused is recorded and leaves the last good version."""
    for result in install_packs(by="后台任务", at=timezone.now()):
        if result.refused is not None and result.news:  # not every five minutes, as long as nobody mends it
            log.warning("%s", result.refused)
