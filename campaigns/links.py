"""The signed links in our mails. Each kind has a salt of its own, so that none stands in for another."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from campaigns.models import Donor, Pledge

VALID_FOR = timedelta(days=2)


class BadLink(ValueError):
    """Not a link of ours, or one that has run out."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whose page a link opens: all of a donor's, or what belongs to one pledge."""

    donor: Donor
    pledge: Pledge | None = None


def to_pledge(pledge: Pledge) -> str:
    """Stands in every receipt of a monthly gift, and works as long as the pledge's row exists: who finds an old mail can stop."""
    return _address(signing.Signer(sep=".", salt="campaigns.pledge").sign(f"p{pledge.pk}"))


def to_donor(donor: Donor) -> str:
    """Mailed on request; works for two days."""
    return _address(signing.TimestampSigner(sep=".", salt="campaigns.donor").sign(f"d{donor.pk}"))


def to_news(donor: Donor) -> str:
    """Stands in every mail with news, works for ever, and does one thing: mail providers are shown it."""
    token = signing.Signer(sep=".", salt="campaigns.news").sign(f"n{donor.pk}")
    return settings.SITE_URL + reverse("campaigns:news", args=[token])


def read_news(token: str) -> Donor:
    try:
        value = signing.Signer(sep=".", salt="campaigns.news").unsign(token)
        return Donor.objects.get(pk=value[1:])
    except (signing.BadSignature, Donor.DoesNotExist):
        raise BadLink("This link does not work.") from None


def read(token: str) -> Access:
    try:
        if token.startswith("p"):
            value = signing.Signer(sep=".", salt="campaigns.pledge").unsign(token)
            pledge = Pledge.objects.select_related("donor").get(pk=value[1:])
            return Access(pledge.donor, pledge)
        value = signing.TimestampSigner(sep=".", salt="campaigns.donor").unsign(token, max_age=VALID_FOR)
        return Access(Donor.objects.get(pk=value[1:]))
    except (signing.BadSignature, Pledge.DoesNotExist, Donor.DoesNotExist):
        raise BadLink("This link does not work any more.") from None


def _address(token: str) -> str:
    return settings.SITE_URL + reverse("campaigns:donor", args=[token])
