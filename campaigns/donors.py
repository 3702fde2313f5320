"""The verbs of a donor's row."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Lower

from campaigns.models import Donation, Donor, LedgerEntry, Pledge
from newsroom import limits

ONE_MAIL_WITHIN = timedelta(minutes=10)
MAILS_A_DAY = 5


def of_address(email: str) -> QuerySet[Donor]:
    """The donor of a cleaned address (newsroom.addresses), by the index that keeps them apart: what Postgres and Python
    call the same in small letters, and nothing that only looks alike."""
    return Donor.objects.alias(small=Lower("email")).filter(small=email.lower()).exclude(email="")


def is_known(donor_id: int) -> bool:
    """Whether nobody has forgotten them: money that was under way may arrive after an erasure. Asked under the gift's lock."""
    return Donor.objects.filter(pk=donor_id, erased_at=None).exists()


ADDRESS = ("street", "postcode", "city", "region", "country", "tax_number")


def lock_gifts(donor: Donor) -> tuple[list[int], list[int]]:
    """The donor's gifts and pledges, before the donor's own row: a gift that arrives locks itself first, then its pledge, then
    its donor. The keys of both: what comes after this is not locked, and is to be left alone, for it may be waiting for the
    donor's row."""
    gifts = Donation.objects.select_for_update(no_key=True, of=("self",)).filter(donor=donor).order_by("pk")
    gift_keys = list(gifts.values_list("pk", flat=True))
    promised = Pledge.objects.select_for_update(no_key=True, of=("self",)).filter(donor=donor).order_by("pk")
    return gift_keys, list(promised.values_list("pk", flat=True))


def fill(donor: Donor, told: Mapping[str, str]) -> list[str]:
    """What is told of a donor fills what is empty, and overwrites nothing: into a form anybody can type somebody else's
    address. Nothing of one who is erased. Returns the fields that changed, for the caller to save."""
    names = ("name", *ADDRESS) if donor.erased_at is None else ()
    news = {name: told[name] for name in names if told.get(name) and not getattr(donor, name)}
    for name, value in news.items():
        setattr(donor, name, value)
    return list(news)


def learn(donation: Donation) -> None:
    """What a gift that arrived tells of its donor. The gift's lock is held."""
    donor = Donor.objects.select_for_update(no_key=True).get(pk=donation.donor_id)
    changed = fill(donor, {"name": donation.name, **donation.particulars.get("address", {})})
    if donor.erased_at is None:
        if donation.particulars.get("wants_news") and not donor.wants_news:
            donor.wants_news = True
            changed.append("wants_news")
        if donor.language != donation.language and _is_first(donation):
            donor.language = donation.language
            changed.append("language")
    if changed:
        donor.save(update_fields=changed)


def _is_first(donation: Donation) -> bool:
    """Whether nothing of this donor's arrived before: afterwards the language is theirs to change, on their own page."""
    received = Donation.objects.filter(donor=donation.donor_id, status=Donation.Status.RECEIVED)
    return not received.exclude(pk=donation.pk).exists()


def leave_news(donor: Donor) -> None:
    """No more mails with news from campaigns; receipts go on."""
    Donor.objects.filter(pk=donor.pk, wants_news=True).update(wants_news=False)


def mail_link_to(email: str, *, at: datetime) -> None:
    """Mail the way to their own page to a donor of this address, at most once in ten minutes and five times a day.

    The same work, and the same nothing to see, for an address that is not known.
    """
    from campaigns import tasks  # tasks imports the mails, which import this app's verbs

    rested = Q(link_mailed_at=None) | Q(link_mailed_at__lte=at - ONE_MAIL_WITHIN)
    with transaction.atomic():
        if not _has_mails_left(limits.mailbox_of(email), at):
            return
        donor = of_address(email).filter(rested).only("pk").first()
        claimed = Donor.objects.filter(rested, pk=donor.pk if donor else 0).update(link_mailed_at=at)
        tasks.mail_link.defer(donor_pk=donor.pk if donor and claimed else None)


def _has_mails_left(mailbox: str, at: datetime) -> bool:
    """An impatient hand that asks again within ten minutes uses nothing up."""
    once = limits.take("link, once", mailbox, most=1, per=ONE_MAIL_WITHIN, at=at)
    return once and limits.take("link", mailbox, most=MAILS_A_DAY, per=limits.DAY, at=at)


def with_net(gifts: QuerySet[Donation]) -> QuerySet[Donation]:
    """Gifts with `.net`, what is left of each in minor units, and `.net_currency`, which need not be the promised one.
    Both are None while nothing has come."""
    lines = LedgerEntry.objects.filter(donation=OuterRef("pk")).order_by().values("donation")
    gift = LedgerEntry.objects.filter(donation=OuterRef("pk"), kind=LedgerEntry.Kind.GIFT).values("currency")
    return gifts.annotate(net=Subquery(lines.annotate(net=Sum("amount")).values("net")), net_currency=Subquery(gift))
