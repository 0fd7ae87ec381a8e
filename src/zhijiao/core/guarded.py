"""Are the scopes in force? What /healthz says of row-level security: the web's login must be one that policies bind."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection

from zhijiao.core.governance import Scope
from zhijiao.core.health import Unwell

GUARDED = frozenset({Scope.ORGANISATION, Scope.PERSON})

LOGIN = """
    SELECT r.rolsuper, r.rolbypassrls,
           (SELECT count(*) FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND pg_has_role(current_user, c.relowner, 'USAGE'))
      FROM pg_roles r WHERE r.rolname = current_user
"""


@cache
def guarded_tables() -> tuple[str, ...]:
    """The tables whose rows are for an organisation or a person, as their governance says."""
    return tuple(
        sorted(
            model._meta.db_table
            for model in apps.get_models()
            if model.__module__.startswith("zhijiao.") and model.governance.scope in GUARDED  # type: ignore[attr-defined]
        )
    )


def row_security() -> str:
    """`ok`, or `Unwell` with what would let rows out of their scope."""
    with connection.cursor() as cursor:
        cursor.execute(LOGIN)
        superuser, bypasses, owned = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
            " AND NOT relrowsecurity ORDER BY 1",
            [list(guarded_tables())],
        )
        open_tables = [name for (name,) in cursor.fetchall()]
    faults = []
    if superuser or bypasses:
        faults.append("the login passes row-level security (superuser or BYPASSRLS)")
    if owned:
        faults.append(f"the login owns {owned} tables, whose policies do not bind it")
    if open_tables:
        faults.append(f"no row-level security on: {', '.join(open_tables)}")
    if faults:
        raise Unwell("; ".join(faults))
    return "ok"
