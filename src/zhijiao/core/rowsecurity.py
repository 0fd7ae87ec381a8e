"""Row-level security: what migrations say, so that the database itself keeps each scope.

A transaction enters a scope once (`zhijiao_enter`, called by `core.access.scope.acting`): the database works out from the
person's roles which organisations they work in (`app.work`), may read (`app.read`: besides, what an auditor reads), and
administer people of (`app.people`). Policies compare with these; outside a scope they are empty and no row is seen. Bulk
work and jobs run under the role `zhijiao_bulk`, which may pass (COPY and sums over all scopes need it). The web's login
owns nothing, so that no policy can be switched off by it; /healthz fails where it does.
"""

from __future__ import annotations

from django.db import migrations

BULK = "zhijiao_bulk"

TRANSACTION = """
CREATE FUNCTION zhijiao_transaction() RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT pg_current_xact_id()::text::bigint $$
"""

FUNCTIONS = """
CREATE FUNCTION zhijiao_user() RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('app.user', true), '')::bigint $$;

CREATE FUNCTION zhijiao_work() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(nullif(current_setting('app.work', true), ''), '{}')::bigint[] $$;

CREATE FUNCTION zhijiao_read() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(nullif(current_setting('app.read', true), ''), '{}')::bigint[] $$;

CREATE FUNCTION zhijiao_people() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(nullif(current_setting('app.people', true), ''), '{}')::bigint[] $$;

-- An organisation and everything that stands under it on a day.
CREATE FUNCTION zhijiao_below(node bigint, on_day date) RETURNS bigint[] LANGUAGE sql STABLE
  AS $$
    WITH RECURSIVE below(id) AS (
      SELECT node
      UNION
      SELECT s.organisation_id FROM core_standing s JOIN below b ON s.parent_id = b.id
       WHERE s.starts <= on_day AND (s.ends IS NULL OR s.ends > on_day)
    )
    SELECT array_agg(id) FROM below
  $$;

-- The roles that a person holds today, each with the organisations that it covers.
CREATE FUNCTION zhijiao_seats(person bigint)
  RETURNS TABLE (membership bigint, organisation bigint, role text, sphere text, covers bigint[],
                 starts date, ends date, basis text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT m.id, m.organisation_id, m.role, m.sphere,
           CASE m.reach WHEN 'below' THEN zhijiao_below(m.organisation_id, t.day)
                        WHEN 'node' THEN ARRAY[m.organisation_id] ELSE '{}'::bigint[] END,
           m.starts, m.ends, m.basis
      FROM core_membership m
      JOIN core_user u ON u.id = m.user_id AND u.is_active,
           (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day) t
     WHERE m.user_id = person AND m.starts <= t.day AND (m.ends IS NULL OR m.ends > t.day)
     ORDER BY m.id
  $$;

-- Enter a person's scope for the rest of the transaction; NULL leaves every scope.
CREATE FUNCTION zhijiao_enter(person bigint) RETURNS void LANGUAGE plpgsql VOLATILE
  AS $$
    DECLARE works bigint[]; reads bigint[]; people bigint[];
    BEGIN
      SELECT coalesce(array_agg(DISTINCT o) FILTER (WHERE s.sphere = 'work'), '{}'),
             coalesce(array_agg(DISTINCT o) FILTER (WHERE s.sphere IN ('work', 'audit')), '{}'),
             coalesce(array_agg(DISTINCT o), '{}')
        INTO works, reads, people
        FROM zhijiao_seats(person) s, unnest(s.covers) o;
      PERFORM set_config('app.user', coalesce(person::text, ''), true),
              set_config('app.work', works::text, true),
              set_config('app.read', reads::text, true),
              set_config('app.people', people::text, true);
    END
  $$;

-- Put a note into somebody's inbox, once per key. The writer need not be allowed to read that inbox.
CREATE FUNCTION zhijiao_notify(person bigint, k text, s text, b text, l text, at timestamptz) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
  AS $$
    INSERT INTO core_message (user_id, key, subject, body, link, sent_at) VALUES (person, k, s, b, l, at)
    ON CONFLICT (user_id, key) DO NOTHING
  $$;

-- Who holds one of these roles at an organisation today: to whom a notice goes. Ids only.
CREATE FUNCTION zhijiao_holders(node bigint, roles text[]) RETURNS TABLE (person bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT DISTINCT m.user_id FROM core_membership m JOIN core_user u ON u.id = m.user_id AND u.is_active,
           (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day) t
     WHERE m.organisation_id = node AND m.role = ANY(roles)
       AND m.starts <= t.day AND (m.ends IS NULL OR m.ends > t.day)
  $$;

-- The account behind the digest of an API key, while the key is good. The key is the proof, so no scope is needed.
CREATE FUNCTION zhijiao_token(d text, at timestamptz) RETURNS TABLE (person bigint, permissions text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT t.user_id, t.permissions FROM core_apitoken t
     WHERE t.digest = d AND t.revoked_at IS NULL AND t.expires_at > at
  $$;

CREATE FUNCTION zhijiao_refuse_move() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION '%: % stay as they are', TG_TABLE_NAME, TG_ARGV[0]; END $$;
"""

