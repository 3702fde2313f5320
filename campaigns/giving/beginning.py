"""From a sent form to a row, and from the row to the processor."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaigns import mailing, pledges, processors
from campaigns.donors import of_address
from campaigns.giving import looks
from campaigns.giving.intent import MAXIMUM, Gift, new_reference, submit_key
from campaigns.models import Campaign, Donation, Donor, Instalment, Pledge
from campaigns.processors.base import Instructions, Order, ProcessorFault, Redirect
from campaigns.wording import words_of
from campaigns.words import often
from newsroom import addresses, money, tongues

RESUMED_WITHIN = timedelta(minutes=30)
MAILS_AN_HOUR = 4
JUST_GIVEN_WITHIN = timedelta(minutes=10)
Status = Donation.Status


class CampaignTakesNoGifts(ValidationError):
    """It has not begun, or it is over."""


def begin(
    campaign: Campaign,
    *,
    gift: Gift,
    at: datetime,
    key: str = "",
    sender: str = "",
    after: UUID | None = None,
    mail: bool = True,
) -> Donation:
    """The gift's row, told to its processor: send the donor to `checkout_url`, or to the row's own page without one.

    The same form again is the same gift: the one made under its `key`, whatever came of it, unless it was declined or
    cancelled. Else (no JavaScript and so no key, another tab, a page gone back to) one like it, from the same `sender`
    (whatever tells one visitor from another), that is unfinished and younger than 30 minutes, or was received within the
    last 10: ask before you give again. `after` is the token of a gift that the donor knows of: only what is newer counts.
    CampaignTakesNoGifts and ValidationError are the donor's; ProcessorError passes through, and then the row is there
    and the same call resumes it.
    """
    campaign = Campaign.objects.get(pk=campaign.pk)
    _check(campaign, gift, at)
    donation = _row(campaign, gift, key=key, sender=sender, after=after, at=at)
    if donation.status == Status.BEGUN and not donation.checkout_url:  # the first answer may have been lost
        answer = processors.get(donation.processor).begin(order_for(donation))
        donation = opened(donation, answer, mail=mail)
    return donation


def order_for(donation: Donation) -> Order:
    """What the processor is asked, made from the row alone: the same row asks the same."""
    return Order(
        key=donation.key,
        amount=donation.amount,
        currency=donation.currency,
        description=f"{words_of(donation.campaign, donation.language).title} ({donation.reference})",
        return_url=settings.SITE_URL + donation.get_absolute_url(),
        reference=donation.reference,
        email=donation.donor.email,
        name=donation.name,
        language=donation.language,
        save_method=donation.pledge_id is not None,
        hold=bool(donation.hold_reason),
    )


def opened(donation: Donation, answer: Redirect | Instructions, *, mail: bool = True) -> Donation:
    """Keep what the processor answered. Events that came before it are looked at again."""
    from campaigns import inbox  # inbox imports the verbs

    with transaction.atomic():
        donation = locked(donation)
        if donation.processor_ref and (donation.checkout_url or not isinstance(answer, Redirect)):
            return donation
        if donation.processor_ref not in {"", answer.ref}:
            raise ProcessorFault("The processor names another payment under the key of this one.")
        donation.processor_ref = answer.ref
        if isinstance(answer, Redirect):
            donation.checkout_url = answer.url
            donation.look_at = donation.look_at or donation.created_at + looks.FIRST
        elif donation.status == Status.BEGUN:
            donation.status = Status.AWAITED
            Instalment.objects.filter(donation=donation).update(status=Instalment.Status.ASKED, problem="")
        donation.save(update_fields=["processor_ref", "checkout_url", "look_at", "status"])
        if isinstance(answer, Instructions) and mail and not _has_had_enough(donation):
            mailing.later("instructions", donation)
        inbox.unpark(donation)
    return donation


def _has_had_enough(donation: Donation) -> bool:
    """Anybody can type somebody else's address into a form: four mails with instructions in an hour are enough."""
    lately = Donation.objects.filter(donor=donation.donor, processor=donation.processor, status=Status.AWAITED)
    return lately.filter(created_at__gt=donation.created_at - timedelta(hours=1)).count() > MAILS_AN_HOUR


def locked(donation: Donation) -> Donation:
    return _whole().select_for_update(no_key=True, of=("self",)).get(pk=donation.pk)


def donor_for(email: str, name: str = "", *, language: str = "") -> Donor:
    """The donor of this address, or a new one, who is written to in this language. The name is the first gift's that
    arrives: into a form anybody can type somebody else's address."""
    spoken = {"language": language} if language else {}
    if not email:
        return Donor.objects.create(name=name, **spoken)
    email = addresses.clean(email)
    Donor.objects.bulk_create([Donor(email=email, **spoken)], ignore_conflicts=True)
    return of_address(email).get()


