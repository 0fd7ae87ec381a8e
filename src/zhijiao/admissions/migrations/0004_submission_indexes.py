"""Submissions: no index of the round alone or the candidate alone (why: models/filling.py)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("admissions", "0003_submitting")]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="candidate",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to="admissions.candidate",
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="round",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="admissions.round",
            ),
        ),
    ]
