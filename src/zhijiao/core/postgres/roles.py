"""Roles and rights inside the database. Every statement may run again, so each start repairs what is missing."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from zhijiao.core.postgres.logins import APP, DATABASE, OWNER, SUPERUSER, Logins


def prepare(logins: Logins) -> None:
    """Make the two working logins and the database, where they do not exist yet."""
    with _connect(logins, "postgres") as connection:
        for login in (OWNER, APP):
            _ensure_login(connection, login, logins.passwords[login])
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    with _connect(logins, DATABASE) as connection:
        grant_app(connection)


def grant_app(connection: psycopg.Connection[Any]) -> None:
    """Let the app login read and write rows of everything that the owner creates in this database, and no more."""
    database, app, owner = (sql.Identifier(name) for name in (connection.info.dbname, APP, OWNER))
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}, {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(database=database, app=app, owner=owner))


def _ensure_login(connection: psycopg.Connection[Any], login: str, password: str) -> None:
    exists = _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", login)
    statement = "ALTER ROLE {} PASSWORD {}" if exists else "CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(login), sql.Literal(password)))


def _exists(connection: psycopg.Connection[Any], query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _connect(logins: Logins, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**logins.parameters(SUPERUSER, database), autocommit=True, connect_timeout=10)  # type: ignore[arg-type]
