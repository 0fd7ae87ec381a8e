"""Records are found by key, or by ranges of ids and batches: a tree for each of these cost a third of the time of intake."""

import django.contrib.postgres.indexes
from django.db import migrations

DROP = "ALTER TABLE exchange_record DROP CONSTRAINT exchange_record_pkey"
ADD = "ALTER TABLE exchange_record ADD CONSTRAINT exchange_record_pkey PRIMARY KEY (id)"


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_binding_codes'),
        ('exchange', '0010_lean_records'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='record',
            name='record_until',
        ),
        migrations.RunSQL(DROP, ADD),
        migrations.AddIndex(
            model_name='record',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['id', 'until'], name='record_ranges', opclasses=['int8_minmax_multi_ops', 'int8_minmax_multi_ops'], pages_per_range=64),
        ),
    ]
