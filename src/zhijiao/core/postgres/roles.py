"""Roles and rights inside the database. Every statement may run again, so each start repairs what is missing."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from zhijiao.core.postgres.logins import APP, BULK, DATABASE, OWNER, SUPERUSER, Logins


def prepare(logins: Logins) -> None:
    """Make the two working logins and the database, where they do not exist yet."""
    with _connect(logins, "postgres") as connection:
        for login in (OWNER, APP):
            _ensure_login(connection, login, logins.passwords[login])
        _ensure_bulk(connection)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    with _connect(logins, DATABASE) as connection:
        grant_app(connection)


def grant_app(connection: psycopg.Connection[Any]) -> None:
    """Let the app login read and write rows of everything that the owner creates in this database, and no more."""
    names = (connection.info.dbname, APP, OWNER, BULK)
    database, app, owner, bulk = (sql.Identifier(name) for name in names)
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}, {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "GRANT USAGE ON SCHEMA public TO {bulk}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}, {bulk}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}, {bulk}",
        # What was made before this role existed.
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {bulk}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {bulk}",
    ):
        connection.execute(sql.SQL(statement).format(database=database, app=app, owner=owner, bulk=bulk))


def _ensure_login(connection: psycopg.Connection[Any], login: str, password: str) -> None:
    exists = _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", login)
    statement = "ALTER ROLE {} PASSWORD {}" if exists else "CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(login), sql.Literal(password)))


def _ensure_bulk(connection: psycopg.Connection[Any]) -> None:
    """The role that passes row-level security: nobody logs in with it; the app must step into it, and can be seen to."""
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", BULK):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER").format(sql.Identifier(BULK)))
    # Every guarded table lets it pass by a policy anyway; but COPY, with which records are taken in, asks for this.
    connection.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(sql.Identifier(BULK)))
    connection.execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(BULK), sql.Identifier(APP)
        )
    )


def _exists(connection: psycopg.Connection[Any], query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _connect(logins: Logins, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**logins.parameters(SUPERUSER, database), autocommit=True, connect_timeout=10)  # type: ignore[arg-type]
