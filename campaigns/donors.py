"""The verbs of a donor's row."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from campaigns.models import Donation, Donor, LedgerEntry

ONE_MAIL_WITHIN = timedelta(minutes=10)


def mail_link_to(email: str, *, at: datetime) -> None:
    """Mail the way to their own page to a donor of this address, at most once in ten minutes.

    The same work, and the same nothing to see, for an address that is not known.
    """
    from campaigns import tasks  # tasks imports the mails, which import this app's verbs

    rested = Q(link_mailed_at=None) | Q(link_mailed_at__lte=at - ONE_MAIL_WITHIN)
    with transaction.atomic():
        donor = Donor.objects.filter(rested, email__iexact=email).exclude(email="").only("pk").first()
        claimed = Donor.objects.filter(rested, pk=donor.pk if donor else 0).update(link_mailed_at=at)
        tasks.mail_link.defer(donor_pk=donor.pk if donor and claimed else None)


def with_net(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Gifts with `.net`: what is left of each, in minor units."""
    lines = LedgerEntry.objects.filter(donation=OuterRef("pk")).order_by().values("donation")
    return gifts.annotate(net=Subquery(lines.annotate(net=Sum("amount")).values("net")))
