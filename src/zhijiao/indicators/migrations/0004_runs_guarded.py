"""The scopes of computed figures. They are written in bulk only, by the job that computes them; who may see an organisation
reads its figures, and everybody those that disclosure control lets through."""

from django.db import migrations

from zhijiao.core.rowsecurity import policies, within

READ = f"{within('organisation_id', 'read')} OR disclosed"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_runs"), ("core", "0002_row_security")]

    operations = [
        policies("indicators_result", read=READ),
        policies("indicators_recomputed", read=READ),
    ]
