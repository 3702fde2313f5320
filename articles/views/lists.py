from django.db.models import Count, Q
from django.db.models.functions import Left, TruncMonth, Upper
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.models import Article, Author, Section, Tag
from articles.months import bounds
from articles.paging import Page, page_of
from newsroom.methods import require_safe


def refuse_if_empty(page: Page) -> None:
    """A tag or an author that stands on drafts alone would tell what is being written."""
    if not page.entries:
        raise Http404("Nothing is published there yet.")


@require_safe
def latest(request: HttpRequest, number: int | None = None) -> HttpResponse:
    page = page_of(Article.objects.published(), reverse("articles:latest"), number)
    return render(request, "articles/latest.html", {"page": page, "here": page.address})


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Every tag that a published article carries, by name."""
    published = Count("taggings", filter=Q(taggings__content_object__in=Article.objects.published().order_by()))
    letter = Upper(Left("name", 1))
    tags = Tag.objects.annotate(entries=published, letter=letter).filter(entries__gt=0).order_by("letter", "name")
    return render(request, "articles/tags.html", {"tags": tags, "here": reverse("articles:tags")})


@require_safe
def tag(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    page = page_of(Article.objects.published().filter(taggings__tag=tag), tag.get_absolute_url(), number)
    refuse_if_empty(page)
    return render(request, "articles/tag.html", {"tag": tag, "page": page})


@require_safe
def section(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = page_of(Article.objects.published().filter(section=section), section.get_absolute_url(), number)
    return render(request, "articles/section.html", {"section": section, "page": page, "here": slug})


@require_safe
def author(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    page = page_of(Article.objects.published().filter(bylines__author=author), author.get_absolute_url(), number)
    refuse_if_empty(page)
    return render(request, "articles/author.html", {"author": author, "page": page})


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """The months in which something was published, newest first."""
    published = Article.objects.published().order_by()
    months = published.annotate(month=TruncMonth("published_at")).values("month").annotate(entries=Count("pk"))
    return render(request, "articles/archive.html", {"months": months.order_by("-month")})


@require_safe
def month(request: HttpRequest, year: str, month: str, number: int | None = None) -> HttpResponse:
    start, end = bounds(year, month)
    articles = Article.objects.published().filter(published_at__gte=start, published_at__lt=end)
    page = page_of(articles, reverse("articles:month", args=[year, month]), number)
    if not page.entries:
        raise Http404("Nothing was published in that month.")
    return render(request, "articles/month.html", {"month": start.date(), "page": page})
