from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article, Byline, Status


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """A published article; 410 for a withdrawn one, 404 for everything that is not public."""
    found = (
        Article.objects.filter(slug=slug, status__in=[Status.PUBLISHED, Status.WITHDRAWN])
        .select_related("section", "lead_image")
        .prefetch_related(Prefetch("bylines", Byline.objects.select_related("author")), "tags")
        .defer("search", "schedule_error")
        .first()
    )
    if found is None:
        raise Http404("There is no such article.")
    if not found.is_public:
        return render(request, "410.html", status=410)
    return render(request, "articles/article.html", {"article": found})
