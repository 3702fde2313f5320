from django.db import migrations

from newsroom.groups import grant

EVERYTHING = ["add", "change", "delete", "view"]

GRANTS = {
    "Writer": {
        "article": ["add", "change", "view"],
        "image": ["add", "change", "view"],
        "section": ["view"],
        "author": ["view"],
        "tag": ["view"],
    },
    "Editor": {
        "article": [*EVERYTHING, "publish", "edit_any"],
        "byline": EVERYTHING,
        "image": EVERYTHING,
        "section": EVERYTHING,
        "author": EVERYTHING,
        "tag": EVERYTHING,
        "taggedarticle": EVERYTHING,
        "masthead": ["change", "view"],
        "formeraddress": EVERYTHING,
    },
}
GRANTS["Writer"]["byline"] = EVERYTHING
GRANTS["Fundraiser"] = {"image": ["add", "change", "view"]}  # a campaign has a picture, and its story has some


def make_groups(apps, schema_editor):
    grant(apps, "articles", GRANTS)
    # Administrators look after people and sign-ins as well.
    grant(apps, "auth", {"Administrator": {"user": EVERYTHING, "group": ["view"]}})


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_search_configurations"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
