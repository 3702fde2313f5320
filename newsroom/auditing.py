"""The audit log on the desk: to be read by Administrators, and changed by nobody."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from newsroom import audit
from newsroom.audit import ADDED, CHANGED, DELETED, EXPORTED, LOOKED
from newsroom.lists import ShortCount
from newsroom.models import AuditEntry

LATELY = 2000  # entries in which other deeds are looked for
MOST_PEOPLE = 200


class Audited(admin.ModelAdmin):
    """What is added, changed or deleted by a form stands in the audit log as well, in the transaction that does it.

    Django's own history is for the page of a row, goes with it, and can be changed.
    """

    unaudited: set[str] = set()  # fields of a form that are no part of the row

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        touched = [name for name in form.changed_data if name not in self.unaudited]
        touched += [str(formset.model._meta.verbose_name_plural) for formset in formsets if formset.has_changed()]
        if touched or not change:
            audit.record(request.user, CHANGED if change else ADDED, form.instance, detail=self.told(form, touched))

    def told(self, form: Any, touched: list[str]) -> str:
        """Which fields; not what was typed into them, which may be somebody's name."""
        return ", ".join(touched)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            audit.record(request.user, DELETED, obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                audit.record(request.user, DELETED, row)
            super().delete_queryset(request, queryset)


class DeedFilter(admin.SimpleListFilter):
    """The usual deeds, and whatever else was done lately: the whole table is never read through for a list of words."""

    title = "deed"
    parameter_name = "deed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        lately = AuditEntry.objects.order_by("-pk").values("deed")[:LATELY]
        found = set(AuditEntry.objects.filter(pk__in=lately.values("pk")).order_by().values_list("deed", flat=True).distinct())
        return [(deed, deed.capitalize()) for deed in sorted(found | {LOOKED, EXPORTED, CHANGED})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        deed = (self.value() or "").replace("\0", "")
        return queryset.filter(deed=deed) if deed else queryset


class PersonFilter(admin.SimpleListFilter):
    """Everybody who works here or did."""

    title = "person"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.order_by("username").values_list("pk", "username")[:MOST_PEOPLE]
        return [("none", "The newsroom itself"), *((str(pk), name) for pk, name in people)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        chosen = self.value() or ""
        if chosen == "none":
            return queryset.filter(user=None)
        return queryset.filter(user=int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["at", "name", "deed", "about", "detail"]
    list_display_links = None
    list_filter = [DeedFilter, PersonFilter]
    list_per_page = 50
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["subject"]  # how: get_search_results
    search_help_text = "How a subject begins: “campaigns.donor 12”, “campaigns.donor”."
    ordering = ["-pk"]
    sortable_by = ["at"]
    fields = ["at", "name", "deed", "about", "detail"]
    readonly_fields = ["about"]
    actions: Any = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """By the beginning: that is a range of the index."""
        words = " ".join(search_term.replace("\0", "").split())[:100]
        return (queryset.filter(subject__startswith=words) if words else queryset), False

    @admin.display(description="Subject")
    def about(self, entry: AuditEntry) -> str:
        """The subject, and where there is a page of the desk for it, the way there."""
        address = page_of(entry.subject)
        return format_html('<a href="{}">{}</a>', address, entry.subject) if address else entry.subject

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        return {}


def page_of(subject: str) -> str:
    """“campaigns.donor 12” → the donor's page on the desk; nothing for what has none."""
    label, _, pk = subject.partition(" ")
    app, _, model = label.partition(".")
    if not (pk.isdecimal() and app in apps.app_configs and model in apps.all_models[app]):
        return ""
    try:
        return reverse(f"admin:{app}_{model}_change", args=[pk])
    except NoReverseMatch:
        return ""
