"""The front page on the desk: its slots, what may be put into them, how it will look, and how it was before."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from articles import fronting, moments, rules, search
from articles.admin import slots
from articles.composing import Front, compose, may_stand
from articles.fronting import Choice
from articles.models import Article, FrontPage
from articles.models.front import Place
from articles.views.front import page

FOUND = 12  # articles to choose from
AT_ONCE = 30
FRAMED: dict[str, Any] = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}  # the desk shows it beside the slots
SAVED = "The draft is saved. Readers see it when you publish it."


@admin.register(FrontPage)
class FrontPageAdmin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.arrange_view), name="articles_frontpage_changelist"),
            path("preview/", view(self.preview_view), name="articles_frontpage_preview"),
            path("published/", view(self.published_view), name="articles_frontpage_published"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FrontPage | None = None) -> bool:
        return False

    # Arranging

    def arrange_view(self, request: HttpRequest) -> HttpResponse:
        """A GET shows the draft; a POST obeys a button, and every button keeps what was typed."""
        _check(request)
        if request.method != "POST":
            return self._board(request, slots.unsent, None)
        rows = slots.typed(request.POST)
        asked = request.POST.get("q", "")
        if "_find" in request.POST or ("_default" in request.POST and asked != request.POST.get("asked", "")):
            return self._typed(request, rows)
        if not all(row.is_valid() for row in rows):
            messages.error(request, "Nothing is saved yet: look at what is marked.")
            return self._typed(request, rows)
        try:
            return self._obey(request, rows)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return self._typed(request, rows)

    def _obey(self, request: HttpRequest, rows: list[slots.SlotForm]) -> HttpResponse:
        by, at, expected = cast(User, request.user), timezone.now(), _number(request.POST.get("version"))
        choices: list[Choice] = []
        try:
            if "_discard" in request.POST:
                fronting.discard(by=by, at=at, expected=expected)
                said = "The draft is again what readers see."
            else:
                choices = _wanted(request.POST, rows)
                kept = fronting.arrange(choices, by=by, at=at, expected=expected)
                said = _said(request.POST)
            if "_publish" in request.POST:
                fronting.publish(by=by, at=at, expected=kept.version)
        except fronting.Collision as collision:
            return self._collided(request, collision, choices or [row.choice() for row in rows])
        messages.success(request, said)
        return HttpResponseRedirect(request.path)

    def _typed(self, request: HttpRequest, rows: list[slots.SlotForm]) -> HttpResponse:
        return self._board(request, lambda *_: rows, _number(request.POST.get("version")))

    def _collided(self, request: HttpRequest, collision: fronting.Collision, mine: list[Choice]) -> HttpResponse:
        """Theirs is kept; mine is in the form, and its buttons now know of theirs."""
        front = collision.front
        who = (front.by.get_full_name() or front.by.get_username()) if front.by else "The newsroom’s clock"
        theirs = {"who": who, "at": moments.moment(front.at), "slots": _told(compose(front))}
        rows = slots.unsent(mine, [None] * len(mine))
        return self._board(request, lambda *_: rows, front.version, collision=theirs)

    def _board(self, request: HttpRequest, rows_of: Any, version: int | None, **more: Any) -> HttpResponse:
        front, shown = fronting.draft(), fronting.live()
        choices, found = list(fronting.choices_of(front)), compose(front)
        standing = [slot.cards for slot in found.slots] if choices else []
        rows = rows_of(choices, [cards[0].pk if cards else None for cards in standing])
        asked = (request.POST.get("q") or request.GET.get("q") or "")[:200]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Front page",
            "version": front.version if version is None else version,
            "slots": _dressed(rows, standing, found),
            "by_rule": _told(found) if not rows else [],
            "draft": front,
            "shown": shown,
            "is_changed": tuple(choices) != fronting.choices_of(shown),
            "sections": slots.sections(),
            "zone": moments.zone(),
            "asked": asked,
            "found": _to_choose_from(asked, found),
        }
        return TemplateResponse(request, "admin/articles/frontpage/arrange.html", context | more)

    # Looking at it

    @method_decorator([never_cache, xframe_options_sameorigin, csp_override(FRAMED)])
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The draft, or an earlier arrangement (?number=3), as readers' own page. Never kept, never indexed."""
        _check(request)
        number = _number(request.GET.get("number"))
        front = FrontPage.objects.filter(number=number).first()
        if front is None:
            raise Http404("There is no such arrangement.")
        response = page(request, compose(front))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        return response

    def published_view(self, request: HttpRequest) -> HttpResponse:
        """A GET lists what readers saw; a POST brings one of them back into the draft."""
        _check(request)
        if request.method == "POST":
            return self._bring_back(request)
        fronts = FrontPage.objects.exclude(number=None).select_related("by").order_by("-number")
        listed = Paginator(fronts, AT_ONCE).get_page(request.GET.get("page"))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Published front pages"}
        context |= {"page": listed, "version": fronting.draft().version}
        return TemplateResponse(request, "admin/articles/frontpage/published.html", context)

    def _bring_back(self, request: HttpRequest) -> HttpResponse:
        number, expected = _number(request.POST.get("number")), _number(request.POST.get("version"))
        if number is None or not FrontPage.objects.filter(number=number).exists():
            raise Http404("There is no such arrangement.")
        try:
            fronting.bring_back(number, by=cast(User, request.user), at=timezone.now(), expected=expected)
        except fronting.Collision:
            messages.error(request, "Somebody arranged the front page meanwhile, so nothing was changed. Look at it first.")
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, f"The draft is arranged as front page {number} was. Readers see it when you publish it.")
        return HttpResponseRedirect(reverse("admin:articles_frontpage_changelist"))


