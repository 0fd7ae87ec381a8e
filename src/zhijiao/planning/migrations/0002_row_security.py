"""Plans belong to their organisation, and go through the hands of who reviews them and who is consulted. That a place's plan
is in force, and what it decided about the plan before it, anybody may know; its drafts and opinions not."""

from django.db import migrations

from zhijiao.core.rowsecurity import meets, of_organisation, of_parent, policies, within

_HANDS = f"{within('p.organisation_id', 'read')} OR {meets('p.parties', 'read')}"


def _of_hands(table: str, *, append: bool = False) -> migrations.RunSQL:
    """Seen and changed by those through whose hands the plan goes."""
    condition = f"EXISTS (SELECT 1 FROM planning_plan p WHERE p.id = {table}.plan_id AND ({_HANDS}))"
    return policies(table, read=condition, write=None if append else condition, insert=condition)


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        of_organisation("planning_plan", parties="parties", also_read="disclosed"),
        _of_hands("planning_edition", append=True),
        _of_hands("planning_planstep", append=True),
        _of_hands("planning_remark"),
        of_parent("planning_carry", "plan_id", "planning_plan", append=True),
    ]
