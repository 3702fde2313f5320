"""The cookie of a reader who gave: to which campaign and on which day, nothing of who or how much.

A few lines of script read it (static/js/asking.js) and show thanks where the page asks; no page of ours depends on it, so
all of them are kept as before. A script cannot check a signature, and need not: who writes a gift into the cookie by hand
spares themselves an appeal. The signature is for us: only what we wrote ourselves is carried on into the next cookie, so
nothing that another host of the domain or somebody's hand put there travels on under our name.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.models import Donation

KEPT_FOR = timedelta(days=400)  # the longest that browsers keep any
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


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="campaigns.gave")
