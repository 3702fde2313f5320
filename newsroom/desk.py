from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from newsroom import signin


class Desk(AdminSite):
    """The stock admin under our name, with a limit on how often a password may be tried."""

    site_header = "Newsroom"
    site_title = "Newsroom"
    index_title = "Desk"
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The stock way to a row's page asks no permission, and some pages are known by a secret: ours stands before it."""
        guarded = path("r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site")
        return [guarded, *super().get_urls()]

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """To the public page of a row that this person may look at in the desk; 404 for everything else."""
        desk, row = self._row(content_type_id, object_id)
        if desk is None or row is None or not desk.view_on_site or not desk.has_view_permission(request, row):
            raise Http404("There is no such page.")
        return HttpResponseRedirect(row.get_absolute_url())

    def _row(self, content_type_id: int, object_id: str) -> "tuple[ModelAdmin[Any] | None, Any]":
        kind = ContentType.objects.filter(pk=content_type_id).first()
        model = kind.model_class() if kind else None
        desk = self._registry.get(model) if model else None
        if desk is None or not hasattr(model, "get_absolute_url"):
            return None, None
        try:
            return desk, desk.model._default_manager.filter(pk=object_id).first()
        except (ValueError, ValidationError):
            return None, None

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters("password"))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        name = request.POST.get("username", "")
        if request.method == "POST" and not signin.may_try(request, name):
            context = {**self.each_context(request), "title": "Log in", "refusal": signin.WAIT}
            return TemplateResponse(request, "admin/login.html", context, status=429, headers={"Retry-After": "900"})
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            signin.forget(request, name)
        return response
