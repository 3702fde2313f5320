from django.db import migrations

from newsroom.groups import grant


def let_administrators_choose(apps, schema_editor):
    grant(apps, "articles", {"Administrator": {"publishrule": ["change", "view"]}})


class Migration(migrations.Migration):
    dependencies = [("articles", "0070_publish_rules")]

    operations = [migrations.RunPython(let_administrators_choose, migrations.RunPython.noop)]