def _check(request: HttpRequest) -> None:
    if not rules.may_arrange(request.user):
        raise PermissionDenied("You may not arrange the front page.")


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def _wanted(data: QueryDict, rows: list[slots.SlotForm]) -> list[Choice]:
    if "_by_hand" in data:
        return slots.by_hand()
    return [] if "_by_itself" in data else slots.pressed(data, rows)


def _said(data: QueryDict) -> str:
    if "_publish" in data:
        return "The front page is published: readers see it."
    return SAVED


def _dressed(rows: list[slots.SlotForm], standing: list[list[Article]], found: Front) -> list[dict[str, Any]]:
    """Each slot with its name, the story that was chosen for it and those that stand in it."""
    chosen = Article.objects.in_bulk([int(pk) for row in rows if _is_key(pk := str(row["article"].value() or ""))])
    told, seconds, strips = [], 0, 0
    for number, row in enumerate(rows):
        place, value = row["place"].value(), str(row["article"].value() or "")
        seconds, strips = seconds + (place == Place.SECOND), strips + (place == Place.STRIP)
        name = {Place.SECOND: f"Second {seconds}", Place.STRIP: f"Strip {strips}{_of(row)}"}.get(place, "Lead")
        pin = chosen.get(int(value)) if _is_key(value) else None
        cards = standing[number] if number < len(standing) else []
        told.append({"number": number, "form": row, "name": name, "place": place, "pin": pin, "cards": cards})
    return told


def _is_key(typed: str) -> bool:
    return typed.isdecimal() and len(typed) < 19


def _of(row: slots.SlotForm) -> str:
    """“: Water”, as it is filled in."""
    section = dict(_names(row)).get(str(row["section"].value() or ""), "")
    name = row["title"].value() or row["tag"].value() or section
    return f": {name}" if name else ""


def _names(row: slots.SlotForm) -> list[tuple[str, str]]:
    return [(str(key), str(name)) for key, name in row.fields["section"].choices if key]  # type: ignore[attr-defined]


def _told(found: Front) -> list[tuple[str, str]]:
    """(“Lead”, its headline) of an arrangement, for somebody who compares."""
    return [(slot.name or slot.place.capitalize(), str(slot.cards[0]) if slot.cards else "empty") for slot in found.slots]


def _to_choose_from(asked: str, found: Front) -> list[Article]:
    """What was looked for, or the newest that do not stand in a slot."""
    if words := " ".join(search.askable(asked).split()):
        begun, wanted = search.beginning(words), search.Asked(words)
        matching = may_stand().filter(search=wanted | begun if begun else wanted)
        return list(matching.only("headline", "published_at")[:FOUND])
    standing = [card.pk for slot in found.slots for card in slot.cards]
    return list(may_stand().exclude(pk__in=standing).only("headline", "published_at")[:FOUND])
