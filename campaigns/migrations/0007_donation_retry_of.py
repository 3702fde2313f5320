import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_fill_looks_and_refund_currencies")]

    operations = [
        migrations.AddField(
            model_name="donation",
            name="retry_of",
            field=models.ForeignKey(
                blank=True,
                help_text="The first try of this gift.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retries",
                to="campaigns.donation",
            ),
        ),
    ]
