"""Lists and pages that are only read: rows that verbs wrote."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from articles.admin.lists import ShortCount
from campaigns import processors
from campaigns.models import Way
from newsroom import money

LINES = 50


class Read(admin.ModelAdmin):
    """Nobody adds, changes or deletes here by hand."""

    actions: Any = None
    list_per_page = 50
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "–"
    ordering = ["-pk"]

    @admin.display(description="Processor", ordering="processor")
    def processor_name(self, row: Any) -> str:
        return processors.called(row.processor)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "processor_name"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions


class TroubleFilter(admin.SimpleListFilter):
    """Rows whose job failed: what went wrong stands on their page."""

    title = "trouble"
    parameter_name = "trouble"
    column = "problem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Something went wrong")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(**{self.column: ""}) if self.value() == "yes" else queryset


class ProcessorFilter(admin.SimpleListFilter):
    """The ways there are and were: asked of a few rows, not of a million what they name."""

    title = "processor"
    parameter_name = "processor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return processor_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(processor=self.value()) if self.value() else queryset


def processor_choices() -> list[tuple[str, str]]:
    """Those there are and were, by what they are called."""
    names, labels = {*settings.PROCESSORS, *Way.objects.values_list("processor", flat=True)}, processors.labels()
    return sorted(((name, labels.get(name, name)) for name in names), key=lambda choice: choice[1].lower())


class Latest(BaseInlineFormSet):
    """A page shows the latest lines; their own list has the rest."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_latest"):
            self._latest = super().get_queryset()[:LINES]
        return self._latest


class ReadLines(admin.TabularInline):
    extra = 0
    formset = Latest
    related: tuple[str, ...] = ()  # what its columns name, fetched with the lines
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.related) if self.related else super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def may(request: HttpRequest, permission: str) -> bool:
    return isinstance(request.user, User) and request.user.has_perm(permission)


def trouble_in_words(problem: str) -> str:
    """What a job kept in the row (campaigns/mishaps.py), for somebody who does not read code."""
    kind, _, place = problem.partition(": ")
    if kind == "Unexpected":
        return f"Something broke on our side. Tell whoever runs the site: {place}."
    return problem


def sum_in_words(row: Any) -> str:
    return money.display(row.amount, row.currency)
