"""Checks besides the marks, and seats that another platform gave; with their scopes.

What was found out about somebody is read by the family and by who answers for the candidate, never by a school. Both are written
in bulk, from a sealed file.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


from zhijiao.core.rowsecurity import policies, stays, within


def among(column: str, function: str) -> str:
    """The condition that a column is among what a function of the scope names."""
    return f"{column} = ANY((SELECT {function}())::bigint[])"


OWN = among("candidate_id", "admissions_own")
ANSWERING = " OR ".join(
    (within("p.school_id", "read"), within("p.county_id", "read"), among("p.season_id", "admissions_read"))
)
ANSWERED_FOR = f"EXISTS (SELECT 1 FROM admissions_candidate p WHERE p.id = candidate_id AND ({ANSWERING}))"

PLACED = """
-- Candidates who are placed with, or named by, a school of the person's scope; or placed with it elsewhere.
CREATE OR REPLACE FUNCTION admissions_placed() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
      SELECT o.candidate_id AS id FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
       WHERE r.state IN ('signed', 'publicised', 'published') AND o.organisation_id = ANY(zhijiao_read())
      UNION
      SELECT t.candidate_id FROM admissions_topup t
       WHERE t.state IN ('proposed', 'approved') AND t.organisation_id = ANY(zhijiao_read())
      UNION
      SELECT e.candidate_id FROM admissions_elsewhere e
       WHERE e.withdrawn_at IS NULL AND e.organisation_id = ANY(zhijiao_read())) o
  $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION admissions_placed() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
      SELECT o.candidate_id AS id FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
       WHERE r.state IN ('signed', 'publicised', 'published') AND o.organisation_id = ANY(zhijiao_read())
      UNION
      SELECT t.candidate_id FROM admissions_topup t
       WHERE t.state IN ('proposed', 'approved') AND t.organisation_id = ANY(zhijiao_read())) o
  $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0005_proofs_and_texts"),
        ("core", "0006_junior_schools"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enrolment",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="admissions.planline",
            ),
        ),
        migrations.AlterField(
            model_name="scoresheet",
            name="kind",
            field=models.CharField(
                choices=[
                    ("candidates", "candidates"),
                    ("scores", "scores"),
                    ("checks", "checks"),
                    ("elsewhere", "elsewhere"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="CheckResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("results", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField()),
                (
                    "candidate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checked",
                        to="admissions.candidate",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="admissions.scoresheet",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Elsewhere",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("way", models.CharField(max_length=40)),
                ("major_code", models.CharField(max_length=16)),
                ("major_name", models.CharField(max_length=80)),
                ("years", models.SmallIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("taken_by", models.CharField(max_length=80)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=80)),
                ("withdrawn_because", models.CharField(blank=True, max_length=300)),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elsewhere",
                        to="admissions.candidate",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
                (
                    "season",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elsewhere",
                        to="admissions.season",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elsewhere",
                        to="admissions.scoresheet",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="enrolment",
            name="elsewhere",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="admissions.elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("elsewhere__isnull", True), ("line__isnull", False)),
                    models.Q(("elsewhere__isnull", False), ("line__isnull", True)),
                    _connector="OR",
                ),
                name="enrolment_of_one_seat",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkresult",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="741d80b76e990fcc9324219e7fe5232d676ab5d2",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_f6d3a",
                    table="admissions_checkresult",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="elsewhere",
            index=models.Index(fields=["organisation", "season"], name="elsewhere_by_school"),
        ),
        migrations.AddConstraint(
            model_name="elsewhere",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("candidate",),
                name="elsewhere_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="elsewhere",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    models.Q(("withdrawn_because", ""), _negated=True),
                    _connector="OR",
                ),
                name="elsewhere_withdrawn_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="elsewhere",
            constraint=models.CheckConstraint(
                condition=models.Q(("years__gte", 1), ("years__lte", 8)), name="elsewhere_years_plausible"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="elsewhere",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="72946f8421135624ae95c95eb0baf419143fc144",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_b19ea",
                    table="admissions_elsewhere",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="elsewhere",
            trigger=pgtrigger.compiler.Trigger(
                name="the_rest_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."candidate_id" IS DISTINCT FROM (NEW."candidate_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."major_code" IS DISTINCT FROM (NEW."major_code") OR OLD."major_name" IS DISTINCT FROM (NEW."major_name") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."season_id" IS DISTINCT FROM (NEW."season_id") OR OLD."sheet_id" IS DISTINCT FROM (NEW."sheet_id") OR OLD."taken_at" IS DISTINCT FROM (NEW."taken_at") OR OLD."taken_by" IS DISTINCT FROM (NEW."taken_by") OR OLD."way" IS DISTINCT FROM (NEW."way") OR OLD."years" IS DISTINCT FROM (NEW."years"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="17fbe8ffdc185acef37c64c7f0692e662c3f189a",
                    operation="UPDATE",
                    pgid="pgtrigger_the_rest_stays_42951",
                    table="admissions_elsewhere",
                    when="BEFORE",
                ),
            ),
        ),
        policies("admissions_checkresult", read=f"{OWN} OR {ANSWERED_FOR}", insert="false"),
        policies(
            "admissions_elsewhere",
            read=f"{OWN} OR {within('organisation_id', 'read')} OR {ANSWERED_FOR}",
            insert="false",
        ),
        stays("admissions_checkresult", "candidate_id"),
        stays("admissions_elsewhere", "season_id", "candidate_id", "sheet_id", "organisation_id"),
        migrations.RunSQL(PLACED, BEFORE),
    ]
