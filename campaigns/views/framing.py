"""The give form in a frame on a partner's page. It needs no script, and leaves the frame as soon as it is sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles import frame
from articles.pages import NAME
from campaigns.forms import GiveForm
from campaigns.models import Campaign, PartnerHost
from campaigns.pages import framed, until_it_turns
from campaigns.partners import PARTNERS, let_frame, of_host
from campaigns.views.public import give, page
from campaigns.ways import WAYS
from campaigns.wording import Words, words_of
from newsroom import pages, tongues
from newsroom.origin import is_foreign


@pages.kept
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: HttpRequest, slug: str, host: str = "", language: str = "") -> HttpResponse:
    """With a host: for that partner, who is named on the gift. Without: for any of them. In the campaign's own language, or
    in one that it was translated into."""
    at = timezone.now()
    campaign = get_object_or_404(Campaign.objects.public(at=at), slug=slug).by_the_clock(at=at)
    hosts = list(PartnerHost.objects.filter(**({"host": host} if host else {})).values_list("host", flat=True))
    if host and not hosts:
        raise Http404("This site shows no form of ours.")
    words = words_of(campaign, language)
    if language and (language == campaign.language or words.language != language):
        raise Http404("The campaign has no such translation.")
    with tongues.speaking(words.language):
        if request.method == "POST":
            return _sent(request, campaign, words)
        pages.shows(request, framed(campaign.pk, words.language), of_host(host) if host else PARTNERS)
        pages.shows(request, *until_it_turns(campaign, at), NAME, *([WAYS] if campaign.is_open else []))
        form = GiveForm(campaign, words=words)
        context = {"campaign": campaign, "words": words, "form": form, "masthead": frame.masthead()}
        return let_frame(render(request, "campaigns/embed.html", context), hosts)


def _sent(request: HttpRequest, campaign: Campaign, words: Words) -> HttpResponse:
    """The answer stands in the whole window, on our own site.

    A frame that its page put into a sandbox has no origin: a form from there looks as one from any other site. It is not
    taken, but shown here as it was filled in, to be sent once more.
    """
    if is_foreign(request) and campaign.is_open:
        return page(request, campaign, GiveForm(campaign, request.POST, words=words), status=403, is_to_be_sent_again=True)
    return give(request, campaign, words)
