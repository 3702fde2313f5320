"""The desk's view of the digest. Editors look and test; who may send and who sees addresses is a permission of its own."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.lists import MOST_COUNTED, ShortCount
from articles.admin.telling import Told
from articles.pages import Faces
from digest import delivery, editions, figures, subscribing, tasks
from digest.models import Delivery, Edition, EditionItem, Notice, Subscriber
from digest.pages import of_notice

BATCH = 200
ERASED_AT_ONCE = 100  # Django's page that asks once more lists them all
TESTS_AT_ONCE = 5


def may(request: HttpRequest, permission: str) -> bool:
    return isinstance(request.user, User) and request.user.has_perm(permission)


@admin.register(Notice)
class NoticeAdmin(Told):
    """One row: its list is its form."""

    def seen(self, row: Notice | None) -> Faces:
        return of_notice(row) if row else {}

    fields = ["title", "pitch", "button"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:digest_notice_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return False


class LookOnly(admin.ModelAdmin):
    """Rows that verbs write. Whoever may change them does so by the actions of the list."""

    paginator = ShortCount
    show_full_result_count = False
    list_per_page = 50

    def chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
        """The primary keys, some at a time: of “all” as many as the list counts, so that a request comes to an end."""
        keys = list(queryset.values_list("pk", flat=True)[: MOST_COUNTED + 1])
        yield from batched(keys[:MOST_COUNTED], BATCH)
        if len(keys) > MOST_COUNTED:
            sentence = f"These were the first {MOST_COUNTED:,}. For the others, choose all again in a list of those still to do."
            self.message_user(request, sentence, messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request)


@admin.register(Subscriber)
class SubscriberAdmin(LookOnly):
    list_display = ["email", "status", "asked_at", "confirmed_at", "left_at", "place"]
    list_filter = ["status", "language"]
    show_facets = admin.ShowFacets.ALWAYS  # the filter tells how many are confirmed, pending, gone
    search_fields = ["email"]
    fields = ["email", "status", "asked_at", "confirmed_at", "left_at", "place", "language", "consent", "again_asked_at"]
    actions = ["unsubscribe", "mark_bounced", "mark_complained", "welcome_back", "delete_selected"]

    @admin.action(description="Erase, as the reader asked", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        if len(queryset.values_list("pk")[: ERASED_AT_ONCE + 1]) > ERASED_AT_ONCE:
            self.message_user(request, f"Nobody was erased: choose at most {ERASED_AT_ONCE} at a time.", messages.ERROR)
            return None
        return delete_selected(self, request, queryset)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            subscribing.erase(subscriber)

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        subscribing.erase(obj)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Subscriber]) -> Any:
        return super().log_deletions(request, [nameless(row) for row in queryset])  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        assert isinstance(obj, Subscriber)
        return super().log_change(request, nameless(obj), message)

    @admin.action(description="Unsubscribe", permissions=["change"])
    def unsubscribe(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        self._each(request, queryset, subscribing.unsubscribe, "no longer gets the digest", "no longer get the digest")

    @admin.action(description="Mark as refusing mail", permissions=["change"])
    def mark_bounced(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        self._each(request, queryset, subscribing.mark_bounced, "is marked as refusing mail", "are marked as refusing mail")

    @admin.action(description="Mark as having complained: never mail again", permissions=["change"])
    def mark_complained(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        self._each(request, queryset, subscribing.mark_complained, "will never be mailed again", "will never be mailed again")

    @admin.action(description="Who complained asked us in person: let them sign up again", permissions=["change"])
    def welcome_back(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        self._each(request, queryset, subscribing.welcome_back, "can sign up again", "can sign up again")

    def _each(self, request: HttpRequest, queryset: QuerySet[Subscriber], verb: Any, one: str, many: str) -> None:
        at, number = timezone.now(), 0
        for keys in self.chosen(request, queryset):
            for subscriber in Subscriber.objects.filter(pk__in=keys):
                changed = verb(subscriber, at=at)
                self.log_change(request, subscriber, f"Now: {changed.get_status_display()}.")
                number += 1
        self.message_user(request, f"{figures.count(number, 'reader')} {one if number == 1 else many}.")


def nameless(subscriber: Subscriber) -> Subscriber:
    """For the desk's log, which must not remember an address that was to be forgotten."""
    return Subscriber(pk=subscriber.pk, email=f"subscriber {subscriber.pk}")


class ItemInline(admin.TabularInline):
    model = EditionItem
    fields = ["position", "article_link", "state"]
    readonly_fields = ["position", "article_link", "state"]
    verbose_name_plural = "articles"
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[EditionItem]:
        return super().get_queryset(request).select_related("article")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Article")
    def article_link(self, item: EditionItem) -> SafeString:
        address = reverse("admin:articles_article_change", args=[item.article_id])
        return format_html('<a href="{}">{}</a>', address, item.article.headline)

    @admin.display(description="State")
    def state(self, item: EditionItem) -> str:
        return item.article.get_status_display()


