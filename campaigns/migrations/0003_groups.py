from django.db import migrations

from newsroom.groups import grant

EVERYTHING = ["add", "change", "delete", "view"]

# Donors and money are for Fundraisers and Administrators alone. Nobody changes or deletes a gift, a receipt or an
# entry by hand: the verbs in campaigns/giving.py do, and “record” is the permission to call them.
GRANTS = {
    "Editor": {"campaign": ["add", "change", "view"]},  # its call stands on every page they make
    "Fundraiser": {
        "campaign": EVERYTHING,
        "donor": ["view", "change"],
        "pledge": ["view"],
        "instalment": ["view"],
        "donation": ["view", "record"],
        "ledgerentry": ["view"],
        "refund": ["view"],
        "receipt": ["view"],
        "offlineinstructions": ["change", "view"],
        "processorevent": ["view"],
    },
}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)
    grant(apps, "articles", {"Fundraiser": {"image": ["add", "view"]}})  # a campaign has a picture


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_ledger_only_grows"), ("articles", "0003_groups")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
