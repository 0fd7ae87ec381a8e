"""Is the database away, or was a statement wrong? Only the first passes by itself."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

RETRY_AFTER_S = 5
"""A supervised database is back within some seconds; who asks again sooner only adds to the crowd."""

# A server that is being shut down or started, one that was killed, one without a place for us, one we cannot read from.
_AWAY = ("08", "57P01", "57P02", "57P03", "53300")


def is_outage(error: BaseException | None) -> bool:
    """Whether an exception, or what led to it, says that there is no database to talk to at this moment."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, InterfaceError | OperationalError):
            state = getattr(error.__cause__, "sqlstate", None)
            # The driver gives no state where the server could not say one: refused, cut off, closed.
            if state is None or state.startswith(_AWAY):
                return True
        error = error.__cause__ or error.__context__
    return False
