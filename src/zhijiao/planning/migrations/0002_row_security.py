"""Plans belong to their organisation, and go through the hands of who reviews them and who is consulted. That a place's plan
is in force, and what it decided about the plan before it, anybody may know; its drafts and opinions not."""

from django.db import migrations

from zhijiao.core.rowsecurity import meets, of_organisation, of_parent, policies, stays, within


def _of_hands(table: str, *, append: bool = False) -> migrations.RunSQL:
    """Seen and changed by those through whose hands the plan goes; who only reads there changes nothing."""
    read, write = (
        f"EXISTS (SELECT 1 FROM planning_plan p WHERE p.id = {table}.plan_id AND"
        f" ({within('p.organisation_id', scope)} OR {meets('p.parties', scope)}))"
        for scope in ("read", "work")
    )
    return policies(table, read=read, write=None if append else write, insert=write)


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        of_organisation("planning_plan", parties="parties", also_read="disclosed"),
        _of_hands("planning_edition", append=True),
        _of_hands("planning_planstep", append=True),
        _of_hands("planning_remark"),
        of_parent("planning_carry", "plan_id", "planning_plan", append=True),
        stays(
            "planning_plan",
            *("tenant", "pack", "procedure", "kind", "organisation_id", "reviewer_id", "parties"),
        ),
    ]
