"""Who sees which row of this domain."""

from django.db import migrations

from zhijiao.core.rowsecurity import meets, of_organisation, of_parent, policies, stays, within

# How the units of an item stand, without their names and those that stand alike as one row, for whoever sees the item: the light of an item follows from all of
# its units, also for a unit that may not see the others.
STANDING = """
CREATE FUNCTION zhijiao_standing(items bigint[])
  RETURNS TABLE (item bigint, duty text, state text, started date, percent smallint, last_on date,
                 help_wanted boolean, period text, done_period text, units bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT a.item_id, a.duty, a.state, a.started, a.percent, a.last_on, a.help_wanted <> '', a.period, a.done_period,
           count(*)
      FROM supervision_assignment a
     WHERE a.item_id IN (
           SELECT w.id FROM supervision_workitem w
            WHERE w.id = ANY(items)
              AND (w.organisation_id = ANY((SELECT zhijiao_read())::bigint[])
                   OR w.parties && (SELECT zhijiao_read())
                   OR current_setting('role') = 'zhijiao_bulk'))
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY min(a.id)
  $$
"""

SENT = (
    "(proceeding_id IS NULL OR EXISTS (SELECT 1 FROM supervision_proceeding p WHERE p.id = proceeding_id))"
)

NO_STANDING = "DROP FUNCTION zhijiao_standing(bigint[])"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        of_organisation("supervision_workitem", parties="parties"),
        of_organisation("supervision_assignment", parties="parties"),
        of_parent("supervision_entry", "assignment_id", "supervision_assignment", append=True),
        of_organisation("supervision_settlement"),
        of_organisation("supervision_proceeding", parties="parties"),
        of_parent("supervision_proceedingstep", "proceeding_id", "supervision_proceeding", append=True),
        policies(
            "supervision_batch",
            read=within("organisation_id", "read"),
            insert=within("organisation_id", "work"),
        ),
        # Whom a draw has chosen learns of it with the finding, not before the visit.
        policies(
            "supervision_check",
            read=f"{meets('parties', 'read')} OR (finding <> 'open' AND {within('organisation_id', 'read')})",
            write=meets("parties", "work"),
        ),
        # The sheet of an inspection is seen by the unit concerned once the case is.
        policies(
            "supervision_problem",
            read=f"{within('found_by_id', 'read')} OR ({SENT} AND {within('organisation_id', 'read')})",
            write=f"{within('found_by_id', 'work')} OR ({SENT} AND {within('organisation_id', 'work')})",
        ),
        of_parent(
            "supervision_problemstep",
            "problem_id",
            "supervision_problem",
            append=True,
            hands=f"{within('p.found_by_id', 'work')} OR {within('p.organisation_id', 'work')}",
        ),
        stays("supervision_workitem", "tenant", "pack", "source", "key", "organisation_id"),
        stays("supervision_assignment", "item_id", "organisation_id"),
        stays("supervision_settlement", "organisation_id", "pack", "unit"),
        stays("supervision_proceeding", "tenant", "number", "kind", "organisation_id"),
        stays("supervision_check", "batch_id", "organisation_id", "parties", "item_id"),
        stays(
            "supervision_problem",
            *("found_by_id", "organisation_id", "check_of_id", "proceeding_id", "number"),
        ),
        migrations.RunSQL(STANDING, NO_STANDING),
    ]
