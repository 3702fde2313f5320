"""The step between the form and the payment while somebody tests stolen cards: wait, let the browser work, or go by mail."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from campaigns import guard
from campaigns.forms import GiveForm
from campaigns.giving import Gift
from campaigns.guard import tickets
from campaigns.models import WaitingForm
from campaigns.wording import words_of
from newsroom import limits, money, signin, tongues
from newsroom.methods import require_safe

OURS = {"guard", "altcha", "by_mail"}  # fields of the step itself
MAILS_A_DAY, MAILS_AN_HOUR, OF_ALL_AN_HOUR = 3, 20, 300  # to one mailbox, for one network, altogether
SMALLEST = lazy("Just now somebody tests stolen cards on this form. Until that is over, the smallest gift is {sum}.")
TOO_MANY_MAILS = lazy("Many links were asked for within this hour. Wait on this page instead, or ask again in an hour.")


@dataclass(frozen=True, slots=True)
class Gate:
    """Either `answer` is what the donor sees next, or the gift goes on with what `passage` says."""

    passage: guard.Passage | None = None
    answer: HttpResponse | None = None

    def held(self, gift: Gift) -> Gift:
        return replace(gift, hold=self.passage.hold_reason) if self.passage and self.passage.hold_reason else gift


def gate(request: HttpRequest, form: GiveForm, *, at: datetime) -> Gate:
    """Cheques and transfers have limits of their own: no card is tested with them."""
    if form.only_promises:
        return Gate()
    gift, least = form.gift(), guard.raised_minimum(form.campaign)
    attempt, content = _attempt(request, form, gift), _content(form, gift)
    if gift.amount < least and guard.is_too_small(attempt, content=content, at=at):
        form.add_error("own_amount", SMALLEST.format(sum=money.display(least, form.campaign.currency)))
        return Gate()  # told at once, before anybody waits for nothing
    passage = _admitted(request, form, content, attempt, at=at)
    return Gate(passage) if passage.may_go else Gate(answer=_step(request, form, passage, at=at))


@never_cache
@require_safe
def waiting_form(request: HttpRequest, token: UUID) -> HttpResponse:
    """From the donor's own mailbox: the form as it was, with a ticket that needs no work. Looking changes nothing."""
    at = timezone.now()
    found = get_object_or_404(WaitingForm.objects.select_related("campaign"), pk=token, at__gt=at - tickets.MAILED_VALID_FOR)
    content = found.fields["content"]
    ticket = tickets.by_mail(content, f"mail-{token.hex}", at=at)
    words = words_of(found.campaign, found.fields.get("language", ""))
    context = {"words": words, "path": found.path, "values": found.fields["typed"], "ticket": ticket.signed()}
    with tongues.speaking(words.language):
        response = render(request, "campaigns/waiting_form.html", context | {"is_giving": True})
    response["Referrer-Policy"] = "no-referrer"
    return response


def _attempt(request: HttpRequest, form: GiveForm, gift: Gift) -> guard.Attempt:
    campaign = form.campaign
    place = signin.network_of(request)
    return guard.Attempt(place, gift.email, gift.amount, campaign.currency, campaign.minimum)


def _admitted(request: HttpRequest, form: GiveForm, content: str, attempt: guard.Attempt, *, at: datetime) -> guard.Passage:
    brought = {"brought": request.POST.get("guard", ""), "solution": request.POST.get("altcha", "")}
    return guard.admit(attempt, content=content, at=at, **brought)


def _content(form: GiveForm, gift: Gift) -> str:
    """Which form a ticket is for: the same key and contents are the same gift."""
    told = f"{form.cleaned_data['key']} {form.cleaned_data['after']} {gift.fingerprint(form.campaign)}"
    return salted_hmac("campaigns.guard.form", told, algorithm="sha256").hexdigest()[:32]


def _step(request: HttpRequest, form: GiveForm, passage: guard.Passage, *, at: datetime) -> HttpResponse:
    """202: taken, and not done yet (RFC 9110, section 15.3.3). Holds all that was typed, and is nobody else's to keep."""
    assert passage.ticket
    told: object = ""
    typed = _typed(request)
    if "by_mail" in request.POST and passage.needs_work and not passage.seconds_left:
        if _may_mail(request, form.cleaned_data["email"], at=at):
            return _mailed(request, form, typed, passage, at=at)
        told = TOO_MANY_MAILS
    context = {
        "words": form.words,
        "path": request.path,
        "values": typed,
        "passage": passage,
        "told": told,
        "pressed": "guard" in request.POST,
        "ticket": passage.ticket.signed(),
        "challenge": tickets.challenge(passage.ticket, step=passage.step) if passage.needs_work else None,
        "is_giving": True,
    }
    return _private(render(request, "campaigns/guard.html", context, status=202))


def _mailed(request: HttpRequest, form: GiveForm, typed: list[Any], passage: guard.Passage, *, at: datetime) -> HttpResponse:
    from campaigns import tasks  # the worker's side imports this app's verbs

    email = form.cleaned_data["email"]
    content = passage.ticket.content if passage.ticket else ""
    fields = {"typed": typed, "content": content, "language": form.words.language}
    row = WaitingForm.objects.create(token=uuid4(), campaign=form.campaign, path=request.path, email=email, fields=fields, at=at)
    tasks.mail_waiting_form.defer(token=str(row.pk))
    return _private(render(request, "campaigns/guard_mailed.html", {"words": form.words, "email": email, "is_giving": True}))


def _may_mail(request: HttpRequest, email: str, *, at: datetime) -> bool:
    """Anybody can type anybody's address."""
    return (
        limits.take("guard, all", "", most=OF_ALL_AN_HOUR, per=timedelta(hours=1), at=at)
        and limits.take("guard, network", limits.network_of(request), most=MAILS_AN_HOUR, per=limits.HOUR, at=at)
        and limits.take("guard, mailbox", limits.mailbox_of(email), most=MAILS_A_DAY, per=limits.DAY, at=at)
    )


def _typed(request: HttpRequest) -> list[Any]:
    return [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
