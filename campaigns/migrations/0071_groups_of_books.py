from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Fundraiser": {"difference": ["view"], "dispute": ["view"], "processortransaction": ["view"], "sentmail": ["view"]}}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0070_their_books_and_disputes")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
