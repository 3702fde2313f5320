from django.conf import settings
from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Until now nobody's language was taken down when they gave: it is that of the last page where they did. Who chose
    another one than the site's on their own page keeps it."""
    donor, donation = apps.get_model("campaigns", "Donor"), apps.get_model("campaigns", "Donation")
    last = donation.objects.filter(donor=OuterRef("pk"), status="received").order_by("-received_at", "-pk").values("language")[:1]
    other = donation.objects.filter(status="received").exclude(language=settings.LANGUAGE_CODE).values("donor")
    unchosen = donor.objects.filter(language=settings.LANGUAGE_CODE, erased_at=None, pk__in=other)
    unchosen.update(language=Subquery(last))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0100_indexes_of_the_overview")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
