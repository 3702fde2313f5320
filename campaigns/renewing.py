"""Another way to pay for a pledge: a gift on the donor's own hand pays the period that is open, or else the next one ahead
of its day, and the way it was paid by becomes the pledge's.

No processor is asked to save a card without a payment: that a new way works is seen by a gift, and each period has one gift.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import pledges, processors, telling, ways
from campaigns.models import Donation, Instalment, Pledge, PledgeChange, PledgeMail, Renewal, Stranding
from campaigns.words import day_in_words, often
from newsroom import money, tongues

AT_IT_FOR = timedelta(hours=1)  # so long a donor may stand at the processor's page
ON_ITS_WAY_FOR = timedelta(days=14)  # what a bank debit takes at the longest
Status = Instalment.Status


class CannotBeRenewed(ValidationError):
    """The pledge is over, or has not begun."""


def offers(pledge: Pledge) -> list[ways.Offer]:
    """The ways that work now and can go on paying: those that keep a way to pay, and those by hand."""
    found = ways.offered(pledge.currency)
    return [offer for offer in found if (offer.saves_methods or offer.by_hand) and offer.takes(pledge.amount)]


def open_period(pledge: Pledge, *, today: date) -> date | None:
    """What a new way would pay: the last period that fell due and is not paid, else the next one. None when it is over.

    One that may have been charged already (claimed, its answer still out) is never asked for again.
    """
    due = pledges.due_by(pledge, today)
    if due:
        return due[-1]
    last = pledge.instalments.select_related("donation").first()
    return last.period if last and _is_open(last) else pledge.next_due


def consent_to(pledge: Pledge, offer: ways.Offer, *, period: date) -> str:
    """The sentence the donor agrees to by the button, and that is kept."""
    if offer.by_hand:
        agreed = _("Give {sum} for {day}, and {sum} {rhythm} from {following} on, by: {way}.")
    else:
        agreed = _("Pay {sum} now, for {day}, and {sum} {rhythm} from {following} on, by: {way}.")
    words = {
        "sum": money.display(pledge.amount, pledge.currency),
        "rhythm": often(pledge.rhythm),
        "day": day_in_words(period),
        "following": day_in_words(pledges.next_due(pledge, after=period)),
        "way": offer.label,
    }
    return f"{agreed.format(**words)} {pledges.CONSENT}"


def renew(pledge: Pledge, *, offer: ways.Offer, hold: str = "", at: datetime) -> Donation | None:
    """The gift that gives the pledge a new way: send its donor to `checkout_url`, or to the row's own page without one.

    The same button again is the same gift, from any tab. None: by hand, and nothing is due yet. CannotBeRenewed is the
    donor's; ProcessorError passes through, and then the row is there and the same call resumes it. `hold`: why its money is
    to be looked at before it is taken.
    """
    from campaigns.giving.beginning import opened, order_for  # giving imports this module

    with transaction.atomic():
        pledge = pledges.locked(pledge)
        if pledge.status in {Pledge.Status.BEGUN, Pledge.Status.ENDED} or pledge.next_due is None:
            raise CannotBeRenewed(_("This regular gift is stopped."))
        if pledge.waits_for_its_start:
            raise CannotBeRenewed(_("The newsroom starts this gift, when the system that collected it before is off."))
        donation = _by_hand(pledge, offer, at=at) if offer.by_hand else _begun(pledge, offer, hold=hold, at=at)
    if donation and donation.status == Donation.Status.BEGUN and not donation.checkout_url:
        donation = opened(donation, processors.get(offer.name).begin(order_for(donation)))
    return donation


def next_try(pledge: Pledge, offer: ways.Offer, *, today: date) -> str:
    """Which payment the button of a way begins, or goes on with: the same one while it is unfinished."""
    period = open_period(pledge, today=today)
    ended = [Donation.Status.DECLINED, Donation.Status.CANCELLED]
    of_way = Donation.objects.filter(renewal__pledge=pledge, processor=offer.name, status__in=ended)
    tried = of_way.filter(renewal__period=period).count() if period else 0
    return f"{pledge.token} {period} {offer.name} {pledge.amount} {tried}"


def is_at_it(pledge: Pledge, *, at: datetime) -> bool:
    """Whether the donor may be paying by a new way at this moment: then the old one is not tried."""
    at_the_page = Q(donation__status=Donation.Status.BEGUN, donation__created_at__gt=at - AT_IT_FOR)
    waits = [Donation.Status.AWAITED, Donation.Status.HELD]
    on_its_way = Q(donation__status__in=waits, donation__created_at__gt=at - ON_ITS_WAY_FOR)
    return pledge.renewals.filter(at_the_page | on_its_way).exists()


def arrived(donation: Donation, *, mandate: str, method: str, at: datetime) -> None:
    """A gift came, and what way to pay was kept with it, which some processors tell only later. The gift's lock is held."""
    renewal = Renewal.objects.filter(donation=donation).first()
    if renewal is None or renewal.attached_at:
        return
    pledge = pledges.locked(renewal.pledge)
    if renewal.paid_at is None:
        _pay(pledge, renewal, donation, at=at)
    if mandate and pledge.status != Pledge.Status.ENDED:
        way = {"processor": donation.processor, "mandate": mandate, "method": method}
        attach(pledge, **way, consent=renewal.consent, at=at, goes_on=not _paused_since(pledge, renewal))
        Renewal.objects.filter(pk=renewal.pk).update(attached_at=at)


