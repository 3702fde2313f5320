"""Campaigns, and the form on their pages."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import giving, guard, updates, ways
from campaigns.forms import GiveForm
from campaigns.matching import matches_of, until_keys, with_pools
from campaigns.models import Campaign, Donation
from campaigns.pages import LIST, gifts, text, until_it_turns
from campaigns.partners import source_of
from campaigns.processors.base import Busy, ProcessorError, Refused
from campaigns.progress import progress_of
from campaigns.tallying import with_totals
from campaigns.views import guarding
from campaigns.views.own_door import in_our_language
from campaigns.ways import WAYS
from campaigns.wording import Words, address_in, languages_of, with_languages, words_of
from newsroom import limits, pages, tongues
from newsroom.methods import require_safe
from newsroom.origin import same_origin_post

ANOTHER = "another"  # the button that goes back to the form
PROMISES_AN_HOUR = 40  # of one network: a hall full of donors gets through
INSTRUCTIONS_A_DAY = 8  # to one mailbox
TOO_MANY_PROMISES = lazy(
    "Many cheques and transfers were announced from your network within this hour. Choose another way to give, or try again"
    " in an hour. Nothing was kept."
)
NOT_THIS = lazy("This way of giving does not take this gift. Choose another amount or another way.")
BEING_OPENED = lazy("This gift is just being opened: perhaps the button was pressed twice. Press Give once more.")


@pages.kept
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    found = Campaign.objects.exclude(status=Campaign.Status.DRAFT).select_related("image").defer("story", "thanks")
    campaigns = list(found.order_by("-priority", "-pk"))
    moments = [moment for one in campaigns if (moment := one.turns_at(at))]  # also of one that has no page yet
    pages.shows(request, LIST, *([pages.until(min(moments))] if moments else []))
    public = [one.by_the_clock(at=at) for one in campaigns if one.has_page_at(at)]
    return in_our_language(request, "campaigns/list.html", {"campaigns": sorted(public, key=lambda one: not one.is_open)})


@never_cache
@require_safe
def donate(request: HttpRequest) -> HttpResponse:
    """To the campaign that is asked for now; to the list when there is none."""
    return redirect(next(iter(Campaign.objects.asked_for(at=timezone.now())), "campaigns:list"))


@pages.kept
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    return _campaign(request, slug)


@pages.kept
@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def translated(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The campaign's page in another of its languages."""
    return _campaign(request, slug, language)


