from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
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
