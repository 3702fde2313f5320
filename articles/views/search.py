from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles import frame
from articles.models import Article
from articles.search import are_too_common, find, with_snippets
from newsroom.methods import require_safe

SIZE = 20
DEEPEST = 50  # pages: whoever has not found it by then asks for other words


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    number = page_number(request.GET.get("page", ""))
    masthead = frame.masthead()
    hits = matches(words, number)
    more = len(hits) > SIZE and number < DEEPEST
    pages = {"number": number, "previous": number - 1, "following": number + 1, "more": more}
    too_common = bool(words) and not hits and number == 1 and are_too_common(words, masthead.language)
    context = {"masthead": masthead, "words": words, "hits": hits[:SIZE], "too_common": too_common, **pages}
    return render(request, "articles/search.html", context)


def page_number(text: str) -> int:
    return min(int(text), DEEPEST) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1


def matches(words: str, number: int) -> list[Article]:
    """One page of hits as cards with snippets, best first, and one more to tell whether another page follows."""
    start = (number - 1) * SIZE
    keys = list(find(words).values_list("pk", flat=True)[start : start + SIZE + 1])
    cards = with_snippets(Article.objects.published().filter(pk__in=keys).as_cards(), words)
    found = {card.pk: card for card in cards} if keys else {}
    return [found[key] for key in keys if key in found]
