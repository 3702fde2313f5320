from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_imported_object")]

    operations = [
        migrations.AlterField(
            model_name="image",
            name="sha256",
            field=models.CharField(editable=False, max_length=64, unique=True),
        ),
    ]
