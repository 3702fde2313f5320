from django.db import migrations

from newsroom.groups import grant

GRANTS = {"Editor": {"frontpage": ["view", "change"]}}


def begin(apps, schema_editor):
    grant(apps, "articles", GRANTS)
    apps.get_model("articles", "FrontPage").objects.create(number=None)  # the draft, which everybody who arranges locks


class Migration(migrations.Migration):
    dependencies = [("articles", "0092_front_page")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
