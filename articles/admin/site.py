"""What the site calls itself, and addresses of former days."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import pages
from articles.admin import words
from articles.admin.taxonomy_forms import FormerAddressForm
from articles.admin.telling import Told
from articles.models import Came, FormerAddress, Masthead
from articles.readdressing import spellings
from newsroom import pages as newsroom_pages
from newsroom.choosing import Chooses
from newsroom.keyset import KeysetList


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
class FormerAddressAdmin(Chooses, Told):
    form = FormerAddressForm
    list_display = ["path", "leads_to", "how", "since"]
    sortable_by = ["path"]
    list_filter = ["came"]
    search_help_text = "How the address begins, with its slash; or some letters within it."
    list_select_related = ["article", "tag", "section", "author"]
    search_fields = ["path"]
    autocomplete_fields = ["article", "tag", "section", "author"]
    show_full_result_count = False
    ordering = ["path"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return KeysetList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FormerAddress], search_term: str
    ) -> tuple[QuerySet[FormerAddress], bool]:
        """An index knows how addresses begin; for what stands within, all have to be looked at."""
        typed = search_term.replace("\x00", "").strip()[:800]
        if typed.startswith("/"):
            return queryset.filter(path__startswith=typed), False
        return (queryset.filter(path__contains=typed) if typed else queryset), False

    def get_readonly_fields(self, request: HttpRequest, obj: FormerAddress | None = None) -> list[str]:
        return ["how", "since"] if obj else []

    def get_fields(self, request: HttpRequest, obj: FormerAddress | None = None) -> Any:
        return ["path", "article", "tag", "section", "author", *self.get_readonly_fields(request, obj)]

    def save_model(self, request: HttpRequest, obj: FormerAddress, form: Any, change: bool) -> None:
        if not change:
            obj.came, obj.made_at = Came.BY_HAND, timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description="How it came", empty_value="")
    def how(self, former: FormerAddress) -> str:
        return former.get_came_display()

    @admin.display(description="Since", empty_value="")
    def since(self, former: FormerAddress) -> str:
        return words.moment(former.made_at)

    def seen(self, row: FormerAddress | None) -> pages.Faces:
        return {newsroom_pages.address(path): str(row.get_absolute_url()) for path in spellings(row.path)} if row else {}

    @admin.display(description="Leads to")
    def leads_to(self, former: FormerAddress) -> SafeString:
        page = former.page
        here = reverse(f"admin:articles_{page._meta.model_name}_change", args=[page.pk])
        return format_html('{} <a href="{}">{}</a>', str(page._meta.verbose_name).capitalize(), here, page)
