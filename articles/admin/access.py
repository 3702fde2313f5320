"""The rules of articles (articles/rules.py), as the stock admin asks for them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from articles import rules
from articles.models import Article


class ArticleAccess(admin.ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows = super().get_queryset(request)
        return rows if rules.may_edit_any(request.user) else rows.filter(pk__in=rules.own_of(request.user).values("pk"))

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return super().has_view_permission(request) if obj is None else rules.may_see(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return super().has_change_permission(request) if obj is None else rules.may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return super().has_delete_permission(request) if obj is None else rules.may_delete(request.user, obj)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return rules.may_publish(request.user)

    def may_send_pictures(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["articles.add_image", "articles.change_image"])
