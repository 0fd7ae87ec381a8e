"""Codes by which an administrator binds somebody of another sign-in service to an account."""

from django.db import migrations, models

import zhijiao.core.rowsecurity


class Migration(migrations.Migration):
    dependencies = [("core", "0004_administration")]

    operations = [
        migrations.CreateModel(
            name="BindingCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("provider", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        # Whoever makes a code is nobody yet, and who takes it has been asked for a permission: both pass in bulk.
        zhijiao.core.rowsecurity.policies("core_bindingcode", read="false"),
    ]
