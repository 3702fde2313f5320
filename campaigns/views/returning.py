"""Where a donor comes back to: how the gift stands, and what can be done. Its address is known to the donor alone."""

import logging
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from campaigns import epc, gave, giving, links, processors
from campaigns.forms import GiveForm, typed_again
from campaigns.models import Donation, LedgerEntry, OfflineInstructions, Pledge, Renewal
from campaigns.processors.base import ProcessorError
from campaigns.views.own_door import bad_link
from campaigns.wording import words_of
from newsroom import tongues
from newsroom.methods import require_safe

logger = logging.getLogger(__name__)
Status = Donation.Status


@never_cache
@require_safe
def returning(request: HttpRequest, token: UUID) -> HttpResponse:
    gifts = Donation.objects.select_related("campaign", "donor", "pledge__donor")
    donation = _as_it_stands(get_object_or_404(gifts, token=token))
    with tongues.speaking(donation.language):
        return _how_it_stands(request, donation)


def _how_it_stands(request: HttpRequest, donation: Donation) -> HttpResponse:
    context = _about(donation)
    if donation.is_received:
        context["gift"] = LedgerEntry.objects.get(donation=donation, kind=LedgerEntry.Kind.GIFT)
        return gave.remember(request, render(request, "campaigns/thanks.html", context), donation, at=timezone.now())
    if donation.is_ended and Renewal.objects.filter(donation=donation).exists() and donation.pledge:
        return _to_renew(request, donation, donation.pledge)
    if donation.is_ended:
        return render(request, "campaigns/declined.html", context | _another_try(donation))
    if donation.status == Status.HELD:
        return render(request, "campaigns/held.html", context)
    if processors.is_by_hand(donation.processor):
        by_hand = OfflineInstructions.objects.get(pk=1)
        context |= {"instructions": by_hand.text, "account": by_hand, "has_code": _code(donation, by_hand) is not None}
        promised = render(request, "campaigns/instructions.html", context)  # who comes by transfer sees no later page
        return gave.remember(request, promised, donation, at=timezone.now())
    return render(request, "campaigns/waiting.html", context | _way_back(donation))


def _way_back(donation: Donation) -> dict[str, Any]:
    """To the page where an unpaid gift was begun, with what was typed there."""
    if donation.pledge and Renewal.objects.filter(donation=donation).exists():
        return {"renew_path": links.path_to_renew(donation.pledge) if _is_fresh(donation) else ""}
    typed = typed_again(donation, at=timezone.now())
    return {"values": [(name, "on" if value is True else value) for name, value in typed.items() if value]}


def _is_fresh(donation: Donation) -> bool:
    return timezone.now() - donation.created_at < links.VALID_FOR


def _to_renew(request: HttpRequest, donation: Donation, pledge: Pledge) -> HttpResponse:
    """Back to the page it was begun on. No link that was ended comes alive again by the address of an old try."""
    return HttpResponseRedirect(links.path_to_renew(pledge)) if _is_fresh(donation) else bad_link(request)


def _about(donation: Donation) -> dict[str, Any]:
    words = words_of(donation.campaign, donation.language)
    return {"donation": donation, "campaign": donation.campaign, "words": words, "is_giving": True}


def _another_try(donation: Donation) -> dict[str, Any]:
    """The form as it was, for another try; or how that went, when there was one: nobody is asked to pay again."""
    at = timezone.now()
    retries = Donation.objects.filter(retry_of=donation.first_try).exclude(pk=donation.pk)
    second = retries.exclude(status__in=[Status.DECLINED, Status.CANCELLED]).select_related("campaign", "donor", "pledge")
    typed = typed_again(donation, at=at)
    following = {"key": giving.next_key(donation), "after": donation.key}
    return {
        "second": _as_it_stands(latest) if (latest := second.order_by("-received_at", "-pk").first()) else None,
        "form": GiveForm(donation.campaign, initial=typed | following, words=words_of(donation.campaign, donation.language)),
        "takes_gifts": donation.campaign.takes_gifts(at=at),
        "is_whole": "email" in typed,
    }


@never_cache
@require_safe
def checkout(request: HttpRequest, token: UUID) -> HttpResponse:
    """The step to a payment page on another host. A page of ours: from here it is a link that is followed, not a form."""
    donation = get_object_or_404(Donation.objects.select_related("campaign"), token=token)
    if donation.status != Status.BEGUN or not donation.checkout_url:
        return HttpResponseRedirect(donation.get_absolute_url())
    with tongues.speaking(donation.language):
        return render(request, "campaigns/checkout.html", {"donation": donation, "is_giving": True})


@never_cache
@require_safe
def transfer_code(request: HttpRequest, token: UUID) -> HttpResponse:
    """The code for a banking app, as a drawing: dark on white in dark mode too, or no app reads it."""
    donation = get_object_or_404(Donation, token=token)
    drawn = _code(donation, OfflineInstructions.objects.get(pk=1)) if processors.is_by_hand(donation.processor) else None
    if drawn is None:
        raise Http404("There is no code for this gift.")
    response = HttpResponse(content_type="image/svg+xml")
    drawn.save(response, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return response


def _code(donation: Donation, account: OfflineInstructions) -> Any:
    about = {"holder": account.account_holder, "iban": account.iban, "bic": account.bic}
    return epc.code(amount=donation.amount, currency=donation.currency, reference=donation.reference, **about)


def _as_it_stands(donation: Donation) -> Donation:
    """Asked at the processor's, since the donor may be here before its event is. No answer is no harm."""
    if not donation.is_unfinished:
        return donation
    try:
        return giving.settle(donation, at=timezone.now())
    except ProcessorError as error:
        logger.warning("Gift %s could not be looked up: %s", donation.pk, error)
        return donation
