from django.db import migrations


def make_the_row(apps, schema_editor):
    apps.get_model("campaigns", "OfflineInstructions").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_groups")]

    operations = [migrations.RunPython(make_the_row, migrations.RunPython.noop)]
