"""The cookie of a reader who gave: to which campaign and on which day, nothing of who or how much.

A few lines of script read it (static/js/asking.js) and show thanks where the page asks; no page of ours depends on it, so
all of them are kept as before. It is signed for the one page where the server believes it, `/donate/`: what somebody wrote
into it by hand, or another host of the domain, is no gift. The script cannot tell, and there it would only spare its
writer an appeal.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.models import Campaign, Donation

KEPT_FOR = timedelta(days=400)  # the longest that browsers keep any
THANKED_FOR = timedelta(days=30)  # whichever campaign the gift was for; static/js/asking.js knows it too
REMEMBERED = 8  # campaigns


def name() -> str:
    """Over https no other host of the domain can set it."""
    return "__Host-gave" if settings.SESSION_COOKIE_SECURE else "gave"


def remember(request: HttpRequest, response: HttpResponse, donation: Donation, *, at: datetime) -> HttpResponse:
    """For pages that are never kept."""
    given = gifts_of(request) | {donation.campaign_id: timezone.localdate(donation.received_at or at)}
    latest = sorted(given.items(), key=lambda gift: gift[1])[-REMEMBERED:]
    value = _signer().sign("~".join(f"{campaign}_{day}" for campaign, day in latest))
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name(), value, max_age=KEPT_FOR, path="/", secure=secure, samesite="Lax")  # for the script to read
    return response


def gifts_of(request: HttpRequest) -> dict[int, date]:
    """Campaigns (primary keys) and the day of the last gift, as far as the cookie is ours."""
    try:
        told = _signer().unsign(request.COOKIES.get(name(), ""))
        parts = (gift.partition("_") for gift in told.split("~"))
        return {int(campaign): date.fromisoformat(day) for campaign, _, day in parts}
    except (signing.BadSignature, ValueError):
        return {}


def thanks_for(request: HttpRequest, campaign: Campaign, *, at: datetime) -> bool:
    """Whether this reader is thanked instead of asked: for a gift to this campaign, or a recent one to any."""
    given = gifts_of(request)
    return campaign.pk in given or any(day > timezone.localdate(at) - THANKED_FOR for day in given.values())


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="campaigns.gave")
