from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, TaggedArticle
from articles.models.articles import ArticleQuerySet
from articles.pages import DESCRIPTION, TAGLINE, shown_article
from newsroom import pages
from newsroom.methods import require_safe

EARLIER = 4


def with_its_page(articles: ArticleQuerySet) -> ArticleQuerySet:
    """All that an article's own page shows, in one query; `.tag_rows` is [{"pk": …, "name": …, "slug": …}] by name."""
    tags = TaggedArticle.objects.filter(content_object=OuterRef("pk")).order_by("tag__name")
    return (
        articles.select_related("section", "lead_image")
        .with_signatures()
        .annotate(tag_rows=ArraySubquery(tags.values(row=JSONObject(pk="tag", name="tag__name", slug="tag__slug"))))
        .defer("search", "schedule_error")
    )


def earlier_in_section(article: Article) -> ArticleQuerySet:
    """What the section published just before: it stays the same when something new comes."""
    before = Q(published_at__lt=article.published_at) | Q(published_at=article.published_at, pk__lt=article.pk)
    articles = Article.objects.published().filter(before, section=article.section_id)
    return articles.as_lines()[:EARLIER]


@pages.kept
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """A published article; 410 for a withdrawn one, 404 for everything that is not public."""
    once_public = Article.objects.once_public().filter(slug=slug)
    found = with_its_page(once_public).first()
    if found is None:
        raise Http404("There is no such article.")
    if not found.is_public:
        pages.shows(request, f"article:{found.pk}", DESCRIPTION, TAGLINE)
        return render(request, "410.html", status=410)
    earlier = list(earlier_in_section(found))
    pages.shows(request, *shown_article(found, earlier, EARLIER))
    return render(request, "articles/article.html", {"article": found, "earlier": earlier})
