from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digest", "0002_groups_and_notice")]

    operations = [
        migrations.AlterModelOptions(
            name="edition",
            options={
                "ordering": ["-date", "-number"],
                "permissions": [("send_edition", "Can compose the digest and send it now")],
            },
        ),
        migrations.AlterField(model_name="edition", name="date", field=models.DateField()),
        migrations.AddField(
            model_name="edition",
            name="number",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="1: the day's digest. Higher: sent by hand after it."
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(fields=["date", "number"], name="edition_has_a_number_of_its_own"),
        ),
    ]
