from django.db import migrations

from newsroom.groups import grant

EVERYTHING = ["add", "change", "delete", "view"]
GRANTS = {
    "Editor": {"campaignupdate": EVERYTHING},  # to mail it to donors is for those who may see them
    "Fundraiser": {"campaignupdate": [*EVERYTHING, "mail"], "updatemail": ["view"], "partnerhost": EVERYTHING},
}


def fill_groups(apps, schema_editor):
    grant(apps, "campaigns", GRANTS)
    # A campaign is asked for beside sections and tags: who sets it up has to find them.
    chosen = {"section": ["view"], "tag": ["view"], "image": ["view"]}
    grant(apps, "articles", {"Editor": chosen, "Fundraiser": chosen})


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0060_partners_updates_and_the_wall"), ("articles", "0060_an_article_without_appeal")]

    operations = [migrations.RunPython(fill_groups, migrations.RunPython.noop)]
