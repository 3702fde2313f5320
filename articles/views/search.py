from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.search import find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    return render(request, "articles/search.html", {"words": words, "hits": find(words).as_cards()[:20]})
