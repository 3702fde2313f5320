"""The signed links in our mails. Each kind has a salt of its own, so that none stands in for another."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

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


def to_renew(pledge: Pledge) -> str:
    """To the page that gives a pledge another way to pay. Works as long as the pledge's row exists: it may lie in a mailbox
    for months, and opens nothing but a way to pay."""
    return settings.SITE_URL + path_to_renew(pledge)


def path_to_renew(pledge: Pledge) -> str:
    token = signing.Signer(sep=".", salt="campaigns.renew").sign(f"r{pledge.pk}")
    return reverse("campaigns:renew", args=[token])


def read_renewal(token: str) -> Pledge:
    try:
        value = signing.Signer(sep=".", salt="campaigns.renew").unsign(token)
        return Pledge.objects.select_related("donor", "campaign").get(pk=value[1:])
    except (signing.BadSignature, Pledge.DoesNotExist):
        raise BadLink("This link does not work any more.") from None


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
            return _open(Access(pledge.donor, pledge))
        value = signing.TimestampSigner(sep=".", salt="campaigns.donor").unsign(token, max_age=VALID_FOR)
        return _open(Access(Donor.objects.get(pk=value[1:])))
    except (signing.BadSignature, Pledge.DoesNotExist, Donor.DoesNotExist):
        raise BadLink("This link does not work any more.") from None


def to_new_address(donor: Donor, email: str) -> str:
    """Mailed to the address that the donor wants to be known by: who opens it has that mailbox. Works for two days, and
    no longer than until the address changed. Anybody can read what a token holds, and a mistyped address belongs to somebody
    else: the old one stands there as a keyed hash."""
    token = signing.dumps({"donor": donor.pk, "from": _hashed(donor.email), "to": email}, salt="campaigns.address")
    return settings.SITE_URL + reverse("campaigns:new_address", args=[token])


def read_new_address(token: str) -> tuple[Donor, str]:
    try:
        told = signing.loads(token, salt="campaigns.address", max_age=VALID_FOR)
        donor = Donor.objects.get(pk=told["donor"], erased_at=None)
        if told["from"] != _hashed(donor.email) and told["to"] != donor.email:
            raise Donor.DoesNotExist
        return donor, told["to"]
    except (signing.BadSignature, Donor.DoesNotExist):
        raise BadLink("This link does not work any more.") from None


def _hashed(email: str) -> str:
    return salted_hmac("campaigns.address", email.lower(), algorithm="sha256").hexdigest()[:32]


def _open(access: Access) -> Access:
    """Nobody's page is left of somebody who asked to be erased."""
    if access.donor.erased_at:
        raise BadLink("This link does not work any more.")
    return access


def _address(token: str) -> str:
    return settings.SITE_URL + reverse("campaigns:donor", args=[token])
