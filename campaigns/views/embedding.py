"""A campaign's progress for embedding, here and on other sites: small, fresh, and apart from the pages that show it."""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override

from campaigns import drawing
from campaigns.models import Campaign
from campaigns.pages import gifts
from campaigns.pages import progress as progress_key
from campaigns.progress import days_change_at, days_left, days_left_in_words, progress_of
from campaigns.tallying import with_totals
from campaigns.wording import address_in, title_in
from newsroom import pages, tongues
from newsroom.methods import require_safe

# The drawing brings its own colours for dark pages: inside <img> it reaches no stylesheet of ours.
STYLE = (settings.BASE_DIR / "templates/campaigns/_progress.css").read_text().strip()
STYLE_HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
# The drawing shrinks with its place: letters of 21 in a width of 480 are still 12 pixels high where 275 are left.
WIDTH = 480
Facts = dict[str, Any]
View = Callable[[HttpRequest, Facts], HttpResponse]


def embeddable(view: View) -> Callable[..., HttpResponse]:
    """Readable from other sites; in the language that the address names, else in the campaign's own."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
        at = timezone.now()
        public = with_totals(Campaign.objects.public(at=at).defer("story", "thanks", "appeal"))
        found = get_object_or_404(public, slug=slug)
        spoken, title = named(found, language)
        with tongues.speaking(spoken):
            response = view(request, _facts(request, found.by_the_clock(at=at), at) | {"title": title})
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


@pages.kept
@csp_override({"default-src": [CSP.NONE], "style-src": [STYLE_HASH], "frame-ancestors": [CSP.NONE]})
@require_safe
@embeddable
def progress_svg(request: HttpRequest, facts: Facts) -> HttpResponse:
    context = facts | {"style": format_html("<style>{}</style>", mark_safe(STYLE))}  # noqa: S308  ours
    return HttpResponse(render_to_string("campaigns/progress.svg", context), content_type="image/svg+xml; charset=utf-8")


@pages.kept
@require_safe
@embeddable
def progress_png(request: HttpRequest, facts: Facts) -> HttpResponse:
    """The same in pixels."""
    return HttpResponse(drawing.progress_png(facts), content_type="image/png")


@pages.kept
@require_safe
@embeddable
def progress_json(request: HttpRequest, facts: Facts) -> HttpResponse:
    return JsonResponse({name: value for name, value in facts.items() if name not in {"bar", "of_goal"}})


def named(campaign: Campaign, language: str) -> tuple[str, str]:
    """The language that an address names, and the campaign's title in it. 404 for one that the campaign does not have, and
    for its own, which has addresses without a name."""
    title = title_in(campaign, language or campaign.language)
    if not title or language == campaign.language:
        raise Http404("The campaign has no such translation.")
    return language or campaign.language, title


def _facts(request: HttpRequest, campaign: Campaign, at: datetime) -> Facts:
    """In the language that is spoken."""
    progress = progress_of(campaign)
    changes = [campaign.turns_at(at), days_change_at(campaign, at=at) if campaign.is_open else None]
    pages.shows(
        request, progress_key(campaign.pk, tongues.manner()), gifts(campaign.pk), *(pages.until(each) for each in changes if each)
    )
    return {
        "currency": campaign.currency,
        "goal_kind": campaign.goal_kind,
        "goal": progress.goal,
        "reached": progress.reached,
        "total": progress.total,
        "goal_text": progress.goal_text,
        "reached_text": progress.reached_text,
        "total_text": progress.total_text,
        "gifts": progress.gifts,
        "gifts_text": progress.gifts_text,
        "came_text": progress.came_text,
        "per_cent": progress.per_cent,
        "days_left": days_left(campaign, at=at) if campaign.is_open else None,
        "days_left_text": days_left_in_words(campaign, at=at) if campaign.is_open else _("closed"),
        "of_goal": _("of {goal}").format(goal=progress.goal_text),
        "url": settings.SITE_URL + address_in(campaign, tongues.manner()),
        "ends_at": campaign.ends_at,
        "status": campaign.status,
        "bar": progress.filled * WIDTH // progress.goal,
    }
