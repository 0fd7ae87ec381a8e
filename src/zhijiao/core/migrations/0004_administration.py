"""Seals say when they were made; roles and accounts are changed by who administers people; what concerns an account is
shown to its person."""

from django.db import migrations, models

from zhijiao.core.rowsecurity import within

STAFF = """
CREATE FUNCTION zhijiao_staff() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT coalesce(nullif(current_setting('app.staff', true), ''), '{}')::bigint[] $$;

CREATE OR REPLACE FUNCTION zhijiao_enter(person bigint) RETURNS void LANGUAGE plpgsql VOLATILE
  AS $$
    DECLARE works bigint[]; reads bigint[]; people bigint[]; staff bigint[];
    BEGIN
      SELECT coalesce(array_agg(DISTINCT o) FILTER (WHERE s.sphere = 'work'), '{}'),
             coalesce(array_agg(DISTINCT o) FILTER (WHERE s.sphere IN ('work', 'audit')), '{}'),
             coalesce(array_agg(DISTINCT o), '{}'),
             coalesce(array_agg(DISTINCT o) FILTER (WHERE s.sphere = 'people'), '{}')
        INTO works, reads, people, staff
        FROM zhijiao_seats(person) s, unnest(s.covers) o;
      PERFORM set_config('app.user', coalesce(person::text, ''), true),
              set_config('app.work', works::text, true),
              set_config('app.read', reads::text, true),
              set_config('app.people', people::text, true),
              set_config('app.staff', staff::text, true);
    END
  $$;
"""

SELF = "(SELECT zhijiao_user())"
SIGNING_IN = "username = current_setting('app.signing_in', true)"
STAFF_HERE = within("organisation_id", "staff")


def replaced(table: str, policy: str, command: str, condition: str) -> str:
    clauses = {
        "SELECT": f"USING ({condition})",
        "INSERT": f"WITH CHECK ({condition})",
        "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
        "DELETE": f"USING ({condition})",
    }
    return f"DROP POLICY {policy} ON {table}; CREATE POLICY {policy} ON {table} FOR {command} {clauses[command]};"


POLICIES = "\n".join(
    [
        # An auditor and who only works at an organisation read its people and change none.
        *(
            replaced("core_membership", policy, command, STAFF_HERE)
            for policy, command in (("added", "INSERT"), ("changed", "UPDATE"), ("removed", "DELETE"))
        ),
        replaced("core_user", "added", "INSERT", STAFF_HERE),
        replaced("core_user", "changed", "UPDATE", f"id = {SELF} OR {SIGNING_IN} OR {STAFF_HERE}"),
        replaced("core_user", "removed", "DELETE", "false"),
        # Numbers of transactions start anew in a server into which a backup was restored, so they open nothing. A person
        # sees who read or changed their account.
        replaced(
            "core_auditevent",
            "seen",
            "SELECT",
            f"{within('organisation_id', 'read')} OR \"user\" = {SELF}"
            f" OR (object_kind = 'user' AND object_id = {SELF}::text)",
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_row_security")]

    operations = [
        migrations.AddField("auditseal", "sealed_at", models.DateTimeField(default=None), preserve_default=False),
        migrations.AddField("auditseal", "server", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("auditseal", "ended", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("auditseal", "unborn", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["transaction"], name="audit_by_transaction")
        ),
        migrations.RunSQL(STAFF, migrations.RunSQL.noop),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
    ]
