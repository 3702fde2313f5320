"""Ways to look at the list of articles, kept under a name: one's own, and those of the whole desk."""

from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from articles import bulk, rules
from articles.admin.filters import PARAMETERS
from articles.models import SavedFilter

MOST_OWN, MOST_SHOWN = 50, 100


def tidy(query: str) -> str:
    """Of a list's address what narrows or orders it; no place within it, and nothing that the list does not know."""
    try:
        pairs = parse_qsl(query.replace("\x00", ""), max_num_fields=40)
    except ValueError:
        return ""
    kept = urlencode(sorted((name, value) for name, value in pairs if name in PARAMETERS))
    return kept if len(kept) <= 1000 else ""


def shown_to(user: User) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(Q(owner=user.pk) | Q(shared=True))


class SavedFilters(admin.ModelAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        here = tidy(request.META.get("QUERY_STRING", ""))
        saved: dict[str, Any] = {"saved_filters": [], "filter_here": here}
        if self.has_view_or_change_permission(request) and request.method == "GET":
            user = cast(User, request.user)
            saved["saved_filters"] = list(shown_to(user)[:MOST_SHOWN])
            saved["deeds"] = list(bulk.lately(user))
            saved["may_share"] = rules.may_publish(user)
        return super().changelist_view(request, saved | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("filters/", wrap(self.keep_filter_view), name="articles_article_keep_filter"),
            path("filters/<int:pk>/delete/", wrap(self.drop_filter_view), name="articles_article_drop_filter"),
            *super().get_urls(),
        ]

    def keep_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Keep a view of the list. The same name again means the new view."""
        user, shared = cast(User, request.user), request.POST.get("shared") == "1"
        if not self.has_view_permission(request) or (shared and not rules.may_publish(user)):
            raise PermissionDenied("You may not keep filters here.")
        name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:60]
        query = tidy(request.POST.get("query", ""))
        if request.method == "POST":
            self._keep_view(request, user, name, query, shared)
        return self._to_list(query)

    def _keep_view(self, request: HttpRequest, user: User, name: str, query: str, shared: bool) -> None:
        if not name or not query:
            self.message_user(request, "Narrow the list down first, and give the view a name.", messages.ERROR)
        elif SavedFilter.objects.filter(owner=user).exclude(name=name).count() >= MOST_OWN:
            self.message_user(request, f"You have {MOST_OWN} views already. Delete one first.", messages.ERROR)
        else:
            SavedFilter.objects.update_or_create(owner=user, name=name, defaults={"query": query, "shared": shared})
            self.message_user(request, f"“{name}” is kept, above the list.", messages.SUCCESS)

    def drop_filter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One's own; of the shared ones any, for those who may share."""
        user = cast(User, request.user)
        row = get_object_or_404(shown_to(user), pk=pk)
        if not self.has_view_permission(request) or (row.owner_id != user.pk and not rules.may_publish(user)):
            raise PermissionDenied("You may not delete this one.")
        if request.method == "POST":
            row.delete()
            self.message_user(request, f"“{row.name}” is not kept any more.", messages.SUCCESS)
        return self._to_list(tidy(request.POST.get("query", "")))

    def _to_list(self, query: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:articles_article_changelist") + (f"?{query}" if query else ""))
