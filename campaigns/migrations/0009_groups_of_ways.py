from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Fundraiser": {"way": ["change", "view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_giving_widened")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
