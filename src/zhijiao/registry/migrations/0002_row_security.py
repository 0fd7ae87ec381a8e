"""The scopes of the registry's tables. Like the tree itself, they are changed by bulk work only."""

from django.db import migrations

from zhijiao.core.rowsecurity import policies

# Whoever is signed in may call whoever is in office in the same tenant: the account's own row says which.
COLLEAGUES = (
    "organisation_id IN (SELECT o.id FROM core_organisation o WHERE o.tenant ="
    " (SELECT u.tenant FROM core_user u WHERE u.id = (SELECT zhijiao_user())))"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("core", "0002_row_security")]

    operations = [
        policies("registry_succession", read="true"),
        policies("registry_officer", read=COLLEAGUES),
    ]
