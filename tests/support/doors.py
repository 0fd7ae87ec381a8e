"""People before the doors of the town, for journeys through signing in and claims. Everything is synthetic."""

from __future__ import annotations

PASSWORD = "示例口令-Shili2026"
CODE = "WXYZ-2345-ABCD"
SIZES = ("desk", "phone")
"""Each journey is made in both sizes, by people of its own."""


def lay() -> None:
    """Put the people before the doors."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from tests.support.people import hire, plant
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind
    from zhijiao.core.models import User

    with bulk():
        city = plant("city", OrganisationKind.GOVERNMENT, name="示例市")
        county = plant("county", OrganisationKind.COUNTY, city, name="示例县")
        plant("empty", OrganisationKind.COUNTY, city, name="示例空县")
        for size in SIZES:
            plant(
                f"school-{size}", OrganisationKind.SECONDARY_VOCATIONAL, county, name=f"示例职业学校 {size}"
            )
            hire(f"officer-{size}", Role.COUNTY, county, password=PASSWORD)
            hire(f"newcomer-{size}", Role.COUNTY, county)
            hire(f"keeper-{size}", Role.SYSTEM_ADMINISTRATOR, city, password=PASSWORD)
        User.objects.filter(username__startswith="keeper").update(second_factor="")
        User.objects.filter(username__startswith="newcomer").update(
            password=make_password(CODE), must_change_password=True, password_changed_at=timezone.now()
        )
