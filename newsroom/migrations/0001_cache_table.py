from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    # The shared cache (sign-in limits) is a table: no deployment can forget a step that a migration takes.
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
