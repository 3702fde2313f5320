from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    cards = list(Article.objects.published().as_cards()[:20])
    return render(request, "articles/front.html", {"lead": cards[:1], "cards": cards[1:]})
