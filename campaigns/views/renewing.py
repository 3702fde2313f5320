"""Another way to pay for a pledge, by the link in a mail: one button for each way, with everything filled in."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import guard, links, renewing, ways
from campaigns.models import Donation, Pledge, Stranding
from campaigns.processors.base import ProcessorError, Refused
from campaigns.views import guarding
from campaigns.views.own_door import bad_link, private
from campaigns.views.public import send_on
from campaigns.wording import words_of
from newsroom import tongues
from newsroom.origin import same_origin_post

NO_ANSWER = lazy("This way does not answer just now. Nothing was charged. Choose another one, or try again in a minute.")
NOT_THIS = lazy("This way does not take this gift. Choose another one.")
PAID_MEANWHILE = lazy("The gift that this page was about is paid. Below is the next one: press only if you mean to give it now.")
GONE = lazy("This way is not offered any more. Choose another one.")


@same_origin_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pledge = links.read_renewal(token)
    except links.BadLink:
        return bad_link(request)
    with tongues.speaking(pledge.donor.language):
        if request.method == "POST":
            return private(_begin(request, pledge))
        if request.method == "GET":  # that a mail was opened is counted; nothing else comes of looking
            Stranding.objects.filter(pledge=pledge, opened_at=None, recovered_at=None).update(opened_at=timezone.now())
        return private(_page(request, pledge))


def _begin(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    at = timezone.now()
    offer = next((offer for offer in renewing.offers(pledge) if offer.name == request.POST.get("way")), None)
    if offer is None:
        return _page(request, pledge, problem=GONE, status=422)
    if _is_another_period(pledge, request.POST.get("period", ""), at=at):
        return _page(request, pledge, problem=PAID_MEANWHILE, status=409)
    gate = guarding.gate_of_renewal(request, pledge, offer, at=at) if _can_begin(pledge) else guarding.Gate()
    return gate.answer or _gone_on(request, pledge, offer, gate, at=at)


def _can_begin(pledge: Pledge) -> bool:
    """Who presses on a page that is too old is told so, and waits for nothing."""
    return pledge.next_due is not None and not pledge.waits_for_its_start


def _gone_on(request: HttpRequest, pledge: Pledge, offer: ways.Offer, gate: guarding.Gate, *, at: datetime) -> HttpResponse:
    try:
        donation = renewing.renew(pledge, offer=offer, hold=gate.hold_reason, at=at)
    except renewing.CannotBeRenewed as refusal:
        return _page(request, pledge, problem=refusal.messages[0], status=409)
    except Refused:
        return _page(request, pledge, problem=NOT_THIS, status=422)
    except ProcessorError as error:
        ways.blame(offer.name, error, at=at)
        return _page(request, pledge, problem=NO_ANSWER, status=503)
    if donation and gate.passage:
        guard.remember(donation, gate.passage, at=at)
    return send_on(donation) if donation else HttpResponseRedirect(f"{request.path}?done=1")


def _is_another_period(pledge: Pledge, shown: str, *, at: datetime) -> bool:
    """The page that was sent told of a gift that was paid meanwhile: to take the next one without a word would be a second."""
    period = renewing.open_period(pledge, today=timezone.localdate(at)) if pledge.next_due else None
    return bool(shown and period) and shown != f"{period}"


def _page(request: HttpRequest, pledge: Pledge, *, problem: object = "", status: int = 200) -> HttpResponse:
    pledge.refresh_from_db()
    is_over = pledge.status in {Pledge.Status.BEGUN, Pledge.Status.ENDED} or pledge.waits_for_its_start
    period = None if is_over else renewing.open_period(pledge, today=timezone.localdate())
    offers = [(offer, renewing.consent_to(pledge, offer, period=period)) for offer in renewing.offers(pledge)] if period else []
    context: dict[str, Any] = {
        "pledge": pledge,
        "words": words_of(pledge.campaign, tongues.manner()),
        "offers": offers,
        "period": f"{period or ''}",
        "now_by": renewing.method_in_words(pledge),
        "done": "done" in request.GET and pledge.status == Pledge.Status.ACTIVE,
        "problem": problem or _last_problem(pledge),
        "is_giving": True,
    }
    return render(request, "campaigns/renew.html", context, status=status)


def _last_problem(pledge: Pledge) -> str:
    """How the last try on this page went, when it failed."""
    last = Donation.objects.filter(renewal__pledge=pledge).order_by("-pk").first()
    if last is None or not last.is_ended:
        return ""
    problem = _(last.problem) if last.problem else _("You stopped before paying.")
    return " ".join([problem, _("Nothing was charged.")])