def _campaign(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    at = timezone.now()
    public = with_pools(with_languages(Campaign.objects.public(at=at).select_related("image")))
    public = with_totals(updates.with_news(public))
    found = get_object_or_404(public, slug=slug).by_the_clock(at=at)
    if language == found.language:  # what was sent comes along
        return redirect(found, preserve_request=True)
    if language and language not in languages_of(found):
        raise Http404
    words = words_of(found, language)
    with tongues.speaking(words.language):
        return give(request, found, words) if request.method == "POST" else _form(request, found, words, at=at)


def _form(request: HttpRequest, found: Campaign, words: Words, *, at: datetime) -> HttpResponse:
    pages.shows(request, f"campaign:{found.pk}", text(found.pk, words.language), gifts(found.pk))
    pages.shows(request, *([WAYS] if found.is_open else []), *until_it_turns(found, at))
    if found.image_id:
        pages.shows(request, *(f"image:{found.image_id}:{face}" for face in ("full", "words", "social")))
    return page(request, found, GiveForm(found, words=words))


def page(request: HttpRequest, campaign: Campaign, form: GiveForm, *, status: int = 200, **more: Any) -> HttpResponse:
    """The campaign's page with its form, or without when it is over."""
    at = timezone.now()
    matches = matches_of(campaign, at=at)
    if campaign.is_open:
        pages.shows(request, *until_keys(matches, at=at))
    news = updates.on_page(campaign)
    pages.shows(request, *updates.shown(campaign, news))
    context = {
        "news": news,
        "campaign": campaign,
        "words": form.words,
        "languages": _languages(campaign),
        "story": _parts(form.words.story),
        "form": form,
        "matches": matches,
        "progress": progress_of(campaign),
        "page_of": campaign,
        "source": source_of(request),
        **more,
    }
    return render(request, "campaigns/campaign.html", context, status=status)


def _languages(campaign: Campaign) -> list[tuple[str, str, str]]:
    """(code, its own name for itself, the page's address) where there is more than one."""
    languages = languages_of(campaign)
    named = [(language, get_language_info(language)["name_local"], address_in(campaign, language)) for language in languages]
    return [(code, name[:1].upper() + name[1:], address) for code, name, address in named] if len(named) > 1 else []


def give(request: HttpRequest, campaign: Campaign, words: Words | None = None) -> HttpResponse:
    """Errors come back on the page with what was typed; nothing of it is kept."""
    form, at = GiveForm(campaign, request.POST, words=words), timezone.now()
    if not campaign.takes_gifts(at=at):
        return page(request, campaign, form, status=409, is_over=True)
    if ANOTHER in request.POST:  # from the guard's page: nothing is sent yet, and nothing is said to be wrong
        return page(request, campaign, GiveForm(campaign, initial=dict(form.typed()), words=words))
    if not form.is_valid():
        return page(request, campaign, form, status=422)
    if not _may_promise(request, form, at):
        form.add_error("processor", TOO_MANY_PROMISES)
        return page(request, campaign, form, status=429)
    gate = guarding.gate(request, form, at=at)
    if gate.answer or form.errors:
        return gate.answer or page(request, campaign, form, status=422)
    try:
        donation = _begin(request, form, gate, at)
    except giving.CampaignTakesNoGifts:
        return page(request, campaign, form, status=409, is_over=True)
    except ValidationError as error:
        form.add_error(None, error)
        return page(request, campaign, form, status=422)
    except Refused:
        form.add_error("processor", NOT_THIS)
        return page(request, campaign, form, status=422)
    except ProcessorError as error:
        return _next_way(request, form, error, at=at)
    if donation.is_received:  # one that began before: a page gone back to, another tab, or the wish to give once more
        return render(request, "campaigns/again.html", _again(donation, form))
    return send_on(donation)


def _may_promise(request: HttpRequest, form: GiveForm, at: datetime) -> bool:
    """Each promise of a cheque mails instructions to an address that anybody can type. Payments are not counted: whoever
    shares a network with a flood can still give by card."""
    if not form.only_promises:
        return True
    return limits.take("promises", limits.network_of(request), most=PROMISES_AN_HOUR, per=limits.HOUR, at=at)


def _begin(request: HttpRequest, form: GiveForm, gate: guarding.Gate, at: datetime) -> Donation:
    gift, mail = replace(form.gift(), hold=gate.hold_reason, source=source_of(request)), True
    if form.only_promises:  # the page tells it too: nobody is refused for what others typed
        mail = limits.take("instructions", limits.mailbox_of(gift.email), most=INSTRUCTIONS_A_DAY, per=limits.DAY, at=at)
    sender = f"{limits.network_of(request)} {request.headers.get('User-Agent', '')}"
    known = {name: form.cleaned_data[name] for name in ("key", "after")}
    donation = giving.begin(form.campaign, gift=gift, sender=sender, mail=mail, at=at, **known)
    if gate.passage:
        guard.remember(donation, gate.passage, at=at)
    return donation


def send_on(donation: Donation) -> HttpResponse:
    """To the hosted page while there is something to do there, else to the gift's own."""
    address = donation.get_absolute_url()
    if donation.status == Donation.Status.BEGUN and donation.checkout_url:
        address = donation.checkout_url
        if urlsplit(address).netloc:  # Chromium lets no form be redirected to another host: form-action 'self'
            address = reverse("campaigns:checkout", args=[donation.token])
    # 303: what follows is a GET, whatever was posted (RFC 9110, section 15.4.4).
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _again(donation: Donation, form: GiveForm) -> dict[str, Any]:
    """The form once more, as the next one after this gift: saying yes twice is one gift more, not two."""
    values = {name: value for name, value in form.data.items() if name in form.fields}
    values |= {"key": giving.next_key(donation), "after": donation.key, "source": donation.source}
    return {"donation": donation, "words": form.words, "values": values.items(), "is_giving": True}


def _next_way(request: HttpRequest, form: GiveForm, error: ProcessorError, *, at: datetime) -> HttpResponse:
    """It is the processor's fault: the same form at once with the next way chosen, and nobody else is sent there."""
    if isinstance(error, Busy):
        form.add_error("processor", BEING_OPENED)
        return page(request, form.campaign, form, status=409)
    ways.blame(form.cleaned_data["processor"], error, at=at)
    form.move_on()
    onward = [way for way in form.ways if way.works]
    told = _("Press Give once more to go on by: {way}.") if onward else _("Please try again in some minutes.")
    told = told.format(way=onward[0].label if onward else "")
    form.add_error("processor", " ".join([_("This way of giving does not answer just now. Nothing was charged."), told]))
    return page(request, form.campaign, form, status=503)


def _parts(story: str) -> tuple[str, str]:
    """The first paragraph, and the rest: on a phone the form stands between them."""
    first, end, rest = story.partition("</p>")
    return (first + end, rest) if end and first.lstrip().startswith("<p") else ("", story)
