"""What the site calls itself, and addresses of former days."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles import pages
from articles.admin.telling import Told
from articles.forms import FormerAddressForm
from articles.models import FormerAddress, Masthead
from articles.readdressing import spellings
from newsroom import pages as newsroom_pages


@admin.register(Masthead)
class MastheadAdmin(Told):
    """One row: its list is its form."""

    def seen(self, row: Masthead | None) -> pages.Faces:
        return pages.of_masthead(row) if row else {}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:articles_masthead_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Masthead | None = None) -> bool:
        return False


@admin.register(FormerAddress)
class FormerAddressAdmin(Told):
    form = FormerAddressForm
    list_display = ["path", "leads_to"]
    list_select_related = ["article", "tag", "section", "author"]
    search_fields = ["path"]
    autocomplete_fields = ["article", "tag", "section", "author"]
    show_full_result_count = False
    ordering = ["path"]

    def seen(self, row: FormerAddress | None) -> pages.Faces:
        return {newsroom_pages.address(path): str(row.get_absolute_url()) for path in spellings(row.path)} if row else {}

    @admin.display(description="Leads to")
    def leads_to(self, former: FormerAddress) -> str:
        return str(former.article or former.tag or former.section or former.author)
