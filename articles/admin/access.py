"""Who sees and changes which article. Writers: their own, and only until it is published."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from articles import publishing
from articles.models import Article


class ArticleAccess(admin.ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows = super().get_queryset(request)
        return rows if request.user.has_perm("articles.edit_any_article") else rows.filter(created_by=request.user.pk)

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or self.is_for(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return publishing.may_change(request.user, obj)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What readers once saw is withdrawn, not deleted: its address says so for ever."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.published_at is None and self.has_change_permission(request, obj)))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return publishing.may_publish(request.user)  # type: ignore[arg-type]

    def is_for(self, request: HttpRequest, article: Article) -> bool:
        return article.created_by_id == request.user.pk or request.user.has_perm("articles.edit_any_article")

    def may_send_pictures(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["articles.add_image", "articles.change_image"])
