"""The scopes of the core's tables. The organisation tree itself is public; only bulk work changes it."""

from django.db import migrations

from zhijiao.core.rowsecurity import FUNCTIONS, NO_FUNCTIONS, of_organisation, policies, within

SELF = "user_id = (SELECT zhijiao_user())"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        policies("core_organisation", read="true"),
        policies("core_standing", read="true"),
        policies("core_alias", read="true"),
        policies(
            "core_membership",
            read=f"{SELF} OR {within('organisation_id', 'people')}",
            write=within("organisation_id", "people"),
        ),
        policies(
            "core_user",
            # Somebody who signs in is nobody yet: the name typed opens its own row, for the length of that check.
            read=(
                "id = (SELECT zhijiao_user()) OR username = current_setting('app.signing_in', true)"
                f" OR {within('organisation_id', 'people')}"
                " OR EXISTS (SELECT 1 FROM core_membership m WHERE m.user_id = core_user.id)"
            ),
            write=(
                "id = (SELECT zhijiao_user()) OR username = current_setting('app.signing_in', true)"
                f" OR {within('organisation_id', 'people')}"
            ),
        ),
        policies("core_externalidentity", read=SELF),
        policies("core_apitoken", read=SELF, write=SELF),
        policies("core_claim", read=within("reviewer_id", "work"), write=within("reviewer_id", "work")),
        policies(
            "core_auditevent",
            read=(
                f"{within('organisation_id', 'read')} OR \"user\" = (SELECT zhijiao_user())"
                " OR transaction = zhijiao_transaction()"
            ),
            insert="true",
        ),
        policies("core_auditseal", read="false"),
        policies("core_event", read="false", insert="true"),
        policies("core_delivery", read="false"),
        policies("core_message", read=SELF, write=SELF),
        of_organisation("core_storedfile", parties="parties"),
    ]
