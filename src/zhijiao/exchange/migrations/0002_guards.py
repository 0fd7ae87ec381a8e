"""The scopes of records and batches. Rows are written in bulk only, by verbs that have asked for permission."""

from django.db import migrations

from zhijiao.core.rowsecurity import policies, within

READ = within("organisation_id", "read")

# The order in which batches were applied, over all data sets.
SEQUENCE = "CREATE SEQUENCE exchange_sequence"
NO_SEQUENCE = "DROP SEQUENCE exchange_sequence"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        policies("exchange_record", read=READ),
        policies("exchange_difference", read=READ),
        policies("exchange_personalread", read=f'{READ} OR "user" = (SELECT zhijiao_user())'),
        policies("exchange_batch", read=READ),
        policies("exchange_held", read=READ),
        policies("exchange_savedlayout", read=READ),
        migrations.RunSQL(SEQUENCE, NO_SEQUENCE),
    ]
