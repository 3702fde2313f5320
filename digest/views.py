"""The sign-up page, past editions, and the pages behind the links in our mails. A GET changes nothing."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from articles.pages import shown_cards
from digest import subscribing, tokens
from digest.forms import SignUpForm
from digest.models import Edition, Subscriber
from digest.pages import SIGN_UP, shown_edition, shown_editions
from newsroom import limits, pages
from newsroom.methods import require_safe
from newsroom.origin import same_origin_post

read_and_post = require_http_methods(["GET", "HEAD", "POST"])
# An event where a room full of people signs up over one Wi-Fi must get through; a script that works down a list must not.
SIGN_UPS_AN_HOUR = 60  # of one network
LISTED = 30  # past editions on the sign-up page; the others stand on their year's


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages behind a personal link: kept nowhere, found by nobody, and the address told to no other site."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (tokens.BadToken, Subscriber.DoesNotExist):
            response = render(request, "digest/no_link.html", status=404)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@pages.kept
@same_origin_post
@read_and_post
def digest(request: HttpRequest) -> HttpResponse:
    """The sign-up. Whatever we know about an address, the answer is the same."""
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    at = timezone.now()
    if not limits.take("digest.sign_up", limits.network_of(request), most=SIGN_UPS_AN_HOUR, per=limits.HOUR, at=at):
        form.refuse("Many people signed up from your network within this hour. Please try again in an hour.")
        return _page(request, form, status=429)
    subscribing.ask(form.cleaned_data["email"], at=at, place=_place(request))
    return render(request, "digest/asked.html", {"email": form.cleaned_data["email"]})


def _page(request: HttpRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    editions = list(Edition.objects.listed()[:LISTED])
    pages.shows(request, SIGN_UP, *shown_editions(editions))
    context = {
        "form": form,
        "editions": editions,
        "years": Edition.objects.dates("date", "year", "DESC"),
    }
    return render(request, "digest/digest.html", context, status=status)


@pages.kept
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    editions = list(Edition.objects.listed().filter(date__year=year))
    if not editions:
        raise Http404("No digest was sent that year.")
    pages.shows(request, *shown_editions(editions))
    return render(request, "digest/year.html", {"year": year, "editions": editions})


def _place(request: HttpRequest) -> str:
    """The page of ours that carried the form, as the browser tells it."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all, such as “http://[”
        return ""
    return came_from.path if came_from.netloc == request.get_host() else ""


@pages.kept
@require_safe
def edition(request: HttpRequest, day: date) -> HttpResponse:
    """The web copy of what was mailed that day: today's words of the articles, and none that was withdrawn."""
    of_day = Article.objects.published().filter(edition_item__edition__date=day)
    articles = list(of_day.order_by("edition_item__edition__number", "edition_item__position").as_cards())
    pages.shows(request, *shown_edition(day), *shown_cards(articles))
    if not articles:
        raise Http404("Nothing was mailed that day, or nothing of it is left.")
    return render(request, "digest/edition.html", {"day": day, "articles": articles})


@private
@same_origin_post
@read_and_post
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    asked, at = tokens.read_confirmation(token), timezone.now()
    subscriber = Subscriber.objects.get(token=asked.subscriber)
    gets_it = subscriber.status == Subscriber.Status.CONFIRMED
    if not gets_it and (asked.is_over(at=at) or not subscribing.can_confirm(subscriber, asked_at=asked.made_at)):
        return render(request, "digest/over.html", {"typed": subscriber.email}, status=410)
    if request.method == "POST":
        subscribing.confirm(subscriber, at=at, asked_at=asked.made_at)
        return HttpResponseRedirect(request.path, status=303)
    preferences = reverse("digest:preferences", args=[tokens.to_preferences(subscriber.token)])
    return render(request, "digest/confirm.html", {"subscriber": subscriber, "gets_it": gets_it, "preferences": preferences})


@private
@csrf_exempt
@read_and_post
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A button for people; for mail programs RFC 8058, which brings no cookie, no origin, and wants no redirect.

    This link, which mail providers are shown, takes out and does nothing else.
    """
    number = tokens.read_unsubscription(token)
    if request.method == "POST":
        if subscriber := Subscriber.objects.filter(token=number).first():
            subscribing.unsubscribe(subscriber, at=timezone.now())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("You are unsubscribed.\n", content_type="text/plain; charset=utf-8")
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "digest/unsubscribe.html", _state(Subscriber.objects.get(token=number)))


@private
@same_origin_post
@read_and_post
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = Subscriber.objects.get(token=tokens.read_preferences(token))
    if request.method == "POST":
        wish = request.POST.get("wish", "")
        if wish == "erase":
            subscribing.erase(subscriber)
            return render(request, "digest/erased.html", _state(subscriber))
        if wish in WISHES:
            WISHES[wish](subscriber, at=timezone.now())
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "digest/preferences.html", _state(subscriber))


WISHES: dict[str, Callable[..., Subscriber]] = {"subscribe": subscribing.confirm, "unsubscribe": subscribing.unsubscribe}


def _state(subscriber: Subscriber) -> dict[str, Any]:
    status = subscriber.status
    return {
        "subscriber": subscriber,
        "gets_it": status == Subscriber.Status.CONFIRMED,
        "complained": status == Subscriber.Status.COMPLAINED,
    }
