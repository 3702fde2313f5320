from django.db import migrations

from newsroom.groups import grant

# Editors shape the digest; addresses of subscribers are personal and stay with Administrators.
GRANTS = {
    "Editor": {
        "notice": ["change", "view"],
        "edition": ["view"],
        "editionitem": ["view"],
        "delivery": ["view"],
    },
    "Administrator": {"subscriber": ["view", "change", "delete"], "edition": ["send"]},
}


def fill(apps, schema_editor):
    grant(apps, "digest", GRANTS)
    apps.get_model("digest", "Notice").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("digest", "0001_initial"), ("articles", "0003_groups")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
