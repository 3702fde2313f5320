from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Fundraiser": {"bankstatement": ["view", "read"], "bankline": ["view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0110_bank_statements")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
