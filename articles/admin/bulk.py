"""What is done to several articles at once, at the desk: ticked, shown, said yes to, told, and undone."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from articles import bulk
from articles.admin import words
from articles.admin.saved import tidy
from articles.fields import TagsField
from articles.models import Article, BulkDeed, BulkItem, Section, Status

MOST_SHOWN = 100
MOMENTS = ["publish_at", "withdraw_at", "embargo_until", "retracted_at", "schedule_error"]
SHOWN = [f"article__{name}" for name in ["headline", "status", *MOMENTS]]
Kind, Outcome = BulkDeed.Kind, BulkItem.Outcome


class BulkDeeds(admin.ModelAdmin):
    @admin.action(description="Hand in for review…", permissions=["change"])
    def hand_in(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.HAND_IN)

    @admin.action(description="Approve…", permissions=["publish"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.APPROVE)

    @admin.action(description="Publish now…", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.PUBLISH)

    @admin.action(description="Withdraw…", permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.WITHDRAW)

    @admin.action(description="Add a tag…", permissions=["change"])
    def add_tag(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.ADD_TAG)

    @admin.action(description="Take a tag away…", permissions=["change"])
    def remove_tag(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.REMOVE_TAG)

    @admin.action(description="Move to another section…", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.ask(request, queryset, Kind.SECTION)

    def ask(self, request: HttpRequest, queryset: QuerySet[Article], kind: str) -> HttpResponse | None:
        """Freeze what is ticked, and show it before anything happens."""
        ids = list(queryset.values_list("pk", flat=True)[: bulk.MOST + 1])
        try:
            deed = bulk.prepare(kind, ids, by=cast(User, request.user), at=timezone.now())
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return None
        return self._to_deed(deed, tidy(request.META.get("QUERY_STRING", "")))

    def get_urls(self) -> list[URLPattern]:
        deed = path("bulk/<int:pk>/", self.admin_site.admin_view(self.deed_view), name="articles_article_bulk")
        return [deed, *super().get_urls()]

    def deed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One page for a deed's whole life: what will be done, how far it is, what was done, and undoing it."""
        user, deed = cast(User, request.user), get_object_or_404(BulkDeed.objects.select_related("section", "by"), pk=pk)
        if not self.has_view_permission(request) or not bulk.may_see(user, deed):
            raise PermissionDenied("You may not see this.")
        back = tidy(request.GET.get("back", ""))
        if request.method == "POST":
            try:
                self._obey(request, deed, user)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return self._to_deed(deed, back)
        return TemplateResponse(request, "admin/articles/article/bulk.html", self._context(request, deed, user, back))

    def _obey(self, request: HttpRequest, deed: BulkDeed, user: User) -> None:
        at = timezone.now()
        if "_undo" in request.POST:
            deed = bulk.undo(deed, by=user, at=at)
        elif "_yes" in request.POST:
            names = TagsField(required=False).clean(f'"{request.POST.get("tag", "").replace('"', " ")}"')
            chosen = request.POST.get("section", "")
            section = Section.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
            deed = bulk.begin(deed, by=user, at=at, tag=next(iter(names), ""), section=section)
        elif deed.by_id != user.pk:
            raise PermissionDenied("Only who began it goes on with it.")
        bulk.run_or_order(deed, at=at)

    def _to_deed(self, deed: BulkDeed, back: str) -> HttpResponse:
        query = f"?{urlencode({'back': back})}" if back else ""
        return HttpResponseRedirect(reverse("admin:articles_article_bulk", args=[deed.pk]) + query)

    def _context(self, request: HttpRequest, deed: BulkDeed, user: User, back: str) -> dict[str, Any]:
        counts = bulk.counts(deed)
        total = sum(counts.values())
        items = deed.items.select_related("article").only("outcome", "reason", *SHOWN)
        told = items.filter(outcome__in=[Outcome.REFUSED, Outcome.KEPT]) if deed.begun_at else items
        undoing = deed.undo_begun_at is not None
        busy = (deed.begun_at and not deed.done_at) or (undoing and not deed.undo_done_at)
        return {
            **self.admin_site.each_context(request),
            "title": deed.get_kind_display(),
            "opts": self.opts,
            "deed": deed,
            "total": total,
            "seen": deed.items.filter(article__status=Status.PUBLISHED).count(),
            "items": [(item, words.state_in_a_word(item.article)) for item in told[:MOST_SHOWN]],
            "others": max(0, (counts.get("refused", 0) + counts.get("kept", 0) if deed.begun_at else total) - MOST_SHOWN),
            "of_text": deed.kind in bulk.OF_TEXT,
            "needs_tag": deed.kind in {Kind.ADD_TAG, Kind.REMOVE_TAG},
            "needs_section": deed.kind == Kind.SECTION,
            "sections": Section.objects.all() if deed.kind == Kind.SECTION and not deed.begun_at else [],
            "busy": busy,
            "left": counts.get("done" if undoing else "waiting", 0),
            "summary": summary(deed, counts),
            "may_undo": deed.kind in bulk.UNDONE_BY and deed.done_at and not undoing and counts.get("done"),
            "may_begin": deed.by_id == user.pk and bulk.allowed(user, deed.kind),
            "list": reverse("admin:articles_article_changelist") + (f"?{back}" if back else ""),
        }


def summary(deed: BulkDeed, counts: dict[str, int]) -> str:
    """“12 done, 2 left as they were, 1 refused.”"""
    names = {"done": "done", "same": "left as they were", "refused": "refused"}
    if deed.undo_begun_at:
        names = {"undone": "undone", "kept": "not undone", **({} if deed.undo_done_at else {"done": "to go"})}
    parts = [f"{counts[outcome]} {word}" for outcome, word in names.items() if counts.get(outcome)]
    return f"{', '.join(parts) or 'Nothing was left to do'}."
