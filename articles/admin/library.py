"""The library as a grid: what it is searched and narrowed by. Quick with a million pictures: each filter is a range of an
index, nothing is counted beyond 2,000, and which are used is asked of a stretch at a time."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles import search, using
from articles.admin.lists import ShortCount
from articles.models import Image
from articles.models.images import searched
from articles.models.licences import LICENCES
from newsroom.keyset import KeysetList

LOOKED_THROUGH = 1000  # pictures whose uses are looked up for one page
NO_LICENCE = "-"
MOST_WORDS = 8


def said(rows: QuerySet[Image], typed: str) -> QuerySet[Image]:
    """Those of which the words are said, or words that begin so, in alternative text, caption, credit or licence.

    Few are looked up in the text's index first. A plan that takes the words for common, as every plan does before Postgres
    has statistics, would read all pictures from the newest on to find them: seconds where there are many.
    """
    words = re.findall(r"\w+", typed.replace("\x00", " "))[:MOST_WORDS]
    if not words:
        return rows.none() if typed.strip() else rows
    few = search.if_few(saying(Image.objects.all(), words))
    return saying(rows, words) if few is None else rows.filter(pk__in=few)


def saying(rows: QuerySet[Image], words: list[str]) -> QuerySet[Image]:
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), config="newsroom_simple", search_type="raw")
    matching: Any = rows.alias(said=searched())
    return matching.filter(said=query)


class Use(admin.SimpleListFilter):
    """The newest stretch of pictures is looked through; “no-4711” goes on before picture 4711. The list does it."""

    title = "use"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Used somewhere"), ("no", "Used nowhere")]

    def value(self) -> str | None:
        return (super().value() or "").partition("-")[0] or None

    @property
    def before(self) -> int | None:
        before = (super().value() or "").partition("-")[2]
        return int(before) if before.isdecimal() and len(before) < 18 else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return queryset


class Described(admin.SimpleListFilter):
    title = "alternative text"
    parameter_name = "alt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "None yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return queryset.filter(alt="") if self.value() == "no" else queryset


class Licence(admin.SimpleListFilter):
    title = "licence"
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(NO_LICENCE, "None given"), *((name, name) for name in LICENCES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        asked = self.value()
        return queryset.filter(licence="" if asked == NO_LICENCE else asked) if asked else queryset


class Sender(admin.SimpleListFilter):
    title = "who sent it"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        others = User.objects.filter(is_staff=True).exclude(pk=request.user.pk or 0).order_by("username")[:50]
        names = ((str(user.pk), user.get_full_name() or user.get_username()) for user in others)
        return [(str(request.user.pk), "I did"), *names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        known = {key for key, _ in self.lookup_choices}
        asked = self.value()
        return queryset.filter(created_by=int(asked)) if asked and asked in known else queryset


class Received(admin.SimpleListFilter):
    title = "when it came"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        oldest = Image.objects.order_by("created_at").values_list("created_at", flat=True).first()
        this = timezone.localdate().year
        years = range(this, max(timezone.localtime(oldest).year, this - 30) - 1, -1) if oldest else []
        near = [("today", "Today"), ("week", "In the past 7 days"), ("month", "This month")]
        return [*near, *((str(year), str(year)) for year in years)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() not in {key for key, _ in self.lookup_choices}:
            return queryset
        since, until = span(str(self.value()), now=timezone.localtime())
        return queryset.filter(created_at__gte=since, created_at__lt=until)


def span(asked: str, *, now: datetime) -> tuple[datetime, datetime]:
    """From when until when; to the end of the day, of the month or of the year there is nothing that has not come yet."""
    day, later = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0), now + timedelta(days=1)
    match asked:
        case "today":
            return day, later
        case "week":
            return day - timedelta(days=6), later
        case "month":
            return day.replace(day=1), later
    first = day.replace(year=int(asked), month=1, day=1)
    return first, first.replace(year=first.year + 1)


class PictureList(KeysetList):
    back, onward = "Newer", "Older"
    further = ""  # where the pictures before this stretch are looked through

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Image]:
        rows = super().get_queryset(request, exclude_parameters)
        asked = next((spec for spec in self.filter_specs if isinstance(spec, Use)), None)
        if asked is None or asked.value() not in {"yes", "no"}:
            return rows
        return self._a_stretch(rows, asked)

    def _a_stretch(self, rows: QuerySet[Image], asked: Use) -> QuerySet[Image]:
        earlier = rows.order_by("-pk")
        if asked.before:
            earlier = earlier.filter(pk__lt=asked.before)
        keys = list(earlier.values_list("pk", flat=True)[: LOOKED_THROUGH + 1])  # named, so that no plan reads every picture
        if len(keys) > LOOKED_THROUGH:
            self.further = self.get_query_string({"used": f"{asked.value()}-{keys[LOOKED_THROUGH - 1]}"}, remove=["p"])
        stretch = Image.objects.filter(pk__in=keys[:LOOKED_THROUGH])
        used = using.is_used()
        return stretch.filter(used if asked.value() == "yes" else ~used).order_by("-pk")


class Library(admin.ModelAdmin):
    """How pictures are listed, found and narrowed."""

    list_display = ["__str__"]
    list_filter = [Use, Described, Licence, Sender, Received]
    list_per_page = 48
    search_fields = ["alt"]  # what makes the box appear; `get_search_results` reads all that is said
    search_help_text = "Words from alternative text, caption, credit or licence, or how they begin."
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()  # the newest first: what an index has in order
    actions = None  # one at a time: each is looked up first

    def get_ordering(self, request: HttpRequest) -> Any:
        """By day where a day is asked for: both are ranges of an index."""
        return ["-created_at", "-pk"] if request.GET.get(Received.parameter_name) else ["-pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PictureList]:
        return PictureList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        return said(queryset, search_term[:200]), False
