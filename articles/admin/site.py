"""What the site calls itself, and addresses of former days."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.forms import FormerAddressForm
from articles.models import FormerAddress, Masthead


@admin.register(Masthead)
class MastheadAdmin(admin.ModelAdmin):
    """One row: its list is its form."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:articles_masthead_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Masthead | None = None) -> bool:
        return False


@admin.register(FormerAddress)
class FormerAddressAdmin(admin.ModelAdmin):
    form = FormerAddressForm
    list_display = ["path", "leads_to"]
    list_select_related = ["article", "tag", "section", "author"]
    search_fields = ["path"]
    autocomplete_fields = ["article", "tag", "section", "author"]
    show_full_result_count = False
    ordering = ["path"]

    @admin.display(description="Leads to")
    def leads_to(self, former: FormerAddress) -> str:
        return str(former.article or former.tag or former.section or former.author)
