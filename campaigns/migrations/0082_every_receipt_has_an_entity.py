import campaigns.models.campaigns
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0081_first_entity")]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="entity",
            field=models.ForeignKey(
                default=campaigns.models.campaigns.first_entity,
                help_text="Whom the gifts go to by law: it issues the receipts.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="campaigns.legalentity",
                verbose_name="legal entity",
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="entity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="campaigns.legalentity"
            ),
        ),
        migrations.RemoveConstraint(model_name="receipt", name="receipt_number_is_given_once"),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("entity", "year", "number"), name="receipt_number_is_given_once"),
        ),
        migrations.DeleteModel(name="OldReceiptSeries"),
    ]