def attach(
    pledge: Pledge, *, processor: str, mandate: str, method: str, consent: str, at: datetime, goes_on: bool = True
) -> None:
    """The pledge is paid by this way from now on, and goes on by it unless it was paused meanwhile. It is locked."""
    was = _to_donor(pledge)
    pledge.processor, pledge.mandate, pledge.method = processor, mandate, method[:100]
    if goes_on:
        pledge.status, pledge.paused_until = Pledge.Status.ACTIVE, None
    pledge.save(update_fields=["processor", "mandate", "method", "status", "paused_until", "next_due"])
    pledges.stop_asking(pledge)
    becomes = _to_donor(pledge)
    change = pledges.take_down(pledge, PledgeChange.Kind.METHOD, at=at, was=was, becomes=becomes, consent=consent)
    Stranding.objects.filter(pledge=pledge, recovered_at=None, restored_at=None).update(recovered_at=at, recovered_to=processor)
    telling.tell(pledge, PledgeMail.Kind.CHANGED, about=f"{change.pk}", at=at)


def _paused_since(pledge: Pledge, renewal: Renewal) -> bool:
    """A rest, a dispute or the desk came after the donor agreed to go on by the new way: that stands. Declines of the old way
    do not: the pledge waits for the new one."""
    if pledge.status != Pledge.Status.PAUSED:
        return False
    since = pledge.changes.filter(kind=PledgeChange.Kind.PAUSED, at__gt=renewal.consented_at)
    return since.exclude(becomes=pledges.AFTER_DECLINES).exists()


def method_in_words(pledge: Pledge) -> str:
    try:
        label = _(processors.get(pledge.processor).label)
    except processors.UnknownProcessor:
        label = pledge.processor
    return f"{label}: {pledge.method}" if pledge.method else label


def _to_donor(pledge: Pledge) -> str:
    """The same as its donor reads it, whoever's language is spoken here."""
    with tongues.speaking(pledge.donor.language):
        return method_in_words(pledge)


def _is_open(instalment: Instalment) -> bool:
    by_hand = instalment.donation is not None and processors.is_by_hand(instalment.donation.processor)
    return instalment.status == Status.FAILED or (instalment.status == Status.ASKED and by_hand)


def _begun(pledge: Pledge, offer: ways.Offer, *, hold: str, at: datetime) -> Donation:
    """One for each period and way: its key says so. A declined or cancelled one makes room for the next."""
    period = open_period(pledge, today=timezone.localdate(at))
    assert period
    tried = list(Donation.objects.filter(renewal__pledge=pledge, renewal__period=period, processor=offer.name).order_by("pk"))
    consent = consent_to(pledge, offer, period=period)
    if tried and not tried[-1].is_ended and tried[-1].amount == pledge.amount:
        Renewal.objects.filter(donation=tried[-1], paid_at=None).update(consent=consent, consented_at=at)  # agreed once more
        return tried[-1]
    declined = Donation.objects.filter(instalment__pledge=pledge, instalment__period=period).first()
    retry_of = declined.first_try if declined else None
    name = f"renew {period} {offer.name} {len(tried)}"
    donation = gift_of(pledge, name, processor=offer.name, retry_of=retry_of, hold=hold, at=at)
    Renewal.objects.create(pledge=pledge, period=period, donation=donation, consent=consent, consented_at=at)
    return donation