@admin.register(Edition)
class EditionAdmin(LookOnly):
    list_display = ["date", "number", "subject", "readers", "finished_at"]
    list_per_page = 30
    search_fields = ["subject"]
    fields = ["date", "number", "subject", "composed_at", "covers_until", "readers", "finished_at", "web_copy"]
    readonly_fields = ["readers", "web_copy"]
    inlines = [ItemInline]
    actions = ["send_test"]
    change_list_template = "digest/desk/editions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        """With the live counts of editions that are still being sent; finished ones have theirs written down."""
        under_way = Delivery.objects.filter(edition=OuterRef("pk"), edition__finished_at=None).order_by()
        counts = under_way.values("status").annotate(count=Count("pk")).values(row=JSONObject(status="status", count="count"))
        return super().get_queryset(request).annotate(live=ArraySubquery(counts))

    @admin.display(description="Readers")
    def readers(self, edition: Edition) -> SafeString:
        tally = edition.outcome or {row["status"]: row["count"] for row in edition.live}  # type: ignore[attr-defined]
        address = f"{reverse('admin:digest_delivery_changelist')}?edition__id__exact={edition.pk}"
        return format_html('<a href="{}">{}</a>', address, figures.in_words(tally))

    @admin.display(description="Web copy")
    def web_copy(self, edition: Edition) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', edition.get_absolute_url())

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return may(request, "digest.send_edition")

    @admin.action(description="Send a test to me", permissions=["view"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        chosen = list(queryset[: TESTS_AT_ONCE + 1])
        if len(chosen) > TESTS_AT_ONCE:
            self.message_user(request, f"No test was sent: choose at most {TESTS_AT_ONCE} editions.", messages.ERROR)
            return
        for edition in chosen:
            self._test(request, edition)

    def _test(self, request: HttpRequest, edition: Edition | None) -> None:
        email = getattr(request.user, "email", "")
        if not email:
            self.message_user(request, "Your account has no e-mail address to send a test to.", messages.ERROR)
            return
        tasks.send_test.defer(user=int(request.user.pk or 0), edition=edition.pk if edition else None)
        self.message_user(request, f"A test of {edition or 'the next digest'} is on its way to {email}.")

    def get_urls(self) -> list[URLPattern]:
        coming = path("next/", self.admin_site.admin_view(self.next_view), name="digest_edition_next")
        return [coming, *super().get_urls()]

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """What would go out now, to how many: to look at, to test, and for those who may, to send."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the digest.")
        if request.method == "POST":
            self._send_now(request) if "send" in request.POST else self._test(request, None)
            return HttpResponseRedirect(reverse("admin:digest_edition_changelist"))
        at = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": "The next digest",
            "opts": self.opts,
            "articles": editions.candidates(editions.since_last(until=at)),
            "readers": Subscriber.objects.reached().count(),
            "today": Edition.objects.filter(date=editions.today(at)).first(),
            "may_send": self.has_send_permission(request),
        }
        return TemplateResponse(request, "digest/desk/next.html", context)

    def _send_now(self, request: HttpRequest) -> None:
        if not self.has_send_permission(request):
            raise PermissionDenied("You may not send the digest.")
        at = timezone.now()
        with transaction.atomic():
            before = Edition.objects.filter(date=editions.today(at)).first()
            edition = editions.by_hand(editions.today(at), at=at)
            if edition is None or edition == before:
                reason = "no article waits for an edition" if Subscriber.objects.reached().exists() else "there is no reader"
                self.message_user(request, f"Nothing new was sent: {reason}.", messages.WARNING)
                return
            tasks.keep_sending(edition)
            self.log_change(request, edition, "Sent by hand.")
        readers = figures.count(edition.deliveries.count(), "reader")
        self.message_user(request, f"{edition} is on its way to {readers}. Reload this page to see how far it is.")


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """What became of each copy. Editors see the figures' reasons, not the readers' addresses."""

    list_display = ["edition", "reader", "status", "attempts", "settled_at", "problem"]
    list_display_links = None
    list_filter = ["status"]
    list_select_related = ["edition", "subscriber"]
    actions = ["send_again"]

    def get_list_display(self, request: HttpRequest) -> Any:
        may_see = may(request, "digest.view_subscriber")
        return [column for column in self.list_display if may_see or column != "reader"]

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return may(request, "digest.send_edition")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """A row has no page of its own: all there is to see stands in the list."""
        return HttpResponseRedirect(reverse("admin:digest_delivery_changelist"))

    @admin.display(description="Reader")
    def reader(self, row: Delivery) -> str:
        return row.subscriber.email if row.subscriber else "(erased)"

    @admin.action(description="Send again to those chosen; they may get it twice", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        number = left = 0
        for keys in self.chosen(request, queryset):
            with transaction.atomic():
                again = delivery.repeat(keys, at=timezone.now())
                for edition in Edition.objects.filter(deliveries__in=keys, finished_at=None).distinct():
                    tasks.keep_sending(edition)
            number, left = number + again, left + len(keys) - again
        rest = f" {left} left as they are: only refused and unknown copies of the last two days are sent again." if left else ""
        self.message_user(request, f"{number} will be sent again.{rest}")
