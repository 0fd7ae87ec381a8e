"""Jobs of the job system itself."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from zhijiao.core import environment, events, filestore
from zhijiao.core.accounts import notices as account_notices
from zhijiao.core.accounts.browsers import forget_old_sessions
from zhijiao.core.auditing import heads, notices, sealing

KEEP_HOURS = 24 * 30


@app.periodic(cron="*/2 * * * *")
@app.task(
    queueing_lock="core.retry_stalled_jobs", pass_context=True, retry=RetryStrategy(max_attempts=3, wait=10)
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Queue again what a killed worker held: the database cannot know by itself that nobody works on it."""
    await queue_again(context.app.job_manager)


async def queue_again(manager: JobManager) -> None:
    """Queue the stalled jobs again. One whose like waits in the queue already is given up in its favour: else it would keep
    its lock, and with it everybody who waits for that lock, for good."""
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="core.forget_finished_jobs", pass_context=True)
async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs that succeeded a month ago; failed ones stay until somebody has looked at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)


@app.task(queueing_lock="core.deliver_told", lock="core.events", retry=RetryStrategy(max_attempts=3, wait=5))
def deliver_told() -> None:
    """Deliver what was just told; each commit that tells something asks for this."""
    events.deliver(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.sweep_events", lock="core.events", retry=RetryStrategy(max_attempts=3, wait=5))
def sweep_events(timestamp: int) -> None:
    """Deliver what a lost wake-up call or a failed handler left behind."""
    events.deliver(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.seal_audit", retry=RetryStrategy(max_attempts=3, wait=5))
def seal_audit(timestamp: int) -> None:
    """Seal what was recorded since the last minute, and note the head of the chain outside the database."""
    at, data = timezone.localtime(), environment.data_folder()
    notices.record_restore(data, at=at)
    if sealing.seal(at=at):
        heads.note(data, sealing.head(), at=at)


@app.task(retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_work_notices(people: list[int], key: str) -> None:
    """Send a note's work notices; a service that does not answer is asked again, later and later, for some hours."""
    account_notices.send(people=people, key=key, at=timezone.now())


@app.periodic(cron="29 3 * * *")
@app.task(queueing_lock="core.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Remove sessions whose time is over."""
    forget_old_sessions(at=timezone.now())


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="core.remove_orphans")
def remove_orphans(timestamp: int) -> None:
    """Remove uploaded bytes whose row was never committed."""
    filestore.remove_orphans()
