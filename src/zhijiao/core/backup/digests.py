"""Digests of tables: the same content gives the same digest, whatever server holds it. No Django."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
from psycopg import sql

from zhijiao.core.backup.manifest import Table

# How values are spelled must not depend on who asks.
SPELLING = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
)

TABLES = """
    SELECT c.relname, c.oid,
           (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
           (SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int[], a.attnum::int))
              FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
             WHERE i.indrelid = c.oid AND i.indisprimary)
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
     ORDER BY c.relname
"""


def tables(connection: psycopg.Connection[Any]) -> dict[str, Table]:
    """The digest of every table, within the connection's open transaction."""
    for statement in SPELLING:
        connection.execute(statement)
    found = connection.execute(TABLES).fetchall()
    return {
        name: _table(connection, name, columns, key or _order(columns)) for name, _, columns, key in found
    }


def _order(columns: list[str]) -> list[str]:
    """The order of a table that has no primary key: by its numbers first, where it has them."""
    return sorted(columns, key=lambda name: name != "id")


def _table(connection: psycopg.Connection[Any], name: str, columns: list[str], key: list[str]) -> Table:
    rows, digest = 0, hashlib.sha256()
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier("public", name),
        sql.SQL(", ").join(map(sql.Identifier, key)),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            rows += bytes(block).count(b"\n")  # inside values a line feed is spelled \n
            digest.update(block)
    return Table(rows, digest.hexdigest())


def text_head(connection: psycopg.Connection[Any]) -> str:
    """The head of the audit chain, position:hash; empty where nothing is sealed."""
    row = connection.execute(
        "SELECT position, hash FROM core_auditseal ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return f"{row[0]}:{row[1]}" if row else ""
