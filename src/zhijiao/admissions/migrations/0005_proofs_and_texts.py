"""What proves a claim to added marks, and texts to bound phones; with their scopes.

Papers of a family are seen by the family and by who answers for the candidate, never by a school with which she is placed.
Texts are written and sent in bulk; the bureaus count them.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from zhijiao.core.rowsecurity import policies, within


def among(column: str, function: str) -> str:
    """The condition that a column is among what a function of the scope names."""
    return f"{column} = ANY((SELECT {function}())::bigint[])"


def of_answering(scope: str, function: str) -> str:
    """The condition that junior school, county or a bureau of the season of a row's candidate is in the person's scope."""
    hands = " OR ".join(
        (within("p.school_id", scope), within("p.county_id", scope), among("p.season_id", function))
    )
    return f"EXISTS (SELECT 1 FROM admissions_candidate p WHERE p.id = candidate_id AND ({hands}))"


OWN = among("candidate_id", "admissions_own")


class Migration(migrations.Migration):

    dependencies = [
        ('admissions', '0004_submission_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='TextNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed')], default='waiting', max_length=8)),
                ('tries', models.SmallIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='admissions.candidate')),
                ('guardian', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='admissions.guardian')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='admissions.run')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='admissions.season')),
            ],
        ),
        migrations.CreateModel(
            name='BonusProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.IntegerField()),
                ('blob', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=80)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='admissions.candidate')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='admissions.bonusclaim')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='proof_is_not_empty')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bonusproof',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4fbe5206b698402a7e895be69a1933289ae51baa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a0a96', table='admissions_bonusproof', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='textnotice',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='text_waiting'),
        ),
        migrations.AddIndex(
            model_name='textnotice',
            index=models.Index(fields=['run', 'state'], name='text_by_run'),
        ),
        migrations.AddConstraint(
            model_name='textnotice',
            constraint=models.UniqueConstraint(fields=('run', 'candidate', 'guardian'), name='text_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='textnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='text_settled_in_full'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='textnotice',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cc46a781779671895515ec41ca4c75758402636d', operation='DELETE', pgid='pgtrigger_never_deleted_79fa9', table='admissions_textnotice', when='BEFORE')),
        ),
        policies(
            "admissions_bonusproof",
            read=f"{OWN} OR {of_answering('read', 'admissions_read')}",
            insert=f"{OWN} OR {of_answering('work', 'admissions_work')}",
        ),
        policies("admissions_textnotice", read=among("season_id", "admissions_read"), insert="false"),
    ]
