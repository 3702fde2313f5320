"""What the list of articles is narrowed by. Each is answered by an index; what has no short list of choices is typed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from articles import rules, synonyms
from articles.models import Article, Author
from articles.models.articles import BY_PUBLICATION

LONGEST = 160


class Mine(admin.SimpleListFilter):
    title = "whose it is"
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Mine: I began or sign it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(pk__in=rules.own_of(request.user).values("pk")) if self.value() == "1" else queryset


class InSection(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString("No section")


class Assigned(admin.SimpleListFilter):
    title = "who works on it"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Assigned to me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(assigned_to=request.user.pk) if self.value() == "1" else queryset


class Typed(admin.ListFilter):
    """A box to type into, with suggestions where scripts run. `fields`: parameter → label."""

    template = "admin/articles/article/filter_typed.html"
    fields: dict[str, str]
    kind = "text"
    suggest = ""  # the name of the view that suggests

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.fields:
            if name in params:
                typed = str(params.pop(name)[-1]).replace("\x00", "").strip()[:LONGEST]
                self.used_parameters[name] = typed
        self.used_parameters = {name: typed for name, typed in self.used_parameters.items() if typed}

    def typed(self, name: str) -> str:
        return str(self.used_parameters.get(name, ""))

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.fields)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """One: what the template needs."""
        kept = {
            name: values for name, values in changelist.filter_params.items() if name not in {*self.fields, "after", "before"}
        }
        yield {
            "inputs": [(name, label, self.used_parameters.get(name, "")) for name, label in self.fields.items()],
            "kept": [(name, value) for name, values in kept.items() for value in values],
            "kind": self.kind,
            "suggest": reverse(self.suggest) if self.suggest else "",
            "any": changelist.get_query_string(remove=list(self.fields)) if self.used_parameters else "",
        }


class WithTag(Typed):
    title = "tag"
    fields = {"tag": "Tag"}
    suggest = "admin:articles_tag_suggest"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.typed("tag")
        if not name:
            return queryset
        tag = synonyms.named(name)
        return queryset.filter(taggings__tag=tag.pk) if tag else queryset.none()


class SignedBy(Typed):
    """By name: where several have it, all of them. Nobody signs twice, so nothing is found twice but by namesakes."""

    title = "author"
    fields = {"author": "Author"}
    suggest = "admin:articles_author_suggest"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.typed("author")
        if not name:
            return queryset
        called = list(Author.objects.filter(name__iexact=name).values_list("pk", flat=True)[:20])
        if len(called) == 1:
            return queryset.filter(bylines__author=called[0])
        return queryset.filter(bylines__author__in=called).distinct() if called else queryset.none()


class PublishedBetween(Typed):
    title = "day of publication"
    fields = {"from": "From", "until": "Until"}
    kind = "date"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        begin, end = (_day(self.typed(name)) for name in self.fields)
        if begin or end:
            queryset = queryset.alias(came_out=BY_PUBLICATION).filter(published_at__isnull=False)
        if begin:
            queryset = queryset.filter(came_out__gte=_midnight(begin))
        return queryset.filter(came_out__lt=_midnight(end + timedelta(days=1))) if end else queryset


def _day(typed: str) -> date | None:
    """Between the years 1900 and 9000; what is no day at all narrows nothing."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


SECTION = {"section__id__exact", "section__isnull"}
NARROWING = SECTION | {"status__exact", "language__exact", "mine", "assigned", "tag", "author", "from", "until"}
PARAMETERS = NARROWING | {"q", "o"}
