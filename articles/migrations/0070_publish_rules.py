from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0061_revisions")]

    operations = [
        migrations.CreateModel(
            name="PublishRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                (
                    "blocks",
                    models.BooleanField(
                        db_default=False, default=False, help_text="Nothing is published while this is found."
                    ),
                ),
            ],
            options={
                "verbose_name": "rule before publishing",
                "verbose_name_plural": "rules before publishing",
            },
        ),
    ]
