"""The step between the form and the payment while somebody tests stolen cards: wait, let the browser work, or go by mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from campaigns import guard, renewing
from campaigns.forms import GiveForm
from campaigns.guard import tickets
from campaigns.models import Campaign, Pledge, Rhythm, WaitingForm
from campaigns.ways import Offer
from campaigns.wording import Words, words_of
from newsroom import limits, money, signin, tongues
from newsroom.methods import require_safe

MAILS_A_DAY, MAILS_AN_HOUR, OF_ALL_AN_HOUR = 3, 20, 300  # to one mailbox, for one network, altogether
SMALLEST = {
    Rhythm.ONCE: lazy("Just now somebody tests stolen cards on this form. Until that is over, the smallest gift is {sum}."),
    Rhythm.MONTHLY: lazy(
        "Just now somebody tests stolen cards on this form. Until that is over, the smallest monthly gift is {sum}."
    ),
    Rhythm.YEARLY: lazy(
        "Just now somebody tests stolen cards on this form. Until that is over, the smallest yearly gift is {sum}."
    ),
}
TOO_MANY_MAILS = lazy("Many links were asked for within this hour. Wait on this page instead, or ask again in an hour.")
TOO_MANY_SMALL = lazy(
    "Many links were asked for. Choose another way, or come back later: the link that brought you here stays good."
)


@dataclass(frozen=True, slots=True)
class Gate:
    """Either `answer` is what the donor sees next, or the gift goes on with what `passage` says."""

    passage: guard.Passage | None = None
    answer: HttpResponse | None = None

    @property
    def hold_reason(self) -> str:
        return self.passage.hold_reason if self.passage else ""


@dataclass(frozen=True, slots=True)
class Knock:
    """What asks for a payment page: a give form, or a renewal's button. `content` is which one a ticket is for, `typed` goes
    through the step and comes back as it was."""

    campaign: Campaign
    words: Words  # in which it is spoken of
    attempt: guard.Attempt
    content: str
    typed: list[tuple[str, str]]
    is_small: bool = False
    is_form: bool = True  # it can be looked at and changed once more


def gate(request: HttpRequest, form: GiveForm, *, at: datetime) -> Gate:
    """Cheques and transfers have limits of their own: no card is tested with them."""
    if form.only_promises:
        return Gate()
    gift, campaign = form.gift(), form.campaign
    least, usual = guard.raised_minimum(campaign, gift.rhythm), campaign.least(gift.rhythm)
    attempt = guard.Attempt(signin.network_of(request), gift.email, gift.amount, campaign.currency, usual)
    content = _content(f"{form.cleaned_data['key']} {form.cleaned_data['after']} {gift.fingerprint(campaign)}")
    if gift.amount - gift.covered < least and guard.is_too_small(attempt, content=content, at=at):
        form.add_error("own_amount", SMALLEST[Rhythm(gift.rhythm)].format(sum=money.display(least, campaign.currency)))
        return Gate()  # told at once, before anybody waits for nothing
    return _at(request, Knock(campaign, form.words, attempt, content, form.typed()), at=at)


def gate_of_renewal(request: HttpRequest, pledge: Pledge, offer: Offer, *, at: datetime) -> Gate:
    """The same for a button on the page behind a mailed link. Its sum is promised already: below the raised minimum the
    donor's own mailbox opens it, of which whoever found a link has none."""
    if offer.by_hand:
        return Gate()
    campaign, usual = pledge.campaign, pledge.campaign.least(pledge.rhythm)
    place = signin.network_of(request)
    attempt = guard.Attempt(place, pledge.donor.email, pledge.amount, pledge.currency, usual, link=str(pledge.token))
    content = _content(f"renewal {renewing.next_try(pledge, offer, today=timezone.localdate(at))}")
    typed = [(name, request.POST[name]) for name in ("way", "period") if name in request.POST]
    is_small = pledge.amount - pledge.covered < guard.raised_minimum(campaign, pledge.rhythm)
    words = words_of(campaign, pledge.donor.language)
    return _at(request, Knock(campaign, words, attempt, content, typed, is_small, is_form=False), at=at)


