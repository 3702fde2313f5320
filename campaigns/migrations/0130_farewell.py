import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0121_groups_of_moving"),
        ("campaigns", "0135_donors_written_to_in_their_language"),
        ("campaigns", "0142_history_of_donors_names_nobody"),
        ("campaigns", "0150_inquiries"),
        ("campaigns", "0160_also_called"),
        ("campaigns", "0181_tallies_keep_themselves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Farewell",
            fields=[
                (
                    "donor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="campaigns.donor",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
