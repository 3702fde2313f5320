from django.db import migrations

from newsroom.groups import grant

# “change” is the permission to pause a pledge and to send its donor the link: nothing of it is typed by hand.
GRANTS = {
    "Fundraiser": {
        "pledge": ["change"],
        "pledgechange": ["view"],
        "pledgemail": ["view"],
        "outage": ["view"],
        "stranding": ["view"],
    },
}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0040_pledges_go_on")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
