"""The signed links in our mails. Each kind has a salt of its own, so that none stands in for another.

A link opens its page for whoever has the mailbox it was sent to. So it holds a keyed hash of that address, and ends when its
donor is known by another one, whoever changed it, or was erased. Nothing has to be counted or remembered for that.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from campaigns.models import Donor, Pledge

VALID_FOR = timedelta(days=2)
ENDED = "This link does not work any more."


class BadLink(ValueError):
    """Not a link of ours, or one that has run out, or was mailed to an address that is not its donor's any more."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whose page a link opens: all of a donor's, or what belongs to one pledge."""

    donor: Donor
    pledge: Pledge | None = None


def to_pledge(pledge: Pledge) -> str:
    """Stands in every receipt of a monthly gift and does not run out: who finds an old mail of theirs can stop. So it opens
    nothing but what is harmless in anybody's hands (campaigns/views/own_pledges.py)."""
    return _address(signing.Signer(sep=".", salt="campaigns.pledge").sign(_named("p", pledge.pk, pledge.donor)))


def to_donor(donor: Donor) -> str:
    """Mailed on request; works for two days."""
    return _address(signing.TimestampSigner(sep=".", salt="campaigns.donor").sign(_named("d", donor.pk, donor)))


def to_renew(pledge: Pledge) -> str:
    """To the page that gives a pledge another way to pay. Does not run out: it may lie in a mailbox for months, and opens
    nothing but a way to pay."""
    return settings.SITE_URL + path_to_renew(pledge)


def path_to_renew(pledge: Pledge) -> str:
    token = signing.Signer(sep=".", salt="campaigns.renew").sign(_named("r", pledge.pk, pledge.donor))
    return reverse("campaigns:renew", args=[token])


def read_renewal(token: str) -> Pledge:
    try:
        return _pledge(signing.Signer(sep=".", salt="campaigns.renew").unsign(token))
    except (signing.BadSignature, Pledge.DoesNotExist):
        raise BadLink(ENDED) from None


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
            pledge = _pledge(signing.Signer(sep=".", salt="campaigns.pledge").unsign(token))
            return Access(pledge.donor, pledge)
        value = signing.TimestampSigner(sep=".", salt="campaigns.donor").unsign(token, max_age=VALID_FOR)
        return Access(_of_mailbox(Donor.objects.get(pk=_number(value)), value))
    except (signing.BadSignature, Pledge.DoesNotExist, Donor.DoesNotExist):
        raise BadLink(ENDED) from None


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
        raise BadLink(ENDED) from None


def _hashed(email: str) -> str:
    return salted_hmac("campaigns.address", email.lower(), algorithm="sha256").hexdigest()[:32]


def _named(kind: str, number: int, donor: Donor) -> str:
    """What is signed: “p12-” and the mark of the mailbox that the link goes to."""
    return f"{kind}{number}-{_mark(donor)}"


def _mark(donor: Donor) -> str:
    told = f"{donor.pk} {donor.email.lower()}"
    return salted_hmac("campaigns.mailbox", told, algorithm="sha256").hexdigest()[:16]


def _number(value: str) -> str:
    return value[1:].partition("-")[0]


def _pledge(value: str) -> Pledge:
    pledge = Pledge.objects.select_related("donor", "campaign").get(pk=_number(value))
    _of_mailbox(pledge.donor, value)
    return pledge


def _of_mailbox(donor: Donor, value: str) -> Donor:
    """The donor, if the link was mailed to the address they have now. Nobody's page is left of somebody who was erased."""
    if donor.erased_at or not constant_time_compare(value.partition("-")[2], _mark(donor)):
        raise BadLink(ENDED)
    return donor


def _address(token: str) -> str:
    return settings.SITE_URL + reverse("campaigns:donor", args=[token])
