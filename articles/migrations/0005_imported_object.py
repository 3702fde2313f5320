from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_masthead_row")]

    operations = [
        migrations.CreateModel(
            name="ImportedObject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(help_text="The site it came from: “example.org/news”.", max_length=200)),
                ("kind", models.CharField(help_text="Article, author, section or tag.", max_length=20)),
                ("key", models.CharField(help_text="What that site calls it: a number, a sign-in name, a slug.", max_length=250)),
                ("object_id", models.BigIntegerField(help_text="Its primary key here.")),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind", "key"), name="object_is_imported_once")
                ],
            },
        ),
    ]
