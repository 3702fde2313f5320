from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Fundraiser": {"guardstate": ["steer", "view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0090_guard")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
