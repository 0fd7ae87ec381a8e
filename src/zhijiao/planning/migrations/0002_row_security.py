"""Plans belong to their organisation, and go through the hands of who reviews them and who is consulted."""

from django.db import migrations

from zhijiao.core.rowsecurity import of_organisation, of_parent


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        of_organisation("planning_plan", parties="parties"),
        of_parent("planning_edition", "plan_id", "planning_plan", append=True),
        of_parent("planning_planstep", "plan_id", "planning_plan", append=True),
        of_parent("planning_remark", "plan_id", "planning_plan"),
        of_parent("planning_carry", "plan_id", "planning_plan", append=True),
    ]
