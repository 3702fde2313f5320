"""A donor's own page, by a signed link. Nothing here tells a stranger whether an address is known."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import donors, links, pledges
from campaigns.forms import LinkForm, whole
from campaigns.models import Donation, Pledge
from newsroom import limits
from newsroom.origin import same_origin_post

LINKS_AN_HOUR = 30  # of one network


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST or None)
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        if limits.take("links", limits.network_of(request), most=LINKS_AN_HOUR, per=limits.HOUR, at=at):
            donors.mail_link_to(form.cleaned_data["email"], at=at)
            return HttpResponseRedirect(f"{reverse('campaigns:giving')}?asked=1")
        form.add_error("email", "Many links were asked for from your network within this hour. Please try again in an hour.")
        return _asking(request, form, status=429)
    return _asking(request, form, status=422 if form.errors else 200)


def _asking(request: HttpRequest, form: LinkForm, *, status: int) -> HttpResponse:
    return render(request, "campaigns/ask_for_link.html", {"form": form, "asked": "asked" in request.GET}, status=status)


@same_origin_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def donor(request: HttpRequest, token: str) -> HttpResponse:
    try:
        access = links.read(token)
    except links.BadLink:
        return render(request, "campaigns/bad_link.html", status=404)
    if request.method == "POST":
        pledge = get_object_or_404(_pledges_of(access), pk=whole(request.POST.get("stop", "")))
        pledges.end(pledge, at=timezone.now())
        return HttpResponseRedirect(request.path)
    return _private(render(request, "campaigns/donor.html", _context(access)))


def _pledges_of(access: links.Access) -> Any:
    found = Pledge.objects.filter(donor=access.donor).exclude(status=Pledge.Status.BEGUN).select_related("campaign")
    return found.filter(pk=access.pledge.pk) if access.pledge else found


def _context(access: links.Access) -> dict[str, Any]:
    shown = Q(pledge=access.pledge) if access.pledge else Q()
    gifts = Donation.objects.filter(shown, donor=access.donor, status=Donation.Status.RECEIVED)
    return {
        "donor": access.donor,
        "pledges": _pledges_of(access),
        "gifts": donors.with_net(gifts.select_related("campaign", "receipt")).order_by("-received_at"),
        "all_gifts": access.pledge is None,
        "is_giving": True,
    }


def _private(response: HttpResponse) -> HttpResponse:
    """The link itself must not travel on in a Referer header."""
    response["Referrer-Policy"] = "no-referrer"
    return response
