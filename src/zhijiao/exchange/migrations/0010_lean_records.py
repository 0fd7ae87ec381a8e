"""Nobody asks for the rows of one person any more, and the index for it cost a quarter of the time of adding rows."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_binding_codes'),
        ('exchange', '0009_forgotten_files'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='record',
            name='record_by_person_now',
        ),
    ]
