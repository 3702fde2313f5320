from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.models import Article, Author, Section, Tag
from articles.paging import page_of


@require_safe
def latest(request: HttpRequest, number: int | None = None) -> HttpResponse:
    page = page_of(Article.objects.published(), reverse("articles:latest"), number)
    return render(request, "articles/latest.html", {"page": page})


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/tags.html", {"tags": Tag.objects.all()})


@require_safe
def tag(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    page = page_of(Article.objects.published().filter(taggings__tag=tag), tag.get_absolute_url(), number)
    return render(request, "articles/tag.html", {"tag": tag, "page": page})


@require_safe
def section(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = page_of(Article.objects.published().filter(section=section), section.get_absolute_url(), number)
    return render(request, "articles/section.html", {"section": section, "page": page})


@require_safe
def author(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    page = page_of(Article.objects.published().filter(bylines__author=author), author.get_absolute_url(), number)
    return render(request, "articles/author.html", {"author": author, "page": page})


@require_safe
def month(request: HttpRequest, year: int, month: int, number: int | None = None) -> HttpResponse:
    try:
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1)
    except ValueError as error:
        raise Http404("There is no such month.") from error
    start, end = (timezone.make_aware(datetime(d.year, d.month, d.day)) for d in (first, following))  # noqa: DTZ001
    articles = Article.objects.published().filter(published_at__gte=start, published_at__lt=end)
    page = page_of(articles, reverse("articles:month", args=[year, month]), number)
    return render(request, "articles/month.html", {"month": first, "page": page})
