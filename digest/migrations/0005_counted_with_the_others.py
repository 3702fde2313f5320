from django.db import migrations


class Migration(migrations.Migration):
    # Sign-ups of a network are counted by newsroom/limits.py now. What is lost is the count of one hour.
    dependencies = [("digest", "0004_requests_apart")]

    operations = [migrations.DeleteModel("Knocks")]
