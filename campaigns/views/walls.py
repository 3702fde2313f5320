"""The donors' page of thanks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from campaigns import wall
from campaigns.models import Campaign
from newsroom import pages, tongues
from newsroom.methods import require_safe


@pages.kept
@require_safe
def thanks(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    campaigns = Campaign.objects.public(at=timezone.now()).filter(has_wall=True).defer("story", "thanks", "appeal")
    campaign = get_object_or_404(campaigns, slug=slug)
    try:
        page = wall.page_of(campaign, number)
    except wall.NotFullYet:
        early = redirect("campaigns:wall", slug=slug)
        add_never_cache_headers(early)
        return early
    pages.shows(request, f"wall:{campaign.pk}", *page.keys(campaign))
    with tongues.speaking(campaign.language):
        return render(request, "campaigns/wall.html", {"campaign": campaign, "page": page})
