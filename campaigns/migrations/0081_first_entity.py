from django.db import migrations


def fill(apps, schema_editor):
    """Everything so far belongs to one entity: the newsroom, under the name of its masthead."""
    masthead = apps.get_model("articles", "Masthead").objects.filter(pk=1).first()
    name = masthead.name if masthead and masthead.name != "Newsroom" else ""  # empty: the masthead's, whatever it will be
    entity = apps.get_model("campaigns", "LegalEntity").objects.create(name=name)
    apps.get_model("campaigns", "Campaign").objects.update(entity=entity)
    apps.get_model("campaigns", "Receipt").objects.update(entity=entity)
    series = apps.get_model("campaigns", "ReceiptSeries")
    for old in apps.get_model("campaigns", "OldReceiptSeries").objects.all():
        series.objects.create(entity=entity, year=old.year, last_number=old.last_number)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0080_legal_entities"), ("articles", "0003_groups")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
