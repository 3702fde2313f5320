"""Lists that stay quick: they count no further than anybody pages, and fetch no texts."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles import presence, search
from articles.admin import words
from articles.admin.bulk import BulkDeeds
from articles.admin.filters import Assigned, InSection, Mine, PublishedBetween, SignedBy, WithTag
from articles.admin.saved import SavedFilters
from articles.models import Article, Byline, Status
from articles.models.articles import BY_PUBLICATION
from newsroom.keyset import KeysetList
from newsroom.lists import MOST_COUNTED, ShortCount

__all__ = ["MOST_COUNTED", "ArticleLists", "ShortCount"]


class ArticleList(KeysetList):
    back, onward = "Newer", "Older"

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Article]:
        rows = super().get_queryset(request, exclude_parameters)
        bylines = Prefetch("bylines", Byline.objects.select_related("author"))
        rows = rows.prefetch_related(bylines, presence.for_a_list(at=timezone.now()))
        return rows.defer("body", "search", "standfirst", "summary", "teaser")


class ArticleLists(BulkDeeds, SavedFilters):
    list_display = ["headline", "state", "section", "signed", "published"]
    list_filter = ["status", ("section", InSection), WithTag, SignedBy, PublishedBetween, Mine, Assigned, "language"]
    sortable_by = ["published"]  # what an index has in order
    list_select_related = ["section"]
    list_per_page = 50
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["headline"]
    search_help_text = "Words from headline, text, tags or bylines, or how they begin."
    ordering = ["-pk"]
    actions = ["hand_in", "approve", "publish", "withdraw", "add_tag", "remove_tag", "move"]

    def get_ordering(self, request: HttpRequest) -> Any:
        """By day where a day is asked for: both are ranges of one index."""
        by_day = any(request.GET.get(name) for name in PublishedBetween.fields)
        return [BY_PUBLICATION.desc(), "-pk"] if by_day else self.ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ArticleList]:
        return ArticleList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        words_typed = " ".join(search_term.split())[:200]
        if not words_typed:
            return queryset, False
        asked: Any = search.Asked(words_typed)
        if begun := search.beginning(words_typed):
            asked = asked | begun
        # What is public and what is not have an index each: a condition that names both uses both.
        public = Q(status=Status.PUBLISHED)
        matches = Q(public, search=asked) | Q(~public, search=asked)
        few = search.if_few(Article.objects.filter(matches))
        return queryset.filter(matches if few is None else Q(pk__in=few)), False

    @admin.display(description="State")
    def state(self, article: Article) -> str:
        return words.state_in_a_word(article)

    @admin.display(description="By", empty_value="")
    def signed(self, article: Article) -> str:
        return ", ".join(byline.author.name for byline in article.bylines.all())

    @admin.display(description="Published", ordering=BY_PUBLICATION, empty_value="")
    def published(self, article: Article) -> str:
        return words.moment(article.published_at)

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)  # deleting is for single drafts
        return actions
