from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Fundraiser": {"movein": ["add", "change", "view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0120_moving_in")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
