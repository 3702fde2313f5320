"""The books, to be read: entries, receipts, refunds, and what processors told us."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns import inbox
from campaigns.admin.looks import Looked
from campaigns.admin.reading import ProcessorFilter, Read, may, sum_in_words
from campaigns.models import LedgerEntry, ProcessorEvent, Refund

AT_ONCE = 500  # a person waits for it


@admin.register(LedgerEntry)
class LedgerEntryAdmin(Read):
    list_display = ["at", "kind", "sum", "campaign", "donation", "processor_name", "note"]
    list_display_links = ["at"]
    list_filter = ["kind", ProcessorFilter, "campaign"]
    list_select_related = ["campaign", "donation"]
    search_fields = ["donation__reference", "processor_ref"]
    search_help_text = "A reference, ours or the processor's."
    fields = [
        "at",
        "kind",
        "sum",
        "campaign",
        "donation",
        "processor_name",
        "processor_ref",
        "note",
        "recorded_by",
        "recorded_at",
    ]
    readonly_fields = ["sum"]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, entry: LedgerEntry) -> str:
        return sum_in_words(entry)


@admin.register(Refund)
class RefundAdmin(Read):
    list_display = ["donation", "sum", "status", "asked_by", "asked_at", "problem"]
    list_filter = ["status"]
    list_select_related = ["donation", "asked_by"]
    search_fields = ["donation__reference"]
    fields = ["donation", "sum", "status", "problem", "note", "asked_by", "asked_at", "settled_at"]
    readonly_fields = ["sum"]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, refund: Refund) -> str:
        return sum_in_words(refund)


@admin.register(ProcessorEvent)
class ProcessorEventAdmin(Looked, Read):
    """What a processor told names donors; its list does not, and is searched by names of payments."""

    names_people = finds_people = False
    list_display = ["event_id", "processor_name", "kind", "object_ref", "status", "received_at", "problem"]
    list_filter = ["status", ProcessorFilter]
    search_fields = ["event_id__exact", "object_ref__exact"]
    search_help_text = "The whole name of an event or a payment."
    fields = ["event_id", "processor_name", "kind", "object_ref", "order_key", "status", "problem", "rounds"]
    fields += ["received_at", "processed_at", "headers", "text"]
    readonly_fields = ["text"]
    actions = ["replay"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcessorEvent]:
        """A list has no bodies; a page fetches its own."""
        return super().get_queryset(request).defer("body", "headers")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    @admin.action(description="Process again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[ProcessorEvent]) -> None:
        events = list(queryset.order_by("pk")[:AT_ONCE])
        for event in events:
            inbox.replay(event, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, f"Queued to be processed again: {len(events)}.", messages.SUCCESS)
        if len(events) == AT_ONCE:
            self.message_user(request, "That is as many as at once. Choose the rest afterwards.", messages.WARNING)
