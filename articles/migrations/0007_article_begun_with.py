from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_picture_is_kept_once")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="begun_with",
            field=models.UUIDField(
                editable=False,
                help_text="Of the form it was sent with: the same form sent twice is one article.",
                null=True,
                unique=True,
            ),
        ),
    ]