def _check(campaign: Campaign, gift: Gift, at: datetime) -> None:
    if not campaign.takes_gifts(at=at):
        raise CampaignTakesNoGifts(_("This campaign takes no gifts now."))
    least = campaign.least(gift.rhythm)
    if gift.amount - gift.covered < least:
        raise ValidationError(_("The smallest gift is {sum}.").format(sum=money.display(least, campaign.currency)))
    if gift.amount > MAXIMUM:
        raise ValidationError(_("That is a very large gift. Please write to us first."))
    if gift.processor not in processors.names():
        raise ValidationError(_("Choose one of the ways to give."))


def _row(campaign: Campaign, gift: Gift, *, key: str, sender: str, after: UUID | None, at: datetime) -> Donation:
    """A key may travel with its donor from one network to the next. What is recognised by its content alone may not:
    anybody could fill in somebody else's form and learn from the answer that they gave."""
    content = gift.fingerprint(campaign)
    fingerprint = _sent_by(sender, content)
    with transaction.atomic():
        _wait_for_twins(content)
        last, free = _made_under(key, content) if key else (None, uuid4().hex)
        if last and not last.is_ended:
            return last
        known = Donation.objects.filter(token=after, campaign=campaign).first() if after else None
        if sender or not key:  # a job's key, which nobody's browser sent, says all
            lately = _made_lately(fingerprint, at, newer_than=known.pk if known else 0)
            if lately:
                return lately
        retry_of = next((gift.first_try for gift in (last, known) if gift and gift.is_ended), None)
        return _write(campaign, gift, fingerprint, submit_key=free, retry_of=retry_of, at=at)


def _sent_by(sender: str, content: str) -> str:
    return salted_hmac("campaigns.sender", f"{content} {sender}", algorithm="sha256").hexdigest()


def _wait_for_twins(fingerprint: str) -> None:
    """Until this transaction ends no other one looks for or makes a gift with this fingerprint."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(bytes.fromhex(fingerprint[:16]), signed=True)])


def _made_under(key: str, fingerprint: str) -> tuple[Donation | None, str]:
    """The last gift made under the key, and the submit key that is free when that one has ended."""
    last, attempt = None, 0
    while True:
        candidate = submit_key(key, fingerprint, attempt)
        donation = _whole().filter(submit_key=candidate).first()
        if donation is None or not donation.is_ended:
            return donation or last, candidate
        last, attempt = donation, attempt + 1


def _made_lately(fingerprint: str, at: datetime, *, newer_than: int) -> Donation | None:
    alike = _whole().filter(fingerprint=fingerprint, pk__gt=newer_than).order_by("-pk")
    unfinished = alike.filter(status__in=[Status.BEGUN, Status.HELD, Status.AWAITED], created_at__gte=at - RESUMED_WITHIN)
    received = alike.filter(status=Status.RECEIVED, received_at__gte=at - JUST_GIVEN_WITHIN)
    return unfinished.first() or received.first()


def _whole() -> models.QuerySet[Donation]:
    return Donation.objects.select_related("campaign", "donor", "pledge")


def _write(campaign: Campaign, gift: Gift, fingerprint: str, *, submit_key: str, retry_of: int | None, at: datetime) -> Donation:
    donor = donor_for(gift.email, language=gift.language)
    return Donation.objects.create(
        submit_key=submit_key,
        fingerprint=fingerprint,
        campaign=campaign,
        donor=donor,
        pledge=_pledge(campaign, donor, gift, at) if gift.rhythm != "once" else None,
        amount=gift.amount,
        covered=gift.covered,
        currency=campaign.currency,
        name=gift.name,
        anonymous=gift.anonymous,
        message=gift.message,
        language=gift.language,
        on_wall=gift.on_wall and not gift.anonymous,
        tribute=gift.tribute,
        tribute_name=gift.tribute_name if gift.tribute else "",
        gift_aid=gift.gift_aid,
        particulars=_particulars(gift),
        article_id=gift.article,
        source=gift.source,
        hold_reason=gift.hold,
        processor=gift.processor,
        retry_of_id=retry_of,
        reference=new_reference(),
        created_at=at,
    )


def _particulars(gift: Gift) -> dict[str, Any]:
    """Not the donor's until the gift arrives: anybody can type somebody else's address and wishes."""
    told = {"address": gift.address, "tax": gift.tax, "wants_news": gift.wants_news}
    return {name: value for name, value in told.items() if value}


def _pledge(campaign: Campaign, donor: Donor, gift: Gift, at: datetime) -> Pledge:
    rhythm = Pledge.Rhythm(gift.rhythm)
    with tongues.speaking(gift.language):
        amount = money.display(gift.amount, campaign.currency)
        consent = _("Give {amount} {rhythm}.").format(amount=amount, rhythm=often(rhythm)) + f" {pledges.CONSENT}"
    return Pledge.objects.create(
        donor=donor,
        campaign=campaign,
        amount=gift.amount,
        covered=gift.covered,
        currency=campaign.currency,
        rhythm=rhythm,
        day=timezone.localdate(at).day,
        anonymous=gift.anonymous,
        processor=gift.processor,
        consent=consent,
        consented_at=at,
    )
