"""A donor's own page, by a signed link. Nothing here tells a stranger whether an address is known."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import donors, links
from campaigns.forms import LinkForm
from campaigns.models import Donation, Pledge
from campaigns.views import own_papers, own_pledges
from campaigns.views.own_door import asked_language, bad_link, in_our_language, private
from campaigns.wording import titled
from newsroom import limits, tongues
from newsroom.origin import same_origin_post

GIFTS_A_PAGE = 50
LINKS_AN_HOUR = 30  # of one network
TOO_MANY_LINKS = lazy("Many links were asked for from your network within this hour. Please try again in an hour.")


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST or None)
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        if limits.take("links", limits.network_of(request), most=LINKS_AN_HOUR, per=limits.HOUR, at=at):
            donors.mail_link_to(form.cleaned_data["email"], at=at)
            spoken = asked_language(request)
            return HttpResponseRedirect(f"{reverse('campaigns:giving')}?asked=1{f'&language={spoken}' if spoken else ''}")
        form.add_error("email", TOO_MANY_LINKS)
        return _asking(request, form, status=429)
    return _asking(request, form, status=422 if form.errors else 200)


def _asking(request: HttpRequest, form: LinkForm, *, status: int) -> HttpResponse:
    said = {name: name in request.GET for name in ("asked", "erased")}
    context = {"form": form, "asked_language": asked_language(request), **said}
    return in_our_language(request, "campaigns/ask_for_link.html", context, status=status)


@same_origin_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def donor(request: HttpRequest, token: str) -> HttpResponse:
    try:
        access = links.read(token)
    except links.BadLink:
        return bad_link(request)
    with tongues.speaking(access.donor.language):
        if request.method == "POST" and "fresh_link" in request.POST:
            return private(_fresh_link(request, access))
        changed = None
        if request.method == "POST":
            changed = own_pledges.change(request, _pledges_of(access), is_fresh=access.pledge is None)
        return private(changed or _page(request, access))


def _fresh_link(request: HttpRequest, access: links.Access) -> HttpResponse:
    """To the donor's own mailbox, whose address nobody has to type and nobody is told."""
    at = timezone.now()
    if access.donor.email and limits.take("links", limits.network_of(request), most=LINKS_AN_HOUR, per=limits.HOUR, at=at):
        donors.mail_link_to(access.donor.email, at=at)
    spoken = "" if access.donor.language == settings.LANGUAGE_CODE else f"&language={access.donor.language}"
    return HttpResponseRedirect(f"{reverse('campaigns:giving')}?asked=1{spoken}")


def _page(request: HttpRequest, access: links.Access) -> HttpResponse:
    context = _context(access) | gifts_of(request, access)
    status = 422 if own_pledges.add_forms(request, context["pledges"]) else 200
    return render(request, "campaigns/donor.html", context, status=status)


def _pledges_of(access: links.Access) -> Any:
    found = Pledge.objects.filter(donor=access.donor).exclude(status=Pledge.Status.BEGUN).select_related("campaign", "donor")
    found = titled(found, access.donor.language)
    return found.filter(pk=access.pledge.pk) if access.pledge else found


def _context(access: links.Access) -> dict[str, Any]:
    return {
        "donor": access.donor,
        "pledges": list(_pledges_of(access)),
        "all_gifts": access.pledge is None,
        "years": own_papers.shown_years(access.donor) if access.pledge is None else [],
        "is_giving": True,
    }


def gifts_of(request: HttpRequest, access: links.Access) -> dict[str, Any]:
    """A page of the gifts, the latest first: three queries."""
    shown = Q(pledge=access.pledge) if access.pledge else Q()
    gifts = Donation.objects.filter(shown, donor=access.donor, status=Donation.Status.RECEIVED)
    named = titled(gifts.select_related("campaign", "receipt"), access.donor.language)
    with_lines = donors.with_net(named).order_by("-received_at", "-pk")
    return {"gifts": Paginator(with_lines, GIFTS_A_PAGE).get_page(request.GET.get("page"))}
