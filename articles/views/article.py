from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from articles import notes
from articles.models import Article, TaggedArticle
from articles.models.articles import ArticleQuerySet
from articles.pages import DESCRIPTION, TAGLINE, shown_article
from newsroom import pages
from newsroom.database.prepared import Given, prepared
from newsroom.methods import require_safe

EARLIER = 4


def with_its_page(articles: ArticleQuerySet) -> ArticleQuerySet:
    """All that an article's own page shows, in one query; `.tag_rows` is [{"pk": …, "name": …, "slug": …}] by name;
    `.note_rows` is what articles.notes reads."""
    tags = TaggedArticle.objects.filter(content_object=OuterRef("pk")).order_by("tag__name")
    return (
        articles.select_related("section", "lead_image")
        .with_signatures()
        .annotate(tag_rows=ArraySubquery(tags.values(row=JSONObject(pk="tag", name="tag__name", slug="tag__slug"))))
        .annotate(note_rows=notes.rows())
        .defer("search", "schedule_error")
    )


@prepared
def once_public(slug: Given) -> ArticleQuerySet:
    return with_its_page(Article.objects.once_public().filter(slug=slug))


@prepared
def earlier_in(section: Given, at: Given, pk: Given) -> ArticleQuerySet:
    return _earlier(at, pk).filter(section=section)[:EARLIER]


@prepared
def earlier_in_none(at: Given, pk: Given) -> ArticleQuerySet:
    return _earlier(at, pk).filter(section=None)[:EARLIER]


def _earlier(at: Given, pk: Given) -> ArticleQuerySet:
    """`at` first, by itself: there the index begins."""
    before = Q(published_at__lt=at) | Q(pk__lt=pk)
    return Article.objects.standing().filter(before, published_at__lte=at).as_lines()


def earlier_in_section(article: Article) -> list[Article]:
    """What the section published just before: it stays the same when something new comes."""
    moment = {"at": article.published_at, "pk": article.pk or 0}
    return earlier_in(section=article.section_id, **moment) if article.section_id else earlier_in_none(**moment)


@pages.kept
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """A published article; 410 for a withdrawn one, 404 for everything that is not public."""
    found = next(iter(once_public(slug=slug)), None)
    if found is None:
        raise Http404("There is no such article.")
    if not found.is_public:
        pages.shows(request, f"article:{found.pk}", DESCRIPTION, TAGLINE)
        return render(request, "410.html", status=410)
    earlier = earlier_in_section(found)
    pages.shows(request, *shown_article(found, earlier, EARLIER))
    return render(request, "articles/article.html", {"article": found, "earlier": earlier})
