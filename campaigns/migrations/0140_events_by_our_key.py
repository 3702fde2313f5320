from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0135_donors_written_to_in_their_language"), ("campaigns", "0121_groups_of_moving")]

    operations = [
        migrations.AddIndex(
            model_name="processorevent",
            index=models.Index("order_key", name="events_of_a_payment_by_key"),
        ),
    ]
