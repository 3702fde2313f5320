"""The versions of an article: who saved what, two of them side by side, one of them back again."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from articles import comparing, contents, drafting, rules
from articles.admin import words, writing
from articles.contents import Content
from articles.models import Article, Correction, Revision

AT_ONCE = 50
MEANWHILE = "Somebody saved the article meanwhile, so nothing was changed. Look at the newest version first."


@dataclass(frozen=True)
class Field:
    label: str
    rows: list[comparing.Row]


class Versions(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        versions = self.admin_site.admin_view(self.versions_view)
        return [path("<int:pk>/versions/", versions, name="articles_article_versions"), *super().get_urls()]

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A GET lists and compares (?before=1&after=3); a POST brings a version back as the newest one."""
        if request.method != "POST":
            return self._versions(request, pk)
        with transaction.atomic():  # the row is locked where it is read
            return self._versions(request, pk)

    def _versions(self, request: HttpRequest, pk: int) -> HttpResponse:
        article = cast(Article | None, self.get_object(request, str(pk)))
        if article is None:
            raise Http404("There is no such article.")
        if not self.has_view_permission(request, article):
            raise PermissionDenied("You may not see this article.")
        if request.method == "POST":
            return self._back(request, article)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": article, "title": "Versions"}
        context |= _listed(request, article) | _compared(request, article)
        context["may_go_back"] = rules.may_change(cast(User, request.user), article)
        return TemplateResponse(request, "admin/articles/article/versions.html", context)

    def _back(self, request: HttpRequest, article: Article) -> HttpResponse:
        to, expected = _number(request.POST.get("to")), _number(request.POST.get("expected"))
        if to is None or not Revision.objects.filter(article=article, number=to).exists():
            raise Http404("There is no such version.")
        try:
            by = cast(User, request.user)
            drafting.go_back(article, to=to, by=by, at=timezone.now(), expected=expected)
        except drafting.Collision:
            messages.error(
                request, "Somebody saved the article meanwhile, so nothing was changed. Look at the newest version first."
            )
            return HttpResponseRedirect(request.path)
        self.log_change(request, article, f"Back to version {to}.")
        after = Article.objects.get(pk=article.pk)
        waiting = " Readers see it when you publish the changes." if after.has_changes else ""
        messages.success(request, f"Version {to} is the newest one again.{waiting}")
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))


def _listed(request: HttpRequest, article: Article) -> dict[str, Any]:
    """A page of versions, newest first; none carries its text."""
    rows = Revision.objects.filter(article=article).select_related("by").defer("content")
    page = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    notes = Correction.objects.filter(article=article, version__in=[row.number for row in page]).order_by("published_at", "pk")
    told = [
        {
            "row": row,
            "who": writing.who(row),
            "at": words.moment(row.at),
            "live": row.number == article.live_version,
            "notes": [(note.get_kind_display(), words.moment(note.published_at)) for note in notes if note.version == row.number],
        }
        for row in page
    ]
    return {"page": page, "versions": told, "newest": article.version}


def _compared(request: HttpRequest, article: Article) -> dict[str, Any]:
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    if before is None or after is None:
        return {"fields": None}
    texts = dict(Revision.objects.filter(article=article, number__in=[before, after]).values_list("number", "content"))
    if {before, after} - texts.keys():
        raise Http404("There is no such version.")
    left, right = Content.from_json(texts[before]), Content.from_json(texts[after])
    fields = [Field(contents.LABELS[name], _rows(name, left, right)) for name in right.differs_from(left)]
    return {"before": before, "after": after, "left": f"Version {before}", "right": f"Version {after}", "fields": fields}


def _rows(name: str, left: Content, right: Content) -> list[comparing.Row]:
    """A text whose words are the same all the same differs in how they are set."""
    rows = writing.compared(name, left, right)
    if all(row.same for row in rows):
        return [comparing.Row([comparing.Part("The same words")], [comparing.Part("The same words, set otherwise", True)])]
    return rows


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None
