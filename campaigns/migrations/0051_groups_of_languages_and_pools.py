from django.db import migrations

from newsroom.groups import grant

EVERYTHING = ["add", "change", "delete", "view"]

# Whoever writes a campaign writes it in its other languages. A pool is a promise of money, and may name a donor.
GRANTS = {
    "Editor": {"campaigntranslation": EVERYTHING},
    "Fundraiser": {"campaigntranslation": EVERYTHING, "matchingpool": EVERYTHING},
}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0050_languages_pools_and_tax")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