NO_FUNCTIONS = """
DROP FUNCTION zhijiao_refuse_move(), zhijiao_token(text, timestamptz), zhijiao_holders(bigint, text[]),
  zhijiao_notify(bigint, text, text, text, text, timestamptz), zhijiao_enter(bigint), zhijiao_seats(bigint),
  zhijiao_below(bigint, date), zhijiao_people(), zhijiao_read(), zhijiao_work(), zhijiao_user();
"""


def policies(
    table: str, *, read: str, write: str | None = None, insert: str | None = None
) -> migrations.RunSQL:
    """Protect a table: rows are seen where `read` holds, changed where `write` does (and stay there), added where `insert`
    does (default: as `write`). Each is an SQL condition on the row. The bulk role passes."""
    put = insert or write
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY bulk ON {table} TO {BULK} USING (true) WITH CHECK (true)",
        f"CREATE POLICY seen ON {table} FOR SELECT USING ({read})",
    ]
    if put is not None:
        statements.append(f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({put})")
    if write is not None:
        statements.append(f"CREATE POLICY changed ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})")
        statements.append(f"CREATE POLICY removed ON {table} FOR DELETE USING ({write})")
    names = ["bulk", "seen", *(["added"] if put else []), *(["changed", "removed"] if write else [])]
    undo = [f"DROP POLICY {name} ON {table}" for name in names]
    undo.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return migrations.RunSQL(";\n".join(statements), ";\n".join(undo))


def within(column: str, scope: str) -> str:
    """The condition that an organisation column lies in a scope (`work`, `read` or `people`). The scope is computed once a
    query, not once a row."""
    return f"{column} = ANY((SELECT zhijiao_{scope}())::bigint[])"


def meets(column: str, scope: str) -> str:
    """The condition that an array of organisations has one in a scope."""
    return f"{column} && (SELECT zhijiao_{scope}())"


def of_organisation(
    table: str, *, parties: str | None = None, also_read: str | None = None
) -> migrations.RunSQL:
    """The usual protection of a table with `organisation_id`: its own scope, and the organisations in the array column
    `parties` (those through whose hands the row goes). `also_read` opens rows for reading to more, for instance a flag of
    rows that were made public."""
    read, write = within("organisation_id", "read"), within("organisation_id", "work")
    if parties is not None:
        read, write = f"{read} OR {meets(parties, 'read')}", f"{write} OR {meets(parties, 'work')}"
    if also_read is not None:
        read = f"{read} OR {also_read}"
    return policies(table, read=read, write=write)


HANDS = f"{within('p.organisation_id', 'work')} OR {meets('p.parties', 'work')}"
"""Of a parent row `p`: whoever may change it."""


def of_parent(
    table: str, column: str, parent: str, *, append: bool = False, hands: str = HANDS
) -> migrations.RunSQL:
    """The protection of a table whose rows belong to a row of a protected table: they are seen with it, and changed or added
    by whoever may change it (`hands`), so that who only reads it adds nothing."""
    belongs = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column}"
    read, write = f"{belongs})", f"{belongs} AND ({hands}))"
    return policies(table, read=read, write=None if append else write, insert=write)


def stays(table: str, *columns: str) -> migrations.RunSQL:
    """Columns that nobody changes once the row is there: whose it is and what it is of. A policy asks only whether somebody
    may hold the old row and the new one, so a party could otherwise move it to another owner."""
    differs = f"ROW({', '.join(f'OLD.{c}' for c in columns)}) IS DISTINCT FROM ROW({', '.join(f'NEW.{c}' for c in columns)})"
    return migrations.RunSQL(
        f"CREATE TRIGGER owner_stays BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({differs})"
        f" EXECUTE FUNCTION zhijiao_refuse_move('{', '.join(columns)}')",
        f"DROP TRIGGER owner_stays ON {table}",
    )