def _by_hand(pledge: Pledge, offer: ways.Offer, *, at: datetime) -> Donation | None:
    """Nobody has to pay first: the pledge goes on by hand at once, and what is open is asked for by mail."""
    today = timezone.localdate(at)
    period = open_period(pledge, today=today)
    assert period
    consent = consent_to(pledge, offer, period=period)
    if pledge.processor == offer.name and pledge.status == Pledge.Status.ACTIVE:
        return pledge.donations.filter(instalment__period=period).first()
    is_open = period <= today or period != pledge.next_due
    donation = _ask_by_hand(pledge, offer, period, at=at) if is_open else None
    attach(pledge, processor=offer.name, mandate="", method="", consent=consent, at=at)
    return donation


def _ask_by_hand(pledge: Pledge, offer: ways.Offer, period: date, *, at: datetime) -> Donation:
    donation = gift_of(pledge, f"renew {period} {offer.name} {pledge.donations.count()}", processor=offer.name, at=at)
    _take(pledge, period, at=at, donation=donation, status=Status.CLAIMED, claimed_at=at)
    return donation


def _pay(pledge: Pledge, renewal: Renewal, donation: Donation, *, at: datetime) -> None:
    """The period it was begun for, unless that was paid or asked for meanwhile: then the next one."""
    period = _stands_now(pledge, renewal.period)
    instalment = pledge.instalments.select_related("donation").filter(period=period).first() if period else None
    if instalment and not (_is_open(instalment) or instalment.status == Status.SKIPPED):
        period = pledge.next_due
    if period:
        _take(pledge, period, at=at, donation=donation, status=Status.PAID)
        pledge.save(update_fields=["next_due"])
    Renewal.objects.filter(pk=renewal.pk).update(paid_at=at)


def _stands_now(pledge: Pledge, period: date) -> date | None:
    """The same month's period as the pledge has it now: its donor may have changed the day while standing at the bank's page."""
    turn = (period.year, period.month)
    claimed = pledge.instalments.filter(period__year=period.year, period__month=period.month).first()
    if claimed:
        return claimed.period
    following = pledge.next_due
    if following is None or (following.year, following.month) >= turn:
        return following
    return pledges.due_after(period, day=pledge.day, months=0)


def _take(pledge: Pledge, period: date, *, at: datetime, **values: Any) -> None:
    """The period's instalment is this gift's now. What fell due before and was never claimed is taken down as skipped."""
    claimed = pledges.due_by(pledge, period)
    if claimed:
        pledges.skip(pledge, claimed[:-1], at=at, why="Not asked for: there was no way to pay.")
        pledge.next_due = pledges.next_due(pledge, after=period)
    values |= {"retry_on": None, "needs_donor": False, "problem": ""}
    Instalment.objects.update_or_create(
        pledge=pledge, period=period, defaults=values, create_defaults={"claimed_at": at, **values}
    )


def gift_of(
    pledge: Pledge, name: str, *, at: datetime, processor: str = "", retry_of: int | None = None, hold: str = ""
) -> Donation:
    """A gift that a pledge promises. Its token is made from the pledge and `name`: the same claim is the same key sent out,
    even after a restored backup."""
    from campaigns.giving.intent import new_reference, submit_key  # giving imports this module

    token = uuid5(pledge.token, name)
    once = submit_key(str(token), "instalment", 0)
    donor = pledge.donor
    return Donation.objects.create(
        token=token,
        submit_key=once,
        fingerprint=once,
        campaign=pledge.campaign,
        donor=donor,
        pledge=pledge,
        amount=pledge.amount,
        covered=pledge.covered,
        currency=pledge.currency,
        name=donor.name,
        anonymous=pledge.anonymous,
        language=donor.language,
        processor=processor or pledge.processor,
        retry_of_id=retry_of,
        hold_reason=hold,
        reference=new_reference(),
        created_at=at,
    )
