import re
from urllib.parse import unquote, unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import FormerAddress
from articles.readdressing import spellings
from newsroom import pages

# What stands below the address of a tag, a section or an author (articles/urls.py).
FEED = re.compile(r"(?P<base>/.+/)(?P<rest>feed\.(?:rss|atom|json))")
NUMBERED = re.compile(r"(?P<base>/.+/)(?P<rest>page/[1-9][0-9]{0,8}/)")


def former(request: HttpRequest) -> str:
    """Where what a former address answered stands today, or "". What was never public is not betrayed.

    The address with its query string comes first, then the path alone, with and without a slash at the end; then the list
    of which the path is a feed or a numbered page.
    """
    path, base, rest = request.path, *below(request.path)
    asked = spellings(path)
    if query := unquote_plus(request.META.get("QUERY_STRING", "")):
        asked = [f"{spelling}?{query}" for spelling in asked] + [spelling for spelling in asked if spelling != "/"]
    lists = spellings(base) if base else []
    rows = FormerAddress.objects.select_related("article", "tag", "section", "author").filter(
        path__in=[spelling.replace("\x00", "") for spelling in asked + lists]
    )
    known = {row.path: row for row in rows if row.article is None or row.article.was_once_public}
    known = {spelling: row for spelling, row in known.items() if not leads_here(row, path)}
    if best := next((known[spelling] for spelling in asked if spelling in known), None):
        if path in spellings(best.path):  # with slashes heaped at the end it is not kept: there is no end to these
            pages.shows(request, moved(best), *map(pages.address, lists))  # a list that begins may answer here itself
        return best.get_absolute_url()
    listed = next((known[spelling] for spelling in lists if spelling in known and known[spelling].article is None), None)
    if listed is None:
        return ""
    if FEED.fullmatch(path) and base in spellings(listed.path):  # nor with any number that somebody makes up
        pages.shows(request, moved(listed), *map(pages.address, spellings(listed.path)))  # it goes with its row
    return listed.get_absolute_url() + rest


def leads_here(row: FormerAddress, path: str) -> bool:
    """A page without an entry yet, asked for under the address it will have: led there, a reader would go round for ever."""
    return unquote(row.get_absolute_url()) in spellings(path)


def below(path: str) -> tuple[str, str]:
    """The list's address and what is asked of it: ("/tags/tide/", "feed.rss"), ("/tags/tide/", "page/2/"). Else "", ""."""
    found = FEED.fullmatch(path) or NUMBERED.fullmatch(f"{path.rstrip('/')}/")
    return (found["base"], found["rest"]) if found else ("", "")


def moved(row: FormerAddress) -> str:
    """Touched when the page to which it leads moves on."""
    return f"moved:{row.page._meta.model_name}:{row.page.pk}"


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The last word on an address that no page answers: moved, or not here."""
    if address := former(request):
        return HttpResponsePermanentRedirect(address)
    response = render(request, "404.html", status=404)
    pages.shows_nothing(request)  # the answer may become a redirect to the address with a slash: there is no end to these
    return response