def _at(request: HttpRequest, knock: Knock, *, at: datetime) -> Gate:
    brought = {"brought": request.POST.get("guard", ""), "solution": request.POST.get("altcha", "")}
    passage = guard.admit(knock.attempt, content=knock.content, is_small=knock.is_small, at=at, **brought)
    return Gate(passage) if passage.may_go else Gate(answer=_step(request, knock, passage, at=at))


@never_cache
@require_safe
def waiting_form(request: HttpRequest, token: UUID) -> HttpResponse:
    """From the donor's own mailbox: the form as it was, with a ticket that needs no work. Looking changes nothing."""
    at = timezone.now()
    found = get_object_or_404(WaitingForm.objects.select_related("campaign"), pk=token, at__gt=at - tickets.MAILED_VALID_FOR)
    content = found.fields["content"]
    ticket = tickets.by_mail(content, f"mail-{token.hex}", at=at)
    words, fields = words_of(found.campaign, found.fields.get("language", "")), found.fields
    context = {"words": words, "path": found.path, "values": fields["typed"], "ticket": ticket.signed(), "is_giving": True}
    with tongues.speaking(words.language):
        response = render(request, "campaigns/waiting_form.html", context | {"is_form": fields.get("is_form", True)})
    response["Referrer-Policy"] = "no-referrer"
    return response


def _content(told: str) -> str:
    """Which form a ticket is for: the same key and contents are the same gift."""
    return salted_hmac("campaigns.guard.form", told, algorithm="sha256").hexdigest()[:32]


def _step(request: HttpRequest, knock: Knock, passage: guard.Passage, *, at: datetime) -> HttpResponse:
    """202: taken, and not done yet (RFC 9110, section 15.3.3). Holds all that was typed, and is nobody else's to keep."""
    assert passage.ticket
    told: object = ""
    if "by_mail" in request.POST and passage.needs_work and not passage.seconds_left and knock.attempt.email:
        if _may_mail(request, knock.attempt.email, at=at):
            return _mailed(request, knock, passage.ticket, at=at)
        told = TOO_MANY_SMALL if passage.needs_mailbox else TOO_MANY_MAILS
    context = {
        "knock": knock,
        "words": knock.words,
        "path": request.path,
        "values": knock.typed,
        "passage": passage,
        "told": told,
        "pressed": "guard" in request.POST,
        "ticket": passage.ticket.signed(),
        "challenge": _challenge(passage),
        "is_giving": True,
    }
    return _private(render(request, "campaigns/guard.html", context, status=202))


def _challenge(passage: guard.Passage) -> dict[str, Any] | None:
    is_asked = passage.ticket and passage.needs_work and not passage.needs_mailbox
    return tickets.challenge(passage.ticket, step=passage.step) if passage.ticket and is_asked else None


def _mailed(request: HttpRequest, knock: Knock, ticket: tickets.Ticket, *, at: datetime) -> HttpResponse:
    from campaigns import tasks  # the worker's side imports this app's verbs

    fields = {"typed": knock.typed, "content": ticket.content, "is_form": knock.is_form, "language": knock.words.language}
    about = {"campaign": knock.campaign, "path": request.path, "email": knock.attempt.email}
    row = WaitingForm.objects.create(token=uuid4(), fields=fields, at=at, **about)
    tasks.mail_waiting_form.defer(token=str(row.pk))
    context = {"knock": knock, "words": knock.words, "path": request.path, "values": knock.typed, "is_giving": True}
    return _private(render(request, "campaigns/guard_mailed.html", context))


def _may_mail(request: HttpRequest, email: str, *, at: datetime) -> bool:
    """Anybody can type anybody's address."""
    return (
        limits.take("guard, all", "", most=OF_ALL_AN_HOUR, per=timedelta(hours=1), at=at)
        and limits.take("guard, network", limits.network_of(request), most=MAILS_AN_HOUR, per=limits.HOUR, at=at)
        and limits.take("guard, mailbox", limits.mailbox_of(email), most=MAILS_A_DAY, per=limits.DAY, at=at)
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
