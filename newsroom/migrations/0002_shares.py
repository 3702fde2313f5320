from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_cache_table")]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=64)),
                ("until", models.DateTimeField(db_index=True)),
                ("count", models.PositiveIntegerField(default=1)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("who", "until"), name="share_is_counted_once_a_span")],
            },
        ),
    ]
