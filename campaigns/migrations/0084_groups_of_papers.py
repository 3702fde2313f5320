from django.db import migrations

from newsroom.groups import grant

# Whose name, address and tax texts stand on receipts is for those who answer for the books.
GRANTS = {
    "Administrator": {"legalentity": ["add", "change", "delete", "view"], "entitytext": ["add", "change", "delete", "view"]},
    "Fundraiser": {
        "legalentity": ["change", "view"],
        "entitytext": ["add", "change", "delete", "view"],
        "receiptversion": ["view"],
        "yearstatement": ["view"],
        "statementversion": ["view"],
        "statementrun": ["view"],
    },
}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0083_papers_only_grow")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
