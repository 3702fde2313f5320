"""Lists that stay quick: they count no further than anybody pages, and fetch no texts."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles import presence, rules, search
from articles.admin import verbs, words
from articles.models import Article, Byline, Status
from newsroom.lists import MOST_COUNTED, ShortCount

__all__ = ["MOST_COUNTED", "ArticleLists", "ShortCount"]


class ArticleList(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Article]:
        rows = super().get_queryset(request, exclude_parameters)
        bylines = Prefetch("bylines", Byline.objects.select_related("author"))
        rows = rows.prefetch_related(bylines, presence.for_a_list(at=timezone.now()))
        return rows.defer("body", "search", "standfirst", "summary", "teaser")


class Mine(admin.SimpleListFilter):
    title = "whose it is"
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Mine: I began or sign it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(pk__in=rules.own_of(request.user).values("pk")) if self.value() == "1" else queryset


class Assigned(admin.SimpleListFilter):
    title = "who works on it"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Assigned to me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(assigned_to=request.user.pk) if self.value() == "1" else queryset


class ArticleLists(admin.ModelAdmin):
    list_display = ["headline", "state", "section", "signed", "published"]
    list_filter = ["status", "section", Mine, Assigned, "language"]
    list_select_related = ["section"]
    list_per_page = 50
    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["headline"]
    search_help_text = "Words from headline, text, tags or bylines, or how they begin."
    ordering = ["-pk"]
    actions = ["hand_in", "approve", "publish", "withdraw"]

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
        return queryset.filter(Q(public, search=asked) | Q(~public, search=asked)), False

    @admin.display(description="State", ordering="status")
    def state(self, article: Article) -> str:
        return words.state_in_a_word(article)

    @admin.display(description="By", empty_value="")
    def signed(self, article: Article) -> str:
        return ", ".join(byline.author.name for byline in article.bylines.all())

    @admin.display(description="Published", ordering="published_at", empty_value="")
    def published(self, article: Article) -> str:
        return words.moment(article.published_at)

    @admin.action(description="Hand in for review", permissions=["change"])
    def hand_in(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.act_on_all(request, queryset, "_submit")

    @admin.action(description="Approve", permissions=["publish"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.act_on_all(request, queryset, "_approve")

    @admin.action(description="Publish now", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.act_on_all(request, queryset, "_publish")

    @admin.action(description="Withdraw", permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self.act_on_all(request, queryset, "_withdraw")

    def act_on_all(self, request: HttpRequest, queryset: QuerySet[Article], name: str) -> None:
        """One by one: what cannot be done to one article does not keep the others from it. Ends with a summary."""
        verb, done, refused = verbs.BY_NAME[name], 0, []
        for article in queryset:
            try:
                after = verb.call(article, by=request.user, at=timezone.now(), publish_at=None)
            except (ValidationError, PermissionDenied) as refusal:
                reason = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
                refused.append(f"“{article}”: {reason}")
                continue
            if after.status != article.status:
                done += 1
                self.log_change(request, article, f"{verb.label}.")
        same = len(queryset) - done - len(refused)
        self.message_user(
            request,
            f"{verb.label}: {done} done" + (f", {same} left as they were." if same else "."),
            messages.SUCCESS if done else messages.WARNING,
        )
        for sentence in refused:
            self.message_user(request, sentence, messages.ERROR)

    def get_actions(self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST) -> Any:
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)  # deleting is for single drafts
        return actions
